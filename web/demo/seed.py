"""Makes the demo shop: people, outlet, registers, goods, clients, rules. In one transaction; one seed, one shop."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.model import Account, AccountCategory, Card, CardScheme, Person, Visit
from loyalty.accounts.rules import card_digest
from loyalty.coupons.model import Coupon
from loyalty.coupons.service import PREFIX, BatchTerms, make_batch
from loyalty.debts.service import set_debt_limit
from loyalty.giftcards.model import GiftCard, GiftCardSettings
from loyalty.giftcards.service import correct_gift_card, order_cards
from loyalty.points.programme import publish_programme
from loyalty.pricing.model import ClientCategory, PriceSettings, Tier
from loyalty.pricing.store import publish_rule_set
from pos.catalog.model import (
    Barcode,
    Category,
    Price,
    PriceList,
    Product,
    ProductCost,
    ScanRoute,
    TaxRate,
)
from pos.catalog.regulations import add_regulation
from pos.catalog.rules import ean_check_digit
from pos.exchange.cursor import begin_epoch
from pos.exchange.model import DatabaseEpoch, TillSettings
from pos.registers.model import Outlet
from pos.registers.service import add_register, open_outlet
from pos.storage.database import Database
from web.demo.bulk import add_rows
from web.demo.clients import CARD_LENGTH, CARD_PREFIX, FIXED, Client, clients
from web.demo.goods import Good, Section, goods, sections
from web.demo.ladder import make_ladder
from web.demo.people import hire
from web.demo.rules import NAMES, PROGRAMME, REGULATIONS, SPRING, rule_set

SEED = 7
HOME = UUID("7111ca7d-0000-4000-8000-000000000000")
ZONE = "Asia/Yerevan"
OUTLET, FIRST_REGISTER, SECOND_REGISTER = uuid5(HOME, "outlet"), uuid5(HOME, "till 1"), uuid5(HOME, "till 2")
SALT = b"tillcard demo shop, 128 bits are not secret here"
MOST_GOODS, MOST_CLIENTS = 2_000, 20_000
LABEL_PREFIX = "22"
GIFT_PREFIX = "GC"
PROMOTED = 6


@dataclass(frozen=True, slots=True)
class DemoCode:
    """A code worth scanning or typing on the till's first day."""

    name: str
    code: str


async def is_seeded(database: Database) -> bool:
    """Whether the demo shop is there. Its outlet is made last, in the same transaction."""
    async with database.transaction() as session:
        return await session.get(Outlet, OUTLET) is not None


async def seed(database: Database, *, at: datetime, products: int = 2_000, accounts: int = 5_000) -> None:
    """Make the shop. Beyond what the words can name, the rest comes from `web.demo.scaled`."""
    async with database.transaction() as session:
        await seed_shop(session, at=at, products=products, accounts=accounts)


async def seed_shop(session: AsyncSession, *, at: datetime, products: int, accounts: int) -> None:
    """Make the shop in the caller's transaction."""
    today = at.astimezone(ZoneInfo(ZONE)).date()
    await _settings(session, at)
    numbers = await _categories(session)
    made = await _goods(session, goods(min(products, MOST_GOODS), SEED), numbers, at)
    people = clients(min(accounts, MOST_CLIENTS), SEED, today)
    await _clients(session, people, at)
    await _rules(session, numbers, made, today, at)
    await _advances(session, at)
    await _outlet(session)
    await make_ladder(session, people, numbers, today=today, at=at)


async def demo_codes(session: AsyncSession) -> list[DemoCode]:
    """Three products, a pack, a scale's label, and cards of each kind."""
    query = select(Product, Barcode).join(Barcode, Barcode.product == Product.seq).order_by(Product.seq, Barcode.code)
    everything = [
        (product.names["en"], product.unit, code.code, code.quantity) for product, code in await _rows(session, query)
    ]
    pieces = [(name, code) for name, unit, code, quantity in everything if unit == "piece" and quantity == 1_000]
    packs = [(name, code) for name, _, code, quantity in everything if quantity != 1_000]
    weighed = [(name, code) for name, unit, code, _ in everything if unit == "kg"]
    found = [DemoCode(name, code) for name, code in (pieces[0], pieces[len(pieces) // 3], pieces[len(pieces) // 2])]
    found.append(DemoCode(f"6 × {packs[0][0]}", packs[0][1]))
    label = f"{LABEL_PREFIX}{weighed[0][1]}01234"
    found.append(DemoCode(f"{weighed[0][0]}, 1.234 kg", label + ean_check_digit(label)))
    kinds = ("gold", "silver", "bronze, mother with children", "pensioner", "bronze, own 7 %", "blocked")
    for kind, (_, _, _, given, family), client in zip(
        kinds, FIXED, clients(len(FIXED), SEED, date(2026, 1, 1)), strict=True
    ):
        found.append(DemoCode(f"{given} {family}: {kind}", client.number))
    coupon = await session.scalar(select(Coupon.code).where(Coupon.batch == SPRING).order_by(Coupon.code).limit(1))
    if coupon is not None:
        found.append(DemoCode("Coupon: 15 % off sweets", coupon))
    for number in await session.scalars(select(GiftCard.number).order_by(GiftCard.number).limit(2)):
        found.append(DemoCode("Gift card: 10 000", number))
    return found


async def _rows(session: AsyncSession, query: Any) -> list[Any]:
    return list(await session.execute(query))


async def _settings(session: AsyncSession, at: datetime) -> None:
    if await session.scalar(select(DatabaseEpoch.id).limit(1)) is None:
        begin_epoch(session, "made", at=at)
    price_list = PriceList(
        names={"en": "Retail", "ru": "Розница", "hy": "Մանրածախ"},
        currency="AMD",
        exponent=2,
        prices_include_tax=True,
        price_step=100,
    )
    session.add(price_list)
    await session.flush()
    tiers = {
        "bronze": ("Bronze", "Бронза", "Բրոնզ"),
        "silver": ("Silver", "Серебро", "Արծաթ"),
        "gold": ("Gold", "Золото", "Ոսկի"),
    }
    kinds = {
        "pensioner": (("Pensioner", "Пенсионер", "Կենսաթոշակառու"), True),
        "mother": (("Mother with children", "Мать с детьми", "Երեխաներով մայր"), False),
    }
    routes = [
        ("weight_label", LABEL_PREFIX, 13, (2, 7), (7, 12), "g"),
        ("card", CARD_PREFIX, CARD_LENGTH, None, None, None),
    ]
    session.add_all(
        [
            TaxRate(code="vat20", names={"en": "VAT", "ru": "НДС", "hy": "ԱԱՀ"}, rate=2_000),
            TaxRate(code="vat0", names={"en": "No VAT", "ru": "Без НДС", "hy": "Առանց ԱԱՀ"}, rate=0),
            CardScheme(id=1, prefix=CARD_PREFIX, length=CARD_LENGTH, salt=SALT),
            TillSettings(id=1, languages=["en", "ru", "hy"]),
            PriceSettings(id=1, price_list=price_list.id, cash_step=1_000, cash_rounding="nearest", grace_minutes=15),
            *(Tier(code=code, names=named(words), rank=rank) for rank, (code, words) in enumerate(tiers.items(), 1)),
            *(
                ClientCategory(code=code, names=named(words), claimable=claimable, position=place)
                for place, (code, (words, claimable)) in enumerate(kinds.items())
            ),
            ScanRoute(kind="product", prefix=""),
            *(ScanRoute(kind="receipt", prefix=f"{prefix}-", pattern=rf"{prefix}-\d+-\d+") for prefix in ("A", "B")),
            *(
                ScanRoute(
                    kind=kind,
                    prefix=prefix,
                    length=length,
                    item_from=item and item[0],
                    item_to=item and item[1],
                    value_from=value and value[0],
                    value_to=value and value[1],
                    unit=unit,
                )
                for kind, prefix, length, item, value, unit in routes
            ),
        ]
    )
    await session.flush()
    for code, law in REGULATIONS.items():
        await add_regulation(session, code, law, by=None, at=at)


def named(words: tuple[str, str, str]) -> dict[str, str]:
    """English, Russian, Armenian."""
    return dict(zip(("en", "ru", "hy"), words, strict=True))


async def _categories(session: AsyncSession) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for position, section in enumerate(sections()):
        category = Category(names=section.names, parent=numbers.get(section.parent or ""), position=position)
        session.add(category)
        await session.flush()
        numbers[section.code] = category.id
    return numbers


def cost_of(good: Good, place: int) -> int | None:
    """What the good costs the shop without tax: half of its price and more; of one in twenty nobody wrote it down."""
    return None if place % 20 == 19 else good.amount * (60 + place * 7 % 19) // 120


async def _goods(
    session: AsyncSession, made: list[Good], numbers: dict[str, int], at: datetime
) -> list[tuple[int, Good]]:
    """Products with costs, prices and barcodes; answers each good with its number."""
    laws: dict[str, Section] = {section.code: section for section in sections()}
    ids = [uuid5(HOME, f"product {place}") for place in range(len(made))]
    tiles = {place: tile for tile, place in enumerate(range(0, len(made), max(1, len(made) // 24)), 1)}
    rows = [
        {
            "id": id_,
            "names": good.names,
            "category": numbers[good.section],
            "unit": good.unit,
            "tax_code": laws[good.section].tax_code,
            "regulation": laws[good.section].regulation,
            "cost": cost_of(good, place),
            "tile": tiles.get(place),
            "made_at": at - timedelta(days=200),
        }
        for place, (id_, good) in enumerate(zip(ids, made, strict=True))
    ]
    await add_rows(session, Product, rows)
    seqs: dict[UUID, int] = {row.id: row.seq for row in await session.execute(select(Product.id, Product.seq))}
    numbered = [(seqs[id_], good) for id_, good in zip(ids, made, strict=True)]
    price_list = await session.scalar(select(PriceList.id))
    began = at - timedelta(days=200)
    costs = [(seq, cost_of(good, place)) for place, (seq, good) in enumerate(numbered)]
    known = [{"product": seq, "cost": cost, "source": "demo", "at": began} for seq, cost in costs if cost is not None]
    await add_rows(session, ProductCost, known)
    prices = [
        {"price_list": price_list, "product": seq, "amount": good.amount, "valid_from": began} for seq, good in numbered
    ]
    await add_rows(session, Price, prices)
    codes = [
        {"code": code, "product": seq, "quantity": quantity} for seq, good in numbered for code, quantity in good.codes
    ]
    await add_rows(session, Barcode, codes)
    return numbered


async def _clients(session: AsyncSession, made: list[Client], at: datetime) -> None:
    opened = at - timedelta(days=400)
    await add_rows(
        session,
        Account,
        [{"id": client.id, "tier": client.tier, "personal": client.personal, "opened_at": opened} for client in made],
    )
    await add_rows(
        session,
        Card,
        [
            {
                "id": client.card_id,
                "account": client.id,
                "number": client.number,
                "digest": card_digest(SALT, client.number),
                "state": "blocked" if client.blocked else "active",
                "reason": "lost" if client.blocked else None,
                "issued_at": opened,
            }
            for client in made
        ],
    )
    await add_rows(
        session,
        Person,
        [
            {
                "id": client.person_id,
                "account": client.id,
                "given": client.given,
                "family": client.family,
                "phone": client.phone,
                "language": client.language,
            }
            for client in made
        ],
    )
    await add_rows(
        session,
        AccountCategory,
        [
            {"account": client.id, "category": code, "proved_on": client.proved_on, "expires_on": client.expires_on}
            for client in made
            for code in client.categories
        ],
    )
    await add_rows(
        session, Visit, [{"outlet": OUTLET, "account": client.id, "last_on": client.seen_on} for client in made]
    )


async def _rules(
    session: AsyncSession, numbers: dict[str, int], made: list[tuple[int, Good]], today: date, at: datetime
) -> None:
    grocery = [(seq, good) for seq, good in made if good.section == "grocery"]
    promoted = [
        (seq, good.amount * 8 // 10 // 1_000 * 1_000)
        for seq, good in grocery[:: max(1, len(grocery) // PROMOTED)][:PROMOTED]
    ]
    body = rule_set(numbers, promoted, today)
    await publish_rule_set(session, body, names=NAMES, active_from=at - timedelta(days=120), by=None, at=at)
    await publish_programme(session, PROGRAMME, by=None, at=at - timedelta(days=120))


async def _advances(session: AsyncSession, at: datetime) -> None:
    """A batch of coupons, two gift cards with money on them, and a client who may buy on account."""
    for kind, prefix in (("coupon", PREFIX), ("gift_card", GIFT_PREFIX)):
        session.add(ScanRoute(kind=kind, prefix=prefix))
    await make_batch(session, SPRING, BatchTerms(name="Spring", size=20, offline="allow"), by=None, at=at)
    session.add(GiftCardSettings(id=1, prefix=GIFT_PREFIX, offline="cap", offline_most=5_000 * 100))
    await session.flush()
    cards = await order_cards(session, uuid5(HOME, "gift cards"), 2, expires_on=None, by=None, at=at)
    for card in cards:
        await correct_gift_card(session, card.id, uuid5(HOME, f"on {card.id}"), 10_000 * 100, "demo", by=None, at=at)
    debtor = await session.scalar(select(Account.id).where(Account.tier == "gold").order_by(Account.seq).limit(1))
    if debtor is not None:
        await set_debt_limit(session, debtor, 100_000 * 100, 30)


async def _outlet(session: AsyncSession) -> None:
    """Last: the outlet is what says that the shop is made."""
    await hire(session)
    await open_outlet(session, OUTLET, name="Corner Shop", zone=ZONE)
    await add_register(session, FIRST_REGISTER, outlet_id=OUTLET, name="Till 1", prefix="A")
    await add_register(session, SECOND_REGISTER, outlet_id=OUTLET, name="Till 2", prefix="B")
