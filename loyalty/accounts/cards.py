"""The verbs on cards. A number is drawn from a secure source, so that nobody can count up to a neighbour's."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.errors import CardDiffers, CardNotActive, CardNotFound, CardNumberTaken, NoCardScheme
from loyalty.accounts.log import note_event
from loyalty.accounts.model import Card, CardScheme
from loyalty.accounts.rules import card_digest, card_number, card_numbers, checked_card_number
from loyalty.accounts.service import locked_account

TRIES = 20


async def issue_card(
    session: AsyncSession,
    card_id: UUID,
    account_id: UUID,
    *,
    number: str | None = None,
    by: UUID | None,
    at: datetime,
) -> Card:
    """Give the account a card: one printed before with `number`, else with a number drawn now.

    A blank card of a batch keeps its own id. The same once more answers the first. Raises `AccountNotFound`,
    `AccountMerged`, `NoCardScheme`, `BadCardNumber`, `CardNumberTaken`, and `CardDiffers` where the id is taken.
    """
    await locked_account(session, account_id)
    scheme = await card_scheme(session)
    known = await session.get(Card, card_id)
    if known is not None:
        if known.account != account_id or number not in (None, known.number):
            raise CardDiffers(card=str(card_id))
        return known
    if number is not None and (blank := await blank_card(session, checked_card_number(number))) is not None:
        return hand_out(session, blank, account_id, by=by, at=at)
    for _ in range(TRIES):
        drawn = secrets.randbelow(card_numbers(scheme.prefix, scheme.length))
        wanted = checked_card_number(number) if number else card_number(scheme.prefix, scheme.length, drawn)
        made = insert(Card).values(
            id=card_id, account=account_id, number=wanted, digest=card_digest(scheme.salt, wanted), issued_at=at
        )
        if await session.scalar(made.on_conflict_do_nothing().returning(Card.id)) is not None:
            note_event(session, account_id, "card_issued", by=by, at=at, card=str(card_id))
            return await locked_card(session, card_id)
        if number:
            known = await session.scalar(select(Card).where(Card.number == wanted))
            if known is not None and known.account == account_id and known.batch is not None:
                return known  # the same once more, of a card that was blank
            break
    raise CardNumberTaken()


async def block_card(session: AsyncSession, card_id: UUID, reason: str, *, by: UUID | None, at: datetime) -> Card:
    """Stop one card; the account's other cards go on, and the till shows the reason.

    Raises `CardNotFound`, `CardNotActive` for a replaced one.
    """
    card = await locked_card(session, card_id)
    if card.state == "replaced":
        raise CardNotActive(card=str(card_id), state=card.state)
    card.state, card.reason = "blocked", reason.strip()[:200] or "blocked"
    if card.account is not None:
        note_event(session, card.account, "card_blocked", by=by, at=at, card=str(card_id), reason=card.reason)
    return card


async def unblock_card(session: AsyncSession, card_id: UUID, *, by: UUID | None, at: datetime) -> Card:
    """A found card works again. Raises `CardNotFound`, `CardNotActive` for a replaced one."""
    card = await locked_card(session, card_id)
    if card.state == "replaced":
        raise CardNotActive(card=str(card_id), state=card.state)
    if card.state == "blocked":
        card.state, card.reason = "active" if card.account else "blank", None
        if card.account is not None:
            note_event(session, card.account, "card_unblocked", by=by, at=at, card=str(card_id))
    return card


async def replace_card(
    session: AsyncSession,
    card_id: UUID,
    new_id: UUID,
    *,
    number: str | None = None,
    by: UUID | None,
    at: datetime,
) -> Card:
    """Give the same account a new card in place of a lost or broken one, which never works again.

    The same once more answers the first. Raises `CardNotFound`, `CardNotActive` (a blank card has nothing to replace),
    and what `issue_card` raises.
    """
    owner = await session.scalar(select(Card.account).where(Card.id == card_id))
    if owner is not None:
        await locked_account(session, owner)  # before the card, as merges do
    card = await locked_card(session, card_id)
    if card.state == "replaced" and card.replaced_by is not None:
        before = await session.get(Card, card.replaced_by)
        if before is not None and (before.id == new_id or (number is not None and before.number == number)):
            return before
    if card.state == "replaced" or card.account is None:
        raise CardNotActive(card=str(card_id), state=card.state)
    new = await issue_card(session, new_id, card.account, number=number, by=by, at=at)
    card.state, card.reason, card.replaced_by = "replaced", "replaced", new.id
    note_event(session, card.account, "card_replaced", by=by, at=at, card=str(card_id), new=str(new.id))
    return new


def hand_out(session: AsyncSession, card: Card, account_id: UUID, *, by: UUID | None, at: datetime) -> Card:
    """A blank card becomes the account's."""
    card.account, card.state, card.issued_at = account_id, "active", at
    note_event(session, account_id, "card_issued", by=by, at=at, card=str(card.id))
    return card


async def card_scheme(session: AsyncSession) -> CardScheme:
    """How the chain's card numbers look. Raises `NoCardScheme`."""
    scheme = await session.scalar(select(CardScheme))
    if scheme is None:
        raise NoCardScheme()
    return scheme


async def blank_card(session: AsyncSession, number: str) -> Card | None:
    """The blank card with this number, locked."""
    query = select(Card).where(Card.number == number).with_for_update().execution_options(populate_existing=True)
    card = await session.scalar(query)
    return card if card is not None and card.state == "blank" else None


async def locked_card(session: AsyncSession, card_id: UUID) -> Card:
    """The card, its row locked until the transaction ends. Raises `CardNotFound`."""
    query = select(Card).where(Card.id == card_id).with_for_update().execution_options(populate_existing=True)
    card = await session.scalar(query)
    if card is None:
        raise CardNotFound(card=str(card_id))
    return card
