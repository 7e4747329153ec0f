"""Limits of rules, coupons, gift cards, debts, and what is reserved of them before it is paid."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"

SHIFTS = """
ALTER TABLE shift_closing
    ADD COLUMN gift_card BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN on_account BIGINT NOT NULL DEFAULT 0
"""
NO_DEFAULTS = "ALTER TABLE shift_closing ALTER gift_card DROP DEFAULT, ALTER on_account DROP DEFAULT"
"""What was closed before had none; from here on every closing says it."""
SCAN_KINDS = """
ALTER TABLE scan_route DROP CONSTRAINT ck_scan_route_kind, ADD CONSTRAINT ck_scan_route_kind CHECK (
    kind IN ('product', 'weight_label', 'price_label', 'card', 'receipt', 'badge', 'coupon', 'gift_card')
)
"""


def upgrade() -> None:
    """New tables with their rights from the file beside this one; two columns of the shift's closing."""
    for statement in Path(__file__).with_suffix(".sql").read_text("utf-8").split(";\n\n"):
        op.execute(statement.strip().removesuffix(";"))
    for statement in (SHIFTS, NO_DEFAULTS, SCAN_KINDS):
        op.execute(statement)
