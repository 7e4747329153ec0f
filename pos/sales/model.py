"""Sales as recorded: what the reports read. Every column is derived from the document with the same id.

Amounts and quantities of a refund are negative, so that a sale and its refunds add up to nothing. Training sales stay
in the journal alone.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from pos.storage.base import Base

APPEND_ONLY = {"info": {"append_only": True}}


class Sale(Base):
    """A sale or a refund. `net` is without tax where the shop's prices are; `total` is what the tenders add up to."""

    __tablename__ = "sale"
    __table_args__ = (
        UniqueConstraint("register_id", "epoch", "number"),
        Index("ix_sale_business_date", "business_date"),  # takings of a day
        Index("ix_sale_made_at", "made_at", "id"),  # the newest first
        Index("ix_sale_receipt", "receipt"),  # a receipt scanned for its refund
        Index(  # an account's history, the newest first
            "ix_sale_account_id", "account_id", "made_at", "id", postgresql_where=text("account_id IS NOT NULL")
        ),
        Index("ix_sale_staff_id", "staff_id", "made_at", "id"),  # a cashier's
        APPEND_ONLY,
    )

    id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), primary_key=True)
    kind: Mapped[str]
    register_id: Mapped[UUID]
    outlet_id: Mapped[UUID]
    epoch: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    receipt: Mapped[str]
    checkout_id: Mapped[UUID]
    basket_id: Mapped[UUID]
    shift_id: Mapped[UUID | None]
    staff_id: Mapped[UUID]
    seller: Mapped[int] = mapped_column(Integer)
    account_id: Mapped[UUID | None]
    business_date: Mapped[date]
    made_at: Mapped[datetime]
    rule_set: Mapped[int]
    gross: Mapped[int]
    discount: Mapped[int]
    net: Mapped[int]
    tax: Mapped[int]
    cash_rounding: Mapped[int]
    total: Mapped[int]
    reason: Mapped[str | None]
    approver_id: Mapped[UUID | None]


class SaleLine(Base):
    """One product of a sale. `origin_id` and `origin_line` name the sold line that a refund gives back."""

    __tablename__ = "sale_line"
    __table_args__ = (
        Index("ix_sale_line_origin_id", "origin_id", postgresql_where=text("origin_id IS NOT NULL")),  # refunded
        APPEND_ONLY,
    )

    sale_id: Mapped[UUID] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(Integer, primary_key=True)
    product: Mapped[int] = mapped_column(Integer)
    name: Mapped[str]
    category: Mapped[int | None] = mapped_column(Integer)
    quantity: Mapped[int]
    price: Mapped[int]
    gross: Mapped[int]
    net: Mapped[int]
    tax_code: Mapped[str]
    tax_rate: Mapped[int] = mapped_column(Integer)
    tax_base: Mapped[int]
    tax_amount: Mapped[int]
    seller_staff_id: Mapped[UUID | None]
    origin_id: Mapped[UUID | None]
    origin_line: Mapped[int | None] = mapped_column(Integer)


class LineDiscount(Base):
    """What one rule took off one line."""

    __tablename__ = "line_discount"
    __table_args__ = (Index("ix_line_discount_rule", "rule", "sale_id", "line"), APPEND_ONLY)  # a rule's history

    sale_id: Mapped[UUID] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(Integer, primary_key=True)
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    rule: Mapped[str]
    source: Mapped[str]
    amount: Mapped[int]


class Tender(Base):
    """One payment towards a sale or a debt, or back from a sale. `sale_id` is the document: a debt's payment has no sale."""

    __tablename__ = "tender"
    __table_args__ = APPEND_ONLY

    sale_id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    kind: Mapped[str]
    received: Mapped[int]
    applied: Mapped[int]
    change: Mapped[int]
    reference: Mapped[str | None]


class SaleRefundable(Base):
    """The row that is locked before any of a sale's goods are promised to a refund."""

    __tablename__ = "sale_refundable"

    sale_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), primary_key=True)
