"""The journal: every document that arrived, as the bytes the register made, and what was later found about it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Identity, Index, Integer, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from pos.storage.base import Base, Moment

APPEND_ONLY = {"info": {"append_only": True}}


class Document(Base):
    """One arrival. `body` is the truth; sales, shifts and ledgers are derived from it.

    `seq` is empty where the bytes could not be read, name another register, or claim a place that was taken; `epoch`
    is then that of the key which brought them. `made_at` is the register's word, `arrived_at` the server's.
    """

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("register_id", "epoch", "seq"), APPEND_ONLY)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    register_id: Mapped[UUID]
    epoch: Mapped[int] = mapped_column(Integer)
    seq: Mapped[int | None] = mapped_column(Integer)
    kind: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    prev: Mapped[bytes | None] = mapped_column(LargeBinary)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime]
    revoked_key: Mapped[bool]


class Quarantine(Base):
    """A document whose business rows are withheld until a person decides; `detail` names the place that is wrong."""

    __tablename__ = "quarantine"
    __table_args__ = APPEND_ONLY

    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), primary_key=True)
    code: Mapped[str]
    detail: Mapped[str]
    arrived_at: Mapped[datetime]


class DocumentConflict(Base):
    """Other bytes that came under an id already stored: kept, never recorded, an alarm."""

    __tablename__ = "document_conflict"
    __table_args__ = APPEND_ONLY

    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    register_id: Mapped[UUID]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    arrived_at: Mapped[datetime]


class PersonalPart(Base):
    """Personal data beside a document, which holds SHA-256 of salt and part; deleted when the person is erased."""

    __tablename__ = "personal_part"

    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    part: Mapped[str]


class AuditFinding(Base):
    """Something the worker noticed about a document after it was stored. `alarm` findings want a person at once.

    The same finding about the same document is written once.
    """

    __tablename__ = "audit_finding"
    __table_args__ = (
        UniqueConstraint("document_id", "kind"),
        Index("ix_audit_finding_found_at", "found_at"),
        APPEND_ONLY,
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    document_id: Mapped[UUID]
    kind: Mapped[str]
    alarm: Mapped[bool]
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    found_at: Mapped[datetime] = mapped_column(Moment, server_default=text("now()"))


class BareHistory(Base):
    """One part of a history made for measuring: sales that no till made and that have no documents.

    They stand in epoch 0, which no pairing opens, their journal rows are of kind `bare` with an empty body. The sums
    are those of the part's rows; `planned` and `until` are of the whole history that the part belongs to.
    """

    __tablename__ = "bare_history"
    __table_args__ = APPEND_ONLY

    part: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    planned: Mapped[int]
    until: Mapped[date] = mapped_column(Date)
    sales: Mapped[int]
    lines: Mapped[int]
    discounts: Mapped[int]
    tenders: Mapped[int]
    gross: Mapped[int]
    discount: Mapped[int]
    net: Mapped[int]
    tax: Mapped[int]
    total: Mapped[int]
    loaded_at: Mapped[datetime] = mapped_column(Moment, server_default=text("now()"))
