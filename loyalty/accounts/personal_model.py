"""An account's own percent and own prices, each for a period of local days and with a reason. Rows are kept for ever.

Of several that hold on a day, the one set last holds. A period includes `from_on` and ends as `until_on` begins;
`ended_at` is set where it was taken back sooner.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Identity, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pos.storage.base import Amount, Base, Moment, changed_xid


class PersonalPercent(Base):
    """A percent of the account's own, in basis points; it covers `account.personal` on its days."""

    __tablename__ = "personal_percent"
    __table_args__ = (
        CheckConstraint("percent BETWEEN 0 AND 10000", name="percent"),
        CheckConstraint("until_on > from_on", name="period"),
        Index("ix_personal_percent_account", "account", "seq"),
        Index("ix_personal_percent_changed_xid", "changed_xid"),
        {"info": {"feed": True}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    account: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    percent: Mapped[int]
    from_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(200))
    set_by: Mapped[UUID | None]
    set_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_xid: Mapped[int] = changed_xid()


class PersonalPrice(Base):
    """What the account pays for one unit of a product (its number), in minor units, where that is less."""

    __tablename__ = "personal_price"
    __table_args__ = (
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("until_on > from_on", name="period"),
        Index("ix_personal_price_account", "account", "product", "seq"),
        Index("ix_personal_price_changed_xid", "changed_xid"),
        {"info": {"feed": True}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    account: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    product: Mapped[int] = mapped_column(ForeignKey("product.seq"))
    price: Mapped[Amount]
    from_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(200))
    set_by: Mapped[UUID | None]
    set_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_xid: Mapped[int] = changed_xid()
