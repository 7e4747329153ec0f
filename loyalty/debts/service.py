"""The verbs on debts: how much an account may owe, and what people add to or take off its ledger."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.service import locked_account
from loyalty.debts.errors import BadDebt, DebtEntryDiffers
from loyalty.debts.model import DebtAccount, DebtEntry
from loyalty.noticed import Noticed
from loyalty.reservations.holds import HELD
from pos.core.money import MAX_AMOUNT

LOCK = "SELECT FROM debt_account WHERE account = :account FOR UPDATE"
MAY_OWE = f"""
SELECT standing.most - (
           SELECT coalesce(sum(entry.amount), 0) FROM debt_entry entry WHERE entry.account_id = standing.account
       )::bigint - (
           SELECT coalesce(sum(item.amount), 0) FROM {HELD} AND item.kind = 'debt' AND item.subject = standing.account::text
       )::bigint
  FROM debt_account standing WHERE standing.account = :account
"""  # noqa: S608 - our own words
FOLD = """
INSERT INTO debt_account AS standing (account, owed)
SELECT entry.account_id, sum(entry.amount) FROM debt_entry entry JOIN account ON account.id = entry.account_id
 WHERE entry.account_id = ANY(:accounts) GROUP BY entry.account_id ORDER BY entry.account_id
    ON CONFLICT (account) DO UPDATE SET owed = excluded.owed WHERE standing.owed <> excluded.owed
"""
OVER = """
WITH running AS (
    SELECT source_id, account_id, kind, occurred_at,
           sum(amount) OVER (PARTITION BY account_id ORDER BY occurred_at, source_id) AS owed,
           min(occurred_at) FILTER (WHERE kind = 'sale' AND source_id = ANY(:ids)) OVER (PARTITION BY account_id) AS since
      FROM debt_entry WHERE account_id IN (SELECT account_id FROM debt_entry WHERE source_id = ANY(:ids))
)
SELECT running.source_id, running.account_id, running.owed::bigint, coalesce(standing.most, 0),
       ARRAY(SELECT other.source_id FROM debt_entry other WHERE other.account_id = running.account_id
                AND other.kind = 'sale' AND other.source_id <> running.source_id ORDER BY other.occurred_at DESC LIMIT 5)
  FROM running LEFT JOIN debt_account standing ON standing.account = running.account_id
 WHERE running.kind = 'sale' AND running.occurred_at >= running.since AND running.owed > coalesce(standing.most, 0)
"""
"""A sale that arrives late may be what the sales after it were too much with: those are asked about again."""
TOUCHED = "SELECT DISTINCT account_id FROM debt_entry WHERE source_id = ANY(:ids)"


async def set_debt_limit(session: AsyncSession, account: UUID, most: int, due_days: int) -> DebtAccount:
    """Let the account owe up to `most` minor units, each sale to be paid within `due_days`; 0 is not on account any more.

    Raises `AccountNotFound`, `BadDebt`.
    """
    if not 0 <= most <= MAX_AMOUNT:
        raise BadDebt(field="most")
    if not 0 <= due_days <= 3650:
        raise BadDebt(field="due_days")
    await locked_account(session, account)
    values = {"most": most, "due_days": due_days}
    made = insert(DebtAccount).values(account=account, **values)
    await session.execute(made.on_conflict_do_update(index_elements=[DebtAccount.account], set_=values))
    return await session.get_one(DebtAccount, account, populate_existing=True)


async def correct_debt(
    session: AsyncSession,
    account: UUID,
    entry_id: UUID,
    amount: int,
    kind: Literal["opening", "correction"],
    reason: str,
    *,
    by: UUID | None,
    at: datetime,
) -> DebtEntry:
    """Add `amount` to what the account owes, or take it off where negative. The same once more answers the first.

    Raises `AccountNotFound`, `BadDebt`, `DebtEntryDiffers`.
    """
    if amount == 0:
        raise BadDebt(field="amount")
    if not reason.strip():
        raise BadDebt(field="reason")
    await locked_account(session, account)
    known = await session.get(DebtEntry, entry_id)
    if known is not None:
        if (known.account_id, known.kind, known.amount) != (account, kind, amount):
            raise DebtEntryDiffers()
        return known
    entry = DebtEntry(
        source_id=entry_id,
        kind=kind,
        account_id=account,
        amount=amount,
        occurred_at=at,
        recorded_at=at,
        reason=reason.strip()[:500],
        staff_id=by,
    )
    session.add(entry)
    await session.flush()
    await session.execute(text(FOLD), {"accounts": [account]})
    return entry


async def lock_debt(session: AsyncSession, account: UUID) -> None:
    """Be the only one to promise this account anything on account, until the transaction ends."""
    await session.execute(text(LOCK), {"account": account})


async def may_owe(session: AsyncSession, account: UUID, *, at: datetime, own: UUID | None = None) -> int:
    """How much more the account may owe, what others hold taken off; never below zero."""
    left = await session.scalar(text(MAY_OWE), {"account": account, "at": at, "own": own})
    return max(0, int(left or 0))


async def fold_debts(session: AsyncSession, documents: Sequence[UUID]) -> None:
    """Bring up to date what tills are told of the accounts in these documents."""
    accounts = list(await session.scalars(text(TOUCHED), {"ids": list(documents)}))
    if accounts:
        await session.execute(text(FOLD), {"accounts": accounts})


async def fold_debts_of(session: AsyncSession, accounts: Sequence[UUID]) -> None:
    """Bring up to date what tills are told of these accounts."""
    await session.execute(text(FOLD), {"accounts": list(accounts)})


async def debts_noticed(session: AsyncSession, documents: Sequence[UUID]) -> list[Noticed]:
    """Sales that made an account owe more than it may."""
    return [
        Noticed(document, "debt.over_limit", {"account": str(account), "owed": owed, "limit": most}, tuple(others))
        for document, account, owed, most, others in await session.execute(text(OVER), {"ids": list(documents)})
    ]
