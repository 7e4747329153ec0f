"""The verbs on cards. A number is drawn from a secure source, so that nobody can count up to a neighbour's."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.errors import CardDiffers, CardNotActive, CardNotFound, CardNumberTaken, NoCardScheme
from loyalty.accounts.model import Card, CardScheme
from loyalty.accounts.rules import card_digest, card_number, card_numbers, checked_card_number
from loyalty.accounts.service import locked_account

TRIES = 20


async def issue_card(
    session: AsyncSession, card_id: UUID, account_id: UUID, *, number: str | None = None, at: datetime
) -> Card:
    """Give the account a card: one printed before with `number`, else with a number drawn now.

    The same once more answers the first. Raises `AccountNotFound`, `NoCardScheme`, `BadCardNumber`, `CardNumberTaken`,
    and `CardDiffers` where the id is taken by another card.
    """
    await locked_account(session, account_id)
    scheme = await session.scalar(select(CardScheme))
    if scheme is None:
        raise NoCardScheme()
    known = await session.get(Card, card_id)
    if known is not None:
        if known.account != account_id or number not in (None, known.number):
            raise CardDiffers(card=str(card_id))
        return known
    for _ in range(TRIES):
        drawn = secrets.randbelow(card_numbers(scheme.prefix, scheme.length))
        wanted = checked_card_number(number) if number else card_number(scheme.prefix, scheme.length, drawn)
        made = insert(Card).values(
            id=card_id, account=account_id, number=wanted, digest=card_digest(scheme.salt, wanted), issued_at=at
        )
        if await session.scalar(made.on_conflict_do_nothing().returning(Card.id)) is not None:
            return await _card(session, card_id)
        if number:
            break
    raise CardNumberTaken()


async def block_card(session: AsyncSession, card_id: UUID, reason: str) -> Card:
    """Stop one card; the account's other cards go on. Raises `CardNotFound`, `CardNotActive` for a replaced one."""
    card = await _card(session, card_id)
    if card.state == "replaced":
        raise CardNotActive(card=str(card_id), state=card.state)
    card.state, card.reason = "blocked", reason.strip()[:200] or "blocked"
    return card


async def unblock_card(session: AsyncSession, card_id: UUID) -> Card:
    """A found card works again. Raises `CardNotFound`, `CardNotActive` for a replaced one."""
    card = await _card(session, card_id)
    if card.state == "replaced":
        raise CardNotActive(card=str(card_id), state=card.state)
    card.state, card.reason = "active", None
    return card


async def replace_card(
    session: AsyncSession, card_id: UUID, new_id: UUID, *, number: str | None = None, at: datetime
) -> Card:
    """Give the same account a new card in place of a lost or broken one, which never works again.

    The same once more answers the first. Raises `CardNotFound`, `CardNotActive`, and what `issue_card` raises.
    """
    card = await _card(session, card_id)
    if card.state == "replaced" and card.replaced_by != new_id:
        raise CardNotActive(card=str(card_id), state=card.state)
    new = await issue_card(session, new_id, card.account, number=number, at=at)
    card.state, card.reason, card.replaced_by = "replaced", "replaced", new.id
    return new


async def _card(session: AsyncSession, card_id: UUID) -> Card:
    card = await session.scalar(select(Card).where(Card.id == card_id).with_for_update())
    if card is None:
        raise CardNotFound(card=str(card_id))
    return card
