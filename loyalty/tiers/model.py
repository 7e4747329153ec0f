"""The ladder's versions, tiers held by hand, where each account stands, and every move there was."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Identity, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from pos.storage.base import Base, Moment, changed_xid

APPEND_ONLY = {"info": {"append_only": True}}


class TierLadder(Base):
    """A ladder as it was published (`loyalty.tiers.form`). Never edited: a change is the next version.

    It holds from the start of `active_from`, a day of `zone`, until another one's; of one day the higher version.
    """

    __tablename__ = "tier_ladder"
    __table_args__ = (CheckConstraint("version > 0", name="version"), APPEND_ONLY)

    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    body: Mapped[dict[str, Any]]
    active_from: Mapped[date] = mapped_column(Date)
    zone: Mapped[str] = mapped_column(String(64))
    """The IANA zone whose days the ladder counts; the first version's, for all."""
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[UUID | None]


class TierHold(Base):
    """A tier given without regard to turnover, or (`how` NULL) the end of what was given before.

    `by_hand` is exactly that tier, `imported` at least that; from the start of `begins` until the start of `ends`.
    """

    __tablename__ = "tier_hold"
    __table_args__ = (
        CheckConstraint("how IN ('by_hand', 'imported')", name="how"),
        CheckConstraint("ends > begins", name="period"),
        Index("ix_tier_hold_account", "account", "id"),
        APPEND_ONLY,
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    account: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    tier: Mapped[str | None] = mapped_column(ForeignKey("tier.code"))
    how: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(200), server_default="")
    begins: Mapped[date] = mapped_column(Date)
    ends: Mapped[date | None] = mapped_column(Date)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[UUID | None]


class TierStanding(Base):
    """Where an account stood when it was last looked at; written anew from its ledger, never added to.

    `next_tier` with `missing`, and `to_stay` until `stay_by`, are minor units, or receipts where `by` says so.
    """

    __tablename__ = "tier_standing"
    __table_args__ = (
        Index("ix_tier_standing_changed_xid", "changed_xid"),
        Index("ix_tier_standing_due_on", "due_on", "account", postgresql_where=text("due_on IS NOT NULL")),
        {"info": {"feed": True}},
    )

    account: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    tier: Mapped[str | None] = mapped_column(String(64))
    why: Mapped[str] = mapped_column(String(16))
    since: Mapped[date | None] = mapped_column(Date)
    version: Mapped[int | None] = mapped_column(Integer)
    earned: Mapped[str | None] = mapped_column(String(64))
    by: Mapped[str] = mapped_column(String(16), server_default="turnover")
    measure: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    next_tier: Mapped[str | None] = mapped_column(String(64))
    missing: Mapped[int | None] = mapped_column(BigInteger)
    this_receipt: Mapped[bool] = mapped_column(server_default=text("false"))
    to_stay: Mapped[int | None] = mapped_column(BigInteger)
    stay_by: Mapped[date | None] = mapped_column(Date)
    review_on: Mapped[date | None] = mapped_column(Date)
    grace_until: Mapped[date | None] = mapped_column(Date)
    held_until: Mapped[date | None] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)
    """The first day on which it must be looked at again though nothing was bought."""
    changed_xid: Mapped[int] = changed_xid()


class TierChange(Base):
    """One move of an account's tier: from, to, why, on which day, by whom, under which version of the ladder."""

    __tablename__ = "tier_change"
    __table_args__ = (Index("ix_tier_change_account", "account", "id"), APPEND_ONLY)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    account: Mapped[UUID]
    from_tier: Mapped[str | None] = mapped_column(String(64))
    to_tier: Mapped[str | None] = mapped_column(String(64))
    why: Mapped[str] = mapped_column(String(16))
    on: Mapped[date] = mapped_column(Date)
    version: Mapped[int | None] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(String(200), server_default="")
    by: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(Moment)


class TierPreview(Base):
    """A ladder tried out: which accounts it would move, counted part by part. `after` and `until` are account numbers."""

    __tablename__ = "tier_preview"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    body: Mapped[dict[str, Any]]
    active_from: Mapped[date] = mapped_column(Date)
    after: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    until: Mapped[int] = mapped_column(BigInteger)
    found: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[UUID | None]
