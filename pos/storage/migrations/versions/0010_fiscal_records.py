"""Facts of fiscal registers beside documents, and how each register deals with its device."""

from alembic import op

revision = "0010"
down_revision = "0009"

STATEMENTS = (
    """
    CREATE TABLE fiscal_record (
        id UUID NOT NULL,
        register_id UUID NOT NULL,
        document_id UUID NOT NULL,
        place INTEGER NOT NULL,
        attempt UUID,
        kind TEXT NOT NULL,
        state TEXT NOT NULL,
        cause TEXT,
        error BIGINT,
        error_text TEXT,
        device TEXT,
        number BIGINT,
        shift BIGINT,
        sign TEXT,
        storage TEXT,
        qr TEXT,
        url TEXT,
        registered_at TEXT,
        decided_by UUID,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_fiscal_record PRIMARY KEY (id),
        CONSTRAINT ck_fiscal_record_kind
            CHECK (kind IN ('receipt', 'cash_in', 'cash_out', 'open_shift', 'z_report')),
        CONSTRAINT ck_fiscal_record_state CHECK (state IN ('none', 'pending', 'registered', 'uncertain', 'refused')),
        CONSTRAINT ck_fiscal_record_place CHECK (place >= 1),
        CONSTRAINT ck_fiscal_record_attempt CHECK (attempt IS NOT NULL OR state = 'none'),
        CONSTRAINT ck_fiscal_record_number CHECK (number IS NOT NULL OR state <> 'registered' OR kind <> 'receipt'),
        CONSTRAINT fk_fiscal_record_register_id FOREIGN KEY(register_id) REFERENCES register (id)
    )
    """,
    "CREATE INDEX ix_fiscal_record_document_id ON fiscal_record (document_id)",
    "CREATE INDEX ix_fiscal_record_number ON fiscal_record (device, number)",
    "GRANT SELECT, INSERT ON fiscal_record TO tillcard_app",
    """
    CREATE TABLE fiscal_count (
        record_id UUID NOT NULL,
        device_sales BIGINT NOT NULL,
        device_sales_sum BIGINT NOT NULL,
        device_returns BIGINT NOT NULL,
        device_returns_sum BIGINT NOT NULL,
        device_cash_in BIGINT NOT NULL,
        device_cash_out BIGINT NOT NULL,
        till_sales BIGINT NOT NULL,
        till_sales_sum BIGINT NOT NULL,
        till_returns BIGINT NOT NULL,
        till_returns_sum BIGINT NOT NULL,
        till_cash_in BIGINT NOT NULL,
        till_cash_out BIGINT NOT NULL,
        CONSTRAINT pk_fiscal_count PRIMARY KEY (record_id),
        CONSTRAINT fk_fiscal_count_record_id FOREIGN KEY(record_id) REFERENCES fiscal_record (id)
    )
    """,
    "GRANT SELECT, INSERT ON fiscal_count TO tillcard_app",
    """
    CREATE TABLE fiscal_open (
        document_id UUID NOT NULL,
        record_id UUID NOT NULL,
        CONSTRAINT pk_fiscal_open PRIMARY KEY (document_id),
        CONSTRAINT fk_fiscal_open_record_id FOREIGN KEY(record_id) REFERENCES fiscal_record (id)
    )
    """,
    "GRANT SELECT, INSERT, UPDATE, DELETE ON fiscal_open TO tillcard_app",
    """
    CREATE TABLE fiscal_settings (
        register_id UUID NOT NULL,
        sell_without BOOLEAN NOT NULL,
        prints_itself BOOLEAN NOT NULL,
        changed_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
        CONSTRAINT pk_fiscal_settings PRIMARY KEY (register_id),
        CONSTRAINT fk_fiscal_settings_register_id FOREIGN KEY(register_id) REFERENCES register (id)
    )
    """,
    "CREATE INDEX ix_fiscal_settings_changed_xid ON fiscal_settings (changed_xid)",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON fiscal_settings TO tillcard_app",
    """
    CREATE TRIGGER touch_fiscal_settings BEFORE UPDATE ON fiscal_settings
        FOR EACH ROW EXECUTE FUNCTION touch_changed_xid()
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
