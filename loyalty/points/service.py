"""The ledger read into lots, accounts folded into their standing, and the lock that spending takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.points.model import PointsAccount, PointsEntry, PointsOverdraft
from loyalty.points.programme import local_day, programme_in_force
from loyalty.points.rules import Book, Entry, Overdraft, replay
from loyalty.points.standing import Standing, expiries, standing_of, transfers

ENTRIES = select(
    PointsEntry.account_id,
    PointsEntry.source_id,
    PointsEntry.kind,
    PointsEntry.amount,
    PointsEntry.day,
    PointsEntry.occurred_at,
    PointsEntry.part,
    PointsEntry.available_on,
    PointsEntry.expires_on,
    PointsEntry.origin_id,
    PointsEntry.lot_id,
)
FAMILY = text("""
WITH RECURSIVE passed_on AS (
    SELECT unnest(CAST(:accounts AS uuid[])) AS account_id
    UNION
    SELECT merged_into FROM points_account JOIN passed_on USING (account_id) WHERE merged_into IS NOT NULL
)
SELECT account_id FROM passed_on ORDER BY account_id
""")
"""These accounts and those that their points are passed on to."""


async def spendable(session: AsyncSession, account: UUID, at: datetime) -> int:
    """Points that `account` may spend now, by the whole ledger, whatever was folded. Never below zero.

    To decide over them, call `lock_points` before in the same transaction.
    """
    return (await book_of(session, account, at)).spendable()


async def lock_points(session: AsyncSession, account: UUID) -> PointsAccount:
    """The account's row, made where absent, locked until the transaction ends: who spends comes one after the other."""
    return (await _locked(session, [account]))[account]


async def book_of(session: AsyncSession, account: UUID, at: datetime) -> Book:
    """The account's lots now."""
    today = local_day(await programme_in_force(session), at)
    return replay((await entries_of(session, [account])).get(account, ()), today)


async def entries_of(session: AsyncSession, accounts: Iterable[UUID]) -> dict[UUID, list[Entry]]:
    """The whole ledger of these accounts, in no order."""
    found: dict[UUID, list[Entry]] = {}
    rows = await session.execute(ENTRIES.where(PointsEntry.account_id.in_(list(accounts))))
    for row in rows:
        entry = Entry(
            row.source_id,
            row.kind,
            row.amount,
            row.day,
            row.occurred_at,
            row.part,
            row.available_on,
            row.expires_on,
            row.origin_id,
            row.lot_id,
        )
        found.setdefault(row.account_id, []).append(entry)
    return found


async def fold(session: AsyncSession, accounts: Iterable[UUID], *, at: datetime) -> None:
    """Bring the standing of these accounts up to their ledgers, and the list of receipts that overdrew them.

    What lots lost by time is written into the ledger; what a merged account has is passed on. Rows are locked by id.
    """
    concerned = (await session.scalars(FAMILY, {"accounts": list(accounts)})).all()
    if not concerned:
        return
    today = local_day(await programme_in_force(session), at)
    rows = await _locked(session, concerned)
    overdrafts: dict[UUID, Sequence[Overdraft]] = {}
    standings: dict[UUID, Standing] = {}
    waiting = list(concerned)
    while waiting:
        ledgers = await entries_of(session, waiting)
        passed: list[UUID] = []
        for account in waiting:
            book = replay(ledgers.get(account, ()), today)
            overdrafts[account] = book.overdrafts
            into = rows[account].merged_into
            if await _settle(session, rows[account], book, at) and into is not None:
                passed.append(into)
            standings[account] = standing_of(book)
        waiting = sorted(set(passed))
    await _stand(session, rows, standings)
    await _note_overdrafts(session, overdrafts)


async def _settle(session: AsyncSession, row: PointsAccount, book: Book, at: datetime) -> bool:
    """Write what the ledger lacks; whether something was passed on to the account it is merged into."""
    await write(session, row.account_id, expiries(book, at), recorded_at=at)
    if row.merged_into is None or row.merge_id is None or not (book.open or book.owing):
        return False
    given, taken = transfers(book, row.merge_id, await next_part(session, row.merge_id), at)
    await write(session, row.account_id, given, recorded_at=at, reason="merge")
    await write(session, row.merged_into, taken, recorded_at=at, reason="merge")
    for entry in given:
        book.apply(entry)
    return True


async def _stand(session: AsyncSession, rows: Mapping[UUID, PointsAccount], standings: Mapping[UUID, Standing]) -> None:
    """Write the standings that changed, so that tills are told of changes alone."""
    changed = [
        {"account_id": account, **asdict(standing)}
        for account, standing in standings.items()
        if any(getattr(rows[account], field.name) != getattr(standing, field.name) for field in fields(Standing))
    ]
    if changed:
        await session.execute(update(PointsAccount), changed)


async def _note_overdrafts(session: AsyncSession, found: Mapping[UUID, Sequence[Overdraft]]) -> None:
    """Make the list say of these accounts what their lots say."""
    there = {
        row.source_id: row
        for row in await session.scalars(select(PointsOverdraft).where(PointsOverdraft.account_id.in_(list(found))))
    }
    now = {
        one.source: {"source_id": one.source, "account_id": account, "short": one.short, "other_id": one.before}
        for account, overdrafts in found.items()
        for one in overdrafts
        if one.kind == "redemption"
    }
    gone = [source for source in there if source not in now]
    if gone:
        await session.execute(delete(PointsOverdraft).where(PointsOverdraft.source_id.in_(gone)))
    new = [
        row
        for source, row in now.items()
        if source not in there or any(getattr(there[source], name) != value for name, value in row.items())
    ]
    if new:
        written = postgres_insert(PointsOverdraft).values(new)
        changed = {name: written.excluded[name] for name in ("account_id", "short", "other_id")}
        await session.execute(written.on_conflict_do_update(index_elements=["source_id"], set_=changed))


async def _locked(session: AsyncSession, accounts: Sequence[UUID]) -> dict[UUID, PointsAccount]:
    wanted = sorted(set(accounts))
    if not wanted:
        return {}
    missing = postgres_insert(PointsAccount).values([{"account_id": account} for account in wanted])
    await session.execute(missing.on_conflict_do_nothing())
    query = (
        select(PointsAccount)
        .where(PointsAccount.account_id.in_(wanted))
        .order_by(PointsAccount.account_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.account_id: row for row in await session.scalars(query)}


async def next_part(session: AsyncSession, source: UUID) -> int:
    """The first free number among the entries of a merge."""
    query = select(func.coalesce(func.max(PointsEntry.part), 0) + 1)
    return int(await session.scalar(query.where(PointsEntry.source_id == source, PointsEntry.kind == "merge")) or 1)


async def write(
    session: AsyncSession,
    account: UUID,
    entries: Sequence[Entry],
    *,
    recorded_at: datetime,
    reason: str = "",
    by: UUID | None = None,
    programme: int | None = None,
) -> None:
    """Append `entries` to the account's ledger."""
    rows = [
        {
            "source_id": entry.source,
            "kind": entry.kind,
            "part": entry.part,
            "account_id": account,
            "amount": entry.amount,
            "day": entry.day,
            "occurred_at": entry.at,
            "recorded_at": recorded_at,
            "available_on": entry.available_on,
            "expires_on": entry.expires_on,
            "origin_id": entry.origin,
            "lot_id": entry.lot,
            "reason": reason,
            "made_by": by,
            "programme": programme,
        }
        for entry in entries
    ]
    if rows:
        await session.execute(insert(PointsEntry), rows)
