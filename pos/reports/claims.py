"""Categories claimed at the till, counted per cashier: who gives a pensioner's discount more often than the others."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

CLAIMS = text("""
WITH tapped AS (
    SELECT staff_id, reason AS category,
           count(*) FILTER (WHERE kind = 'category_claimed') AS claimed,
           count(*) FILTER (WHERE kind = 'category_unclaimed') AS unclaimed
      FROM register_event
     WHERE made_at >= :since AND made_at < :until AND kind IN ('category_claimed', 'category_unclaimed')
     GROUP BY staff_id, reason
), sold AS (
    SELECT s.staff_id, count(DISTINCT s.checkout_id) AS receipts
      FROM sale s
     WHERE s.made_at >= :since AND s.made_at < :until AND s.kind = 'sale'
       AND s.staff_id = ANY(SELECT staff_id FROM tapped)
     GROUP BY s.staff_id
), given AS (
    SELECT s.staff_id, count(DISTINCT s.id) AS receipts, sum(d.amount)::bigint AS amount
      FROM line_discount d
      JOIN sale s ON s.id = d.sale_id
     WHERE s.made_at >= :since AND s.made_at < :until AND d.source = 'claimed' AND s.kind = 'sale'
       AND s.staff_id = ANY(SELECT staff_id FROM tapped)
     GROUP BY s.staff_id
)
SELECT tapped.staff_id, tapped.category, tapped.claimed, tapped.unclaimed, coalesce(sold.receipts, 0) AS receipts,
       coalesce(given.receipts, 0) AS discounted, coalesce(given.amount, 0) AS amount
  FROM tapped LEFT JOIN sold USING (staff_id) LEFT JOIN given USING (staff_id)
 ORDER BY tapped.claimed - tapped.unclaimed DESC, tapped.staff_id, tapped.category
""")


@dataclass(frozen=True, slots=True)
class Claims:
    """One cashier and category: taps, taps taken back; and of the cashier all receipts, those with a claimed discount,
    and what these took off (minor units)."""

    staff: UUID
    category: str
    claimed: int
    unclaimed: int
    receipts: int
    discounted: int
    amount: int


async def claims_by_cashier(session: AsyncSession, *, since: datetime, until: datetime) -> list[Claims]:
    """From `since` on and before `until`, who claimed most first."""
    return [Claims(*row) for row in await session.execute(CLAIMS, {"since": since, "until": until})]
