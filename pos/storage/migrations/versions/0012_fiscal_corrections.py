"""A correction is registered too: takings that a fiscal register is told of afterwards."""

from alembic import op

revision = "0012"
down_revision = "0011"

KINDS = """
ALTER TABLE fiscal_record DROP CONSTRAINT ck_fiscal_record_kind, ADD CONSTRAINT ck_fiscal_record_kind CHECK (
    kind IN ('receipt', 'correction', 'cash_in', 'cash_out', 'open_shift', 'z_report')
)
"""


def upgrade() -> None:
    op.execute(KINDS)
