"""What goods cost, and the least margin of the shop and of a category."""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = (
    "ALTER TABLE category ADD COLUMN min_margin BIGINT CONSTRAINT ck_category_min_margin CHECK (min_margin BETWEEN 0 AND 9999)",
    "ALTER TABLE price_settings ADD COLUMN min_margin BIGINT"
    " CONSTRAINT ck_price_settings_min_margin CHECK (min_margin BETWEEN 0 AND 9999)",
    "ALTER TABLE product ADD COLUMN cost BIGINT CONSTRAINT ck_product_cost CHECK (cost BETWEEN 0 AND 9007199254740991)",
    """
    CREATE TABLE product_cost (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        product BIGINT NOT NULL,
        cost BIGINT NOT NULL,
        source VARCHAR(40) NOT NULL,
        by UUID,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_product_cost PRIMARY KEY (id),
        CONSTRAINT ck_product_cost_cost CHECK (cost BETWEEN 0 AND 9007199254740991)
    )
    """,
    "CREATE INDEX ix_product_cost_product ON product_cost (product, at)",
    "GRANT SELECT, INSERT ON product_cost TO tillcard_app",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO tillcard_app",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
