"""What a fiscal register said about documents: facts beside them, outside their bytes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from pos.storage.base import Amount, Base, changed_xid

KINDS = ("receipt", "correction", "cash_in", "cash_out", "open_shift", "z_report")
STATES = ("none", "pending", "registered", "uncertain", "refused")
NOTHING_LEFT = ("fiscal.cancelled", "fiscal.withdrawn", "fiscal.not_needed")
"""Causes of a `none` that is settled: the sale was given back, or the correction withdrawn, before any register knew of it; the
shift was open already."""


class FiscalRecord(Base):
    """One thing that became known about registering a document: an attempt begun, or how it ended.

    The record of a document with the highest `place` says how it stands: the till counts them from 1. `attempt` is the
    device agent's job, the same in every record of it; a `none` before the first attempt has none. `cause` is the stable
    code behind a state that is not well, `error` and `error_text` are the register's own words. A person who decided is
    `decided_by`. The document may arrive later than its records: nothing refers to it.
    """

    __tablename__ = "fiscal_record"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("place >= 1", name="place"),
        CheckConstraint("attempt IS NOT NULL OR state = 'none'", name="attempt"),
        CheckConstraint("number IS NOT NULL OR state <> 'registered' OR kind <> 'receipt'", name="number"),
        Index("ix_fiscal_record_document_id", "document_id"),
        Index("ix_fiscal_record_number", "device", "number"),
        {"info": {"append_only": True}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    register_id: Mapped[UUID] = mapped_column(ForeignKey("register.id"))
    document_id: Mapped[UUID]
    place: Mapped[int] = mapped_column(Integer)
    attempt: Mapped[UUID | None]
    kind: Mapped[str]
    state: Mapped[str]
    cause: Mapped[str | None]
    error: Mapped[int | None]
    error_text: Mapped[str | None]
    device: Mapped[str | None]
    number: Mapped[int | None]
    shift: Mapped[int | None]
    sign: Mapped[str | None]
    storage: Mapped[str | None]
    qr: Mapped[str | None]
    url: Mapped[str | None]
    registered_at: Mapped[str | None]
    """The register's own word for the time, as it wrote it."""
    decided_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class FiscalCount(Base):
    """The register's own sums of a shift beside those of the till's registered facts, taken when Z was made."""

    __tablename__ = "fiscal_count"
    __table_args__ = ({"info": {"append_only": True}},)

    record_id: Mapped[UUID] = mapped_column(ForeignKey("fiscal_record.id"), primary_key=True)
    device_sales: Mapped[int]
    device_sales_sum: Mapped[Amount]
    device_returns: Mapped[int]
    device_returns_sum: Mapped[Amount]
    device_cash_in: Mapped[Amount]
    device_cash_out: Mapped[Amount]
    till_sales: Mapped[int]
    till_sales_sum: Mapped[Amount]
    till_returns: Mapped[int]
    till_returns_sum: Mapped[Amount]
    till_cash_in: Mapped[Amount]
    till_cash_out: Mapped[Amount]


class FiscalOpen(Base):
    """A document that is not settled with its fiscal register, and the record that says how it stands.

    Derived from the records and renewed with each of them, so that what needs a person is found without a search.
    """

    __tablename__ = "fiscal_open"

    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    record_id: Mapped[UUID] = mapped_column(ForeignKey("fiscal_record.id"))


class FiscalSettings(Base):
    """How one register deals with its fiscal device. A register without a row has the defaults."""

    __tablename__ = "fiscal_settings"
    __table_args__ = (
        Index("ix_fiscal_settings_changed_xid", "changed_xid"),
        {"info": {"feed": True}},
    )

    register_id: Mapped[UUID] = mapped_column(ForeignKey("register.id"), primary_key=True)
    sell_without: Mapped[bool]
    """Whether a sale may be begun while the device is known to be dead, without asking a manager."""
    prints_itself: Mapped[bool]
    """Whether the device prints the receipt: the till then prints none of its own."""
    changed_xid: Mapped[int] = changed_xid()
