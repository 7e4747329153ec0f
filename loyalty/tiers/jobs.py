"""When accounts are looked at without anyone buying: after a ladder is published, and each day at local midnight.

`tiers.everyone` looks at every account that there was when a version began, part by part. `tiers.daily` looks at those that
are due and plans itself for the next midnight. `tiers.fold` looks at the accounts it names.
"""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.model import Account
from loyalty.tiers.model import TierStanding
from pos.storage.outbox import later

PART = 500
DAILY = "tiers.daily"
EVERYONE = "tiers.everyone"
FOLD = "tiers.fold"
ONE_PLAN = text("SELECT pg_advisory_xact_lock(hashtext('tiers.daily'))")
PLANNED = text("SELECT EXISTS (SELECT FROM outbox WHERE kind = 'tiers.daily' AND gave_up_at IS NULL)")


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a local day."""
    return datetime.combine(day, time(), zone)


async def plan_pass(session: AsyncSession, version: int, active_from: date, zone: ZoneInfo, *, at: datetime) -> None:
    """Look at everyone when the version begins; accounts opened after that begin under it."""
    starts = midnight(active_from, zone)
    until = None if starts > at else await session.scalar(select(func.max(Account.seq)))
    payload = {"version": version, "after": 0, "until": until}
    await later(session, EVERYONE, payload, run_at=starts if starts > at else None)


async def plan_reviews(session: AsyncSession, zone: ZoneInfo, *, at: datetime) -> None:
    """Have the daily review run at the next midnight, unless it is planned already."""
    await session.execute(ONE_PLAN)
    if not await session.scalar(PLANNED):
        await later(session, DAILY, {}, run_at=next_midnight(zone, at=at))


def next_midnight(zone: ZoneInfo, *, at: datetime) -> datetime:
    return midnight(at.astimezone(zone).date() + timedelta(days=1), zone)


async def plan_fold(session: AsyncSession, account: UUID) -> None:
    """Look at the account after this transaction."""
    await later(session, FOLD, {"accounts": [str(account)]})


async def accounts_between(
    session: AsyncSession, after: int, until: int, *, limit: int = PART
) -> list[tuple[int, UUID]]:
    """The next accounts by number, `after` < number <= `until`."""
    query = select(Account.seq, Account.id).where(Account.seq > after, Account.seq <= until)
    return [(row.seq, row.id) for row in await session.execute(query.order_by(Account.seq).limit(limit))]


async def due_accounts(session: AsyncSession, today: date, *, limit: int = PART) -> list[UUID]:
    """Those that may stand elsewhere today though nothing was bought, the longest due first."""
    query = select(TierStanding.account).where(TierStanding.due_on <= today)
    return list(await session.scalars(query.order_by(TierStanding.due_on, TierStanding.account).limit(limit)))
