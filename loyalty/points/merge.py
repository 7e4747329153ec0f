"""Points of two accounts that turn out to be one: moved as transfers, lot by lot, and moved back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.points.errors import AlreadyMerged, MergeNotFound
from loyalty.points.model import PointsAccount
from loyalty.points.programme import local_day, programme_in_force
from loyalty.points.rules import replay
from loyalty.points.service import entries_of, fold, lock_points, next_part, write
from loyalty.points.standing import moved_lots


async def merge_points(session: AsyncSession, from_: UUID, to: UUID, merge_id: UUID, *, at: datetime) -> None:
    """Hand all points and debts of `from_` to `to`, now and whenever a late document brings more.

    Lots keep their days and the sales they came from, so that a refund finds them. The same merge again changes nothing.
    Raises `AlreadyMerged` where either account's points go elsewhere.
    """
    for account in sorted((from_, to)):
        await lock_points(session, account)
    giver, taker = await _row(session, from_), await _row(session, to)
    if giver.merge_id == merge_id and giver.merged_into == to:
        return
    for row in (giver, taker):
        if row.merged_into is not None or from_ == to:
            raise AlreadyMerged(into=str(row.merged_into or to))
    await _direct(session, from_, to, merge_id)
    await fold(session, [from_], at=at)


async def undo_merge_points(session: AsyncSession, merge_id: UUID, *, at: datetime) -> None:
    """Give back what is left of the lots that came with this merge; what was spent of them meanwhile stays spent.

    Raises `MergeNotFound` where no account is merged by that id.
    """
    query = select(PointsAccount).where(PointsAccount.merge_id == merge_id)
    giver = await session.scalar(query)
    if giver is None or giver.merged_into is None:
        raise MergeNotFound(merge=str(merge_id))
    from_, to = giver.account_id, giver.merged_into
    await fold(session, [from_], at=at)  # locks both, and passes on what was late
    today = local_day(await programme_in_force(session), at)
    book = replay((await entries_of(session, [to])).get(to, ()), today)
    came = [lot.id for lot in book.open if lot.source == merge_id]
    given, taken = moved_lots(book, came, merge_id, await next_part(session, merge_id), at)
    await write(session, to, given, recorded_at=at, reason="merge undone")
    await write(session, from_, taken, recorded_at=at, reason="merge undone")
    await _direct(session, from_, None, None)
    await fold(session, [from_, to], at=at)


async def _row(session: AsyncSession, account: UUID) -> PointsAccount:
    return (await session.scalars(select(PointsAccount).where(PointsAccount.account_id == account))).one()


async def _direct(session: AsyncSession, account: UUID, to: UUID | None, merge_id: UUID | None) -> None:
    await session.execute(
        update(PointsAccount)
        .where(PointsAccount.account_id == account)
        .values(merged_into=to, merge_id=merge_id)
        .execution_options(synchronize_session="evaluate")
    )
