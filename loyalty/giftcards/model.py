"""Gift cards: an advance that pays for later sales, and the ledger of what is on each."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.giftcards.rules import Offline
from pos.storage.base import Base, Moment, changed_xid


class GiftCard(Base):
    """A card that may be sold and spent; the row that is locked before its money is promised.

    The id is made of the number: the first 16 bytes of SHA-256(card salt, number). So a till that has read a number
    knows the id without the server, and documents name the card without telling its number.
    """

    __tablename__ = "gift_card"
    __table_args__ = (
        Index("ix_gift_card_order_id", "order_id", "id"),
        Index("ix_gift_card_expires_on", "expires_on", postgresql_where=text("expires_on IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    order_id: Mapped[UUID]
    blocked: Mapped[str | None] = mapped_column(String(200))
    expires_on: Mapped[date | None] = mapped_column(Date)
    """The first day on which what is left cannot be spent."""
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[UUID | None]


class GiftCardEntry(Base):
    """One signed change of what is on a card, in minor units.

    From documents: `issue` (sold; negative where the card itself is given back), `redemption` (it paid), `refund` (money
    came back to it); `place` is the line or tender. From people and the calendar: `correction`, `expiry`.
    """

    __tablename__ = "gift_card_entry"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount"),
        Index("ix_gift_card_entry_card_id", "card_id", "occurred_at"),
        {"info": {"append_only": True}},
    )

    source_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(Integer, primary_key=True)
    card_id: Mapped[UUID]
    amount: Mapped[int]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    reason: Mapped[str]
    staff_id: Mapped[UUID | None]


class GiftCardSettings(Base):
    """The chain's terms of gift cards. One row. `offline_most` is what a till without the server takes of a card."""

    __tablename__ = "gift_card_settings"
    __table_args__ = (
        CheckConstraint("id = 1", name="one"),
        CheckConstraint("offline IN ('deny', 'cap')", name="offline"),
        CheckConstraint("offline_most >= 0 AND valid_months BETWEEN 1 AND 600", name="values"),
        CheckConstraint("prefix ~ '^[A-Z]{2,4}$'", name="prefix"),
        {"info": {"feed": True}},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    prefix: Mapped[str] = mapped_column(String(4), server_default="GC")
    offline: Mapped[Offline] = mapped_column(String(8), server_default="deny")
    offline_most: Mapped[int] = mapped_column(server_default=text("0"))
    valid_months: Mapped[int | None] = mapped_column(Integer)
    changed_xid: Mapped[int] = changed_xid()
