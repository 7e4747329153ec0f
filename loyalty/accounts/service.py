"""The verbs on accounts: open, tier, categories, personal percent, block. Ids come from the caller.

Whatever changes a price raises `terms_version`, so that a sale says which terms it was made with.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.errors import (
    AccountDiffers,
    AccountNotFound,
    BadPersonal,
    ClientCategoryNotFound,
    TierNotFound,
)
from loyalty.accounts.model import Account, AccountCategory, Visit
from loyalty.pricing.model import ClientCategory, Tier

VISIT_STEP = timedelta(days=30)
"""How far a visit's day may lag behind, so that tills are not told of an account at each of its sales."""


async def open_account(
    session: AsyncSession,
    account_id: UUID,
    *,
    outlet: UUID | None,
    by: UUID | None,
    at: datetime,
    tier: str | None = None,
    personal: int = 0,
) -> Account:
    """Open an account, known at once to the tills of `outlet`; the same once more answers the first.

    `personal` is in basis points. Raises `TierNotFound`, `BadPersonal`, `AccountDiffers`.
    """
    await _check_tier(session, tier)
    values = {"tier": tier, "personal": _checked_personal(personal)}
    made = insert(Account).values(id=account_id, opened_at=at, opened_by=by, **values)
    await session.execute(made.on_conflict_do_nothing(index_elements=["id"]))
    account = await session.scalar(select(Account).where(Account.id == account_id))
    if account is None or (account.tier, account.personal) != (tier, personal):
        raise AccountDiffers(account=str(account_id))
    if outlet is not None:
        await record_visits(session, outlet, [account_id], on=at.date())
    return account


async def set_tier(session: AsyncSession, account_id: UUID, tier: str | None) -> Account:
    """Put the account on a rung of the ladder, or on none. Raises `AccountNotFound`, `TierNotFound`."""
    await _check_tier(session, tier)
    account = await locked_account(session, account_id)
    if account.tier != tier:
        account.tier = tier
        account.terms_version += 1
    return account


async def set_personal(session: AsyncSession, account_id: UUID, personal: int) -> Account:
    """Give the account its own percent, in basis points. Raises `AccountNotFound`, `BadPersonal`."""
    account = await locked_account(session, account_id)
    if account.personal != _checked_personal(personal):
        account.personal = personal
        account.terms_version += 1
    return account


async def set_note(session: AsyncSession, account_id: UUID, note: str) -> Account:
    """Write what the cashier should see of this account. Raises `AccountNotFound`."""
    account = await locked_account(session, account_id)
    account.note = note.strip()[:500]
    return account


async def block_account(session: AsyncSession, account_id: UUID, reason: str) -> Account:
    """Stop all its discounts and points, whatever card is shown. Raises `AccountNotFound`."""
    account = await locked_account(session, account_id)
    if account.blocked is None:
        account.terms_version += 1
    account.blocked = reason.strip()[:200]
    return account


async def unblock_account(session: AsyncSession, account_id: UUID) -> Account:
    """Raises `AccountNotFound`."""
    account = await locked_account(session, account_id)
    if account.blocked is not None:
        account.blocked = None
        account.terms_version += 1
    return account


async def grant_category(
    session: AsyncSession,
    account_id: UUID,
    category: str,
    *,
    proved_on: date,
    by: UUID | None,
    expires_on: date | None = None,
) -> AccountCategory:
    """Let the account hold a category: the proof was seen by `by` on `proved_on`; it ends as `expires_on` begins.

    Granting again is a new proof in place of the old. Raises `AccountNotFound`, `ClientCategoryNotFound`.
    """
    if await session.get(ClientCategory, category) is None:
        raise ClientCategoryNotFound(category=category)
    account = await locked_account(session, account_id)
    held = await session.get(AccountCategory, (account_id, category))
    if held is None:
        held = AccountCategory(account=account_id, category=category)
        session.add(held)
    held.proved_on, held.checked_by, held.expires_on, held.ended_at = proved_on, by, expires_on, None
    account.terms_version += 1
    return held


async def end_category(session: AsyncSession, account_id: UUID, category: str, *, at: datetime) -> None:
    """Take a category away; one not held is no error. Raises `AccountNotFound`."""
    account = await locked_account(session, account_id)
    held = await session.get(AccountCategory, (account_id, category))
    if held is not None and held.ended_at is None:
        held.ended_at = at
        account.terms_version += 1


async def record_visits(session: AsyncSession, outlet: UUID, accounts: Iterable[UUID], *, on: date) -> None:
    """Note that the outlet saw these accounts on that day: its tills hold their terms from now on."""
    rows = [{"outlet": outlet, "account": account, "last_on": on} for account in sorted(set(accounts))]
    if not rows:
        return
    seen = insert(Visit).values(rows)
    await session.execute(
        seen.on_conflict_do_update(
            index_elements=["outlet", "account"],
            set_={"last_on": seen.excluded.last_on},
            where=seen.excluded.last_on >= Visit.last_on + text(f"{VISIT_STEP.days}"),
        )
    )


async def locked_account(session: AsyncSession, account_id: UUID) -> Account:
    """The account, its row locked until the transaction ends. Raises `AccountNotFound`."""
    account = await session.scalar(
        select(Account).where(Account.id == account_id).with_for_update().execution_options(populate_existing=True)
    )
    if account is None:
        raise AccountNotFound(account=str(account_id))
    return account


async def _check_tier(session: AsyncSession, tier: str | None) -> None:
    if tier is not None and await session.get(Tier, tier) is None:
        raise TierNotFound(tier=tier)


def _checked_personal(personal: int) -> int:
    if not 0 <= personal <= 10_000:
        raise BadPersonal(personal=personal)
    return personal
