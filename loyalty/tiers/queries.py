"""The tiers, the ladder's versions, where accounts stand and how they got there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.errors import AccountNotFound
from loyalty.accounts.model import Account
from loyalty.pricing.model import Tier
from loyalty.tiers.errors import LadderNotFound
from loyalty.tiers.form import read_ladder
from loyalty.tiers.model import TierChange, TierHold, TierLadder, TierStanding
from loyalty.tiers.rules import Ladder

PASSING = text("""
SELECT coalesce(sum(greatest(0, coalesce((payload ->> 'until')::bigint, 0) - (payload ->> 'after')::bigint)), 0)
FROM outbox WHERE kind = 'tiers.everyone' AND gave_up_at IS NULL AND run_at <= now()
""")


@dataclass(frozen=True, slots=True)
class TierRow:
    """A tier and how many accounts have it; `rank` counts from the lowest."""

    code: str
    names: Mapping[str, str]
    rank: int
    accounts: int


@dataclass(frozen=True, slots=True)
class LadderRow:
    """A published version. `body` is its form."""

    version: int
    active_from: date
    body: Mapping[str, Any]
    made_at: datetime
    made_by: UUID | None
    ladder: Ladder


@dataclass(frozen=True, slots=True)
class StandingRow:
    """Where an account stands: what it has, why, what is missing to the next tier and to stay."""

    tier: str | None
    why: str
    reason: str
    since: date | None
    version: int | None
    by: str
    measure: int
    next_tier: str | None
    missing: int | None
    to_stay: int | None
    stay_by: date | None
    grace_until: date | None
    held_until: date | None


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One move."""

    from_tier: str | None
    to_tier: str | None
    why: str
    reason: str
    on: date
    version: int | None
    by: UUID | None
    at: datetime


async def tier_rows(session: AsyncSession) -> list[TierRow]:
    """Every tier, the lowest first."""
    counted = select(Account.tier, func.count().label("accounts")).group_by(Account.tier).subquery()
    query = (
        select(Tier.code, Tier.names, Tier.rank, func.coalesce(counted.c.accounts, 0))
        .outerjoin(counted, counted.c.tier == Tier.code)
        .order_by(Tier.rank)
    )
    return [TierRow(*row) for row in await session.execute(query)]


async def tier_names(session: AsyncSession, language: str) -> dict[str, str]:
    """What each tier is called in that language, the lowest first."""
    rows = await session.execute(select(Tier.code, Tier.names).order_by(Tier.rank))
    return {code: names.get(language) or next(iter(names.values()), code) for code, names in rows}


async def ladder_rows(session: AsyncSession) -> list[LadderRow]:
    """Every version, the newest first."""
    rows = await session.scalars(select(TierLadder).order_by(TierLadder.version.desc()))
    return [_ladder(row) for row in rows]


async def ladder_on(session: AsyncSession, day: date) -> LadderRow | None:
    """The version in force on that day, None before the first."""
    query = select(TierLadder).where(TierLadder.active_from <= day)
    row = await session.scalar(query.order_by(TierLadder.active_from.desc(), TierLadder.version.desc()).limit(1))
    return None if row is None else _ladder(row)


async def ladder_version(session: AsyncSession, version: int) -> LadderRow:
    """Raises `LadderNotFound`."""
    row = await session.get(TierLadder, version)
    if row is None:
        raise LadderNotFound(version=version)
    return _ladder(row)


def _ladder(row: TierLadder) -> LadderRow:
    ladder = read_ladder(row.body, version=row.version, active_from=row.active_from)
    return LadderRow(row.version, row.active_from, row.body, row.made_at, row.made_by, ladder)


async def accounts_to_look_at(session: AsyncSession) -> int:
    """How many accounts a published ladder has still to place, about."""
    return int(await session.scalar(PASSING) or 0)


async def standing_of(session: AsyncSession, account: UUID) -> StandingRow | None:
    """None where nobody has looked at it yet. Raises `AccountNotFound`."""
    if await session.scalar(select(Account.id).where(Account.id == account)) is None:
        raise AccountNotFound(account=str(account))
    query = select(TierStanding).where(TierStanding.account == account)
    row = await session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        return None
    held = row.why in ("by_hand", "imported")
    last = select(TierHold.reason).where(TierHold.account == account).order_by(TierHold.id.desc()).limit(1)
    return StandingRow(
        tier=row.tier,
        why=row.why,
        reason=(await session.scalar(last) or "") if held else "",
        since=row.since,
        version=row.version,
        by=row.by,
        measure=row.measure,
        next_tier=row.next_tier,
        missing=row.missing,
        to_stay=row.to_stay,
        stay_by=row.stay_by,
        grace_until=row.grace_until,
        held_until=row.held_until,
    )


async def changes_of(session: AsyncSession, account: UUID) -> list[ChangeRow]:
    """Every move of the account's tier, the newest first."""
    query = select(TierChange).where(TierChange.account == account).order_by(TierChange.id.desc())
    return [
        ChangeRow(row.from_tier, row.to_tier, row.why, row.reason, row.on, row.version, row.by, row.at)
        for row in await session.scalars(query)
    ]
