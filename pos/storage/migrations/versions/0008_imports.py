"""Accounts can be imported from another system's file: the file, its rows, what became of each."""

from alembic import op

revision = "0008"
down_revision = "0007"

TABLES = (
    """
CREATE TABLE account_import (
    id UUID NOT NULL,
    name VARCHAR(200) NOT NULL,
    digest BYTEA NOT NULL,
    state VARCHAR(16) DEFAULT 'reading' NOT NULL,
    layout JSONB,
    run INTEGER DEFAULT 0 NOT NULL,
    total INTEGER DEFAULT 0 NOT NULL,
    done INTEGER DEFAULT 0 NOT NULL,
    problem VARCHAR(64),
    problem_fields JSONB DEFAULT '{}' NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    made_by UUID,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_account_import PRIMARY KEY (id),
    CONSTRAINT ck_account_import_state CHECK (state IN
        ('reading', 'checking', 'checked', 'refused', 'writing', 'written', 'undoing', 'undone', 'forgotten'))
)
""",
    "CREATE INDEX ix_account_import_made_at ON account_import (made_at)",
    """
CREATE TABLE account_import_file (
    import_id UUID NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT pk_account_import_file PRIMARY KEY (import_id),
    CONSTRAINT fk_account_import_file_import_id FOREIGN KEY (import_id) REFERENCES account_import (id)
)
""",
    """
CREATE TABLE account_import_row (
    import_id UUID NOT NULL,
    line INTEGER NOT NULL,
    state VARCHAR(8) DEFAULT 'read' NOT NULL,
    cells JSONB NOT NULL,
    draft JSONB,
    problems JSONB DEFAULT '[]' NOT NULL,
    made JSONB,
    made_xid XID8,
    CONSTRAINT pk_account_import_row PRIMARY KEY (import_id, line),
    CONSTRAINT ck_account_import_row_state CHECK (state IN ('above', 'read', 'good', 'bad', 'written', 'undone', 'stays')),
    CONSTRAINT fk_account_import_row_import_id FOREIGN KEY (import_id) REFERENCES account_import (id)
)
""",
    "CREATE INDEX ix_account_import_row_state ON account_import_row (import_id, state, line)",
    # without it each removed card looks for its successors through all cards
    "CREATE INDEX ix_card_replaced_by ON card (replaced_by) WHERE replaced_by IS NOT NULL",
)


def upgrade() -> None:
    """The app may do everything with them: they hold no fact that outlives the import."""
    for statement in TABLES:
        op.execute(statement)
    for table in ("account_import", "account_import_file", "account_import_row"):
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO tillcard_app')
