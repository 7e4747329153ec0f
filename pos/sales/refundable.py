"""What of a sale may still come back, and holding it for one till: two tills cannot refund the same goods."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.reservations.holds import HELD
from loyalty.reservations.model import ReservationItem
from pos.sales.model import Sale, SaleRefundable

LEFT = f"""
SELECT sold.line, (
           sold.quantity
           + coalesce((SELECT sum(back.quantity) FROM sale_line back
                        WHERE back.origin_id = sold.sale_id AND back.origin_line = sold.line), 0)
           - coalesce((SELECT sum(item.amount) FROM {HELD} AND item.kind = 'refund'
                          AND item.subject = sold.sale_id::text AND item.place = sold.line), 0)
       )::bigint AS quantity
  FROM sale_line sold WHERE sold.sale_id = :sale AND sold.line = ANY(:lines)
"""  # noqa: S608 - our own words

FULLY_RETURNED = """
SELECT sold.sale_id
  FROM sale_line sold
  LEFT JOIN LATERAL (
      SELECT sum(back.quantity) AS quantity FROM sale_line back
       WHERE back.origin_id = sold.sale_id AND back.origin_line = sold.line
  ) returned ON true
 WHERE sold.sale_id IN (
           SELECT origin_id FROM sale_line WHERE sale_id = ANY(:ids) AND origin_id IS NOT NULL
            UNION SELECT origin.sale_id FROM sale_line origin JOIN sale_line back ON back.origin_id = origin.sale_id
            WHERE origin.sale_id = ANY(:ids))
 GROUP BY sold.sale_id
HAVING bool_and(sold.quantity + coalesce(returned.quantity, 0) <= 0)
"""
"""Sales that these documents are, or give back from, of which nothing is left with the client; whichever came first."""


async def hold_refund(
    session: AsyncSession, reservation_id: UUID, sale_id: UUID, lines: Mapping[int, int], *, at: datetime
) -> dict[int, int]:
    """Hold thousandths of sold lines for the refund of this reservation: of each at most what is asked and still sold.

    The last lock of a reservation. A sale that has not arrived gives nothing.
    """
    if await session.scalar(select(Sale.id).where(Sale.id == sale_id)) is None:
        return dict.fromkeys(lines, 0)
    await session.execute(upsert(SaleRefundable).values(sale_id=sale_id).on_conflict_do_nothing())
    await session.execute(select(SaleRefundable).where(SaleRefundable.sale_id == sale_id).with_for_update())
    values = {"sale": sale_id, "lines": list(lines), "at": at, "own": reservation_id}
    left = {row.line: row.quantity for row in await session.execute(text(LEFT), values)}
    held = {line: max(0, min(quantity, left.get(line, 0))) for line, quantity in lines.items()}
    items = [
        {"reservation": reservation_id, "kind": "refund", "subject": str(sale_id), "place": line, "amount": amount}
        for line, amount in held.items()
        if amount
    ]
    if items:
        await session.execute(insert(ReservationItem), items)
    return held


async def fully_returned(session: AsyncSession, documents: list[UUID]) -> list[UUID]:
    """Sales among these documents, or given back by them, of which everything has come back."""
    return list(await session.scalars(text(FULLY_RETURNED), {"ids": documents}))
