"""Labels of scales may count tens of grams, pieces and whole units of the currency."""

from alembic import op

revision = "0011"
down_revision = "0010"

UNITS = """
ALTER TABLE scan_route DROP CONSTRAINT ck_scan_route_unit, ADD CONSTRAINT ck_scan_route_unit CHECK (
    unit IN ('g', '10g', 'piece', 'minor', 'major')
)
"""


def upgrade() -> None:
    op.execute(UNITS)
