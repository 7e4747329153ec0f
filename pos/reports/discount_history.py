"""Every discount that was given: what, by which rule of which version, by whom, agreed by whom, to whom.

Pages go by an index, whatever is asked for: an account's and a cashier's by the time of the sale, a rule's by the ids of
sales, which rise with time. The newest come first.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

PLACE = "(s.made_at, s.id, d.line, d.place) < (CAST(:at AS timestamptz), CAST(:sale AS uuid), :line, :place)"
BY_TIME = f"s.made_at <= CAST(:at AS timestamptz) AND {PLACE}"
BY_SALE = "(d.sale_id, d.line, d.place) < (CAST(:sale AS uuid), :line, :place) AND d.sale_id <= CAST(:sale AS uuid)"
HISTORY = """
SELECT s.made_at, s.id, s.kind, s.receipt, s.outlet_id, s.staff_id, s.account_id, d.line, d.place, l.product, l.name,
       l.quantity, l.gross, d.rule, d.source, d.amount, s.rule_set,
       (SELECT r.names -> d.rule FROM rule_set r WHERE r.version = s.rule_set) AS names,
       CASE WHEN d.source = 'manual' THEN (SELECT doc.body FROM document doc WHERE doc.id = s.id) END AS body
  FROM sale s
  JOIN line_discount d ON d.sale_id = s.id
  JOIN sale_line l ON l.sale_id = d.sale_id AND l.line = d.line
 WHERE {wanted}
 ORDER BY {order}
 LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose discounts: any of these may be None. `accounts` are one account and those merged into it."""

    accounts: Sequence[UUID] | None = None
    rule: str | None = None
    staff: UUID | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the last page ended."""

    at: datetime
    sale: UUID
    line: int
    place: int


@dataclass(frozen=True, slots=True)
class Given:
    """One discount on one line. Amounts are minor units, negative in a refund, quantities thousandths.

    `names` is what the rule was called in its version; of a discount set by hand, `reason` and `approver` say why and
    who agreed.
    """

    at: datetime
    sale: UUID
    kind: str
    receipt: str
    outlet: UUID
    staff: UUID
    account: UUID | None
    line: int
    place: int
    product: int
    name: str
    quantity: int
    gross: int
    rule: str
    source: str
    amount: int
    rule_set: int
    names: Mapping[str, str]
    reason: str
    approver: UUID | None


async def discount_history(
    session: AsyncSession, asked: Asked, *, after: Place | None = None, limit: int = 50
) -> list[Given]:
    """A page of discounts, the newest first."""
    wanted: list[str] = []
    values: dict[str, Any] = {"limit": limit}
    if asked.accounts is not None:
        one = len(asked.accounts) == 1  # a single one keeps to the order of its index
        wanted.append("s.account_id = :account" if one else "s.account_id = ANY(:account)")
        values["account"] = asked.accounts[0] if one else list(asked.accounts)
    if asked.rule is not None:
        wanted.append("d.rule = :rule")
        values["rule"] = asked.rule
    if asked.staff is not None:
        wanted.append("s.staff_id = :staff")
        values["staff"] = asked.staff
    by_sale = asked.accounts is None and asked.rule is not None
    if after is not None:
        wanted.append(BY_SALE if by_sale else BY_TIME)
        values.update(sale=after.sale, line=after.line, place=after.place)
        if not by_sale:
            values["at"] = after.at
    order = ("d.sale_id", "d.line", "d.place") if by_sale else ("s.made_at", "s.id", "d.line", "d.place")
    query = HISTORY.format(wanted=" AND ".join(wanted) or "true", order=", ".join(f"{name} DESC" for name in order))
    return [_given(row._mapping) for row in await session.execute(text(query), values)]


def _given(row: Mapping[Any, Any]) -> Given:
    reason, approver = _manual(row["body"], row["line"])
    return Given(
        at=row["made_at"],
        sale=row["id"],
        kind=row["kind"],
        receipt=row["receipt"],
        outlet=row["outlet_id"],
        staff=row["staff_id"],
        account=row["account_id"],
        line=row["line"],
        place=row["place"],
        product=row["product"],
        name=row["name"],
        quantity=row["quantity"],
        gross=row["gross"],
        rule=row["rule"],
        source=row["source"],
        amount=row["amount"],
        rule_set=row["rule_set"],
        names=row["names"] or {},
        reason=reason,
        approver=approver,
    )


def _manual(body: bytes | None, line: int) -> tuple[str, UUID | None]:
    """Why and with whose word the line's price was set by hand; the bytes are a document that was recorded."""
    for row in json.loads(body)["lines"] if body else ():
        if row["line"] == line and row["manual"] is not None:
            approver = row["manual"]["approver"]
            return row["manual"]["reason"], UUID(approver) if approver else None
    return "", None
