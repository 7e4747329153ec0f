"""What goes in and out of the catalogue. Amounts are minor units, quantities thousandths, rates basis points."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from pos.catalog.model import RegulationClass, TaxRate
from pos.catalog.queries import CategoryRow, Page, PriceListRow, PriceRow, ProductRow
from pos.catalog.rules import ItemUnit, Route, ScanKind, ValueUnit
from pos.catalog.service import ProductDraft
from pos.core.money import MAX_AMOUNT

Amount = Annotated[int, Field(strict=True, ge=0, le=MAX_AMOUNT, examples=[52_000])]
Number = Annotated[int, Field(strict=True, ge=1, le=2_147_483_647, examples=[3])]
Span = Annotated[tuple[int, int], Field(description="Characters counted from 0, half-open")]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Names(Body):
    """By language; at least one."""

    en: Annotated[str, Field(max_length=200, examples=["Milk 1 l"])] = ""
    ru: Annotated[str, Field(max_length=200, examples=["Молоко 1 л"])] = ""
    hy: Annotated[str, Field(max_length=200, examples=["Կաթ 1 լ"])] = ""

    def by_language(self) -> dict[str, str]:
        return {"en": self.en, "ru": self.ru, "hy": self.hy}


class ProductBody(Body):
    names: Names
    category: Number
    unit: ItemUnit
    tax_code: Annotated[str, Field(max_length=64, examples=["vat20"])]
    regulation: Annotated[str, Field(max_length=64)] | None = None
    minimum: Amount = 0
    tile: Annotated[int, Field(ge=0, le=9_999)] | None = None

    def draft(self) -> ProductDraft:
        return ProductDraft(
            self.names.by_language(), self.category, self.unit, self.tax_code, self.regulation, self.minimum, self.tile
        )


class NamesBody(Body):
    names: Names


class BarcodeBody(Body):
    quantity: Annotated[int, Field(strict=True, ge=1, le=MAX_AMOUNT, examples=[6_000])] = 1_000


class PriceBody(Body):
    """`valid_from` is now where it is left out."""

    amount: Amount
    price_list: Number | None = None
    valid_from: AwareDatetime | None = None
    valid_to: AwareDatetime | None = None


class CostBody(Body):
    """What one unit costs the shop, without tax."""

    cost: Amount


class MarginBody(Body):
    """Basis points of the price without tax."""

    margin: Annotated[int, Field(strict=True, ge=0, le=9_999, examples=[1_500])] | None


class CategoryBody(Body):
    names: Names
    parent: Number | None = None
    position: Annotated[int, Field(ge=0, le=32_767)] = 0


class ParentBody(Body):
    parent: Number | None


class ScanRouteBody(Body):
    kind: ScanKind
    prefix: Annotated[str, Field(max_length=32, examples=["22"])]
    length: Annotated[int, Field(ge=1, le=200)] | None = None
    pattern: Annotated[str, Field(max_length=200)] | None = None
    item: Span | None = None
    value: Span | None = None
    unit: ValueUnit | None = None

    def route(self, id: int) -> Route:
        return Route(id, self.kind, self.prefix, self.length, self.pattern, self.item, self.value, self.unit)


class BarcodeOut(BaseModel):
    code: str
    quantity: int


class ProductOut(BaseModel):
    """`price` is today's of one unit, null where there is none."""

    id: UUID
    seq: int
    names: dict[str, str]
    category: int
    unit: ItemUnit
    tax_code: str
    regulation: str | None
    minimum: int
    tile: int | None
    archived: bool
    price: int | None
    barcodes: list[BarcodeOut]

    @classmethod
    def of(cls, row: ProductRow) -> "ProductOut":
        return cls(
            id=row.id,
            seq=row.seq,
            names={**row.names},
            category=row.category,
            unit=row.unit,
            tax_code=row.tax_code,
            regulation=row.regulation,
            minimum=row.minimum,
            tile=row.tile,
            archived=row.archived,
            price=row.price,
            barcodes=[BarcodeOut(code=code, quantity=quantity) for code, quantity in row.barcodes],
        )


class ProductPage(BaseModel):
    """`next` is the cursor to ask the following page with; null at the end."""

    products: list[ProductOut]
    next: int | None

    @classmethod
    def of(cls, page: Page) -> "ProductPage":
        return cls(products=[ProductOut.of(row) for row in page.rows], next=page.next)


class PriceOut(BaseModel):
    id: int
    price_list: int
    amount: int
    valid_from: datetime
    valid_to: datetime | None

    @classmethod
    def of(cls, row: PriceRow) -> "PriceOut":
        return cls(
            id=row.id, price_list=row.price_list, amount=row.amount, valid_from=row.valid_from, valid_to=row.valid_to
        )


class CategoryOut(BaseModel):
    id: int
    parent: int | None
    names: dict[str, str]
    position: int

    @classmethod
    def of(cls, row: CategoryRow) -> "CategoryOut":
        return cls(id=row.id, parent=row.parent, names={**row.names}, position=row.position)


class PriceListOut(BaseModel):
    id: int
    names: dict[str, str]
    currency: str
    exponent: int
    prices_include_tax: bool
    price_step: int

    @classmethod
    def of(cls, row: PriceListRow) -> "PriceListOut":
        return cls(
            id=row.id,
            names={**row.names},
            currency=row.currency,
            exponent=row.exponent,
            prices_include_tax=row.prices_include_tax,
            price_step=row.price_step,
        )


class TaxRateOut(BaseModel):
    code: str
    names: dict[str, str]
    rate: int

    @classmethod
    def of(cls, row: TaxRate) -> "TaxRateOut":
        return cls(code=row.code, names=row.names, rate=row.rate)


class RegulationOut(BaseModel):
    """`hours` are local minutes in which the goods may be sold, half-open."""

    code: str
    names: dict[str, str]
    no_discount: bool
    no_points: bool
    floor: int | None
    ceiling: int | None
    age: int | None
    hours: tuple[int, int] | None
    not_returnable: bool

    @classmethod
    def of(cls, row: RegulationClass) -> "RegulationOut":
        hours = None if row.hours_from is None or row.hours_to is None else (row.hours_from, row.hours_to)
        return cls(
            code=row.code,
            names=row.names,
            no_discount=row.no_discount,
            no_points=row.no_points,
            floor=row.floor,
            ceiling=row.ceiling,
            age=row.age,
            hours=hours,
            not_returnable=row.not_returnable,
        )


class ScanRouteOut(BaseModel):
    id: int
    kind: ScanKind
    prefix: str
    length: int | None
    pattern: str | None
    item: tuple[int, int] | None
    value: tuple[int, int] | None
    unit: ValueUnit | None

    @classmethod
    def of(cls, route: Route) -> "ScanRouteOut":
        return cls(
            id=route.id,
            kind=route.kind,
            prefix=route.prefix,
            length=route.length,
            pattern=route.pattern,
            item=route.item,
            value=route.value,
            unit=route.unit,
        )
