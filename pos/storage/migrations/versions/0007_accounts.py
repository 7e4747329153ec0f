"""Accounts with tags, own prices and percents for a period, blank cards, merges, a log, limits against misuse.

Names are searched by one spelling for all scripts: the keys of persons who are there are made anew. What was known of
categories begins their history.
"""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Run the statements of the file beside this one, one by one."""
    for statement in Path(__file__).with_suffix(".sql").read_text("utf-8").split(";\n\n"):
        op.execute(statement.strip().removesuffix(";"))
