"""Clients as the back office lists them, and what two accounts hold before they are merged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.rules import masked
from loyalty.accounts.search import search_accounts

LAST = 2**31 - 1
"""No account's number is above it."""
FOUND = "unnest(CAST(:accounts AS uuid[]), CAST(:persons AS uuid[])) WITH ORDINALITY AS found (id, person, place)"
NEWEST = """(
    SELECT id, NULL::uuid AS person, -seq AS place FROM account
     WHERE merged_into IS NULL AND seq < :before ORDER BY seq DESC LIMIT :limit
) AS found"""
ROWS = """
SELECT account.id, account.seq, account.tier, account.blocked, coalesce(person.given, '') AS given,
       coalesce(person.family, '') AS family, person.phone, card.number AS card, card.state AS card_state,
       coalesce(points.spendable, 0) AS points,
       greatest(
           (SELECT max(made_at) FROM sale WHERE account_id = account.id),
           (SELECT max(sale.made_at) FROM account gone JOIN sale ON sale.account_id = gone.id
             WHERE gone.merged_into = account.id)
       ) AS last_at
  FROM {found}
  JOIN account ON account.id = found.id
  LEFT JOIN points_account points ON points.account_id = account.id
  LEFT JOIN LATERAL (
      SELECT given, family, phone FROM person WHERE person.account = account.id
      ORDER BY person.id IS DISTINCT FROM found.person, person.id LIMIT 1
  ) person ON true
  LEFT JOIN LATERAL (
      SELECT number, state FROM card WHERE card.account = account.id
      ORDER BY card.state <> 'active', card.issued_at DESC, card.id LIMIT 1
  ) card ON true
 ORDER BY found.place
"""
HOLDINGS = text("""
SELECT account.id, account.seq, account.tier, account.personal,
       coalesce((SELECT concat_ws(' ', given, nullif(family, '')) FROM person WHERE person.account = account.id
                  ORDER BY person.id LIMIT 1), '') AS name,
       (SELECT count(*) FROM card WHERE card.account = account.id) AS cards,
       (SELECT count(*) FROM person WHERE person.account = account.id) AS persons,
       (SELECT count(*) FROM account_category held WHERE held.account = account.id AND held.ended_at IS NULL)
           AS categories,
       (SELECT coalesce(sum(amount), 0) FROM turnover_entry WHERE account_id = account.id)::bigint AS turnover,
       coalesce(points.spendable, 0) AS points, coalesce(points.pending, 0) AS pending,
       coalesce(points.overdrawn, 0) AS overdrawn, points.expiring_on, coalesce(points.expiring, 0) AS expiring,
       coalesce(debt.owed, 0) AS owed, coalesce(debt.most, 0) AS debt_limit
  FROM account
  LEFT JOIN points_account points ON points.account_id = account.id
  LEFT JOIN debt_account debt ON debt.account = account.id
 WHERE account.id = ANY(CAST(:accounts AS uuid[]))
""")


@dataclass(frozen=True, slots=True)
class ClientRow:
    """An account in a list; phone and card are masked, `last_at` is its last receipt, `points` may be spent now."""

    id: UUID
    seq: int
    tier: str | None
    blocked: str | None
    name: str
    phone: str | None
    card: str | None
    card_state: str | None
    points: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Holdings:
    """What an account holds: counts of things, turnover and debt in minor units, points.

    `personal` is its standing percent in basis points; `expiring` points end as the day `expiring_on` begins.
    """

    id: UUID
    seq: int
    tier: str | None
    personal: int
    name: str
    cards: int
    persons: int
    categories: int
    turnover: int
    points: int
    pending: int
    overdrawn: int
    expiring_on: date | None
    expiring: int
    owed: int
    debt_limit: int


async def newest_clients(session: AsyncSession, *, before: int = LAST, limit: int = 50) -> list[ClientRow]:
    """Accounts, the one opened last first, `seq` below `before`; those merged into another are left out."""
    found = await session.execute(text(ROWS.format(found=NEWEST)), {"before": before, "limit": limit})
    return [_row(row._mapping) for row in found]


async def find_clients(session: AsyncSession, typed: str, *, limit: int = 20) -> list[ClientRow]:
    """What `search_accounts` finds, in its order, with the person that was found."""
    hits = await search_accounts(session, typed, limit=limit)
    values = {"accounts": [hit.account for hit in hits], "persons": [hit.person for hit in hits]}
    return [_row(row._mapping) for row in await session.execute(text(ROWS.format(found=FOUND)), values)]


async def holdings_of(session: AsyncSession, accounts: Sequence[UUID]) -> dict[UUID, Holdings]:
    """Of those of these accounts that are there."""
    rows = await session.execute(HOLDINGS, {"accounts": list(accounts)})
    return {row.id: Holdings(**row._mapping) for row in rows}


def masked_phone(phone: str) -> str:
    """Country and last four digits: enough to tell one client from another on the phone."""
    return f"{phone[:4]} ••• {phone[-4:]}"


def _row(row: Mapping[Any, Any]) -> ClientRow:
    return ClientRow(
        id=row["id"],
        seq=row["seq"],
        tier=row["tier"],
        blocked=row["blocked"],
        name=" ".join(part for part in (row["given"], row["family"]) if part),
        phone=row["phone"] and masked_phone(row["phone"]),
        card=row["card"] and masked(row["card"]),
        card_state=row["card_state"],
        points=row["points"],
        last_at=row["last_at"],
    )
