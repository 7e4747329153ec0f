"""Bare sales as rows of text for COPY: seeded, priced line by line, without documents. Pure.

The history is one stream of sales, spread evenly over 36 months and over its registers; a part of it is the same rows
whichever parts are made before. A line gets what is best for the client of its card's tier and a promotion price;
rules of baskets, hours and categories of clients do not take part.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from pos.core.money import rounded
from pos.documents.bare import EMPTY_DIGEST, EPOCH, KIND

DAYS = 1_096
"""36 months."""
OPENS, OPEN_SECONDS = 8 * 3600, 14 * 3600
ZONE_HOURS = 4
"""Of Asia/Yerevan, which has known no summer time since 2012."""
SIZES = (1, 2, 2, 3, 3, 4, 4, 5, 5, 5, 6, 7, 8, 9, 11)
"""Lines of a receipt; five on average."""
PIECES, KILOS = (1_000, 2_000, 3_000), (350, 720, 1_240)
OFTEN = (0, 0, 0, 0, 0, 0, 1, 1, 2)
WITH_ACCOUNT, IN_CASH = 0.45, 0.55
CASH_STEP, NOTE = 1_000, 100_000

DOCUMENT = ("id", "register_id", "epoch", "kind", "digest", "body", "made_at", "arrived_at", "revoked_key")
SALE = (
    "id kind register_id outlet_id epoch number receipt checkout_id basket_id staff_id seller account_id business_date "
    "made_at rule_set gross discount net tax cash_rounding total"
)
LINE = "sale_id line product name category quantity price gross net tax_code tax_rate tax_base tax_amount"
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "document": DOCUMENT,
    "sale": tuple(SALE.split()),
    "sale_line": tuple(LINE.split()),
    "line_discount": ("sale_id", "line", "place", "rule", "source", "amount"),
    "tender": ("sale_id", "place", "kind", "received", "applied", "change"),
    "turnover_entry": ("source_id", "account_id", "kind", "amount", "occurred_at", "recorded_at"),
}
"""The tables in the order they are filled, with the columns that are written."""


@dataclass(frozen=True, slots=True)
class Goods:
    """A product as it was sold; `promotion` is a rule with its fixed unit price."""

    product: int
    name: str
    category: int
    unit: str
    price: int
    tax_code: str
    tax_rate: int
    no_discount: bool
    floor: int
    promotion: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class Till:
    """A register of the history: ids as text, the prefix of its receipts, who sells at it."""

    register: str
    outlet: str
    prefix: str
    staff: str


@dataclass(frozen=True, slots=True)
class Stock:
    """All that the history is made from. `shoppers` are pairs of an account and the place of its tier."""

    goods: Sequence[Goods]
    shoppers: Sequence[tuple[str, int]]
    tiers: Sequence[tuple[str, int] | None]
    tills: Sequence[Till]
    rule_set: int
    step: int


@dataclass(slots=True)
class Part:
    """The text of every table's rows, and what they add up to, as `bare_history` keeps it."""

    rows: dict[str, list[str]] = field(default_factory=lambda: {table: [] for table in COLUMNS})
    sums: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            ("sales", "lines", "discounts", "tenders", "gross", "discount", "net", "tax", "total"), 0
        )
    )


class Priced(NamedTuple):
    """The ends of a line's row and of its discount's row, laid ready, and the amounts of the line."""

    line: str
    discount: str
    gross: int
    net: int
    tax: int


def sales_part(stock: Stock, *, seed: int, planned: int, until: date, first: int, count: int) -> Part:
    """Sales `first` to `first + count - 1`, counted from 0, of a history of `planned` that ends the day before
    `until`."""
    random_ = random.Random(f"{seed} {first}")  # noqa: S311 - a made-up past
    draw = random_.random
    part, laid_ready, days = Part(), dict[int, Priced](), dict[int, tuple[str, int]]()
    documents, sales, lines, discounts, tenders, turnover = part.rows.values()
    digest = "\\\\x" + EMPTY_DIGEST.hex()
    goods, shoppers, tills = stock.goods, stock.shoppers, stock.tills
    all_gross = all_net = all_tax = all_total = 0
    for place in range(first, first + count):
        till = tills[place % len(tills)]
        number = place // len(tills) + 1
        day, second = divmod(place * DAYS * OPEN_SECONDS // planned, OPEN_SECONDS)
        if day not in days:
            days = {day: day_of(until - timedelta(days=DAYS - day))}
        date_, midnight = days[day]
        second += OPENS
        made_at = f"{date_} {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}+{ZONE_HOURS:02}"
        id_ = sale_id((midnight + second) * 1_000, random_.getrandbits(74))
        account, tier = "\\N", 0
        if draw() < WITH_ACCOUNT:
            account, tier = shoppers[int(len(shoppers) * draw() ** 2)]
        gross = net = tax = 0
        for line in range(1, SIZES[int(draw() * 15)] + 1):
            drawn = draw()
            shelf, often = int(len(goods) * drawn * drawn), OFTEN[int(drawn * 1e9) % 9]
            key = (shelf * 8 + tier) * 3 + often
            priced = laid_ready.get(key)
            if priced is None:
                priced = laid_ready[key] = price_line(goods[shelf], stock.tiers[tier], often, stock.step)
            lines.append(f"{id_}\t{line}\t{priced.line}")
            if priced.discount:
                discounts.append(f"{id_}\t{line}\t1\t{priced.discount}")
            gross += priced.gross
            net += priced.net
            tax += priced.tax
        if draw() < IN_CASH:
            total = rounded(net, CASH_STEP) * CASH_STEP
            received = -(-total // NOTE) * NOTE
            tenders.append(f"{id_}\t1\tcash\t{received}\t{total}\t{received - total}\n")
        else:
            total = net
            tenders.append(f"{id_}\t1\tcard\t{total}\t{total}\t0\n")
        documents.append(f"{id_}\t{till.register}\t{EPOCH}\t{KIND}\t{digest}\t\t{made_at}\t{made_at}\tf\n")
        sales.append(
            f"{id_}\tsale\t{till.register}\t{till.outlet}\t{EPOCH}\t{number}\t{till.prefix}-{EPOCH}-{number}\t{id_}\t{id_}"
            f"\t{till.staff}\t1\t{account}\t{date_}\t{made_at}\t{stock.rule_set}\t{gross}\t{gross - net}\t{net}\t{tax}"
            f"\t{total - net}\t{total}\n"
        )
        if account != "\\N":
            turnover.append(f"{id_}\t{account}\tsale\t{net}\t{made_at}\t{made_at}\n")
        all_gross += gross
        all_net += net
        all_tax += tax
        all_total += total
    part.sums = {
        "sales": count,
        "lines": len(lines),
        "discounts": len(discounts),
        "tenders": len(tenders),
        "gross": all_gross,
        "discount": all_gross - all_net,
        "net": all_net,
        "tax": all_tax,
        "total": all_total,
    }
    return part


def price_line(goods: Goods, tier: tuple[str, int] | None, often: int, step: int) -> Priced:
    """The line of `goods` for a client of `tier` (rule, basis points): the better of card and promotion, R2 at the
    unit, R4's floor; tax is inside the price."""
    quantity = (KILOS if goods.unit == "kg" else PIECES)[often]
    offers = [(goods.price, "", "")]
    if not goods.no_discount:
        if goods.promotion:
            offers.append((goods.promotion[1], goods.promotion[0], "promotion"))
        if tier:
            offers.append((rounded(goods.price * (10_000 - tier[1]), 10_000 * step) * step, tier[0], "card"))
    unit_price, rule, source = min(offers)
    unit_price = max(unit_price, min(goods.floor, goods.price))
    gross, net = rounded(goods.price * quantity, 1_000), rounded(unit_price * quantity, 1_000)
    tax = rounded(net * goods.tax_rate, 10_000 + goods.tax_rate)
    line = (
        f"{goods.product}\t{escaped(goods.name)}\t{goods.category}\t{quantity}\t{goods.price}\t{gross}\t{net}"
        f"\t{goods.tax_code}\t{goods.tax_rate}\t{net - tax}\t{tax}\n"
    )
    return Priced(line, f"{rule}\t{source}\t{gross - net}\n" if gross > net else "", gross, net, tax)


def day_of(day: date) -> tuple[str, int]:
    """The day as text, and its midnight in the shop's zone as seconds since 1970."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=ZONE_HOURS)
    return day.isoformat(), int(midnight.timestamp())


def sale_id(milliseconds: int, bits: int) -> str:
    """A version 7 UUID as text, of a moment and 74 bits."""
    return (
        f"{milliseconds >> 16:08x}-{milliseconds & 0xFFFF:04x}-7{bits >> 62:03x}"
        f"-{0x8000 | bits >> 48 & 0x3FFF:04x}-{bits & 0xFFFF_FFFF_FFFF:012x}"
    )


def escaped(text: str) -> str:
    """As COPY's text form has it."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
