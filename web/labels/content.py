"""Labels of goods as the catalogue and the rules have them now: the ordinary price, and the one with a card of a tier."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from devices.labels.content import EAN, MOST_CHARACTERS
from devices.receipt.content import check_digit
from loyalty.pricing.queries import Currency, currency_of
from pos.catalog.queries import ProductRow, product_row
from pos.sales.quoting import Asked, quote_of
from web.catalog.routes import shop_price_list
from web.labels.forms import LookForm
from web.texts import money, text

ONE = 1_000
Content = dict[str, Any]


async def content_of(session: AsyncSession, look: LookForm, copies: Mapping[UUID, int], *, at: datetime) -> Content:
    """The content of a "label" job. Goods without a price are left out. Raises `ProductNotFound`."""
    price_list, currency = await shop_price_list(session), await currency_of(session)
    labels: list[Content] = []
    for product, count in copies.items():
        row = await product_row(session, product, price_list, at=at)
        if row.price is not None:
            card = await card_price(session, row, look.tier, at=at) if look.tier else row.price
            labels.append({**label_of(row, row.price, card, currency, look.language), "copies": count})
    size = look.size
    return {
        "labels": labels,
        "language": look.language,
        "size": {"width_mm": size.width_mm, "height_mm": size.height_mm, "dpi": size.dpi, "gap_mm": size.gap_mm},
    }


async def card_price(session: AsyncSession, row: ProductRow, tier: str, *, at: datetime) -> int:
    """What one of it costs alone on a receipt with a card of that tier, by the rules in force."""
    lines = [{"product": row.seq, "quantity": ONE}]
    quoted = await quote_of(session, Asked(lines=lines, at=at, terms={"tier": tier}))
    return quoted.quote.lines[0].net


def label_of(row: ProductRow, price: int, card: int, currency: Currency, language: str) -> Content:
    """One label. The price with a card stands there only where it is lower."""

    def written(minor: int) -> str:
        return money(minor, currency.code, currency.exponent, language)

    name = row.names.get(language) or next(iter(row.names.values()), str(row.seq))
    label: Content = {"name": name[:MOST_CHARACTERS], "price": written(price), "code": str(row.seq)}
    if card < price:
        label["card_price"] = written(card)
    if row.unit == "kg":
        label["unit_price"] = text(language, "labels.per_kg")
    ean = ean_of(row.barcodes)
    return {**label, "ean": ean} if ean else label


def ean_of(barcodes: Sequence[tuple[str, int]]) -> str:
    """The first code of a single piece that EAN bars can say."""
    sound = (code for code, quantity in barcodes if quantity == ONE and EAN.fullmatch(code))
    return next((code for code in sound if code[-1] == check_digit(code[:-1])), "")
