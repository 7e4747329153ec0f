"""What the shop sells: products, their barcodes and prices, the category tree, taxes, regulation, scan routes.

Tills, documents, rules and ledgers know a product by `seq`. Names are `{"en", "ru", "hy"}`, every language optional.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pos.catalog.rules import ItemUnit, ScanKind, ValueUnit
from pos.storage.base import Base, Moment, changed_xid

FEED = {"info": {"feed": True}}


class Category(Base):
    """A node of the goods tree. Its number is what rules name."""

    __tablename__ = "category"
    __table_args__ = (
        CheckConstraint("parent <> id", name="parent"),
        CheckConstraint("min_margin BETWEEN 0 AND 9999", name="min_margin"),
        Index("ix_category_parent", "parent"),
        Index("ix_category_changed_xid", "changed_xid"),
        FEED,
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    parent: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    names: Mapped[dict[str, str]] = mapped_column(JSONB)
    position: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    min_margin: Mapped[int | None]
    """Basis points of the price without tax that must be left over its cost; none: as the category above, or the shop."""
    changed_xid: Mapped[int] = changed_xid()


class TaxRate(Base):
    """A rate in basis points under a code. A code's rate never changes: a new rate is a new code."""

    __tablename__ = "tax_rate"
    __table_args__ = (
        CheckConstraint("rate BETWEEN 0 AND 1000000", name="rate"),
        Index("ix_tax_rate_changed_xid", "changed_xid"),
        FEED,
    )

    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    names: Mapped[dict[str, str]] = mapped_column(JSONB)
    rate: Mapped[int]
    changed_xid: Mapped[int] = changed_xid()


class RegulationClass(Base):
    """What the law says of a class of goods. `floor` and `ceiling` are unit prices; hours are local minutes, half-open,
    and run over midnight where the end is at or before the start."""

    __tablename__ = "regulation_class"
    __table_args__ = (
        CheckConstraint("floor >= 0 AND (ceiling IS NULL OR ceiling >= coalesce(floor, 0))", name="prices"),
        CheckConstraint("age BETWEEN 1 AND 120", name="age"),
        CheckConstraint(
            "(hours_from IS NULL) = (hours_to IS NULL) "
            "AND hours_from BETWEEN 0 AND 1439 AND hours_to BETWEEN 0 AND 1440",
            name="hours",
        ),
        Index("ix_regulation_class_changed_xid", "changed_xid"),
        FEED,
    )

    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    names: Mapped[dict[str, str]] = mapped_column(JSONB)
    no_discount: Mapped[bool] = mapped_column(server_default=text("false"))
    no_points: Mapped[bool] = mapped_column(server_default=text("false"))
    floor: Mapped[int | None] = mapped_column(BigInteger)
    ceiling: Mapped[int | None] = mapped_column(BigInteger)
    age: Mapped[int | None] = mapped_column(SmallInteger)
    hours_from: Mapped[int | None] = mapped_column(SmallInteger)
    hours_to: Mapped[int | None] = mapped_column(SmallInteger)
    not_returnable: Mapped[bool] = mapped_column(server_default=text("false"))
    changed_xid: Mapped[int] = changed_xid()


SEARCH = """
to_tsvector('simple', lower(
    coalesce(names ->> 'en', '') || ' ' || coalesce(names ->> 'ru', '') || ' ' || coalesce(names ->> 'hy', '')
))
"""


class Product(Base):
    """One thing on sale. Never deleted: archived, so that old documents and ledgers keep their meaning.

    `minimum` is the lowest price of one unit (0 is none); `tile` is its place among the till's tiles; `cost` is what one
    unit cost last, without tax, in minor units (none: not known).
    """

    __tablename__ = "product"
    __table_args__ = (
        CheckConstraint("unit IN ('piece', 'kg')", name="unit"),
        CheckConstraint("minimum BETWEEN 0 AND 9007199254740991", name="minimum"),
        CheckConstraint("cost BETWEEN 0 AND 9007199254740991", name="cost"),
        Index("ix_product_category", "category"),
        Index("ix_product_search", "search", postgresql_using="gin"),
        Index("ix_product_changed_xid", "changed_xid"),
        FEED,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, Identity(always=True), unique=True)
    names: Mapped[dict[str, str]] = mapped_column(JSONB)
    category: Mapped[int] = mapped_column(ForeignKey("category.id"))
    unit: Mapped[ItemUnit] = mapped_column(String(8))
    tax_code: Mapped[str] = mapped_column(ForeignKey("tax_rate.code"))
    regulation: Mapped[str | None] = mapped_column(ForeignKey("regulation_class.code"))
    minimum: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    cost: Mapped[int | None] = mapped_column(BigInteger)
    tile: Mapped[int | None] = mapped_column(SmallInteger)
    archived: Mapped[bool] = mapped_column(server_default=text("false"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    search: Mapped[str] = mapped_column(TSVECTOR, Computed(SEARCH.strip(), persisted=True), deferred=True)
    changed_xid: Mapped[int] = changed_xid()


class ProductCost(Base):
    """What one unit of a product cost from a moment on, without tax; `source` says how it is known. The last one holds."""

    __tablename__ = "product_cost"
    __table_args__ = (
        CheckConstraint("cost BETWEEN 0 AND 9007199254740991", name="cost"),
        Index("ix_product_cost_product", "product", "at"),
        {"info": {"append_only": True}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    product: Mapped[int]
    cost: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(String(40))
    by: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(Moment)


class Barcode(Base):
    """A code that means `quantity` thousandths of a product: a pack of six is 6000. One code may name several products;
    a code no longer in use is switched off, never removed, so that tills learn of it."""

    __tablename__ = "barcode"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("code <> ''", name="code"),
        Index("ix_barcode_product", "product"),
        Index("ix_barcode_changed_xid", "changed_xid"),
        FEED,
    )

    code: Mapped[str] = mapped_column(String(200), primary_key=True)
    product: Mapped[int] = mapped_column(ForeignKey("product.seq"), primary_key=True)
    quantity: Mapped[int] = mapped_column(BigInteger)
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    changed_xid: Mapped[int] = changed_xid()


class PriceList(Base):
    """A named set of prices in one currency. `price_step` is the smallest step of a unit price, in minor units."""

    __tablename__ = "price_list"
    __table_args__ = (
        CheckConstraint("exponent BETWEEN 0 AND 3", name="exponent"),
        CheckConstraint("price_step BETWEEN 1 AND 9007199254740991", name="price_step"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        Index("ix_price_list_changed_xid", "changed_xid"),
        FEED,
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    names: Mapped[dict[str, str]] = mapped_column(JSONB)
    currency: Mapped[str] = mapped_column(String(3))
    exponent: Mapped[int] = mapped_column(SmallInteger)
    prices_include_tax: Mapped[bool]
    price_step: Mapped[int] = mapped_column(BigInteger)
    changed_xid: Mapped[int] = changed_xid()


class Price(Base):
    """A product's price of one unit while `valid_from <= now < valid_to` (none: until further notice).

    Two prices of one product in one list cannot hold at the same time: the database refuses it. The key of the
    constraint packs list and product in one range, so that no extension is needed.
    """

    __tablename__ = "price"
    __table_args__ = (
        UniqueConstraint("price_list", "product", "valid_from"),
        CheckConstraint("amount BETWEEN 0 AND 9007199254740991", name="amount"),
        CheckConstraint("valid_to > valid_from", name="period"),
        ExcludeConstraint(
            (
                text("int8range((price_list::bigint << 32) | product, (price_list::bigint << 32) | product, '[]')"),
                "&&",
            ),
            (func.tstzrange(text("valid_from"), text("valid_to")), "&&"),
            name="price_no_overlap",
            using="gist",
        ),
        Index("ix_price_changed_xid", "changed_xid"),
        FEED,
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    price_list: Mapped[int] = mapped_column(ForeignKey("price_list.id"))
    product: Mapped[int] = mapped_column(ForeignKey("product.seq"))
    amount: Mapped[int] = mapped_column(BigInteger)
    valid_from: Mapped[datetime] = mapped_column(Moment)
    valid_to: Mapped[datetime | None] = mapped_column(Moment)
    changed_xid: Mapped[int] = changed_xid()


class ScanRoute(Base):
    """What a scanned code that begins with `prefix` is, and where its item number and value stand.

    `item_from` to `item_to` and `value_from` to `value_to` count characters from 0, half-open.
    """

    __tablename__ = "scan_route"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('product', 'weight_label', 'price_label', 'card', 'receipt', 'badge', 'coupon', 'gift_card')",
            name="kind",
        ),
        CheckConstraint("unit IN ('g', '10g', 'piece', 'minor', 'major')", name="unit"),
        CheckConstraint("item_to > item_from AND value_to > value_from", name="fields"),
        Index("ix_scan_route_changed_xid", "changed_xid"),
        FEED,
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    kind: Mapped[ScanKind] = mapped_column(String(16))
    prefix: Mapped[str] = mapped_column(String(32))
    length: Mapped[int | None] = mapped_column(SmallInteger)
    pattern: Mapped[str | None] = mapped_column(String(200))
    item_from: Mapped[int | None] = mapped_column(SmallInteger)
    item_to: Mapped[int | None] = mapped_column(SmallInteger)
    value_from: Mapped[int | None] = mapped_column(SmallInteger)
    value_to: Mapped[int | None] = mapped_column(SmallInteger)
    unit: Mapped[ValueUnit | None] = mapped_column(String(8))
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    changed_xid: Mapped[int] = changed_xid()
