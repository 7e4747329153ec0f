"""Pages of the back office: gift cards, what is on each, and numbers to print."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import MediaType, Request, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, Parameter
from litestar.response import Redirect, Template
from pydantic import Field, field_validator
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.coupons.rules import grouped, plain_code
from loyalty.giftcards import queries, service
from loyalty.pricing.queries import currency_of
from pos.catalog.routing import ensure_scan_route
from pos.core.ids import new_id
from pos.staff.queries import SignedIn
from web import texts
from web.office.codes import qr
from web.office.pages import page
from web.office.schemas import Form

FORM = Body(media_type=RequestEncodingType.URL_ENCODED)
Asker = Request[Any, Any, Any]


class OrderForm(Form):
    """`order`: made with the form, so that sending it twice makes one order. `last_day`: the last one to spend."""

    order: UUID
    count: Annotated[int, Field(ge=1, le=500)]
    last_day: date | None = None

    @field_validator("last_day", mode="before")
    @classmethod
    def nothing(cls, value: object) -> object:
        return value or None


class ReasonForm(Form):
    reason: Annotated[str, Field(max_length=200)] = ""


@get("/", include_in_schema=False, media_type=MediaType.HTML)
async def cards(request: Asker, session: AsyncSession, number: Annotated[str, Parameter(max_length=100)] = "") -> Any:
    """The cards made last; with a number, that card."""
    if number:
        found = await queries.gift_card_by_number(session, plain_code(number))
        return Redirect(f"/office/gift-cards/{found.id}", status_code=303)
    return page(
        request,
        "gift_cards.html",
        cards=await queries.latest_cards(session, limit=100),
        sums=await queries.advances(session),
        order=new_id(),
        grouped=grouped,
        currency=await currency_of(session),
    )


@post("/", status_code=303, include_in_schema=False)
async def order(session: AsyncSession, person: SignedIn, now: datetime, data: Annotated[OrderForm, FORM]) -> Redirect:
    """Make cards. Raises `GiftCardOrderDiffers`, `NoCardScheme`."""
    expires_on = data.last_day + timedelta(days=1) if data.last_day and data.last_day < date.max else None
    await ensure_scan_route(session, "gift_card", await service.prefix(session))
    await service.order_cards(session, data.order, data.count, expires_on=expires_on, by=person.id, at=now)
    return Redirect(f"/office/gift-cards/orders/{data.order}", status_code=303)


@get("/orders/{order_id:uuid}", include_in_schema=False)
async def order_sheet(request: Asker, session: AsyncSession, order_id: UUID) -> Template:
    """The cards of one order to print, each number as text and as QR."""
    rows = await queries.order_list(session, order_id)
    until = rows[0].expires_on if rows else None
    return page(
        request,
        "code_sheet.html",
        title=f"{texts.text(texts.language_of(request), 'nav.gift_cards')}: {len(rows)}",
        until=until - timedelta(days=1) if until else None,
        sheet=[(grouped(row.number), qr(row.number)) for row in rows],
        back="/office/gift-cards",
        next="",
    )


@get("/{card_id:uuid}", include_in_schema=False)
async def card(request: Asker, session: AsyncSession, card_id: UUID) -> Template:
    """What is on one card, and every change of it."""
    shown = await queries.gift_card(session, card_id)
    return page(
        request,
        "gift_card.html",
        card=shown,
        last_day=shown.expires_on - timedelta(days=1) if shown.expires_on else None,
        entries=await queries.entries_of(session, card_id),
        grouped=grouped,
        currency=await currency_of(session),
    )


@post("/{card_id:uuid}/block", status_code=303, include_in_schema=False)
async def block(session: AsyncSession, card_id: UUID, data: Annotated[ReasonForm, FORM]) -> Redirect:
    """Stop the card; without a reason let it pay again."""
    await service.block_gift_card(session, card_id, data.reason or None)
    return Redirect(f"/office/gift-cards/{card_id}", status_code=303)


GIFT_CARD_PAGES = Router(path="/office/gift-cards", route_handlers=[cards, order, order_sheet, card, block])
