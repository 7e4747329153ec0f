"""Turnover of accounts that became one: handed over entry by entry, and back, with the days it was made on.

Each entry of the giver has a twin of the opposite sign (`merge_out`), and the taker one of the same (`merge_in`), with
the moment of the original; where the original is a sale, the kinds are `merge_out_sale` and `merge_in_sale`, which
take away and add one receipt. So a window over either account's ledger counts what belongs to it now, and a
merged-away ledger comes to nothing at every moment.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.merge_model import MergeEntry
from loyalty.turnover.model import TurnoverEntry
from pos.core.ids import new_id

SALES = "('sale', 'merge_in_sale', 'merge_out_sale')"
LEFT = """
SELECT occurred_at, kind IN {sales} AS sold, sum(amount)::bigint AS amount,
       sum(CASE kind WHEN 'sale' THEN 1 WHEN 'merge_in_sale' THEN 1 WHEN 'merge_out_sale' THEN -1 ELSE 0 END)::int AS receipts
FROM turnover_entry {joined}
WHERE account_id = :account
GROUP BY 1, 2
HAVING sum(amount) <> 0
    OR sum(CASE kind WHEN 'sale' THEN 1 WHEN 'merge_in_sale' THEN 1 WHEN 'merge_out_sale' THEN -1 ELSE 0 END) <> 0
ORDER BY 1, 2
"""
WHOLE = text(LEFT.format(sales=SALES, joined=""))
OF_MERGE = text(
    LEFT.format(sales=SALES, joined="JOIN merge_entry USING (source_id)").replace(
        "WHERE account_id = :account", "WHERE account_id = :account AND merge_entry.merge = :merge"
    )
)


async def hand_over(session: AsyncSession, merge: UUID, giver: UUID, taker: UUID, *, at: datetime) -> None:
    """Give the taker whatever the giver's ledger still comes to. Both accounts are locked by the caller."""
    left = await session.execute(WHOLE, {"account": giver})
    await _write(session, merge, giver, taker, [tuple(row) for row in left], at)


async def hand_back(session: AsyncSession, merge: UUID, giver: UUID, taker: UUID, *, at: datetime) -> None:
    """Give back what came to `giver` with this merge. Both accounts are locked by the caller."""
    left = await session.execute(OF_MERGE, {"account": giver, "merge": merge})
    await _write(session, merge, giver, taker, [tuple(row) for row in left], at)


async def _write(
    session: AsyncSession, merge: UUID, giver: UUID, taker: UUID, left: Sequence[tuple[Any, ...]], at: datetime
) -> None:
    entries: list[dict[str, Any]] = []
    for occurred_at, sold, amount, receipts in left:
        sale = "_sale" if sold else ""
        for place in range(max(receipts, 1)):
            part = amount if place == 0 else 0  # several receipts of one moment: the first carries the sum
            same = {"occurred_at": occurred_at, "recorded_at": at}
            entries.append({"account_id": giver, "kind": f"merge_out{sale}", "amount": -part, **same})
            entries.append({"account_id": taker, "kind": f"merge_in{sale}", "amount": part, **same})
    if entries:
        for entry in entries:
            entry["source_id"] = new_id()
        await session.execute(insert(TurnoverEntry), entries)
        await session.execute(insert(MergeEntry), [{"source_id": e["source_id"], "merge": merge} for e in entries])
