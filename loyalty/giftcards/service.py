"""The verbs on gift cards: order a pack, block one, correct its balance, take what expired."""

import secrets
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.errors import NoCardScheme
from loyalty.accounts.model import CardScheme
from loyalty.coupons.rules import ALPHABET, distinct_codes
from loyalty.giftcards.errors import (
    BadGiftCards,
    GiftCardEntryDiffers,
    GiftCardNotFound,
    GiftCardOrderDiffers,
    GiftCardShort,
)
from loyalty.giftcards.model import GiftCard, GiftCardEntry, GiftCardSettings
from loyalty.giftcards.queries import available
from loyalty.giftcards.rules import DRAWN, gift_card_id

MOST_CARDS = 10_000
LOCK = "SELECT FROM gift_card WHERE id = ANY(:ids) ORDER BY id FOR UPDATE"
EXPIRE = """
INSERT INTO gift_card_entry
SELECT md5('expired ' || card.id || card.expires_on)::uuid, 'expiry', 0, card.id, -sum(entry.amount), :at, :at, '', NULL
  FROM gift_card card JOIN gift_card_entry entry ON entry.card_id = card.id
 WHERE card.id = ANY(:ids) AND card.expires_on <= :today
 GROUP BY card.id HAVING sum(entry.amount) > 0
ON CONFLICT DO NOTHING RETURNING card_id
"""


async def order_cards(
    session: AsyncSession, order_id: UUID, count: int, *, expires_on: date | None, by: UUID | None, at: datetime
) -> list[GiftCard]:
    """`count` cards with numbers drawn now, empty until they are sold. The same order once more answers the first's cards.

    Raises `BadGiftCards`, `GiftCardOrderDiffers`, `NoCardScheme`.
    """
    if not 1 <= count <= MOST_CARDS:
        raise BadGiftCards(field="count")
    salt = await session.scalar(select(CardScheme.salt))
    if salt is None:
        raise NoCardScheme()
    known = list(await session.scalars(_of_order(order_id)))
    if known:
        if len(known) != count or known[0].expires_on != expires_on:
            raise GiftCardOrderDiffers(order=str(order_id))
        return known
    begins = await prefix(session)
    missing = count
    while missing:
        numbers = distinct_codes(begins, (secrets.randbelow(len(ALPHABET) ** DRAWN) for _ in range(missing)), DRAWN)
        rows = [
            {
                "id": gift_card_id(salt, number),
                "number": number,
                "order_id": order_id,
                "expires_on": expires_on,
                "made_at": at,
                "made_by": by,
            }
            for number in numbers
        ]
        added = await session.scalars(insert(GiftCard).values(rows).on_conflict_do_nothing().returning(GiftCard.id))
        missing -= len(added.all())
    return list(await session.scalars(_of_order(order_id)))


async def prefix(session: AsyncSession) -> str:
    """What every gift card's number begins with, so that tills tell it from goods and coupons."""
    return await session.scalar(select(GiftCardSettings.prefix)) or "GC"


def _of_order(order_id: UUID) -> Any:
    return select(GiftCard).where(GiftCard.order_id == order_id).order_by(GiftCard.number)


async def block_gift_card(session: AsyncSession, card_id: UUID, reason: str | None) -> GiftCard:
    """Stop the card for that reason, or without one let it pay again. Raises `GiftCardNotFound`."""
    card = await locked_gift_card(session, card_id)
    card.blocked = None if reason is None else reason.strip()[:200] or "blocked"
    return card


async def correct_gift_card(
    session: AsyncSession, card_id: UUID, entry_id: UUID, amount: int, reason: str, *, by: UUID | None, at: datetime
) -> GiftCardEntry:
    """Put `amount` minor units on the card or, negative, take them off: never what is not there or promised to a till.

    The same once more answers the first. Raises `GiftCardNotFound`, `BadGiftCards`, `GiftCardShort`, `GiftCardEntryDiffers`.
    """
    if amount == 0:
        raise BadGiftCards(field="amount")
    if not reason.strip():
        raise BadGiftCards(field="reason")
    await locked_gift_card(session, card_id)
    known = await session.get(GiftCardEntry, (entry_id, "correction", 0))
    if known is not None:
        if (known.card_id, known.amount, known.reason) != (card_id, amount, reason.strip()[:500]):
            raise GiftCardEntryDiffers()
        return known
    left = (await available(session, [card_id], at=at))[card_id]
    if amount < 0 and left + amount < 0:
        raise GiftCardShort(balance=max(0, left))
    entry = GiftCardEntry(
        source_id=entry_id,
        kind="correction",
        place=0,
        card_id=card_id,
        amount=amount,
        occurred_at=at,
        recorded_at=at,
        reason=reason.strip()[:500],
        staff_id=by,
    )
    session.add(entry)
    await session.flush()
    return entry


async def expire_gift_cards(session: AsyncSession, *, today: date, at: datetime) -> int:
    """Take what is left off cards whose time is over; how many there were. Repeating it takes nothing twice."""
    query = select(GiftCard.id).where(GiftCard.expires_on <= today).order_by(GiftCard.id)
    ids = list(await session.scalars(query))
    await session.execute(text(LOCK), {"ids": ids})
    return len((await session.scalars(text(EXPIRE), {"ids": ids, "today": today, "at": at})).all())


async def lock_gift_cards(session: AsyncSession, ids: list[UUID]) -> None:
    """Be the only one to promise anything of these cards, until the transaction ends."""
    await session.execute(text(LOCK), {"ids": sorted(ids)})


async def locked_gift_card(session: AsyncSession, card_id: UUID) -> GiftCard:
    """Raises `GiftCardNotFound`."""
    card = await session.get(GiftCard, card_id, with_for_update=True)
    if card is None:
        raise GiftCardNotFound()
    return card
