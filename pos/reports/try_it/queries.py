"""Runs as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from pos.reports.try_it.errors import RunNotFound
from pos.reports.try_it.model import TryAccount, TryRun


@dataclass(frozen=True, slots=True)
class AccountRow:
    """What one account would have got: discounts by today's rules and by the draft, in so many receipts."""

    account_id: UUID
    receipts: int
    today: int
    draft: int


async def runs(session: AsyncSession, limit: int = 20) -> Sequence[TryRun]:
    """The newest runs."""
    return (await session.scalars(select(TryRun).order_by(TryRun.asked_at.desc()).limit(limit))).all()


async def run_of(session: AsyncSession, run_id: UUID) -> TryRun:
    """Raises `RunNotFound`."""
    run = await session.get(TryRun, run_id)
    if run is None:
        raise RunNotFound(id=str(run_id))
    return run


async def top_accounts(session: AsyncSession, run_id: UUID, limit: int = 15) -> list[AccountRow]:
    """Accounts whose discounts would change most; those unchanged are left out."""
    difference = func.abs(TryAccount.draft - TryAccount.today)
    query = (
        select(TryAccount.account_id, TryAccount.receipts, TryAccount.today, TryAccount.draft)
        .where(TryAccount.run_id == run_id, TryAccount.draft != TryAccount.today)
        .order_by(difference.desc(), TryAccount.account_id)
        .limit(limit)
    )
    return [AccountRow(*row) for row in await session.execute(query)]


async def accounts_changed(session: AsyncSession, run_id: UUID) -> int:
    """How many accounts would get more or less."""
    query = select(func.count()).where(TryAccount.run_id == run_id, TryAccount.draft != TryAccount.today)
    return int(await session.scalar(query) or 0)
