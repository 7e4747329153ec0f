"""The points ledger, the programme that gives points their rules, and each account's standing for tills and locks."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.points.life import LifeKind
from pos.storage.base import Base, Moment, changed_xid


class PointsEntry(Base):
    """One signed change of an account's points; `loyalty.points.rules` says what each `kind` does to its lots.

    The first day an amount may be spent is `available_on`; it ends as `expires_on` begins (null: never). `day` is the
    shop's own: a receipt's business date, never later than a day after it arrived. `origin_id` names the sale that a
    refund's entry takes back or restores, or that merged points once came from; `lot_id` the lot that an expiry or a
    transfer takes from. `part` tells entries of one source and kind apart: a birthday's is its year.
    """

    __tablename__ = "points_entry"
    __table_args__ = (
        Index("ix_points_entry_account_id_occurred_at", "account_id", "occurred_at"),  # balance, history
        {"info": {"append_only": True}},
    )

    source_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    account_id: Mapped[UUID]
    amount: Mapped[int]
    day: Mapped[date] = mapped_column(Date)
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    available_on: Mapped[date | None] = mapped_column(Date)
    expires_on: Mapped[date | None] = mapped_column(Date)
    origin_id: Mapped[UUID | None]
    lot_id: Mapped[UUID | None]
    reason: Mapped[str]
    made_by: Mapped[UUID | None]
    programme: Mapped[int | None] = mapped_column(Integer)


class PointsProgramme(Base):
    """How points are earned, held and spent. Never edited: a change is the next version, and touches no point given before.

    `value` is what one point pays, in minor units; `share` the part of a receipt that points may pay, in basis points;
    fewer than `least` are not taken. Days are those of `zone`.
    """

    __tablename__ = "points_programme"
    __table_args__ = (
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("value > 0 AND share BETWEEN 0 AND 10000 AND least >= 0", name="spending"),
        CheckConstraint("life IN ('never', 'days', 'month_end', 'year_end')", name="life"),
        CheckConstraint("pending_days BETWEEN 0 AND 366 AND life_count BETWEEN 0 AND 3660", name="days"),
        CheckConstraint("life <> 'days' OR life_count > 0", name="life_days"),
        CheckConstraint("restored_days BETWEEN 0 AND 3660 AND notice_days BETWEEN 0 AND 366", name="more_days"),
        CheckConstraint("welcome >= 0 AND birthday >= 0", name="gifts"),
        CheckConstraint("birthday_before BETWEEN 0 AND 31 AND birthday_after BETWEEN 0 AND 31", name="birthday"),
        CheckConstraint("offline IN ('deny', 'cap') AND offline_cap >= 0", name="offline"),
        Index("ix_points_programme_changed_xid", "changed_xid"),
        {"info": {"append_only": True}},
    )

    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    running: Mapped[bool]
    """Whether points may be earned and spent now; what was earned stays and expires as it said."""
    zone: Mapped[str] = mapped_column(String(64))
    value: Mapped[int]
    share: Mapped[int] = mapped_column(Integer)
    least: Mapped[int]
    earn_while_spending: Mapped[bool]
    pending_days: Mapped[int] = mapped_column(SmallInteger)
    life: Mapped[LifeKind] = mapped_column(String(16))
    life_count: Mapped[int] = mapped_column(SmallInteger)
    restored_days: Mapped[int] = mapped_column(SmallInteger)
    """How long points live that a refund gives back after their own end; 0: they do not come back."""
    welcome: Mapped[int]
    birthday: Mapped[int]
    birthday_before: Mapped[int] = mapped_column(SmallInteger)
    birthday_after: Mapped[int] = mapped_column(SmallInteger)
    notice_days: Mapped[int] = mapped_column(SmallInteger)
    """How long before their end a customer is told; 0: not told."""
    offline: Mapped[Literal["deny", "cap"]] = mapped_column(String(8))
    offline_cap: Mapped[int]
    """Most points that a till without a network takes in one sale, within the balance it last knew."""
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[UUID | None]
    changed_xid: Mapped[int] = changed_xid()


class PointsAccount(Base):
    """Where an account stands: folded from its ledger by the worker, told to tills, and the row that spending locks.

    `balance` is the sum of the entries: `spendable` plus `pending` less `overdrawn`. `expiring` points end as
    `expiring_on` begins; `next_on` is the first day on which time alone changes something. What arrives for an account
    merged into another is passed on to `merged_into`.
    """

    __tablename__ = "points_account"
    __table_args__ = (
        CheckConstraint("balance = spendable + pending - overdrawn", name="adds_up"),
        CheckConstraint("(merged_into IS NULL) = (merge_id IS NULL)", name="merge"),
        Index("ix_points_account_changed_xid", "changed_xid"),
        Index("ix_points_account_next_on", "next_on", postgresql_where=text("next_on IS NOT NULL")),
        Index("ix_points_account_expiring_on", "expiring_on", postgresql_where=text("expiring_on IS NOT NULL")),
        {"info": {"feed": True}},
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    balance: Mapped[int] = mapped_column(server_default=text("0"))
    spendable: Mapped[int] = mapped_column(server_default=text("0"))
    pending: Mapped[int] = mapped_column(server_default=text("0"))
    overdrawn: Mapped[int] = mapped_column(server_default=text("0"))
    expiring_on: Mapped[date | None] = mapped_column(Date)
    expiring: Mapped[int] = mapped_column(server_default=text("0"))
    next_on: Mapped[date | None] = mapped_column(Date)
    merged_into: Mapped[UUID | None]
    merge_id: Mapped[UUID | None]
    changed_xid: Mapped[int] = changed_xid()


class PointsNotice(Base):
    """That a customer should be told of points about to end; once for each account and day of ending."""

    __tablename__ = "points_notice"
    __table_args__ = ({"info": {"append_only": True}},)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("points_account.account_id"), primary_key=True)
    expires_on: Mapped[date] = mapped_column(Date, primary_key=True)
    amount: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(Moment, server_default=text("now()"))


class PointsOverdraft(Base):
    """A receipt that spent more than there was, as the ledger tells by now; `other_id` spent before it.

    Derived by folding: it goes again where a receipt that arrived late shows that there was enough.
    """

    __tablename__ = "points_overdraft"
    __table_args__ = (
        Index("ix_points_overdraft_account_id", "account_id"),
        Index("ix_points_overdraft_found_at", "found_at"),
    )

    source_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    short: Mapped[int]
    other_id: Mapped[UUID | None]
    found_at: Mapped[datetime] = mapped_column(Moment, server_default=text("now()"))
