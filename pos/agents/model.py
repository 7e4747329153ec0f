"""Device agents: the programs beside the devices of an outlet, each with a key of its own."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from pos.storage.base import Base, Moment


class DeviceAgent(Base):
    """One computer's agent. Of its key, and of the code that it gets its key for, only the digests are kept."""

    __tablename__ = "device_agent"
    __table_args__ = (CheckConstraint("(code_digest IS NULL) = (code_expires_at IS NULL)", name="code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    outlet_id: Mapped[UUID] = mapped_column(ForeignKey("outlet.id"))
    name: Mapped[str]
    key_digest: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    code_digest: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    code_expires_at: Mapped[datetime | None] = mapped_column(Moment)
    added_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it dialled in or hung up last."""
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)


class AgentChoice(Base):
    """Whose devices a till without an agent on its own computer uses, where the owner said so."""

    __tablename__ = "agent_choice"

    register_id: Mapped[UUID] = mapped_column(ForeignKey("register.id"), primary_key=True)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("device_agent.id"))
