"""Who owes what since when, and an account's statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

STANDING = """
SELECT account.id, coalesce(standing.most, 0), coalesce(standing.due_days, 30),
       (SELECT coalesce(sum(entry.amount), 0) FROM debt_entry entry WHERE entry.account_id = account.id)::bigint
  FROM account LEFT JOIN debt_account standing ON standing.account = account.id
 WHERE account.id = :account
"""
STATEMENT = """
SELECT source_id, kind, amount, occurred_at, reason, sum(amount) OVER (ORDER BY occurred_at, source_id)::bigint
  FROM debt_entry WHERE account_id = :account ORDER BY occurred_at DESC, source_id DESC LIMIT :limit
"""
DEBTORS = """
WITH owed AS (
    SELECT account_id, sum(amount) AS amount, -coalesce(sum(amount) FILTER (WHERE amount < 0), 0) AS paid
      FROM debt_entry GROUP BY account_id HAVING sum(amount) <> 0
), charged AS (
    SELECT account_id, occurred_at, sum(amount) OVER (PARTITION BY account_id ORDER BY occurred_at, source_id) AS so_far
      FROM debt_entry WHERE amount > 0 AND account_id IN (SELECT account_id FROM owed)
), oldest AS (
    SELECT charged.account_id, min(charged.occurred_at) AS since
      FROM charged JOIN owed USING (account_id) WHERE charged.so_far > owed.paid GROUP BY charged.account_id
)
SELECT owed.account_id, owed.amount::bigint, coalesce(standing.most, 0), coalesce(standing.due_days, 30), oldest.since,
       coalesce((SELECT concat_ws(' ', given, nullif(family, '')) FROM person WHERE person.account = owed.account_id
                  ORDER BY person.id LIMIT 1), '')
  FROM owed LEFT JOIN debt_account standing ON standing.account = owed.account_id
  LEFT JOIN oldest ON oldest.account_id = owed.account_id
 ORDER BY oldest.since NULLS LAST, owed.account_id LIMIT :limit
"""
"""Payments settle the oldest charge first; `since` is the first that they do not reach."""


@dataclass(frozen=True, slots=True)
class DebtStanding:
    account: UUID
    most: int
    due_days: int
    owed: int


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One change, and what was owed after it."""

    source_id: UUID
    kind: str
    amount: int
    occurred_at: datetime
    reason: str
    owed: int


@dataclass(frozen=True, slots=True)
class Debtor:
    """`since` is when the oldest of what is still owed was bought; nothing where the shop owes the account."""

    account: UUID
    owed: int
    most: int
    due_days: int
    since: datetime | None
    name: str

    def days(self, at: datetime) -> int:
        """How many days the oldest part is old."""
        return (at - self.since).days if self.since else 0

    def late(self, at: datetime) -> bool:
        return self.owed > 0 and self.days(at) > self.due_days


async def debt_standing(session: AsyncSession, account: UUID) -> DebtStanding | None:
    """Limit, terms and what is owed now; None where there is no such account."""
    row = (await session.execute(text(STANDING), {"account": account})).one_or_none()
    return DebtStanding(*row) if row else None


async def statement(session: AsyncSession, account: UUID, *, limit: int = 500) -> Sequence[StatementRow]:
    """The last changes of what the account owes, the newest first."""
    found = await session.execute(text(STATEMENT), {"account": account, "limit": limit})
    return [StatementRow(*row) for row in found]


async def debtors(session: AsyncSession, *, limit: int = 500) -> list[Debtor]:
    """Accounts that owe or are owed anything, the oldest debt first."""
    return [Debtor(*row) for row in await session.execute(text(DEBTORS), {"limit": limit})]
