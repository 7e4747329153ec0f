"""Which sales are history made for measuring, and what they add up to; the list of all sales by an index."""

from alembic import op

revision = "0002"
down_revision = "0001"

TABLE = """
CREATE TABLE bare_history (
    part INTEGER NOT NULL,
    planned BIGINT NOT NULL,
    until DATE NOT NULL,
    sales BIGINT NOT NULL,
    lines BIGINT NOT NULL,
    discounts BIGINT NOT NULL,
    tenders BIGINT NOT NULL,
    gross BIGINT NOT NULL,
    discount BIGINT NOT NULL,
    net BIGINT NOT NULL,
    tax BIGINT NOT NULL,
    total BIGINT NOT NULL,
    loaded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_bare_history PRIMARY KEY (part)
)
"""


def upgrade() -> None:
    """The app may read it; rows come from the owner, who loads the history."""
    op.execute(TABLE)
    op.execute("GRANT SELECT, INSERT ON bare_history TO tillcard_app")
    op.execute("CREATE INDEX ix_sale_made_at ON sale (made_at, id)")
