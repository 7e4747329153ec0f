"""The categories of an account: granted on a proof, ending by themselves or taken away, and what became of them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.errors import CategoryEnded, ClientCategoryNotFound
from loyalty.accounts.log import EventRow, note_event
from loyalty.accounts.model import Account, AccountCategory, AccountEvent
from loyalty.accounts.service import locked_account
from loyalty.accounts.survivor import merged_accounts
from loyalty.pricing.model import ClientCategory

GRANTED, ENDED = "category_granted", "category_ended"


@dataclass(frozen=True, slots=True)
class Expiring:
    """A category that ends soon, so that a new proof can be asked for in time."""

    account: UUID
    category: str
    proved_on: date
    checked_by: UUID | None
    expires_on: date


async def grant_category(
    session: AsyncSession,
    account_id: UUID,
    category: str,
    *,
    proved_on: date,
    by: UUID | None,
    at: datetime,
    expires_on: date | None = None,
) -> AccountCategory:
    """Let the account hold a category: the proof was seen by `by` on `proved_on`; it ends as `expires_on` begins.

    Granting again is a new proof in place of the old. Raises `AccountNotFound`, `AccountMerged`,
    `ClientCategoryNotFound`, `CategoryEnded` where it would end before it begins.
    """
    if await session.get(ClientCategory, category) is None:
        raise ClientCategoryNotFound(category=category)
    if expires_on is not None and expires_on <= proved_on:
        raise CategoryEnded(category=category)
    account = await locked_account(session, account_id)
    held = await session.get(AccountCategory, (account_id, category))
    if held is None:
        held = AccountCategory(account=account_id, category=category)
        session.add(held)
    held.proved_on, held.checked_by, held.expires_on, held.ended_at = proved_on, by, expires_on, None
    account.terms_version += 1
    until = expires_on and expires_on.isoformat()
    told = {"category": category, "proved_on": proved_on.isoformat(), "expires_on": until}
    note_event(session, account_id, GRANTED, by=by, at=at, **told)
    return held


async def end_category(
    session: AsyncSession, account_id: UUID, category: str, *, by: UUID | None, at: datetime
) -> None:
    """Take a category away; one not held is no error. Raises `AccountNotFound`, `AccountMerged`."""
    account = await locked_account(session, account_id)
    held = await session.get(AccountCategory, (account_id, category))
    if held is not None and held.ended_at is None:
        held.ended_at = at
        account.terms_version += 1
        note_event(session, account_id, ENDED, by=by, at=at, category=category)


async def expiring_categories(
    session: AsyncSession, *, since: date, until: date, after: tuple[date, UUID] | None = None, limit: int = 50
) -> list[Expiring]:
    """Categories that end from `since` on and before `until`, the soonest first; `after` is (day, account) of the last
    one seen."""
    held = AccountCategory
    query = (
        select(held.account, held.category, held.proved_on, held.checked_by, held.expires_on)
        .join(Account, Account.id == held.account)
        .where(
            held.ended_at.is_(None), Account.merged_into.is_(None), held.expires_on >= since, held.expires_on < until
        )
        .order_by(held.expires_on, held.account, held.category)
        .limit(limit)
    )
    if after is not None:
        day, account = after
        query = query.where((held.expires_on > day) | ((held.expires_on == day) & (held.account > account)))
    return [Expiring(*row) for row in await session.execute(query)]


async def category_history(session: AsyncSession, account_id: UUID) -> list[EventRow]:
    """When the account was granted which category on what proof, and when it was taken away; the newest first."""
    accounts = await merged_accounts(session, account_id)
    query = (
        select(AccountEvent)
        .where(AccountEvent.account.in_(accounts), AccountEvent.kind.in_((GRANTED, ENDED)))
        .order_by(AccountEvent.at.desc(), AccountEvent.id.desc())
    )
    return [EventRow(row.id, row.account, row.at, row.by, row.kind, row.detail) for row in await session.scalars(query)]
