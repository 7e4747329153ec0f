"""Ladders, ledgers and holds, needing only what a test is about."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from loyalty.tiers.rules import Entry, Hold, Ladder, Measure, Rung, Standing, Why, tier_on

DAY = timedelta(days=1)
START = date(2026, 1, 1)
RUNGS = (Rung("bronze", 0), Rung("silver", 10_000), Rung("gold", 50_000))


def a_ladder(*rungs: Rung, **values) -> Ladder:
    """By turnover over an account's life, from the start of 2026."""
    chosen = {"version": 1, "active_from": START, "by": Measure.TURNOVER, "window": None}
    return Ladder(rungs=rungs or RUNGS, **{**chosen, **values})


def on(month: int, day: int, year: int = 2026) -> date:
    return date(year, month, day)


def bought(amount: int, day: date, *, hour: int = 12, kind: str = "sale", id: UUID | None = None) -> Entry:
    id = id or uuid4()
    at = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    return Entry(id, kind, amount, at, day, day, id)


def gave_back(amount: int, of: Entry, day: date, *, hour: int = 13) -> Entry:
    at = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    return Entry(uuid4(), "refund", -amount, at, day, min(day, of.counts_on), of.id)


def by_hand(tier: str | None, begins: date, ends: date | None = None, *, made: int = 1, how: Why = Why.BY_HAND) -> Hold:
    return Hold(begins, made, tier, how, ends)


def standing(ladders, entries, day: date, holds=(), opened_on: date = START) -> Standing:
    ladders = ladders if isinstance(ladders, list) else [ladders]
    return tier_on(ladders, entries, holds, day, opened_on=opened_on)


def tier(*values, **named) -> str | None:
    return standing(*values, **named).tier
