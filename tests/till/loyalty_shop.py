"""The small shop with everything loyalty can do: points, coupons, gift cards, gifts, a budget, debts, limits on cards."""

from typing import Any
from uuid import UUID

from loyalty.accounts.rules import card_number
from loyalty.coupons.rules import code_of
from loyalty.giftcards.rules import gift_card_id
from loyalty.pricing.prepare import Prepared, prepare
from loyalty.pricing.wire_rules import read_rule_set
from tests.till import shop
from tests.till.server import ShopServer

COUPON, USED_COUPON, OPEN_COUPON = code_of("CP", 11), code_of("CP", 12), code_of("CQ", 13)
GIFT_CARD, NEW_GIFT_CARD = code_of("GC", 21, 12), code_of("GC", 22, 12)
GIFT_CARD_ID, NEW_GIFT_CARD_ID = (
    str(gift_card_id(bytes.fromhex(shop.SALT), each)) for each in (GIFT_CARD, NEW_GIFT_CARD)
)
STAFF_CARD, REPLACED_CARD, DEBTOR_CARD = "2900000000071", "2900000000088", "2900000000095"
STAFF_ACCOUNT = "0191c5de-0000-7000-8000-0000000000c3"
REPLACED = "0191c5de-0000-7000-8000-0000000000c4"
DEBTOR = "0191c5de-0000-7000-8000-0000000000c5"
BLANK_CARD, STRANGE_CARD = (card_number("29", 13, drawn) for drawn in (5_001, 5_002))

RULES: list[dict[str, Any]] = [
    {
        "id": "earn1",
        "name": "1 point per 100",
        "priority": 50,
        "who": {"card": True},
        "effect": {"kind": "earn", "points": 1, "per": 10_000},
    },
    {
        "id": "spring",
        "name": "Spring coupon 20 %",
        "priority": 5,
        "who": {"coupons": ["spring", "open"]},
        "effect": {"kind": "percent", "value": 2_000},
    },
    {
        "id": "budget",
        "name": "Eggs 50 % while it lasts",
        "priority": 4,
        "what": {"products": [shop.EGGS]},
        "effect": {"kind": "percent", "value": 5_000},
        "limits": {"budget": {"sum": 1_000_000, "short": "rest"}},
    },
    {
        "id": "treat",
        "name": "A treat from 3,000",
        "priority": 6,
        "needs_sum": {"at_least": 300_000},
        "effect": {"kind": "gift", "choices": [shop.BREAD, shop.EGGS]},
    },
]
POINTS = {
    "programme": 1, "value": 100, "share": 5_000, "least": 0, "earn_while_spending": True, "pending_days": 0, "life": "never",
    "life_count": 0, "restored_days": None,
}  # fmt: skip
OFF: dict[str, Any] = {
    "receipts": {"most": None, "mode": "off"},
    "sum": {"most": None, "mode": "off"},
    "interval": {"minutes": None, "mode": "off"},
    "own_card": "off",
    "staff_card": "off",
    "after_pay": "off",
}


def batch(code: str, prefix: str, offline: str) -> dict[str, Any]:
    return {
        "code": code, "kind": "coupon", "name": code, "prefix": prefix, "from": None, "until": None, "per_account": None,
        "whom": "anyone", "offline": offline,
    }  # fmt: skip


def account(seq: int, account_id: str, name: str, card: str, **more: Any) -> dict[str, Any]:
    return shop.account(seq, account_id, name, card, more.pop("state", "active"), tier=None, **more)


def with_loyalty(server: ShopServer) -> ShopServer:
    """Changes the shop's rules, settings and accounts before a till is paired."""
    told = server.snapshot
    rule_set = told["rule_set"]
    rules = [*rule_set["body"]["rules"], *RULES]
    told["rule_set"] = rule_set | {"body": {**rule_set["body"], "schema": 2, "rules": rules}}
    told["settings"] = told["settings"] | {
        "points": POINTS,
        "card_prefix": "29",
        "card_length": 13,
        "unknown_cards": "open",
    }
    told["scan_routes"] = [
        *shop.ROUTES,
        shop.route("coupon", "CP", length=None),
        shop.route("coupon", "CQ", length=None),
        shop.route("gift_card", "GC", length=None),
    ]
    told["limits"] = {"budget": {"sum": 1_000_000}}
    told["points_programme"] = {
        **POINTS,
        "running": True,
        "welcome": 0,
        "birthday": 0,
        "notice_days": 30,
        "offline": "cap",
        "offline_cap": 50,
    }
    told["coupon_batches"] = [batch("spring", "CP", "deny"), batch("open", "CQ", "allow")]
    told["gift_cards"] = {"prefix": "GC", "offline": "cap", "offline_most": 20_000}
    told["abuse_limits"] = OFF
    server.accounts = [
        shop.account(1, shop.GOLD, "Anahit P.", shop.GOLD_CARD, "active", points=500),
        shop.account(2, shop.STOPPED, "Stopped S.", shop.STOPPED_CARD, "blocked"),
        account(3, STAFF_ACCOUNT, "Anna A.", STAFF_CARD, staff=shop.ANNA),
        account(4, REPLACED, "Karen V.", REPLACED_CARD, state="replaced"),
        account(5, DEBTOR, "Bakery B.", DEBTOR_CARD, owed=150_000, debt_limit=200_000),
    ]
    told["account_chunks"] = [[0, len(server.accounts)]]
    promises = server.promises
    promises.points = {shop.GOLD: 500}
    promises.coupons = {COUPON: ("spring", None), USED_COUPON: ("spring", "used"), OPEN_COUPON: ("open", None)}
    promises.cards = {GIFT_CARD_ID: 30_000}
    promises.debts = {DEBTOR: 50_000}
    promises.blank = {shop.digest(BLANK_CARD): {"state": "blank", "reason": None}}
    return server


def rule_set(server: ShopServer) -> Prepared:
    """The shop's rules as the server's audit reads them."""
    told = server.snapshot["rule_set"]
    return prepare(read_rule_set({"regulations": [], **told["body"], "version": told["version"]}))


def is_uuid(text: str) -> bool:
    return str(UUID(text)) == text
