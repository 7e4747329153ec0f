"""What is on gift cards, and what is wrong with how they were used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.giftcards.errors import GiftCardNotFound
from loyalty.noticed import Noticed
from loyalty.reservations.holds import HELD

AVAILABLE = f"""
SELECT card.id,
       (SELECT coalesce(sum(entry.amount), 0) FROM gift_card_entry entry WHERE entry.card_id = card.id)::bigint -
       (SELECT coalesce(sum(item.amount), 0) FROM {HELD}
           AND item.kind = 'gift_card' AND item.subject = card.id::text)::bigint AS amount
  FROM gift_card card WHERE card.id = ANY(:ids)
"""  # noqa: S608 - our own words

CARDS = """
SELECT card.id, card.number, card.order_id, card.blocked, card.expires_on, card.made_at,
       coalesce(sum(entry.amount), 0)::bigint AS balance, min(entry.occurred_at) FILTER (WHERE entry.kind = 'issue') AS sold_at
  FROM gift_card card LEFT JOIN gift_card_entry entry ON entry.card_id = card.id
 WHERE {wanted} GROUP BY card.id
"""
ENTRIES = """
SELECT source_id, kind, amount, occurred_at, reason, sum(amount) OVER (ORDER BY occurred_at, source_id, kind, place)::bigint
  FROM gift_card_entry WHERE card_id = :card ORDER BY occurred_at DESC, source_id DESC, kind DESC, place DESC LIMIT 500
"""
SUMS = """
SELECT (SELECT count(*) FROM gift_card)::bigint,
       (SELECT count(DISTINCT card_id) FROM gift_card_entry WHERE kind = 'issue')::bigint,
       (SELECT coalesce(sum(amount), 0) FROM gift_card_entry)::bigint
"""

OVERDRAWN = """
WITH running AS (
    SELECT card_id, amount, sum(amount) OVER so_far AS balance,
           CASE WHEN kind IN ('correction', 'expiry') THEN array_agg(source_id) FILTER (WHERE kind = 'redemption') OVER so_far
                ELSE ARRAY[source_id] END AS blamed
      FROM gift_card_entry
     WHERE card_id IN (SELECT touched.card_id FROM gift_card_entry touched WHERE touched.source_id = ANY(:ids))
    WINDOW so_far AS (PARTITION BY card_id ORDER BY occurred_at, source_id, kind, place)
), short AS (
    SELECT blamed[cardinality(blamed)] AS source_id, card_id, min(balance)::bigint AS balance
      FROM running WHERE amount < 0 AND balance < 0 AND blamed IS NOT NULL GROUP BY 1, 2
)
SELECT source_id, card_id, balance,
       ARRAY(SELECT DISTINCT other.source_id FROM gift_card_entry other WHERE other.card_id = short.card_id
                AND other.kind = 'redemption' AND other.source_id <> short.source_id LIMIT 10)
  FROM short
"""
"""The later receipt is named; where a correction or the card's end took what was spent before, the last one before it."""
STRANGE = """
SELECT DISTINCT entry.source_id, entry.card_id, card.id IS NULL AS unknown
  FROM gift_card_entry entry LEFT JOIN gift_card card ON card.id = entry.card_id
 WHERE entry.source_id = ANY(:ids) AND (card.id IS NULL OR (card.blocked IS NOT NULL AND entry.kind = 'redemption'))
"""


@dataclass(frozen=True, slots=True)
class GiftCardRow:
    """A card and what is on it; `sold_at` is empty while nobody has bought it."""

    id: UUID
    number: str
    order_id: UUID
    blocked: str | None
    expires_on: date | None
    made_at: datetime
    balance: int
    sold_at: datetime | None

    def may_pay_on(self, today: date) -> bool:
        return self.blocked is None and (self.expires_on is None or today < self.expires_on)


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One change, and what was on the card after it."""

    source_id: UUID
    kind: str
    amount: int
    occurred_at: datetime
    reason: str
    balance: int


@dataclass(frozen=True, slots=True)
class Advances:
    """How many cards there are, how many were sold, and what the shop owes their holders."""

    cards: int
    sold: int
    owed: int


async def available(
    session: AsyncSession, ids: Sequence[UUID], *, at: datetime, own: UUID | None = None
) -> dict[UUID, int]:
    """What is on the known ones of these cards less what others hold; may be negative."""
    found = await session.execute(text(AVAILABLE), {"ids": list(ids), "at": at, "own": own})
    return {row.id: row.amount for row in found}


async def gift_card(session: AsyncSession, card_id: UUID) -> GiftCardRow:
    """Raises `GiftCardNotFound`."""
    found = await session.execute(text(CARDS.format(wanted="card.id = :id")), {"id": card_id})
    row = found.one_or_none()
    if row is None:
        raise GiftCardNotFound()
    return GiftCardRow(*row)


async def gift_cards(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, GiftCardRow]:
    """The known ones of these."""
    found = await session.execute(text(CARDS.format(wanted="card.id = ANY(:ids)")), {"ids": list(ids)})
    return {row.id: GiftCardRow(*row) for row in found}


async def gift_card_by_number(session: AsyncSession, number: str) -> GiftCardRow:
    """Raises `GiftCardNotFound`."""
    found = await session.execute(text(CARDS.format(wanted="card.number = :number")), {"number": number})
    row = found.one_or_none()
    if row is None:
        raise GiftCardNotFound()
    return GiftCardRow(*row)


async def order_list(session: AsyncSession, order_id: UUID) -> list[GiftCardRow]:
    """The cards of one order, by number."""
    statement = CARDS.format(wanted="card.order_id = :order") + " ORDER BY card.number"
    return [GiftCardRow(*row) for row in await session.execute(text(statement), {"order": order_id})]


async def latest_cards(session: AsyncSession, *, limit: int) -> list[GiftCardRow]:
    """The cards made last."""
    wanted = "card.id IN (SELECT id FROM gift_card ORDER BY made_at DESC, id LIMIT :limit)"
    statement = CARDS.format(wanted=wanted) + " ORDER BY card.made_at DESC, card.id"
    return [GiftCardRow(*row) for row in await session.execute(text(statement), {"limit": limit})]


async def entries_of(session: AsyncSession, card_id: UUID) -> list[EntryRow]:
    """The last 500 changes of a card, the newest first."""
    return [EntryRow(*row) for row in await session.execute(text(ENTRIES), {"card": card_id})]


async def advances(session: AsyncSession) -> Advances:
    return Advances(*(await session.execute(text(SUMS))).one())


async def gift_cards_noticed(session: AsyncSession, documents: Sequence[UUID]) -> list[Noticed]:
    """Cards that paid more than was on them, with every receipt they paid; cards nobody knows; blocked ones that paid."""
    ids = {"ids": list(documents)}
    found = [
        Noticed(document, "gift_card.overdrawn", {"gift_card": str(card), "balance": balance}, tuple(others))
        for document, card, balance, others in await session.execute(text(OVERDRAWN), ids)
    ]
    for document, card, unknown in await session.execute(text(STRANGE), ids):
        kind = "gift_card.unknown" if unknown else "gift_card.blocked_paid"
        found.append(Noticed(document, kind, {"gift_card": str(card)}))
    return found
