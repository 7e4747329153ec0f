"""Random rule sets and baskets over everything the engine knows, in their JSON forms; the same seed gives the same ones."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from pos.core.money import MAX_AMOUNT

MONIES: tuple[tuple[str, int, int, int], ...] = (
    ("AMD", 2, 100, 1_000),
    ("AMD", 2, 1, 100),
    ("RUB", 2, 1, 100),
    ("RUB", 2, 100, 100),
    ("EUR", 2, 1, 5),
    ("USD", 2, 1, 1),
    ("JPY", 0, 1, 1),
    ("JPY", 0, 10, 10),
    ("KWD", 3, 5, 5),
    ("KWD", 3, 1, 10),
)
TIERS = ("bronze", "silver", "gold")
CATEGORIES = ("pensioner", "mother", "student")
TAGS = ("staff", "vip")
ACCOUNTS = ("0190a000-0000-7000-8000-000000000001", "0190a000-0000-7000-8000-000000000002")
BATCHES = ("spring", "letters", "app")
REGULATIONS: tuple[dict[str, Any], ...] = (
    {"code": "tobacco", "no_discount": True, "no_points": True},
    {"code": "spirits", "floor": 0},
    {"code": "bread", "ceiling": 0},
    {"code": "milk", "floor": 0, "ceiling": 0, "no_points": True},
)
FIRST_DAY = date(2026, 1, 1)
MINUTES = (0, 1, 59, 60, 61, 540, 541, 1_380, 1_438, 1_439)
"""Few enough that a time often stands exactly on the edge of a window."""

KINDS = (
    *(
        "percent",
        "percent",
        "percent",
        "personal",
        "amount_unit",
        "amount_line",
        "price",
        "basket_percent",
        "basket_percent",
    ),
    *(
        "basket_amount",
        "personal_price",
        "n_for_m",
        "n_for_m",
        "set",
        "set",
        "gift",
        "gift",
        "earn",
        "earn_bonus",
        "message",
    ),
)
NOT_DISCOUNTS = ("earn", "earn_bonus", "message")
REPEATED = ("n_for_m", "set", "gift")
BY_UNITS = ("percent", "personal", "amount_unit", "price", "personal_price", *REPEATED)
SLABS = (("percent", "quantity"), ("amount_unit", "quantity"), ("price", "quantity"), ("basket_percent", "sum"))

Job = tuple[dict[str, Any], dict[str, Any]]


def job(random: Random) -> Job:
    """A rule set and a basket that have something to say to each other."""
    size = random.choice((4, 99, 2_000, 50_000, 50_000, 3_000_000))
    products = _products(random, size)
    if random.random() < 0.03:
        _at_the_limit(random, products)
    rule_set = _rule_set(random, products, size)
    basket = _basket(random, products, size, rule_set["rules"])
    if random.random() < 0.1:
        _exactly_reached(random, rule_set, basket)
    return rule_set, basket


def _exactly_reached(random: Random, rule_set: dict[str, Any], basket: dict[str, Any]) -> None:
    """Thresholds that the receipt's list prices reach to the coin, or miss by one."""
    gross = sum((line["price"] * line["quantity"] + 500) // 1_000 for line in basket["lines"])
    for rule in rule_set["rules"]:
        if "needs_sum" in rule and gross:
            rule["needs_sum"] = {"at_least": min(gross + random.choice((0, 1)), MAX_AMOUNT)}


def jobs(seed: int, number: int) -> list[Job]:
    random = Random(seed)
    return [job(random) for _ in range(number)]


def _products(random: Random, size: int) -> list[dict[str, Any]]:
    return [
        {
            "product": seq,
            "category": random.sample(range(1, 6), random.randint(0, 2)),
            "unit": random.choice(("piece", "piece", "kg")),
            "price": random.choice(
                (0, size, random.randint(1, size), random.randint(1, size), random.randint(1, size))
            ),
            "tax": random.choice((0, 500, 1_000, 2_000, 2_000, 1_667)),
            "regulation": random.choice(
                (None, None, None, None, None, "tobacco", "spirits", "bread", "milk", "unheard-of")
            ),
            "minimum": random.choice((0, 0, 0, random.randint(0, size))),
        }
        for seq in range(1, random.randint(2, 8))
    ]


def _at_the_limit(random: Random, products: Sequence[dict[str, Any]]) -> None:
    for product in products:
        product["price"] = MAX_AMOUNT // random.choice((1, 2, 3, 7, 11)) - random.randint(0, 3)


def _rule_set(random: Random, products: Sequence[dict[str, Any]], size: int) -> dict[str, Any]:
    regulations = [dict(each) for each in REGULATIONS]
    for each in regulations:
        floor, ceiling = sorted((random.randint(0, size), random.randint(0, size)))
        if "floor" in each:
            each["floor"] = floor
        if "ceiling" in each:
            each["ceiling"] = ceiling
    number = random.choice((1, 2, 3, 5, 8))
    groups = _groups(random)
    rules = [_rule(random, at, products, size) for at in range(number)]
    _in_order(random, rules, groups)
    random.shuffle(rules)
    return {
        "schema": random.choice((1, 2, 2, 2, 2)),
        "version": random.randint(0, 1_000),
        "groups": groups,
        "regulations": regulations,
        "rules": rules,
    }


def _groups(random: Random) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = [
        {"id": "promo", "blocks": random.choice((["card"], ["card", "personal"], ["card", "claimed", "personal"]))},
        {"id": "plain"},
    ]
    for group in groups:
        if random.random() < 0.7:
            group["mode"] = random.choice(("best_of", "exclusive", "sequential", "additive"))
            group["scope"] = random.choice(("line", "receipt"))
            group["stackable"] = random.random() < 0.3
    return groups


def _in_order(random: Random, rules: Sequence[dict[str, Any]], groups: Sequence[dict[str, Any]]) -> None:
    """Exclusive rules of one priority are refused where they may meet: mostly each has its own."""
    exclusive = {group["id"] for group in groups if group.get("mode") == "exclusive"}
    for at, rule in enumerate(rules):
        if rule.get("group") in exclusive and random.random() < 0.95:
            rule["priority"] = at - 4


def _rule(random: Random, at: int, products: Sequence[dict[str, Any]], size: int) -> dict[str, Any]:
    effect, rounding = _effect(random, size, products)
    rule: dict[str, Any] = {
        "id": f"r{at}",
        "name": f"Rule {at}",
        "priority": random.randint(0, 3),
        "effect": effect,
        "who": _who(random) if random.random() < 0.6 else {},
        "when": _when(random) if random.random() < 0.6 else {},
        "what": {} if effect["kind"] == "set" else _what(random, products),
    }
    if rounding:
        rule["rounding"] = rounding
    if random.random() < 0.25:
        rule["needs_quantity"] = {
            "at_least": random.choice((random.randint(1, 6) * 500, 1_001, 2_001)),
            **_quantity_by(random),
        }
    if random.random() < 0.25:
        rule["needs_sum"] = {"at_least": random.randint(1, size * 3), **_sum_by(random)}
    if random.random() < 0.12:
        rule["needs_coverage"] = {"products": random.randint(1, 3)}
    if random.random() < 0.35 and effect["kind"] not in NOT_DISCOUNTS:
        rule["group"] = random.choice(("promo", "promo", "plain"))
    if random.random() < 0.35:
        rule["limits"] = _limits(random, effect, size)
    for flag, chance in (("stackable", 0.3), ("over_manual", 0.4)):
        if random.random() < chance:
            rule[flag] = True
    if random.random() < 0.2:
        rule["over_discounted"] = False
    if random.random() < 0.1:
        rule["source"] = random.choice(("card", "promotion", "claimed", "personal", "coupon"))
    return rule


def _effect(random: Random, size: int, products: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], str | None]:
    kind = random.choice(KINDS)
    rounding = None
    if kind in ("percent", "personal"):
        rounding = random.choice((None, "unit", "line"))
    elif kind == "basket_percent":
        rounding = random.choice((None, "basket", "line"))
    if kind in MADE:
        return {"kind": kind, **MADE[kind](random, size, products)}, rounding
    high = {"percent": 6_000, "basket_percent": 6_000, "basket_amount": size * 3}.get(kind, size)
    if random.random() < 0.4:
        scale = _scale(random, size, high)
        if kind.startswith("basket"):
            scale.pop("count", None)
        if (kind, scale["by"]) in SLABS and random.random() < 0.6:
            scale["mode"] = "slab"
        return {"kind": kind, "scale": scale}, rounding
    value = random.randint(1, high) if random.random() < 0.95 else (10_000 if "percent" in kind else high)
    return {"kind": kind, "value": value}, rounding


def _n_for_m(random: Random, size: int, products: Sequence[dict[str, Any]]) -> dict[str, Any]:
    take = random.choice((2, 2, 3, 3, 4, 5))
    effect: dict[str, Any] = {"take": take, "pay": random.randint(0 if random.random() < 0.1 else 1, take - 1)}
    if random.random() < 0.5:
        effect["percent"] = random.choice((3_000, 5_000, 7_000, random.randint(1, 10_000)))
    if random.random() < 0.6:
        effect["choose"] = random.choice(("cheapest_of_all", "best_for_client"))
    return effect


def _set(random: Random, size: int, products: Sequence[dict[str, Any]]) -> dict[str, Any]:
    parts = [
        {"what": _what(random, products), "take": random.choice((1, 1, 1, 2, 3))}
        for _ in range(random.choice((1, 1, 2, 2, 3)))
    ]
    price = random.choice(("sum", "percent", "amount"))
    high = {"sum": size * 2, "percent": 10_000, "amount": size}[price]
    return {"parts": parts, price: random.randint(0 if price == "sum" else 1, high)}


def _gift(random: Random, size: int, products: Sequence[dict[str, Any]]) -> dict[str, Any]:
    seqs = [product["product"] for product in products]
    effect: dict[str, Any] = {"choices": random.sample(seqs, random.randint(1, min(len(seqs), 3)))}
    if random.random() < 0.4:
        effect["take"] = random.randint(1, 3)
    if random.random() < 0.4:
        effect["price"] = random.randint(0, size // 2)
    if random.random() < 0.5:
        effect["each"] = random.choice(
            ({"sum": random.randint(1, size * 2)}, {"quantity": random.randint(1, 4) * 1_000})
        )
    return effect


def _earn(random: Random, size: int, products: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"points": random.randint(1, 20), "per": random.choice((1, 100, 1_000, random.randint(1, size)))}


def _earn_bonus(random: Random, size: int, products: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"points": random.randint(1, 500)}


def _bare(random: Random, size: int, products: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {}


MADE = {
    "personal": _bare,
    "personal_price": _bare,
    "message": _bare,
    "n_for_m": _n_for_m,
    "set": _set,
    "gift": _gift,
    "earn": _earn,
    "earn_bonus": _earn_bonus,
}


def _limits(random: Random, effect: dict[str, Any], size: int) -> dict[str, Any]:
    kind = effect["kind"]
    units, money = kind in BY_UNITS, kind not in NOT_DISCOUNTS
    receipt: dict[str, Any] = {}
    if kind in REPEATED and random.random() < 0.4:
        receipt["times"] = random.randint(1, 3)
    if units and random.random() < 0.3:
        receipt["units"] = _units(random, effect)
    if money and random.random() < 0.3:
        receipt["sum"] = random.randint(1, size * 2)
    if money and random.random() < 0.2:
        receipt["percent"] = random.randint(1, 10_000)
    limits: dict[str, Any] = {"receipt": receipt} if receipt else {}
    if random.random() < 0.3:
        limits["account"] = {"times": random.randint(1, 3)}
        if random.random() < 0.5:
            limits["account"]["days"] = random.randint(1, 400)
    if random.random() < 0.3:
        limits["all"] = {"times": random.randint(1, 1_000)}
    if money and random.random() < 0.4:
        by_pieces = units and random.random() < 0.5
        budget: dict[str, Any] = {"pieces" if by_pieces else "sum": random.randint(1, size * 100)}
        if random.random() < 0.7:
            budget["short"] = random.choice(("refuse", "rest"))
        limits["budget"] = budget
    if random.random() < 0.2:
        limits["offline"] = random.choice(("allow", "deny", {"share": random.randint(0, 10_000)}))
    return limits


def _units(random: Random, effect: dict[str, Any]) -> int:
    least = (effect["take"] - effect["pay"]) * 1_000 if effect["kind"] == "n_for_m" else 0
    if effect["kind"] == "set":
        least = sum(part["take"] for part in effect["parts"]) * 1_000
    return max(least, random.choice((1_000, 2_000, 3_000, random.randint(1, 8_000))))


def _scale(random: Random, size: int, high: int) -> dict[str, Any]:
    by_quantity = random.random() < 0.5
    unit = 500 if by_quantity else max(size // 2, 1)
    starts = sorted(random.sample(range(12), random.randint(1, 4)))
    steps = [{"from": start * unit, "value": random.randint(1, high)} for start in starts]
    by = {"by": "quantity", **_quantity_by(random)} if by_quantity else {"by": "sum", **_sum_by(random)}
    return {**by, "steps": steps}


def _quantity_by(random: Random) -> dict[str, Any]:
    return {"count": random.choice(("each", "together")), "measure": random.choice(("pieces", "pieces", "weight"))}


def _sum_by(random: Random) -> dict[str, Any]:
    return {"of": random.choice(("receipt", "goods")), "basis": random.choice(("before", "after"))}


def _who(random: Random) -> dict[str, Any]:
    kind = random.choice(("", "", "", "card", "tiers", "categories", "claimed", "accounts", "tags", "coupons", "two"))
    if kind == "card":
        return {"card": True}
    if kind == "two":
        return {"tiers": ["gold", "silver"], "claimed": ["pensioner", "mother"]}
    of = {"tiers": TIERS, "categories": CATEGORIES, "claimed": CATEGORIES, "accounts": ACCOUNTS, "tags": TAGS}
    of["coupons"] = BATCHES
    return {kind: random.sample(of[kind], random.randint(1, len(of[kind])))} if kind else {}


def _when(random: Random) -> dict[str, Any]:
    when: dict[str, Any] = {}
    if random.random() < 0.2:
        start = FIRST_DAY + timedelta(days=random.randint(0, 3))
        when["from"] = start.isoformat()
        if random.random() < 0.7:
            when["until"] = (start + timedelta(days=random.randint(1, 4))).isoformat()
    if random.random() < 0.15:
        when["weekdays"] = random.sample(range(1, 8), random.randint(1, 6))
    if random.random() < 0.2:
        start_minute = random.choice(MINUTES)
        until = random.choice((1_440, random.choice(MINUTES)))
        when["hours"] = [{"from": start_minute, "until": until if until != start_minute else 1_440}]
    if random.random() < 0.1:
        when["birthday"] = {"before": random.randint(0, 7), "after": random.randint(0, 7)}
    return when


def _what(random: Random, products: Sequence[dict[str, Any]]) -> dict[str, Any]:
    what: dict[str, Any] = {}
    seqs = [product["product"] for product in products]
    if random.random() < 0.35:
        what["products"] = random.sample(seqs, random.randint(1, len(seqs)))
    if random.random() < 0.3:
        what["categories"] = random.sample(range(1, 6), random.randint(1, 3))
    if random.random() < 0.15:
        what["except_products"] = [random.choice(seqs)]
    if random.random() < 0.15:
        what["except_categories"] = [random.randint(1, 5)]
    return what


def _basket(
    random: Random, products: Sequence[dict[str, Any]], size: int, rules: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    currency, exponent, price_step, cash_step = random.choice(MONIES)
    settings: dict[str, Any] = {
        "currency": currency,
        "exponent": exponent,
        "price_step": price_step,
        "cash_step": cash_step,
        "cash_rounding": random.choice(("nearest", "down", "up")),
        "prices_include_tax": random.random() < 0.7,
        "grace_minutes": random.choice((0, 0, 1, 10, 90)),
    }
    if random.random() < 0.15:
        settings["cap_percent"] = random.randint(0, 5_000)
    if random.random() < 0.15:
        settings["cap_sum"] = random.randint(0, size * 2)
    scanned = FIRST_DAY + timedelta(days=random.randint(0, 5))
    minute = random.choice((*MINUTES, random.randint(0, 1_439)))
    paid = minute + random.choice((0, 0, 1, 10, random.randint(0, 200)))
    if random.random() < 0.5:
        settings["points"] = _points(random, size)
    gifts = [rule for rule in rules if rule["effect"]["kind"] == "gift"]
    lines = [_line(random, random.choice(products), size) for _ in range(random.choice((1, 2, 3, 4, 7)))]
    for line in lines:
        if gifts and random.random() < 0.3:
            _as_gift(random, line, products, random.choice(gifts))
    return {
        "schema": 2,
        "settings": settings,
        "terms": _terms(random, products, size),
        "claimed": random.choice(([], ["pensioner"], ["mother", "student"])),
        "coupons": random.choice(([], ["spring"], ["letters", "app"], ["app", "app"])),
        "spend": random.choice((0, 0, 1, random.randint(1, 1_000), random.randint(1, size * 10))),
        "left": {rule["id"]: _left(random, size) for rule in rules if "limits" in rule and random.random() < 0.7},
        "stock": {
            str(each["product"]): random.choice((0, 500, 1_000, 5_000)) for each in products if random.random() < 0.2
        },
        "first_scan": _time(scanned, minute),
        "payment": _time(scanned + timedelta(days=paid // 1_440), paid % 1_440),
        "lines": lines,
    }


def _points(random: Random, size: int) -> dict[str, Any]:
    points: dict[str, Any] = {"value": random.choice((1, 1, 100, random.randint(1, size)))}
    if random.random() < 0.7:
        points["share"] = random.choice((0, 5_000, 10_000, random.randint(0, 10_000)))
    if random.random() < 0.4:
        points["least"] = random.choice((1, 10, 100))
    if random.random() < 0.4:
        points["earn_while_spending"] = random.random() < 0.5
    return points


def _left(random: Random, size: int) -> dict[str, int]:
    left: dict[str, int] = {}
    for name, most in (("times", 3), ("sum", size * 3), ("pieces", 6_000)):
        if random.random() < 0.4:
            left[name] = random.choice((0, random.randint(0, most), random.randint(0, most)))
    return left


def _as_gift(random: Random, line: dict[str, Any], products: Sequence[dict[str, Any]], rule: dict[str, Any]) -> None:
    """The line becomes a gift of the rule: mostly of one of its choices, and as many as it gives."""
    effect = rule["effect"]
    line["gift"] = rule["id"]
    if random.random() < 0.9:
        seq = random.choice(effect["choices"])
        line |= next(product for product in products if product["product"] == seq)
        line["quantity"] = random.choice((effect.get("take", 1) * 1_000, 1_000, 2_000, 500))


def _terms(random: Random, products: Sequence[dict[str, Any]], size: int) -> dict[str, Any] | None:
    if random.random() < 0.25:
        return None
    return {
        "tier": random.choice((None, *TIERS)),
        "categories": random.sample(CATEGORIES, random.randint(0, 2)),
        "personal": random.choice((0, 1, 300, random.randint(1, 10_000))),
        "version": random.randint(0, 9),
        "account": random.choice(ACCOUNTS),
        "tags": random.sample(TAGS, random.randint(0, 1)),
        "prices": {
            str(each["product"]): random.randint(0, each["price"]) for each in products if random.random() < 0.4
        },
        "birthday": random.choice((None, None, 0, random.randint(-10, 10), random.randint(-183, 183))),
    }


def _time(day: date, minute: int) -> dict[str, Any]:
    return {"date": day.isoformat(), "minute": minute, "weekday": day.isoweekday()}


def _line(random: Random, product: dict[str, Any], size: int) -> dict[str, Any]:
    if product["price"] > MAX_AMOUNT // 100:
        quantity = random.choice((1, 250, 1_000, 1_000, 2_000, 3_000))
    elif product["unit"] == "kg":
        quantity = random.choice((random.randint(1, 999), random.randint(1_000, 9_999), 1_000, 2_000, 123_456))
    else:
        quantity = random.choice((1_000, 1_000, random.randint(1, 30) * 1_000, 500, 1_500))
    line = {**product, "quantity": quantity, "manual": None}
    if random.random() < 0.04:
        return {**line, "item": "gift_card", "tax": 0, "quantity": 1_000, "unit": "piece"}
    if random.random() < 0.1:  # the same product from another price list, or moved to another category since
        line["price"] = random.randint(0, product["price"])
        line["category"] = [*product["category"], random.randint(1, 5)]
    if random.random() < 0.15:
        kind = random.choice(("price", "percent", "amount"))
        most = {"price": product["price"], "percent": 10_000, "amount": size}[kind]
        line["manual"] = {"kind": kind, "value": random.randint(0, most), "reason": "damaged", "approver": "manager-1"}
    return line
