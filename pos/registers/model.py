"""Outlets, their registers, and each register's epochs: one for every device it was paired with."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from pos.storage.base import Base, Moment, changed_xid


class Outlet(Base):
    """One shop. `zone` is its IANA time zone; `receipt` holds header and footer lines per language."""

    __tablename__ = "outlet"
    __table_args__ = (
        Index("ix_outlet_changed_xid", "changed_xid"),
        {"info": {"feed": True}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    address: Mapped[str] = mapped_column(server_default="")
    tax_id: Mapped[str] = mapped_column(server_default="")
    zone: Mapped[str]
    language: Mapped[str] = mapped_column(server_default="en")
    receipt: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    changed_xid: Mapped[int] = changed_xid()


class Register(Base):
    """One till. `prefix` starts its receipt numbers and is never given to another."""

    __tablename__ = "register"
    __table_args__ = (CheckConstraint("prefix ~ '^[A-Z][A-Z0-9]{0,3}$'", name="prefix"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    outlet_id: Mapped[UUID] = mapped_column(ForeignKey("outlet.id"))
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)


class RegisterEpoch(Base):
    """The time a register spends on one device. Only the digest of its key is kept."""

    __tablename__ = "register_epoch"

    register_id: Mapped[UUID] = mapped_column(ForeignKey("register.id"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    key_digest: Mapped[bytes] = mapped_column(LargeBinary)
    paired_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)


class PairingCode(Base):
    """Lets one device become a register, once, within minutes. Only the code's digest is kept."""

    __tablename__ = "pairing_code"

    code_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    register_id: Mapped[UUID] = mapped_column(ForeignKey("register.id"))
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
