"""Points with lots: days, origins and reasons in the ledger, the programme, each account's standing, notices of an end."""

from alembic import op

revision = "0004"
down_revision = "0003"

LEDGER = """
ALTER TABLE points_entry
    ADD COLUMN part INTEGER,
    ADD COLUMN day DATE,
    ADD COLUMN available_on DATE,
    ADD COLUMN expires_on DATE,
    ADD COLUMN origin_id UUID,
    ADD COLUMN lot_id UUID,
    ADD COLUMN reason TEXT,
    ADD COLUMN made_by UUID,
    ADD COLUMN programme INTEGER;

UPDATE points_entry entry
   SET part = 1,
       reason = '',
       day = least(sale.business_date, (entry.recorded_at AT TIME ZONE 'UTC')::date + 1),
       available_on = CASE WHEN entry.amount > 0
                           THEN least(sale.business_date, (entry.recorded_at AT TIME ZONE 'UTC')::date + 1) END,
       origin_id = (SELECT origin_id FROM sale_line WHERE sale_id = entry.source_id AND origin_id IS NOT NULL
                    ORDER BY line LIMIT 1)
  FROM sale
 WHERE sale.id = entry.source_id;

ALTER TABLE points_entry
    ALTER COLUMN part SET NOT NULL,
    ALTER COLUMN day SET NOT NULL,
    ALTER COLUMN reason SET NOT NULL,
    DROP CONSTRAINT pk_points_entry,
    ADD CONSTRAINT pk_points_entry PRIMARY KEY (source_id, kind, part)
"""

TABLES = """
CREATE TABLE points_programme (
    version INTEGER NOT NULL,
    running BOOLEAN NOT NULL,
    zone VARCHAR(64) NOT NULL,
    value BIGINT NOT NULL,
    share INTEGER NOT NULL,
    least BIGINT NOT NULL,
    earn_while_spending BOOLEAN NOT NULL,
    pending_days SMALLINT NOT NULL,
    life VARCHAR(16) NOT NULL,
    life_count SMALLINT NOT NULL,
    restored_days SMALLINT NOT NULL,
    welcome BIGINT NOT NULL,
    birthday BIGINT NOT NULL,
    birthday_before SMALLINT NOT NULL,
    birthday_after SMALLINT NOT NULL,
    notice_days SMALLINT NOT NULL,
    offline VARCHAR(8) NOT NULL,
    offline_cap BIGINT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    made_by UUID,
    changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_points_programme PRIMARY KEY (version),
    CONSTRAINT ck_points_programme_version CHECK (version > 0),
    CONSTRAINT ck_points_programme_spending CHECK (value > 0 AND share BETWEEN 0 AND 10000 AND least >= 0),
    CONSTRAINT ck_points_programme_life CHECK (life IN ('never', 'days', 'month_end', 'year_end')),
    CONSTRAINT ck_points_programme_days CHECK (pending_days BETWEEN 0 AND 366 AND life_count BETWEEN 0 AND 3660),
    CONSTRAINT ck_points_programme_life_days CHECK (life <> 'days' OR life_count > 0),
    CONSTRAINT ck_points_programme_more_days CHECK (restored_days BETWEEN 0 AND 3660 AND notice_days BETWEEN 0 AND 366),
    CONSTRAINT ck_points_programme_gifts CHECK (welcome >= 0 AND birthday >= 0),
    CONSTRAINT ck_points_programme_birthday CHECK (birthday_before BETWEEN 0 AND 31 AND birthday_after BETWEEN 0 AND 31),
    CONSTRAINT ck_points_programme_offline CHECK (offline IN ('deny', 'cap') AND offline_cap >= 0)
);

CREATE INDEX ix_points_programme_changed_xid ON points_programme (changed_xid);

CREATE TABLE points_account (
    account_id UUID NOT NULL,
    balance BIGINT DEFAULT 0 NOT NULL,
    spendable BIGINT DEFAULT 0 NOT NULL,
    pending BIGINT DEFAULT 0 NOT NULL,
    overdrawn BIGINT DEFAULT 0 NOT NULL,
    expiring_on DATE,
    expiring BIGINT DEFAULT 0 NOT NULL,
    next_on DATE,
    merged_into UUID,
    merge_id UUID,
    changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_points_account PRIMARY KEY (account_id),
    CONSTRAINT ck_points_account_adds_up CHECK (balance = spendable + pending - overdrawn),
    CONSTRAINT ck_points_account_merge CHECK ((merged_into IS NULL) = (merge_id IS NULL))
);

CREATE INDEX ix_points_account_changed_xid ON points_account (changed_xid);

CREATE INDEX ix_points_account_expiring_on ON points_account (expiring_on) WHERE expiring_on IS NOT NULL;

CREATE INDEX ix_points_account_next_on ON points_account (next_on) WHERE next_on IS NOT NULL;

CREATE TABLE points_notice (
    account_id UUID NOT NULL,
    expires_on DATE NOT NULL,
    amount BIGINT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_points_notice PRIMARY KEY (account_id, expires_on),
    CONSTRAINT fk_points_notice_account_id FOREIGN KEY(account_id) REFERENCES points_account (account_id)
);

CREATE TABLE points_overdraft (
    source_id UUID NOT NULL,
    account_id UUID NOT NULL,
    short BIGINT NOT NULL,
    other_id UUID,
    found_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_points_overdraft PRIMARY KEY (source_id)
);

CREATE INDEX ix_points_overdraft_account_id ON points_overdraft (account_id);

CREATE INDEX ix_points_overdraft_found_at ON points_overdraft (found_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON points_overdraft TO tillcard_app;

GRANT SELECT, INSERT ON points_programme, points_notice TO tillcard_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON points_account TO tillcard_app;

CREATE TRIGGER touch_points_account BEFORE UPDATE ON points_account FOR EACH ROW EXECUTE FUNCTION touch_changed_xid()
"""

KNOWN = """
INSERT INTO points_account (account_id, balance, spendable, overdrawn)
SELECT account_id, sum(amount), greatest(sum(amount), 0), greatest(-sum(amount), 0) FROM points_entry GROUP BY account_id
"""


def upgrade() -> None:
    """Points given so far may be spent at once and have no end."""
    for part in (LEDGER, TABLES, KNOWN):
        for statement in part.split(";\n\n"):
            op.execute(statement.strip())
