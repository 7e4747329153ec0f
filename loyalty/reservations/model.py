"""What is held for a checkout that is about to be paid, so that no two tills promise the same."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from pos.storage.base import Base, Moment


class Reservation(Base):
    """What one register holds until `expires_at`, `released_at`, or the document that names it (`ReservationSettled`)."""

    __tablename__ = "reservation"
    __table_args__ = (Index("ix_reservation_expires_at", "expires_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    register_id: Mapped[UUID]
    account: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    released_at: Mapped[datetime | None] = mapped_column(Moment)


class ReservationItem(Base):
    """One thing held: `amount` points, uses of a coupon, minor units of a gift card or of a debt, or thousandths of a sold
    line that is to be refunded; of a rule `times`, `amount` (money) and `pieces`.

    `subject` is the account, code, card, rule or sale; `place` the sold line.
    """

    __tablename__ = "reservation_item"
    __table_args__ = (
        CheckConstraint("kind IN ('points', 'coupon', 'gift_card', 'rule', 'debt', 'refund')", name="kind"),
        CheckConstraint("amount >= 0 AND times >= 0 AND pieces >= 0", name="amounts"),
        Index("ix_reservation_item_subject", "kind", "subject"),
    )

    reservation: Mapped[UUID] = mapped_column(ForeignKey("reservation.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    place: Mapped[int] = mapped_column(Integer, primary_key=True, server_default=text("0"), autoincrement=False)
    amount: Mapped[int] = mapped_column(server_default=text("0"))
    times: Mapped[int] = mapped_column(server_default=text("0"))
    pieces: Mapped[int] = mapped_column(server_default=text("0"))


class ReservationSettled(Base):
    """The document that took what a reservation held: from here on the ledgers count instead."""

    __tablename__ = "reservation_settled"
    __table_args__ = (Index("ix_reservation_settled_reservation_id", "reservation_id"), {"info": {"append_only": True}})

    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    reservation_id: Mapped[UUID]
