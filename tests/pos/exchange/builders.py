"""A small shop to read the feed of."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.model import Account, Card, CardScheme, Person, Visit
from loyalty.accounts.rules import card_digest
from loyalty.pricing.model import ClientCategory, PriceSettings, RuleSetVersion, Tier
from pos.catalog.model import Barcode, Category, Price, PriceList, Product, RegulationClass, ScanRoute, TaxRate
from pos.core.ids import new_id
from pos.exchange.cursor import begin_epoch
from pos.exchange.model import TillSettings
from pos.registers.model import Outlet, Register

NOON = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
TODAY = date(2026, 3, 10)
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
SALT = b"salt of the chain"


@dataclass(frozen=True, slots=True)
class Shop:
    outlet: UUID
    register: UUID
    category: int
    price_list: int


async def a_shop(session: AsyncSession) -> Shop:
    """An outlet with one till, one price list, one category under another, tax, rules and names."""
    begin_epoch(session, "made", at=LONG_AGO)
    outlet = Outlet(id=new_id(), name="Corner shop", zone="Asia/Yerevan", receipt={"header": {"en": ["Corner shop"]}})
    session.add(outlet)
    price_list = PriceList(
        names={"en": "Retail"}, currency="AMD", exponent=2, prices_include_tax=True, price_step=1_000
    )
    food = Category(names={"en": "Food"})
    session.add_all([price_list, food, TaxRate(code="vat20", names={"en": "VAT"}, rate=2_000)])
    await session.flush()
    dairy = Category(names={"en": "Dairy"}, parent=food.id)
    register = Register(id=new_id(), outlet_id=outlet.id, name="Till 1", prefix="A")
    session.add_all(
        [
            dairy,
            register,
            RegulationClass(code="tobacco", names={"en": "Tobacco"}, no_discount=True, age=18),
            ScanRoute(kind="product", prefix=""),
            Tier(code="gold", names={"en": "Gold"}, rank=3),
            ClientCategory(code="pensioner", names={"en": "Pensioner"}, claimable=True),
            PriceSettings(id=1, price_list=price_list.id, cash_step=1_000, cash_rounding="nearest"),
            TillSettings(id=1, languages=["hy", "ru", "en"]),
            CardScheme(id=1, prefix="29", length=13, salt=SALT),
            RuleSetVersion(
                version=1, body={"schema": 1, "version": 1, "rules": []}, active_from=LONG_AGO, made_at=LONG_AGO
            ),
        ]
    )
    await session.flush()
    return Shop(outlet.id, register.id, dairy.id, price_list.id)


async def a_product(session: AsyncSession, shop: Shop, name: str = "Milk", amount: int = 50_000) -> Product:
    """On sale since long ago at `amount`, with a barcode and a pack of six."""
    product = Product(
        id=new_id(), names={"en": name}, category=shop.category, unit="piece", tax_code="vat20", made_at=LONG_AGO
    )
    session.add(product)
    await session.flush()
    session.add_all(
        [
            Price(price_list=shop.price_list, product=product.seq, amount=amount, valid_from=LONG_AGO),
            Barcode(code=f"P{product.seq}", product=product.seq, quantity=1_000),
            Barcode(code=f"P{product.seq}x6", product=product.seq, quantity=6_000),
        ]
    )
    await session.flush()
    return product


async def an_account(session: AsyncSession, shop: Shop, number: str, seen: date = TODAY) -> Account:
    """A gold account with one card and one person, seen by the shop on that day."""
    account = Account(id=new_id(), tier="gold", opened_at=LONG_AGO)
    session.add(account)
    await session.flush()
    session.add_all(
        [
            Card(id=new_id(), account=account.id, number=number, digest=card_digest(SALT, number), issued_at=LONG_AGO),
            Person(id=new_id(), account=account.id, given="Anahit", family="Petrosyan", phone="+37400004312"),
            Visit(outlet=shop.outlet, account=account.id, last_on=seen),
        ]
    )
    await session.flush()
    return account
