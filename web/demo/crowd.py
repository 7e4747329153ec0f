"""Products and accounts beyond what the demo's words can name, as rows of text for COPY. Seeded by their number; pure.

A product repeats one of the demo's own goods under a number of its own: "Lavash thin Tsoren 800 g 70123".
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from loyalty.accounts.rules import card_digest, card_number
from pos.catalog.rules import LANGUAGES, ean_check_digit
from web.demo.bare import escaped
from web.demo.clients import CARD_LENGTH, CARD_PREFIX, PHONE_PREFIX, TIERS, names
from web.demo.goods import COUNTRY, Good

PRODUCTS: Mapping[str, tuple[str, ...]] = {
    "product": ("id", "seq", "names", "category", "unit", "tax_code", "regulation", "made_at"),
    "price": ("price_list", "product", "amount", "valid_from"),
    "barcode": ("code", "product", "quantity"),
}
ACCOUNTS: Mapping[str, tuple[str, ...]] = {
    "account": ("id", "seq", "tier", "opened_at"),
    "card": ("id", "account", "number", "digest", "issued_at"),
    "person": ("id", "account", "given", "family", "phone", "language"),
    "account_category": ("account", "category", "proved_on"),
    "account_visit": ("outlet", "account", "last_on"),
}
FIRST_CODE, FIRST_CARD = 800_000_000, 9_000_000_000_000
"""Where the numbers of codes and cards begin that the demo's own do not use."""
PRODUCT, ACCOUNT, CARD, PERSON = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the products need of the shop: its goods with their category, tax and regulation; `base` is the product
    number before the first."""

    goods: Sequence[tuple[Good, int, str, str | None]]
    base: int
    price_list: int


def crowd_id(kind: int, number: int) -> str:
    """The id of the product, account, card or person with this number."""
    return f"5ca1ed{kind:02x}-0000-8000-8000-{number:012x}"


def products_part(shelf: Shelf, first: int, count: int, at: datetime) -> dict[str, list[str]]:
    """Products `first` to `first + count - 1`, counted from 1."""
    began = (at - timedelta(days=200)).isoformat()
    products, prices, codes = rows = ([], [], [])
    for number in range(first, first + count):
        good, category, tax_code, regulation = shelf.goods[number * 7919 % len(shelf.goods)]
        seq = shelf.base + number
        named = {language: f"{good.names[language]} {number}" for language in LANGUAGES}
        products.append(
            f"{crowd_id(PRODUCT, number)}\t{seq}\t{escaped(json.dumps(named, ensure_ascii=False))}\t{category}\t{good.unit}"
            f"\t{tax_code}\t{regulation or chr(92) + 'N'}\t{began}\n"
        )
        prices.append(f"{shelf.price_list}\t{seq}\t{good.amount + number % 7 * 1_000}\t{began}\n")
        body = f"{COUNTRY}{FIRST_CODE + number:09d}"
        codes.append(f"{body}{ean_check_digit(body)}\t{seq}\t1000\n")
    return dict(zip(PRODUCTS, rows, strict=True))


def accounts_part(
    salt: bytes, outlets: Sequence[str], base: int, first: int, count: int, at: datetime
) -> dict[str, list[str]]:
    """Accounts `first` to `first + count - 1`, counted from 1, each with a card, a person and the day of a visit."""
    known, today, opened = names(), at.date(), (at - timedelta(days=400)).isoformat()
    people, families = known["women"] + known["men"], known["families"]
    accounts, cards, persons, held, visits = rows = ([], [], [], [], [])
    for number in range(first, first + count):
        id_, place = crowd_id(ACCOUNT, number), number * 7919
        language = (0, 1, 2, 2, 2, 2, 2)[place // 13 % 7]
        accounts.append(f"{id_}\t{base + number}\t{tier_of(place % 100)}\t{opened}\n")
        code = card_number(CARD_PREFIX, CARD_LENGTH, FIRST_CARD + number)
        cards.append(f"{crowd_id(CARD, number)}\t{id_}\t{code}\t\\\\x{card_digest(salt, code).hex()}\t{opened}\n")
        given, family = people[place // 7 % len(people)][language], families[place // 3 % len(families)][language]
        phone = f"{PHONE_PREFIX}{number % 1_000_000:06d}"
        persons.append(f"{crowd_id(PERSON, number)}\t{id_}\t{given}\t{family}\t{phone}\t{LANGUAGES[language]}\n")
        if place // 100 % 8 == 0:
            held.append(f"{id_}\tpensioner\t{days_before(today, 1 + place % 300)}\n")
        visits.append(f"{outlets[number % len(outlets)]}\t{id_}\t{days_before(today, place // 11 % 360)}\n")
    return dict(zip(ACCOUNTS, rows, strict=True))


def tier_of(hundredth: int) -> str:
    """The tier of an account by its place among a hundred, as COPY writes it."""
    for tier, share in TIERS.items():
        hundredth -= round(share * 100)
        if hundredth < 0:
            return tier
    return "\\N"


def days_before(today: date, days: int) -> str:
    return (today - timedelta(days=days)).isoformat()
