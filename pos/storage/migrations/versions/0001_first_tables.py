"""Every table of the first release, with the app role's rights and the change feed's triggers."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Run the statements of the file beside this one, one by one."""
    for statement in Path(__file__).with_suffix(".sql").read_text("utf-8").split(";\n\n"):
        op.execute(statement.strip().removesuffix(";"))
