"""Coupons: batches with printed codes, the codes themselves, what was used of them, and who brought whom."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.coupons.rules import BatchKind, Offline, Whom
from pos.storage.base import Base, Moment, changed_xid


class CouponBatch(Base):
    """Codes that open the rules which name the batch. Valid from the start of a day to before `valid_until`.

    `uses` is how often one code may be used, empty without end; `per_account` how many uses of the batch one account has.
    `whom`: anyone, or only who shows a card. `bonus` are the points that a referral
    batch gives to whoever's code was shown. A batch is stopped by `stopped_at`, never removed.
    """

    __tablename__ = "coupon_batch"
    __table_args__ = (
        CheckConstraint("kind IN ('coupon', 'referral')", name="kind"),
        CheckConstraint("whom IN ('anyone', 'account')", name="whom"),
        CheckConstraint("offline IN ('deny', 'allow')", name="offline"),
        CheckConstraint("uses >= 1 AND per_account >= 1 AND bonus >= 0 AND size >= 0", name="counts"),
        CheckConstraint("valid_until > valid_from", name="period"),
        Index("ix_coupon_batch_changed_xid", "changed_xid"),
        {"info": {"feed": True}},
    )

    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[BatchKind] = mapped_column(String(8), server_default="coupon")
    name: Mapped[str] = mapped_column(String(200))
    prefix: Mapped[str] = mapped_column(String(8))
    size: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    uses: Mapped[int | None] = mapped_column(Integer)
    per_account: Mapped[int | None] = mapped_column(Integer)
    whom: Mapped[Whom] = mapped_column(String(8), server_default="anyone")
    offline: Mapped[Offline] = mapped_column(String(8), server_default="deny")
    bonus: Mapped[int] = mapped_column(server_default=text("0"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[UUID | None]
    stopped_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_xid: Mapped[int] = changed_xid()


class Coupon(Base):
    """One code: the row that is locked before a use of it is promised. `account` is whose it is, where it is someone's."""

    __tablename__ = "coupon"
    __table_args__ = (
        Index("ix_coupon_batch", "batch", "code"),
        Index("ix_coupon_account", "account", "batch", unique=True, postgresql_where=text("account IS NOT NULL")),
    )

    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    batch: Mapped[str] = mapped_column(ForeignKey("coupon_batch.code"))
    account: Mapped[UUID | None]
    blocked: Mapped[str | None] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(Moment)


class CouponUse(Base):
    """One use of a coupon by a sale (`sale`), or its being given back once all of the sale came back (`release`).

    `sale_id` is the sale in both. The code is as the till wrote it: there may be no such coupon.
    """

    __tablename__ = "coupon_use"
    __table_args__ = (
        Index("ix_coupon_use_coupon", "coupon"),
        Index("ix_coupon_use_account_id", "account_id", "batch", postgresql_where=text("account_id IS NOT NULL")),
        Index("ix_coupon_use_sale_id", "sale_id"),
        {"info": {"append_only": True}},
    )

    source_id: Mapped[UUID] = mapped_column(primary_key=True)
    coupon: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    batch: Mapped[str]
    account_id: Mapped[UUID | None]
    sale_id: Mapped[UUID]
    times: Mapped[int]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class Referral(Base):
    """A newcomer who came with an account's own code: once in their life. `bonus` are the points each was given."""

    __tablename__ = "referral"
    __table_args__ = (
        CheckConstraint("newcomer <> referrer", name="not_oneself"),
        Index("ix_referral_referrer", "referrer", "made_at"),
        {"info": {"append_only": True}},
    )

    newcomer: Mapped[UUID] = mapped_column(primary_key=True)
    referrer: Mapped[UUID]
    coupon: Mapped[str]
    sale_id: Mapped[UUID] = mapped_column(unique=True)
    bonus: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(Moment)
