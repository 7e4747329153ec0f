"""Runs of a draft over past receipts, and what each account would have got."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from pos.storage.base import Base, Moment


class TryRun(Base):
    """The rules of `body` tried against version `against` on the sales of `starts_on <= business date < ends_on`.

    `outlets` empty: of all outlets. `as_if_held`: the rules' own dates are left out. `done` of `total` receipts are
    through, up to the one at `place_at`, `place_id`; `result` is what they add up to (`rules.Sums`).
    """

    __tablename__ = "try_run"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'done', 'cancelled', 'failed')", name="state"),
        CheckConstraint("starts_on < ends_on", name="period"),
        Index("ix_try_run_asked_at", "asked_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    names: Mapped[dict[str, dict[str, str]]] = mapped_column(JSONB)
    against: Mapped[int] = mapped_column(Integer, ForeignKey("rule_set.version"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    outlets: Mapped[list[str]] = mapped_column(JSONB)
    as_if_held: Mapped[bool]
    state: Mapped[str]
    total: Mapped[int]
    done: Mapped[int] = mapped_column(server_default=text("'0'"))
    place_at: Mapped[datetime | None] = mapped_column(Moment)
    place_id: Mapped[UUID | None]
    result: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    asked_by: Mapped[UUID | None]
    asked_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)


class TryAccount(Base):
    """Discounts that one account would have got in a run: by today's rules, by the draft."""

    __tablename__ = "try_account"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("try_run.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    receipts: Mapped[int]
    today: Mapped[int]
    draft: Mapped[int]
