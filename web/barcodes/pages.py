"""The page of barcodes: how scanned codes are read, and a template learnt from a scale's label."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, Parameter
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.pricing.queries import currency_of
from pos.catalog import queries, routing, service
from pos.catalog.errors import LabelNotReadable
from pos.catalog.labels import MOST_SHOWN, deciding, label_route, templates
from pos.catalog.queries import ProductRow
from web.barcodes.forms import LabelFields, TemplateForm, seen
from web.barcodes.words import Words
from web.catalog.routes import shop_price_list
from web.office.pages import page
from web.texts import language_of

Asker = Request[Any, Any, Any]
Typed = Annotated[str, Parameter(max_length=200)]


@get("/", include_in_schema=False)
async def barcodes(
    request: Asker,
    session: AsyncSession,
    now: datetime,
    code: Typed = "",
    kilograms: Typed = "",
    price: Typed = "",
    pieces: Typed = "",
    goods: Typed = "",
    code_2: Typed = "",
    kilograms_2: Typed = "",
    price_2: Typed = "",
    pieces_2: Typed = "",
    goods_2: Typed = "",
) -> Template:
    """How codes are read now; with a label in the address, the templates that fit it."""
    typed = [
        LabelFields(code, kilograms, price, pieces, goods),
        LabelFields(code_2, kilograms_2, price_2, pieces_2, goods_2),
    ]
    given = [label for label in typed if label.code.strip()]
    return page(
        request,
        "barcodes.html",
        routes=await queries.scan_routes(session),
        typed=typed,
        **await learnt(request, session, given, now),
    )


async def learnt(request: Asker, session: AsyncSession, given: Sequence[LabelFields], now: datetime) -> dict[str, Any]:
    """What the page shows of the labels: templates in words and the label to scan next, or what is wrong with them."""
    currency = await currency_of(session)
    words = Words(language_of(request), currency)
    shown: dict[str, Any] = {"words": words, "currency": currency, "found": None, "next": None, "problem": None}
    if not given:
        return shown
    try:
        named = [await the_goods(session, label.goods, now) for label in given]
        labels = [seen(label, goods, currency.exponent) for label, goods in zip(given, named, strict=True)]
        found = templates(labels, currency.exponent)
    except LabelNotReadable as error:
        return {**shown, "problem": error.fields["why"]}
    if not found:
        return {**shown, "problem": "nothing"}
    return {
        **shown,
        "found": [words.proposal(template, labels[0], named) for template in found[:MOST_SHOWN]],
        "next": deciding(found, currency.exponent),
    }


async def the_goods(session: AsyncSession, typed: str, now: datetime) -> ProductRow | None:
    """The one product that this barcode or name means; None where nothing was typed. Raises `LabelNotReadable` goods."""
    if not typed.strip():
        return None
    price_list = await shop_price_list(session)
    rows = (await queries.product_page(session, price_list, at=now, search=typed, limit=2)).rows
    if len(rows) != 1:
        raise LabelNotReadable(why="goods")
    return rows[0]


@post("/", status_code=303, include_in_schema=False)
async def save(
    session: AsyncSession, data: Annotated[TemplateForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Redirect:
    """Read labels by this template, and let the goods that were shown have the number on their label.

    Raises `BadScanRoute`, `ScanRouteOverlaps`, `BarcodeTaken`.
    """
    await routing.save_scan_route(session, label_route(data.prefix, data.item_digits, data.value_digits, data.unit))
    for product, code in data.numbers():
        await service.add_barcode(session, product, code)
    return Redirect("/office/barcodes", status_code=303)


@post("/{route_id:int}/off", status_code=303, include_in_schema=False)
async def switch_off(session: AsyncSession, route_id: int) -> Redirect:
    """Stop reading codes by it. Raises `ScanRouteNotFound`."""
    await routing.switch_off_scan_route(session, route_id)
    return Redirect("/office/barcodes", status_code=303)


BARCODE_PAGES = Router(path="/office/barcodes", route_handlers=[barcodes, save, switch_off])
