"""Debts and uses of rules of accounts that became one: handed over as twins of opposite sign, and back.

As with turnover (`loyalty.accounts.turnover`) the moments and days of the originals are kept, so that what is due, and
what a limit of so many days leaves, is the same for the survivor as if it had always been one account.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.debts.service import fold_debts_of
from loyalty.limits.service import uses_changed

OF_MERGE = "JOIN merge_entry part ON part.source_id = entry.source_id AND part.merge = :merge"
SIDES = "(VALUES (CAST(:giver AS uuid), 'merge_out', -1), (CAST(:taker AS uuid), 'merge_in', 1)) AS side (account, kind, sign)"
NOTED = "INSERT INTO merge_entry (source_id, merge) SELECT source_id, :merge FROM written RETURNING source_id"
DEBTS = f"""
WITH left_over AS (
    SELECT entry.occurred_at, sum(entry.amount) AS amount FROM debt_entry entry {{joined}}
     WHERE entry.account_id = :giver GROUP BY entry.occurred_at HAVING sum(entry.amount) <> 0
), written AS (
    INSERT INTO debt_entry (source_id, kind, account_id, amount, occurred_at, recorded_at, reason)
    SELECT gen_random_uuid(), side.kind, side.account, side.sign * amount, occurred_at, :at, 'merge'
      FROM left_over CROSS JOIN {SIDES}
    RETURNING source_id
)
{NOTED}
"""  # noqa: S608 - our own words
USES = f"""
WITH left_over AS (
    SELECT entry.rule, entry.rule_set, entry.business_date, max(entry.occurred_at) AS occurred_at,
           sum(entry.times) AS times, sum(entry.sum) AS sum, sum(entry.pieces) AS pieces
      FROM rule_use entry {{joined}}
     WHERE entry.account_id = :giver GROUP BY entry.rule, entry.rule_set, entry.business_date
    HAVING (sum(entry.times), sum(entry.sum), sum(entry.pieces)) <> (0, 0, 0)
), written AS (
    INSERT INTO rule_use (source_id, rule, kind, rule_set, account_id, times, sum, pieces, business_date, occurred_at,
                          recorded_at)
    SELECT gen_random_uuid(), rule, side.kind, rule_set, side.account, side.sign * times, side.sign * sum,
           side.sign * pieces, business_date, occurred_at, :at
      FROM left_over CROSS JOIN {SIDES}
    RETURNING source_id
)
{NOTED}
"""  # noqa: S608 - our own words
LIMIT = text("""
INSERT INTO debt_account AS known (account, most, due_days)
SELECT :into, most, due_days FROM debt_account WHERE account = :from AND most > 0
ON CONFLICT (account) DO UPDATE SET most = excluded.most, due_days = excluded.due_days WHERE known.most = 0
RETURNING most
""")
NO_LIMIT = text("UPDATE debt_account SET most = 0 WHERE account = :into AND most = :most")


async def hand_over_ledgers(session: AsyncSession, merge: UUID, giver: UUID, taker: UUID, *, at: datetime) -> None:
    """Give the taker what the giver's debts and uses still come to. Both accounts are locked by the caller."""
    await _move(session, "", merge, giver, taker, at)


async def hand_back_ledgers(session: AsyncSession, merge: UUID, giver: UUID, taker: UUID, *, at: datetime) -> None:
    """Give back what came to `giver` with this merge. Both accounts are locked by the caller."""
    await _move(session, OF_MERGE, merge, giver, taker, at)


async def pass_debt_limit(session: AsyncSession, from_: UUID, into: UUID) -> int | None:
    """A survivor that might not buy on account may now owe as much as the other; how much, where that is new."""
    return await session.scalar(LIMIT, {"from": from_, "into": into})


async def take_debt_limit_back(session: AsyncSession, into: UUID, most: int) -> None:
    """Unless it was set anew since."""
    await session.execute(NO_LIMIT, {"into": into, "most": most})


async def _move(session: AsyncSession, joined: str, merge: UUID, giver: UUID, taker: UUID, at: datetime) -> None:
    values = {"merge": merge, "giver": giver, "taker": taker, "at": at}
    owed = (await session.execute(text(DEBTS.format(joined=joined)), values)).all()
    used = (await session.execute(text(USES.format(joined=joined)), values)).all()
    if owed:
        await fold_debts_of(session, sorted((giver, taker)))
    if used:
        await uses_changed(session, sorted((giver, taker)))
