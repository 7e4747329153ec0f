"""Shifts and what else happened at a register. Every column is derived from the document with the same id."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from pos.storage.base import Base

APPEND_ONLY = {"info": {"append_only": True}}


class ShiftOpening(Base):
    __tablename__ = "shift_opening"
    __table_args__ = APPEND_ONLY

    id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), primary_key=True)
    register_id: Mapped[UUID]
    shift_id: Mapped[UUID | None]
    staff_id: Mapped[UUID]
    business_date: Mapped[date]
    made_at: Mapped[datetime]
    float_amount: Mapped[int]


class ShiftClosing(Base):
    """The register's own Z totals; `difference` is counted minus expected."""

    __tablename__ = "shift_closing"
    __table_args__ = (Index("ix_shift_closing_business_date", "business_date"), APPEND_ONLY)

    id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), primary_key=True)
    register_id: Mapped[UUID]
    shift_id: Mapped[UUID | None]
    staff_id: Mapped[UUID]
    business_date: Mapped[date]
    made_at: Mapped[datetime]
    z_number: Mapped[int] = mapped_column(Integer)
    sales: Mapped[int]
    refunds: Mapped[int]
    gross: Mapped[int]
    discount: Mapped[int]
    net: Mapped[int]
    tax: Mapped[int]
    cash: Mapped[int]
    card: Mapped[int]
    cash_in: Mapped[int]
    cash_out: Mapped[int]
    expected: Mapped[int]
    counted: Mapped[int]
    difference: Mapped[int]
    reason: Mapped[str]
    unsent: Mapped[int]
    gift_card: Mapped[int]
    on_account: Mapped[int]


class DrawerMovement(Base):
    """Money put into or taken out of the drawer beside sales: `float`, `cash_in`, `cash_out` (negative)."""

    __tablename__ = "drawer_movement"
    __table_args__ = (Index("ix_drawer_movement_shift_id", "shift_id"), APPEND_ONLY)

    id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), primary_key=True)
    register_id: Mapped[UUID]
    shift_id: Mapped[UUID | None]
    staff_id: Mapped[UUID]
    made_at: Mapped[datetime]
    kind: Mapped[str]
    amount: Mapped[int]
    reason: Mapped[str]


class RegisterEvent(Base):
    """Everything else: who did what at the register. `amount` is the money it is about, taken away where negative."""

    __tablename__ = "register_event"
    __table_args__ = (Index("ix_register_event_made_at", "made_at"), APPEND_ONLY)

    id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), primary_key=True)
    register_id: Mapped[UUID]
    shift_id: Mapped[UUID | None]
    staff_id: Mapped[UUID]
    made_at: Mapped[datetime]
    kind: Mapped[str]
    basket_id: Mapped[UUID | None]
    product: Mapped[int | None] = mapped_column(Integer)
    account_id: Mapped[UUID | None]
    amount: Mapped[int | None]
    reason: Mapped[str]
    approver_id: Mapped[UUID | None]
