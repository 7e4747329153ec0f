"""What discounts cost: by rule, by account, by cashier, over a period of business dates.

Amounts are minor units, refunds subtracted, so a rule's sum is what it took off and was not given back. The margin is the
net without tax less today's cost, of lines whose product has a known cost; a discount gives away its own part of it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.core.money import rounded

PERIOD = "business_date >= :first AND business_date < :end AND (CAST(:outlet AS uuid) IS NULL OR outlet_id = :outlet)"
WHOLE = f"""
SELECT coalesce(sum(gross), 0), coalesce(sum(discount), 0), count(*) FILTER (WHERE kind = 'sale'),
       count(*) FILTER (WHERE kind = 'sale' AND discount > 0)
  FROM sale WHERE {PERIOD}
"""  # noqa: S608 - our own words
BY_RULE = f"""
SELECT rule, source, sum(amount), count(*), sum(given), sum(remained)
  FROM (
    SELECT d.rule, d.source, sum(d.amount) AS amount,
           sum(CAST(d.amount AS numeric) * l.tax_base / nullif(l.net, 0)) FILTER (WHERE p.cost IS NOT NULL) AS given,
           sum(l.tax_base - CAST(p.cost AS numeric) * l.quantity / 1000) AS remained
      FROM sale s JOIN line_discount d ON d.sale_id = s.id
      JOIN sale_line l ON l.sale_id = d.sale_id AND l.line = d.line
      LEFT JOIN product p ON p.seq = l.product
     WHERE {PERIOD} GROUP BY d.sale_id, d.rule, d.source
  ) receipt
 GROUP BY rule, source ORDER BY sum(amount) DESC, rule, source LIMIT 500
"""  # noqa: S608
"""Receipt by receipt first, so that none is counted twice; `remained` is nothing where no cost is known."""
BY_ACCOUNT = f"""
SELECT account_id::text, sum(discount), count(*), sum(gross)
  FROM sale WHERE {PERIOD} AND account_id IS NOT NULL AND discount <> 0
 GROUP BY account_id ORDER BY sum(discount) DESC, account_id LIMIT :most
"""  # noqa: S608
BY_CASHIER = f"""
SELECT s.staff_id::text, sum(discount), count(*), sum(gross), max(coalesce(m.name, ''))
  FROM sale s LEFT JOIN staff_member m ON m.id = s.staff_id
 WHERE {PERIOD} AND discount <> 0
 GROUP BY s.staff_id ORDER BY sum(discount) DESC, s.staff_id LIMIT :most
"""  # noqa: S608
BY_HAND = f"""
SELECT s.staff_id::text, sum(d.amount)
  FROM sale s JOIN line_discount d ON d.sale_id = s.id AND d.source = 'manual'
 WHERE {PERIOD} GROUP BY s.staff_id
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Whole:
    """The period: at list prices, taken off, how many sales, how many of them with a discount."""

    gross: int
    discount: int
    sales: int
    discounted: int

    @property
    def share(self) -> int:
        """Discounts in list prices, basis points."""
        return share_of(self.discount, self.gross)


@dataclass(frozen=True, slots=True)
class RuleCost:
    """What one rule took off, in how many receipts.

    `given`: its discounts without tax on lines with known cost; `left`: the margin that these lines still made. None
    where no cost is known.
    """

    rule: str
    source: str
    amount: int
    receipts: int
    given: int | None
    left: int | None

    @property
    def given_share(self) -> int | None:
        """The part of the margin there would have been without the rule that it gave away, basis points."""
        if self.given is None or self.left is None or self.given + self.left <= 0:
            return None
        return share_of(self.given, self.given + self.left)


@dataclass(frozen=True, slots=True)
class Taker:
    """An account or a cashier: discounts on so many receipts, their list prices; `by_hand` of a cashier alone."""

    id: str
    name: str
    amount: int
    receipts: int
    gross: int
    by_hand: int = 0

    @property
    def share(self) -> int:
        return share_of(self.amount, self.gross)


def share_of(part: int, whole: int) -> int:
    return rounded(part * 10_000, whole) if whole > 0 else 0


@dataclass(frozen=True, slots=True)
class Period:
    """Business dates, half-open, of one outlet or all."""

    first: date
    end: date
    outlet: UUID | None = None

    def values(self, **more: Any) -> dict[str, Any]:
        return {"first": self.first, "end": self.end, "outlet": self.outlet, **more}


async def whole_period(session: AsyncSession, period: Period) -> Whole:
    row = (await session.execute(text(WHOLE), period.values())).one()
    return Whole(int(row[0]), int(row[1]), row[2], row[3])


async def costs_by_rule(session: AsyncSession, period: Period) -> list[RuleCost]:
    """Rules by what they took off, the most first."""
    return [
        RuleCost(
            rule,
            source,
            int(amount),
            receipts,
            None if given is None else int(given),
            None if left is None else int(left),
        )
        for rule, source, amount, receipts, given, left in await session.execute(text(BY_RULE), period.values())
    ]


async def takers_by_account(session: AsyncSession, period: Period, most: int = 50) -> list[Taker]:
    """Accounts by what came off their receipts, the most first; named by the page."""
    rows = await session.execute(text(BY_ACCOUNT), period.values(most=most))
    return [Taker(id_, "", int(amount), receipts, int(gross)) for id_, amount, receipts, gross in rows]


async def takers_by_cashier(session: AsyncSession, period: Period, most: int = 100) -> list[Taker]:
    """Cashiers by what came off the receipts they made, with what they took off by hand."""
    by_hand = {id_: int(amount) for id_, amount in await session.execute(text(BY_HAND), period.values())}
    rows = await session.execute(text(BY_CASHIER), period.values(most=most))
    return [
        Taker(id_, name, int(amount), receipts, int(gross), by_hand.get(id_, 0))
        for id_, amount, receipts, gross, name in rows
    ]
