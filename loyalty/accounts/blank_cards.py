"""Cards printed in advance and handed out before a form is filled in: batches, and the account opened by first use.

A till that meets a card it does not know, perhaps without a network, opens an account for it under an id of its own
and sells to that. Here it is settled: the account becomes real; or, where the card turns out to be somebody's, the
till's account stands for theirs from then on, and what the till sold is credited to them.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.cards import card_scheme, hand_out
from loyalty.accounts.errors import AccountDiffers, BatchDiffers, BatchNotFound, BatchTooLarge, CardUnknown
from loyalty.accounts.log import note_event
from loyalty.accounts.merge import merge_accounts
from loyalty.accounts.model import Account, Card, CardBatch, CardScheme
from loyalty.accounts.rules import card_digest, card_number, card_numbers, checked_card_number
from loyalty.accounts.service import OPENED, locked_accounts, record_visits
from loyalty.accounts.survivor import survivors
from pos.core.ids import new_id
from pos.storage.outbox import later

MOST = 10_000
UNKNOWN = "card_unknown"
"""Why an account is blocked that a till opened for a card which nobody issued."""


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch and what became of its cards."""

    id: UUID
    name: str
    count: int
    made_at: datetime
    made_by: UUID | None
    blank: int
    handed_out: int
    blocked: int


async def make_batch(
    session: AsyncSession, batch_id: UUID, name: str, count: int, *, by: UUID | None, at: datetime
) -> CardBatch:
    """`count` blank cards with numbers drawn now; the same once more answers the first.

    Raises `NoCardScheme`, `BatchTooLarge`, `BatchDiffers`.
    """
    scheme = await card_scheme(session)
    if not 1 <= count <= min(MOST, card_numbers(scheme.prefix, scheme.length) // 100):
        raise BatchTooLarge(most=MOST)
    made = insert(CardBatch).values(id=batch_id, name=name.strip()[:100], count=count, made_at=at, made_by=by)
    if await session.scalar(made.on_conflict_do_nothing().returning(CardBatch.id)) is None:
        known = await session.get_one(CardBatch, batch_id)
        if (known.name, known.count) != (name.strip()[:100], count):
            raise BatchDiffers(batch=str(batch_id))
        return known
    missing = count
    while missing:
        rows = [_blank(scheme, batch_id, at) for _ in range(min(missing, 1000))]
        added = insert(Card).values(rows).on_conflict_do_nothing().returning(Card.id)
        missing -= len((await session.scalars(added)).all())
    return await session.get_one(CardBatch, batch_id)


async def batches(session: AsyncSession) -> list[BatchRow]:
    """All batches, the newest first."""
    counted = [func.count().filter(Card.state == "blank"), func.count().filter(Card.account.is_not(None))]
    blocked = func.count().filter(Card.account.is_(None), Card.state == "blocked")
    query = (
        select(CardBatch, *counted, blocked)
        .outerjoin(Card, Card.batch == CardBatch.id)
        .group_by(CardBatch.id)
        .order_by(CardBatch.made_at.desc(), CardBatch.id)
    )
    return [
        BatchRow(row.id, row.name, row.count, row.made_at, row.made_by, *counts)
        for row, *counts in await session.execute(query)
    ]


async def blank_numbers(session: AsyncSession, batch_id: UUID) -> list[str]:
    """The numbers of the batch's blank cards, for the printing house. Raises `BatchNotFound`."""
    if await session.get(CardBatch, batch_id) is None:
        raise BatchNotFound(batch=str(batch_id))
    query = select(Card.number).where(Card.batch == batch_id, Card.state == "blank").order_by(Card.number)
    return list(await session.scalars(query))


async def block_batch(session: AsyncSession, batch_id: UUID, reason: str) -> int:
    """Stop the cards of a batch that nobody has yet (stolen, misprinted); how many. Raises `BatchNotFound`."""
    if await session.get(CardBatch, batch_id) is None:
        raise BatchNotFound(batch=str(batch_id))
    stopped = (
        update(Card)
        .where(Card.batch == batch_id, Card.state == "blank")
        .values(state="blocked", reason=reason.strip()[:200] or "blocked")
        .returning(Card.id)
    )
    return len((await session.scalars(stopped, execution_options={"synchronize_session": False})).all())


async def open_by_card(
    session: AsyncSession, account_id: UUID, number: str, *, outlet: UUID, by: UUID | None, at: datetime
) -> UUID:
    """Settle an account that a till opened for a card it did not know; the account that the card belongs to.

    A blank card becomes the new account's. A card that is somebody's merges the till's account into theirs. A number of
    our form that nobody issued opens an account where the chain says so; else the account is opened blocked (`blocked`
    is `UNKNOWN`), so that what was sold to it is not lost from sight. The same once more answers the same. Raises
    `BadCardNumber`, `NoCardScheme`, `CardUnknown` for a number not of our form, `AccountDiffers` where the id is
    another card's account.
    """
    scheme, wanted = await card_scheme(session), checked_card_number(number)
    if not (wanted.startswith(scheme.prefix) and len(wanted) == scheme.length):
        raise CardUnknown()
    opened = insert(Account).values(id=account_id, opened_at=at, opened_by=by)
    is_new = (
        await session.scalar(opened.on_conflict_do_nothing(index_elements=["id"]).returning(Account.id)) is not None
    )
    (account,) = await locked_accounts(session, [account_id])
    card = await _card(session, scheme, wanted, at)
    if not is_new:
        return await _answered(session, account, card)
    note_event(session, account_id, "opened", by=by, at=at, outlet=str(outlet), by_card=True)
    if card is None or (card.account is None and card.state != "blank"):
        account.blocked = UNKNOWN if card is None else card.reason
    elif card.account is None:
        hand_out(session, card, account_id, by=by, at=at)
        await later(session, OPENED, {"account": str(account_id)})
    else:
        owner = (await survivors(session, [card.account]))[card.account]
        await merge_accounts(session, account_id, account_id, owner, by=by, at=at)
    await session.flush()
    survivor = (await survivors(session, [account_id]))[account_id]
    await record_visits(session, outlet, [survivor], on=at.date())
    return survivor


async def _card(session: AsyncSession, scheme: CardScheme, number: str, at: datetime) -> Card | None:
    """The card with this number, locked; made now where nobody issued it and the chain takes such cards."""
    if scheme.unknown_cards == "open":
        values = {"number": number, "digest": card_digest(scheme.salt, number), "issued_at": at}
        await session.execute(insert(Card).values(id=new_id(), state="blank", **values).on_conflict_do_nothing())
    query = select(Card).where(Card.number == number).with_for_update().execution_options(populate_existing=True)
    return await session.scalar(query)


async def _answered(session: AsyncSession, account: Account, card: Card | None) -> UUID:
    """The answer of the first time. Raises `AccountDiffers` where that was about another card."""
    standing = (await survivors(session, [account.id]))[account.id]
    owner = card.account if card is not None else None
    if owner is None and account.blocked is not None:
        return standing
    if owner is None or (await survivors(session, [owner]))[owner] != standing:
        raise AccountDiffers(account=str(account.id))
    return standing


def _blank(scheme: CardScheme, batch_id: UUID, at: datetime) -> dict[str, object]:
    number = card_number(scheme.prefix, scheme.length, secrets.randbelow(card_numbers(scheme.prefix, scheme.length)))
    digest = card_digest(scheme.salt, number)
    return {"id": new_id(), "batch": batch_id, "state": "blank", "number": number, "digest": digest, "issued_at": at}
