"""A ledger of points to begin with."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.points.model import PointsAccount
from loyalty.points.programme import ProgrammeDraft, publish_programme
from loyalty.points.rules import Entry
from loyalty.points.service import fold, write
from pos.core.ids import new_id

MONDAY = date(2026, 1, 5)
NOON = datetime(2026, 1, 5, 8, tzinfo=UTC)
"""Noon in Yerevan."""
ZONE = "Asia/Yerevan"


async def a_programme(session: AsyncSession, at: datetime = NOON, **given: Any) -> int:
    """One point pays 1.00, whatever else is `given`."""
    return await publish_programme(session, ProgrammeDraft(**{"zone": ZONE, "value": 100, **given}), by=None, at=at)


async def earned(
    session: AsyncSession,
    account: UUID,
    amount: int,
    *,
    on: date = MONDAY,
    available_on: date | None = None,
    expires_on: date | None = None,
) -> UUID:
    """A sale that gave points; its id."""
    sale = new_id()
    entry = Entry(sale, "accrual", amount, on, noon(on), available_on=available_on or on, expires_on=expires_on)
    await write(session, account, [entry], recorded_at=noon(on))
    return sale


async def spent(session: AsyncSession, account: UUID, amount: int, *, on: date = MONDAY) -> UUID:
    """A sale that took points; its id."""
    sale = new_id()
    at = noon(on) + timedelta(minutes=5)
    await write(session, account, [Entry(sale, "redemption", -amount, on, at)], recorded_at=at)
    return sale


async def given_back(
    session: AsyncSession,
    account: UUID,
    sale: UUID,
    *,
    claw: int = 0,
    restore: int = 0,
    on: date = MONDAY,
    days: int = 30,
) -> UUID:
    """A refund of `sale`: `claw` points go back, `restore` come back."""
    refund, at = new_id(), noon(on) + timedelta(minutes=10)
    entries: list[Entry] = []
    if claw:
        entries.append(Entry(refund, "accrual", -claw, on, at, origin=sale))
    if restore:
        ends = on + timedelta(days=days)
        entries.append(Entry(refund, "redemption", restore, on, at, available_on=on, expires_on=ends, origin=sale))
    await write(session, account, entries, recorded_at=at)
    return refund


async def standing(session: AsyncSession, account: UUID, *, on: date = MONDAY) -> PointsAccount:
    """The account as tills see it at the end of that day."""
    await fold(session, [account], at=noon(on) + timedelta(hours=8))
    row = await session.get(PointsAccount, account, populate_existing=True)
    assert row is not None
    return row


def noon(day: date) -> datetime:
    return datetime.combine(day, NOON.timetz())
