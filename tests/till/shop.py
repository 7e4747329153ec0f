"""A small shop as a till is told of it: the answers of the server, by `docs/till-api.md`."""

import hashlib
from typing import Any

SALT = "5a" * 16
REGISTER = "0191c5de-0000-7000-8000-000000000001"
ANNA = "0191c5de-0000-7000-8000-0000000000aa"
MARO = "0191c5de-0000-7000-8000-0000000000bb"
GOLD = "0191c5de-0000-7000-8000-0000000000c1"
STOPPED = "0191c5de-0000-7000-8000-0000000000c2"
ITERATIONS = 1_000
"""Fewer than a shop's, so that tests are quick; the number travels with the verifier."""

MILK, BREAD, APPLES, EGGS = 1, 2, 3, 4
MILK_CODE, BREAD_CODE, PACK_CODE, SHARED_CODE = "4850001234567", "4850001234574", "4850001234581", "4850009999991"
GOLD_CARD, STOPPED_CARD = "2900000000019", "2900000000026"


def digest(number: str) -> str:
    return hashlib.sha256(bytes.fromhex(SALT) + number.encode()).hexdigest()[:32]


def person(person_id: str, name: str, role: str, pin: str) -> dict[str, Any]:
    salt = hashlib.sha256(name.encode()).digest()[:16]
    verifier = hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, ITERATIONS)
    return {
        "id": person_id,
        "name": name,
        "role": role,
        "language": "en",
        "pin": {"salt": salt.hex(), "iterations": ITERATIONS, "verifier": verifier.hex()},
    }


def product(seq: int, name: str, price: int, *codes: tuple[str, int], unit: str = "piece") -> dict[str, Any]:
    return {
        "seq": seq,
        "names": {"en": name, "ru": f"{name} по-русски", "hy": f"{name} հայերեն"},
        "category": [12, 3],
        "unit": unit,
        "price": price,
        "upcoming": [],
        "tax_code": "vat20",
        "tax": 2000,
        "regulation": None,
        "minimum": 0,
        "barcodes": [list(code) for code in codes],
        "tile": seq if seq > 2 else None,
        "archived": False,
    }


def account(seq: int, account_id: str, name: str, card: str, state: str, **more: Any) -> dict[str, Any]:
    return {
        "seq": seq,
        "id": account_id,
        "tier": "gold",
        "categories": [],
        "expires": {},
        "personal": 0,
        "points": 0,
        "version": 3,
        "name": name,
        "phone": "4312",
        "cards": [[digest(card), state, None]],
        "blocked": None,
        "note": "",
        **more,
    }


SETTINGS = {
    "currency": "AMD",
    "exponent": 2,
    "price_step": 100,
    "cash_step": 1000,
    "cash_rounding": "nearest",
    "prices_include_tax": True,
    "grace_minutes": 0,
    "cap_percent": None,
    "cap_amount": None,
    "card_salt": SALT,
    "languages": ["en", "ru", "hy"],
    "zone": "Asia/Yerevan",
    "float_count": True,
    "stale_hours": 24,
    "blind_close": True,
    "receipt": {"header": {"en": ["Corner shop"]}, "footer": {"en": ["Thank you"]}},
}
RULES = [
    {
        "id": "gold10",
        "name": "Gold 10 %",
        "priority": 10,
        "effect": {"kind": "percent", "value": 1000},
        "who": {"tiers": ["gold"]},
    },
    {
        "id": "pensioner5",
        "name": "Pensioners 5 %",
        "priority": 20,
        "effect": {"kind": "percent", "value": 500},
        "who": {"claimed": ["pensioner"]},
    },
]


def route(kind: str, prefix: str, **more: object) -> dict[str, Any]:
    spots: dict[str, Any] = {"pattern": None, "item": None, "value": None, "unit": None}
    return {"id": kind, "kind": kind, "prefix": prefix, "length": 13, **spots, **more}


ROUTES = [
    route("card", "29"),
    route("weight_label", "22", item=[2, 7], value=[7, 12], unit="g"),
    route("price_label", "23", item=[2, 7], value=[7, 12], unit="minor"),
]
ZONE = "Asia/Yerevan"
OUTLET = {"id": "1", "name": "Corner shop", "address": "Main street 1", "tax_id": "1", "zone": ZONE, "language": "en"}


def snapshot() -> dict[str, Any]:
    return {
        "cursor": "1.100",
        "settings": SETTINGS,
        "outlet": OUTLET,
        "register": {"id": REGISTER, "name": "Till 1", "prefix": "A1"},
        "staff": [person(ANNA, "Anna", "cashier", "1234"), person(MARO, "Maro", "manager", "9876")],
        "rule_set": {"version": 7, "active_from": 0, "body": {"rules": RULES}},
        "rule_sets_to_come": [],
        "categories": [
            {"id": 3, "parent": None, "names": {"en": "Food"}, "position": 1},
            {"id": 12, "parent": 3, "names": {"en": "Dairy"}, "position": 1},
        ],
        "tax_rates": [{"code": "vat20", "names": {"en": "VAT"}, "rate": 2000}],
        "regulations": [],
        "scan_routes": ROUTES,
        "names": {
            "tiers": [{"code": "gold", "names": {"en": "Gold"}, "rank": 1}],
            "categories": [{"code": "pensioner", "names": {"en": "Pensioner"}, "claimable": True}],
        },
        "product_chunks": [[0, 4]],
        "account_chunks": [[0, 2]],
    }


def products() -> list[dict[str, Any]]:
    return [
        product(MILK, "Milk 1 l", 50_000, (MILK_CODE, 1000), (PACK_CODE, 6000), (SHARED_CODE, 1000)),
        product(BREAD, "Bread", 35_000, (BREAD_CODE, 1000), (SHARED_CODE, 2000)),
        product(APPLES, "Apples", 64_000, ("00003", 1000), unit="kg"),
        product(EGGS, "Eggs 10", 78_000),
    ]


def accounts() -> list[dict[str, Any]]:
    return [
        account(1, GOLD, "Anahit P.", GOLD_CARD, "active"),
        account(2, STOPPED, "Stopped S.", STOPPED_CARD, "blocked"),
    ]
