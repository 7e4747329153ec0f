"""Drafts of rule sets, and drafts tried on past receipts."""

from alembic import op

revision = "0009"
down_revision = "0008"

STATEMENTS = (
    """
    CREATE TABLE rule_draft (
        id UUID NOT NULL,
        body JSONB NOT NULL,
        names JSONB DEFAULT '{}' NOT NULL,
        based_on INTEGER NOT NULL,
        seen BIGINT NOT NULL,
        by UUID,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        closed_at TIMESTAMP WITH TIME ZONE,
        published BIGINT,
        CONSTRAINT pk_rule_draft PRIMARY KEY (id),
        CONSTRAINT fk_rule_draft_based_on FOREIGN KEY(based_on) REFERENCES rule_set (version)
    )
    """,
    "CREATE UNIQUE INDEX ix_rule_draft_open ON rule_draft (closed_at) NULLS NOT DISTINCT WHERE closed_at IS NULL",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON rule_draft TO tillcard_app",
    """
    CREATE TABLE try_run (
        id UUID NOT NULL,
        body JSONB NOT NULL,
        names JSONB NOT NULL,
        against INTEGER NOT NULL,
        starts_on DATE NOT NULL,
        ends_on DATE NOT NULL,
        outlets JSONB NOT NULL,
        as_if_held BOOLEAN NOT NULL,
        state TEXT NOT NULL,
        total BIGINT NOT NULL,
        done BIGINT DEFAULT '0' NOT NULL,
        place_at TIMESTAMP WITH TIME ZONE,
        place_id UUID,
        result JSONB DEFAULT '{}' NOT NULL,
        asked_by UUID,
        asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        finished_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_try_run PRIMARY KEY (id),
        CONSTRAINT ck_try_run_state CHECK (state IN ('running', 'done', 'cancelled', 'failed')),
        CONSTRAINT ck_try_run_period CHECK (starts_on < ends_on),
        CONSTRAINT fk_try_run_against FOREIGN KEY(against) REFERENCES rule_set (version)
    )
    """,
    "CREATE INDEX ix_try_run_asked_at ON try_run (asked_at)",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON try_run TO tillcard_app",
    """
    CREATE TABLE try_account (
        run_id UUID NOT NULL,
        account_id UUID NOT NULL,
        receipts BIGINT NOT NULL,
        today BIGINT NOT NULL,
        draft BIGINT NOT NULL,
        CONSTRAINT pk_try_account PRIMARY KEY (run_id, account_id),
        CONSTRAINT fk_try_account_run_id FOREIGN KEY(run_id) REFERENCES try_run (id) ON DELETE CASCADE
    )
    """,
    "GRANT SELECT, INSERT, UPDATE, DELETE ON try_account TO tillcard_app",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
