"""Device agents with keys of their own, and which till uses whose devices."""

from alembic import op

revision = "0013"
down_revision = "0012"

STATEMENTS = (
    """
    CREATE TABLE device_agent (
        id UUID NOT NULL,
        outlet_id UUID NOT NULL,
        name TEXT NOT NULL,
        key_digest BYTEA,
        code_digest BYTEA,
        code_expires_at TIMESTAMP WITH TIME ZONE,
        added_at TIMESTAMP WITH TIME ZONE NOT NULL,
        seen_at TIMESTAMP WITH TIME ZONE,
        revoked_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_device_agent PRIMARY KEY (id),
        CONSTRAINT uq_device_agent_key_digest UNIQUE (key_digest),
        CONSTRAINT uq_device_agent_code_digest UNIQUE (code_digest),
        CONSTRAINT ck_device_agent_code CHECK ((code_digest IS NULL) = (code_expires_at IS NULL)),
        CONSTRAINT fk_device_agent_outlet_id FOREIGN KEY(outlet_id) REFERENCES outlet (id)
    )
    """,
    "GRANT SELECT, INSERT, UPDATE, DELETE ON device_agent TO tillcard_app",
    """
    CREATE TABLE agent_choice (
        register_id UUID NOT NULL,
        agent_id UUID NOT NULL,
        CONSTRAINT pk_agent_choice PRIMARY KEY (register_id),
        CONSTRAINT fk_agent_choice_register_id FOREIGN KEY(register_id) REFERENCES register (id),
        CONSTRAINT fk_agent_choice_agent_id FOREIGN KEY(agent_id) REFERENCES device_agent (id)
    )
    """,
    "GRANT SELECT, INSERT, UPDATE, DELETE ON agent_choice TO tillcard_app",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
