"""Lists of the catalogue, as small frozen rows; pages are asked for by the cursor of the page before."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession

from pos.catalog.errors import ProductNotFound
from pos.catalog.model import Barcode, Category, Price, PriceList, Product, RegulationClass, ScanRoute, TaxRate
from pos.catalog.routing import as_route
from pos.catalog.rules import ItemUnit, Route


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product as lists show it. `price` is today's in the asked list, None where there is none."""

    id: UUID
    seq: int
    names: Mapping[str, str]
    category: int
    unit: ItemUnit
    tax_code: str
    regulation: str | None
    minimum: int
    tile: int | None
    archived: bool
    price: int | None
    barcodes: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class PriceRow:
    id: int
    price_list: int
    amount: int
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class CategoryRow:
    id: int
    parent: int | None
    names: Mapping[str, str]
    position: int


@dataclass(frozen=True, slots=True)
class PriceListRow:
    id: int
    names: Mapping[str, str]
    currency: str
    exponent: int
    prices_include_tax: bool
    price_step: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the cursor that the next page is asked with; None at the end."""

    rows: Sequence[ProductRow]
    next: int | None


async def product_page(
    session: AsyncSession,
    price_list: int,
    *,
    at: datetime,
    search: str = "",
    category: int | None = None,
    after: int = 0,
    limit: int = 50,
    repriced_since: datetime | None = None,
) -> Page:
    """Products on sale in the order they were made, `seq` above `after`.

    `search` is a barcode, or beginnings of words of any language's name; `category` includes the categories below it;
    `repriced_since`: only those whose price of today began then or later.
    """
    chosen = select(Product.seq).where(~Product.archived, Product.seq > after)
    if search.strip():
        codes = await _by_code(session, search.strip())
        await session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))  # rare and common words differ
        chosen = chosen.where(Product.seq.in_(codes) if codes else Product.search.op("@@")(_words(search)))
    if category is not None:
        chosen = chosen.where(Product.category.in_(_tree(category)))
    if repriced_since is not None:
        chosen = chosen.where(Product.seq.in_(_repriced(price_list, repriced_since, at)))
    page = chosen.order_by(Product.seq).limit(limit + 1).scalar_subquery()  # prices are looked up for the page alone
    found = (await session.execute(_rows(price_list, at).where(Product.seq.in_(page)).order_by(Product.seq))).all()
    kept = found[:limit]
    codes_of = await _barcodes(session, [row.seq for row in kept])
    rows = [ProductRow(**row._mapping, barcodes=codes_of.get(row.seq, ())) for row in kept]
    return Page(rows, rows[-1].seq if len(found) > limit else None)


async def product_row(session: AsyncSession, product_id: UUID, price_list: int, *, at: datetime) -> ProductRow:
    """One product, archived or not. Raises `ProductNotFound`."""
    row = (await session.execute(_rows(price_list, at).where(Product.id == product_id))).one_or_none()
    if row is None:
        raise ProductNotFound(product=str(product_id))
    codes = await _barcodes(session, [row.seq])
    return ProductRow(**row._mapping, barcodes=codes.get(row.seq, ()))


async def prices_of(session: AsyncSession, product_id: UUID) -> list[PriceRow]:
    """Every price the product had, has and will have, the newest first. Raises `ProductNotFound`."""
    seq = await session.scalar(select(Product.seq).where(Product.id == product_id))
    if seq is None:
        raise ProductNotFound(product=str(product_id))
    query = select(Price.id, Price.price_list, Price.amount, Price.valid_from, Price.valid_to)
    query = query.where(Price.product == seq).order_by(Price.valid_from.desc(), Price.price_list)
    return [PriceRow(*row) for row in await session.execute(query)]


async def categories(session: AsyncSession) -> list[CategoryRow]:
    """The whole tree, in the order shops show it."""
    query = select(Category.id, Category.parent, Category.names, Category.position)
    return [CategoryRow(*row) for row in await session.execute(query.order_by(Category.position, Category.id))]


async def price_lists(session: AsyncSession) -> list[PriceListRow]:
    query = select(
        PriceList.id,
        PriceList.names,
        PriceList.currency,
        PriceList.exponent,
        PriceList.prices_include_tax,
        PriceList.price_step,
    )
    return [PriceListRow(*row) for row in await session.execute(query.order_by(PriceList.id))]


async def scan_routes(session: AsyncSession) -> list[Route]:
    """The routes in use."""
    query = select(ScanRoute).where(ScanRoute.active).order_by(ScanRoute.prefix, ScanRoute.id)
    return [as_route(row) for row in await session.scalars(query)]


async def tax_rates(session: AsyncSession) -> list[TaxRate]:
    return list(await session.scalars(select(TaxRate).order_by(TaxRate.code)))


async def regulations(session: AsyncSession) -> list[RegulationClass]:
    return list(await session.scalars(select(RegulationClass).order_by(RegulationClass.code)))


def _rows(price_list: int, at: datetime) -> Select[*tuple[Any, ...]]:
    holds = and_(
        Price.product == Product.seq,
        Price.price_list == price_list,
        Price.valid_from <= at,
        or_(Price.valid_to.is_(None), Price.valid_to > at),
    )
    return select(
        Product.id,
        Product.seq,
        Product.names,
        Product.category,
        Product.unit,
        Product.tax_code,
        Product.regulation,
        Product.minimum,
        Product.tile,
        Product.archived,
        Price.amount.label("price"),
    ).outerjoin(Price, holds)


def _repriced(price_list: int, since: datetime, at: datetime) -> Select[int]:
    begun = Price.valid_from.between(since, at)
    holds = or_(Price.valid_to.is_(None), Price.valid_to > at)
    return select(Price.product).where(Price.price_list == price_list, begun, holds)


def _words(search: str) -> ColumnElement[Any]:
    """Every word typed begins some word of the name. Quotes and operators have no meaning here."""
    words = [re.sub(r"[^\w.,%-]", "", word).strip(".,-%") for word in search.lower().split()]
    return func.to_tsquery(text("'simple'"), " & ".join(f"'{word}':*" for word in words if word), type_=TSQUERY)


def _tree(category: int) -> Select[int]:
    top = select(Category.id).where(Category.id == category).cte(recursive=True)
    return select(top.union_all(select(Category.id).join(top, Category.parent == top.c.id)).c.id)


async def _by_code(session: AsyncSession, code: str) -> list[int]:
    return list(await session.scalars(select(Barcode.product).where(Barcode.code == code, Barcode.active)))


async def _barcodes(session: AsyncSession, seqs: Sequence[int]) -> dict[int, list[tuple[str, int]]]:
    query = select(Barcode.product, Barcode.code, Barcode.quantity).where(Barcode.product.in_(seqs), Barcode.active)
    found: dict[int, list[tuple[str, int]]] = {}
    for product, code, quantity in await session.execute(query.order_by(Barcode.code)):
        found.setdefault(product, []).append((code, quantity))
    return found
