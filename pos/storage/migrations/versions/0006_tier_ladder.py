"""The tier ladder's versions, tiers held by hand, where each account stands, every move, and previews."""

from alembic import op

revision = "0006"
down_revision = "0005"

TABLES = (
    """
CREATE TABLE tier_ladder (
    version INTEGER NOT NULL,
    body JSONB NOT NULL,
    active_from DATE NOT NULL,
    zone VARCHAR(64) NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    made_by UUID,
    CONSTRAINT pk_tier_ladder PRIMARY KEY (version),
    CONSTRAINT ck_tier_ladder_version CHECK (version > 0)
)
""",
    """
CREATE TABLE tier_hold (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    account UUID NOT NULL,
    tier VARCHAR(64),
    how VARCHAR(16),
    reason VARCHAR(200) DEFAULT '' NOT NULL,
    begins DATE NOT NULL,
    ends DATE,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    made_by UUID,
    CONSTRAINT pk_tier_hold PRIMARY KEY (id),
    CONSTRAINT ck_tier_hold_how CHECK (how IN ('by_hand', 'imported')),
    CONSTRAINT ck_tier_hold_period CHECK (ends > begins),
    CONSTRAINT fk_tier_hold_account FOREIGN KEY (account) REFERENCES account (id),
    CONSTRAINT fk_tier_hold_tier FOREIGN KEY (tier) REFERENCES tier (code)
)
""",
    """
CREATE TABLE tier_standing (
    account UUID NOT NULL,
    tier VARCHAR(64),
    why VARCHAR(16) NOT NULL,
    since DATE,
    version INTEGER,
    earned VARCHAR(64),
    by VARCHAR(16) DEFAULT 'turnover' NOT NULL,
    measure BIGINT DEFAULT 0 NOT NULL,
    next_tier VARCHAR(64),
    missing BIGINT,
    this_receipt BOOLEAN DEFAULT false NOT NULL,
    to_stay BIGINT,
    stay_by DATE,
    review_on DATE,
    grace_until DATE,
    held_until DATE,
    due_on DATE,
    changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_tier_standing PRIMARY KEY (account),
    CONSTRAINT fk_tier_standing_account FOREIGN KEY (account) REFERENCES account (id)
)
""",
    """
CREATE TABLE tier_change (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    account UUID NOT NULL,
    from_tier VARCHAR(64),
    to_tier VARCHAR(64),
    why VARCHAR(16) NOT NULL,
    "on" DATE NOT NULL,
    version INTEGER,
    reason VARCHAR(200) DEFAULT '' NOT NULL,
    by UUID,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_tier_change PRIMARY KEY (id)
)
""",
    """
CREATE TABLE tier_preview (
    id UUID NOT NULL,
    body JSONB NOT NULL,
    active_from DATE NOT NULL,
    after BIGINT DEFAULT 0 NOT NULL,
    until BIGINT NOT NULL,
    found JSONB DEFAULT '{}' NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    made_by UUID,
    CONSTRAINT pk_tier_preview PRIMARY KEY (id)
)
""",
)
INDEXES = (
    "CREATE INDEX ix_tier_hold_account ON tier_hold (account, id)",
    "CREATE INDEX ix_tier_standing_changed_xid ON tier_standing (changed_xid)",
    "CREATE INDEX ix_tier_standing_due_on ON tier_standing (due_on, account) WHERE due_on IS NOT NULL",
    "CREATE INDEX ix_tier_change_account ON tier_change (account, id)",
)
RIGHTS = (
    "GRANT SELECT, INSERT ON tier_ladder, tier_hold, tier_change TO tillcard_app",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON tier_standing, tier_preview TO tillcard_app",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO tillcard_app",
    "CREATE TRIGGER touch_tier_standing BEFORE UPDATE ON tier_standing "
    "FOR EACH ROW EXECUTE FUNCTION touch_changed_xid()",
)


def upgrade() -> None:
    """Versions, holds and moves are facts; standings and previews are made anew whenever needed."""
    for statement in (*TABLES, *INDEXES, *RIGHTS):
        op.execute(statement)
