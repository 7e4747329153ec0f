"""Two accounts that turn out to be one client's: merged, and taken apart again.

The account that is merged away goes on existing and names its survivor. Documents that still name it, made before or
on a till that has not heard, are credited to the survivor when they arrive.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts import belongings
from loyalty.accounts.errors import AccountMerged, MergeDiffers, MergeNotFound, MergeNotLast, MergeWithItself
from loyalty.accounts.ledgers import (
    hand_back_ledgers,
    hand_over_ledgers,
    pass_debt_limit,
    take_debt_limit_back,
)
from loyalty.accounts.log import note_event
from loyalty.accounts.merge_model import AccountMerge
from loyalty.accounts.model import Account
from loyalty.accounts.service import locked_accounts
from loyalty.accounts.turnover import hand_back, hand_over
from loyalty.points.merge import merge_points, undo_merge_points
from loyalty.tiers.jobs import plan_fold
from pos.storage.outbox import later

HAND_ON = "accounts.hand_on"
"""Outbox message `{"accounts": [id…]}`: hand on what late documents brought to merged-away accounts."""
SWEEP_AFTER = timedelta(minutes=1)
"""A document recorded while the merge was being written is handed on after this time."""


async def merge_accounts(
    session: AsyncSession, merge_id: UUID, from_id: UUID, into_id: UUID, *, by: UUID | None, at: datetime
) -> AccountMerge:
    """Make `into_id` stand for `from_id` too: cards, persons, categories, own terms, turnover,
    points, debts, uses of rules.

    The same once more changes nothing, also where it was undone meanwhile. Raises `AccountNotFound`, `MergeWithItself`,
    `MergeDiffers`, and `AccountMerged` where either was merged into another.
    """
    if from_id == into_id:
        raise MergeWithItself()
    from_, into = await _both(session, from_id, into_id)
    known = await session.get(AccountMerge, merge_id, populate_existing=True)
    if known is not None:
        if (known.from_account, known.into_account) != (from_id, into_id):
            raise MergeDiffers(merge=str(merge_id))
        return known
    for account in (from_, into):
        if account.merged_into is not None:
            raise AccountMerged(account=str(account.id), into=str(account.merged_into))
    moved = await belongings.move(session, from_, into)
    moved["debt_limit"] = await pass_debt_limit(session, from_id, into_id)
    merge = AccountMerge(
        id=merge_id, from_account=from_id, into_account=into_id, moved=moved, merged_at=at, merged_by=by
    )
    session.add(merge)
    from_.merged_into = into_id
    _touched(session, from_, into, "merged", merge_id, by, at)
    await session.flush()
    await _all_over(session, merge_id, from_id, into_id, at=at)
    await merge_points(session, from_id, into_id, merge_id, at=at)
    await later(session, HAND_ON, {"accounts": [str(from_id)]}, run_at=at + SWEEP_AFTER)
    return merge


async def undo_merge(session: AsyncSession, merge_id: UUID, *, by: UUID | None, at: datetime) -> AccountMerge:
    """Take the two apart: what came with the merge goes back, what was done since stays where it was done.

    Undone once more it stays undone. Raises `MergeNotFound`, and `MergeNotLast` where the survivor itself was merged
    into another since.
    """
    merge = await session.get(AccountMerge, merge_id)
    if merge is None:
        raise MergeNotFound(merge=str(merge_id))
    from_, into = await _both(session, merge.from_account, merge.into_account)
    await session.refresh(merge)
    if merge.undone_at is not None:
        return merge
    if into.merged_into is not None:
        raise MergeNotLast(into=str(into.merged_into))
    await _all_over(session, merge_id, from_.id, into.id, at=at)  # what came late goes the same way, then back
    await hand_back(session, merge_id, into.id, from_.id, at=at)
    await hand_back_ledgers(session, merge_id, into.id, from_.id, at=at)
    if merge.moved["debt_limit"] is not None:
        await take_debt_limit_back(session, into.id, merge.moved["debt_limit"])
    await undo_merge_points(session, merge_id, at=at)
    await belongings.move_back(session, merge.moved, from_, into, at=at)
    merge.undone_at, merge.undone_by = at, by
    from_.merged_into = None
    _touched(session, from_, into, "unmerged", merge_id, by, at)
    await session.flush()
    return merge


async def pass_on(session: AsyncSession, accounts: Iterable[UUID], *, at: datetime) -> None:
    """Hand on what the ledgers of merged-away accounts came to meanwhile, to whoever stands for them now."""
    for start in sorted(set(accounts)):
        way = await _way(session, start)
        if len(way) > 1:
            await locked_accounts(session, way)
            way = await _way(session, start)
        for giver, taker in pairwise(way):
            standing = select(AccountMerge.id).where(
                AccountMerge.from_account == giver, AccountMerge.into_account == taker, AccountMerge.undone_at.is_(None)
            )
            await _all_over(session, (await session.scalars(standing)).one(), giver, taker, at=at)


async def merges_of(session: AsyncSession, account_id: UUID) -> list[AccountMerge]:
    """Every merge that the account took part in, the newest first."""
    either = (AccountMerge.from_account == account_id) | (AccountMerge.into_account == account_id)
    query = select(AccountMerge).where(either).order_by(AccountMerge.merged_at.desc(), AccountMerge.id)
    return list(await session.scalars(query))


async def _all_over(session: AsyncSession, merge: UUID, giver: UUID, taker: UUID, *, at: datetime) -> None:
    """Turnover, debts and uses of rules; points are handed on by their own folding."""
    await hand_over(session, merge, giver, taker, at=at)
    await hand_over_ledgers(session, merge, giver, taker, at=at)
    for account in (giver, taker):
        await plan_fold(session, account)  # their tiers follow from turnover


async def _way(session: AsyncSession, account_id: UUID) -> list[UUID]:
    """The account, the one it was merged into, and so on to the survivor."""
    way = [account_id]
    while True:
        into = await session.scalar(select(Account.merged_into).where(Account.id == way[-1]))
        if into is None:
            return way
        way.append(into)


async def _both(session: AsyncSession, from_id: UUID, into_id: UUID) -> tuple[Account, Account]:
    found = {account.id: account for account in await locked_accounts(session, (from_id, into_id))}
    return found[from_id], found[into_id]


def _touched(
    session: AsyncSession, from_: Account, into: Account, kind: str, merge: UUID, by: UUID | None, at: datetime
) -> None:
    """Both accounts' terms changed, and their logs say why."""
    for account, other in ((from_, into), (into, from_)):
        account.terms_version += 1
        side = "into" if account is from_ else "from"
        note_event(session, account.id, kind, by=by, at=at, merge=str(merge), **{side: str(other.id)})
