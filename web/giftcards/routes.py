"""Gift cards over HTTP: orders, balances and corrections for the back office, one card's balance for a till."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, Router, get, post, put
from litestar.params import Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.coupons.rules import plain_code
from loyalty.giftcards import queries, service
from pos.catalog.routing import ensure_scan_route
from pos.registers.queries import RegisterKey, outlet_day
from pos.staff.queries import SignedIn
from web.giftcards.schemas import (
    BlockBody,
    CorrectionBody,
    EntryOut,
    GiftCardOut,
    GiftCardWholeOut,
    OrderBody,
    TillGiftCardOut,
)


class OrderController(Controller):
    path = "/gift-card-orders"
    tags = ("gift cards",)

    @put("/{order_id:uuid}")
    async def order(
        self, session: AsyncSession, person: SignedIn, now: datetime, order_id: UUID, data: OrderBody
    ) -> list[GiftCardOut]:
        """Make cards with numbers to print, empty until they are sold."""
        await ensure_scan_route(session, "gift_card", await service.prefix(session))
        await service.order_cards(session, order_id, data.count, expires_on=data.expires_on, by=person.id, at=now)
        return [GiftCardOut.of(row) for row in await queries.order_list(session, order_id)]


class GiftCardController(Controller):
    path = "/gift-cards"
    tags = ("gift cards",)

    @get("/by-number")
    async def by_number(
        self, session: AsyncSession, number: Annotated[str, Parameter(max_length=100)]
    ) -> GiftCardWholeOut:
        """The card with this number."""
        return await whole(session, (await queries.gift_card_by_number(session, plain_code(number))).id)

    @get("/{card_id:uuid}")
    async def get_card(self, session: AsyncSession, card_id: UUID) -> GiftCardWholeOut:
        """What is on the card, and every change of it."""
        return await whole(session, card_id)

    @post("/{card_id:uuid}/block", status_code=200)
    async def block(self, session: AsyncSession, card_id: UUID, data: BlockBody) -> GiftCardWholeOut:
        """Stop the card for a reason that the cashier sees, or let it pay again."""
        await service.block_gift_card(session, card_id, data.reason)
        await session.flush()
        return await whole(session, card_id)

    @put("/{card_id:uuid}/corrections/{entry_id:uuid}")
    async def correct(
        self,
        session: AsyncSession,
        person: SignedIn,
        now: datetime,
        card_id: UUID,
        entry_id: UUID,
        data: CorrectionBody,
    ) -> GiftCardWholeOut:
        """Put money on it or take it off, with a reason; never what is not there."""
        await service.correct_gift_card(session, card_id, entry_id, data.amount, data.reason, by=person.id, at=now)
        return await whole(session, card_id)


class TillGiftCardController(Controller):
    path = "/api/till/gift-cards"
    tags = ("till",)

    @get("/{card_id:uuid}")
    async def standing(
        self, session: AsyncSession, register: RegisterKey, now: datetime, card_id: UUID
    ) -> TillGiftCardOut:
        """What a card may pay now; its id is the digest of its number. Nothing is held by asking."""
        card = await queries.gift_card(session, card_id)
        free = (await queries.available(session, [card_id], at=now))[card_id]
        today = await outlet_day(session, register.outlet_id, at=now)
        return TillGiftCardOut(
            id=card.id,
            balance=card.balance,
            available=max(0, free) if card.may_pay_on(today) else 0,
            sold=card.sold_at is not None,
            blocked=card.blocked,
            expires_on=card.expires_on,
        )


async def whole(session: AsyncSession, card_id: UUID) -> GiftCardWholeOut:
    entries = await queries.entries_of(session, card_id)
    return GiftCardWholeOut(
        card=GiftCardOut.of(await queries.gift_card(session, card_id)), entries=[EntryOut.of(row) for row in entries]
    )


GIFT_CARDS = Router(path="/api/v1", route_handlers=[OrderController, GiftCardController])
