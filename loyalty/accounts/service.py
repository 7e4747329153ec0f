"""The verbs on accounts: open, tags, standing percent, note, owner, block. Ids come from the caller.

Whatever changes a price raises `terms_version`, so that a sale says which terms it was made with; every change is in
the account's log.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.errors import (
    AccountDiffers,
    AccountMerged,
    AccountNotFound,
    BadPersonal,
    BadTag,
    StaffHasAccount,
    TierNotFound,
)
from loyalty.accounts.log import note_event
from loyalty.accounts.model import Account, Visit
from loyalty.accounts.rules import tags_from
from loyalty.pricing.model import Tier
from pos.storage.outbox import later

OPENED = "account.opened"
"""The outbox message of a new account: `{"account": id}`; welcome points follow from it."""
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
    values = {"tier": tier, "personal": checked_personal(personal)}
    made = insert(Account).values(id=account_id, opened_at=at, opened_by=by, **values)
    opened = await session.scalar(made.on_conflict_do_nothing(index_elements=["id"]).returning(Account.id))
    if opened is not None:
        note_event(session, account_id, "opened", by=by, at=at, **values)
        await later(session, OPENED, {"account": str(account_id)})
    account = await session.scalar(select(Account).where(Account.id == account_id))
    if account is None or (account.tier, account.personal) != (tier, personal):
        raise AccountDiffers(account=str(account_id))
    if outlet is not None:
        await record_visits(session, outlet, [account_id], on=at.date())
    await later(session, "tiers.fold", {"accounts": [str(account_id)]})
    return account


async def set_personal(
    session: AsyncSession, account_id: UUID, personal: int, *, by: UUID | None, at: datetime, reason: str = ""
) -> Account:
    """Give the account its standing percent, in basis points: it holds where no percent for a period does.

    Raises `AccountNotFound`, `AccountMerged`, `BadPersonal`.
    """
    account = await locked_account(session, account_id)
    if account.personal != checked_personal(personal):
        told = {"before": account.personal, "after": personal, "reason": reason.strip()[:200]}
        note_event(session, account_id, "personal", by=by, at=at, **told)
        account.personal = personal
        account.terms_version += 1
    return account


async def set_tags(
    session: AsyncSession, account_id: UUID, tags: Iterable[str], *, by: UUID | None, at: datetime
) -> Account:
    """Mark the account with exactly these tags, which rules may name. Raises `AccountNotFound`, `AccountMerged`, `BadTag`."""
    wanted = tags_from(tags)
    if wanted is None:
        raise BadTag()
    account = await locked_account(session, account_id)
    if account.tags != wanted:
        note_event(session, account_id, "tags", by=by, at=at, before=account.tags, after=wanted)
        account.tags = wanted
        account.terms_version += 1
    return account


async def set_note(session: AsyncSession, account_id: UUID, note: str, *, by: UUID | None, at: datetime) -> Account:
    """Write what the cashier should see of this account. Raises `AccountNotFound`, `AccountMerged`."""
    account = await locked_account(session, account_id)
    if account.note != (wanted := note.strip()[:500]):
        account.note = wanted
        note_event(session, account_id, "note", by=by, at=at)
    return account


async def set_staff(
    session: AsyncSession, account_id: UUID, staff: UUID | None, *, by: UUID | None, at: datetime
) -> Account:
    """Say whose own account it is of the staff; one for each. Raises `AccountNotFound`, `AccountMerged`, `StaffHasAccount`."""
    account = await locked_account(session, account_id)
    if account.staff == staff:
        return account
    if staff is not None and await session.scalar(select(Account.id).where(Account.staff == staff)) is not None:
        raise StaffHasAccount(staff=str(staff))
    account.staff = staff
    note_event(session, account_id, "staff", by=by, at=at, staff=staff and str(staff))
    return account


async def block_account(
    session: AsyncSession, account_id: UUID, reason: str, *, by: UUID | None, at: datetime
) -> Account:
    """Stop all its discounts and points, whatever card is shown. Raises `AccountNotFound`, `AccountMerged`."""
    account = await locked_account(session, account_id)
    if account.blocked is None:
        account.terms_version += 1
    account.blocked = reason.strip()[:200] or "blocked"
    note_event(session, account_id, "blocked", by=by, at=at, reason=account.blocked)
    return account


async def unblock_account(session: AsyncSession, account_id: UUID, *, by: UUID | None, at: datetime) -> Account:
    """Raises `AccountNotFound`, `AccountMerged`."""
    account = await locked_account(session, account_id)
    if account.blocked is not None:
        account.blocked = None
        account.terms_version += 1
        note_event(session, account_id, "unblocked", by=by, at=at)
    return account


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
    """The account, its row locked until the transaction ends.

    Raises `AccountNotFound`, and `AccountMerged` with `into` where another took its place.
    """
    (account,) = await locked_accounts(session, [account_id])
    if account.merged_into is not None:
        raise AccountMerged(account=str(account_id), into=str(account.merged_into))
    return account


async def locked_accounts(session: AsyncSession, ids: Iterable[UUID]) -> list[Account]:
    """These accounts, merged ones too, locked in the order of their ids and returned in it. Raises `AccountNotFound`."""
    wanted = sorted(set(ids))
    query = select(Account).where(Account.id.in_(wanted)).order_by(Account.id).with_for_update(key_share=True)
    found = list(await session.scalars(query.execution_options(populate_existing=True)))
    if len(found) != len(wanted):
        missing = next(id_ for id_ in wanted if id_ not in {account.id for account in found})
        raise AccountNotFound(account=str(missing))
    return found


async def _check_tier(session: AsyncSession, tier: str | None) -> None:
    if tier is not None and await session.get(Tier, tier) is None:
        raise TierNotFound(tier=tier)


def checked_personal(personal: int) -> int:
    """Basis points from 0 to 10000. Raises `BadPersonal`."""
    if not 0 <= personal <= 10_000:
        raise BadPersonal(personal=personal)
    return personal
