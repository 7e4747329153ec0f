"""What people look up about points: an account's history and lots, and what all points would cost if they were spent."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.points.model import PointsAccount, PointsEntry
from loyalty.points.programme import programme_in_force
from loyalty.points.rules import Lot
from loyalty.points.service import book_of
from loyalty.points.standing import Standing, standing_of


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One entry. `source_id` is the receipt, gift, correction or merge; `by` who made it where no receipt did."""

    source_id: UUID
    kind: str
    part: int
    amount: int
    day: date
    at: datetime
    available_on: date | None
    expires_on: date | None
    origin_id: UUID | None
    reason: str
    by: UUID | None


@dataclass(frozen=True, slots=True)
class LotRow:
    """Points earned together that still hold something, or wait. They end as `expires_on` begins."""

    source_id: UUID
    kind: str
    day: date
    available_on: date
    expires_on: date | None
    earned: int
    left: int


@dataclass(frozen=True, slots=True)
class PointsOfAccount:
    """`merged_into` is where the points went, where the account is no longer used."""

    standing: Standing
    lots: list[LotRow]
    history: list[HistoryRow]
    merged_into: UUID | None


@dataclass(frozen=True, slots=True)
class Liability:
    """All points of the shop as last folded, and the money they would pay at the programme's present value."""

    accounts: int
    spendable: int
    pending: int
    overdrawn: int
    money: int


async def points_of_account(session: AsyncSession, account: UUID, *, at: datetime, limit: int = 200) -> PointsOfAccount:
    """Where the account stands now by its whole ledger, its open lots in the order of spending, the newest entries."""
    book = await book_of(session, account, at)
    merged = await session.scalar(select(PointsAccount.merged_into).where(PointsAccount.account_id == account))
    lots = [_lot(lot) for lot in sorted(book.open, key=lambda lot: lot.order)]
    return PointsOfAccount(standing_of(book), lots, await points_history(session, account, limit=limit), merged)


async def points_history(session: AsyncSession, account: UUID, *, limit: int = 200) -> list[HistoryRow]:
    """The newest entries first."""
    query = (
        select(
            PointsEntry.source_id,
            PointsEntry.kind,
            PointsEntry.part,
            PointsEntry.amount,
            PointsEntry.day,
            PointsEntry.occurred_at,
            PointsEntry.available_on,
            PointsEntry.expires_on,
            PointsEntry.origin_id,
            PointsEntry.reason,
            PointsEntry.made_by,
        )
        .where(PointsEntry.account_id == account)
        .order_by(PointsEntry.occurred_at.desc(), PointsEntry.source_id, PointsEntry.kind, PointsEntry.part)
        .limit(limit)
    )
    return [HistoryRow(*row) for row in await session.execute(query)]


async def liability(session: AsyncSession) -> Liability:
    """What all customers could still spend, and what it would cost; points owed to the shop are not set off."""
    query = select(
        func.count().filter(PointsAccount.balance != 0),
        func.coalesce(func.sum(PointsAccount.spendable), 0),
        func.coalesce(func.sum(PointsAccount.pending), 0),
        func.coalesce(func.sum(PointsAccount.overdrawn), 0),
    )
    accounts, spendable, pending, overdrawn = (int(value) for value in (await session.execute(query)).one())
    programme = await programme_in_force(session)
    value = programme.value if programme else 0
    return Liability(accounts, spendable, pending, overdrawn, (spendable + pending) * value)


def _lot(lot: Lot) -> LotRow:
    return LotRow(lot.source, lot.kind, lot.day, lot.available_on, lot.expires_on, lot.earned, lot.left)
