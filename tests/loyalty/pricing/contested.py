"""Small random receipts whose rules are in each other's way, and the best outcome found by trying every choice of rules.

The trial is independent of the engine's search: it leaves rules out of the rule set itself and prices what remains phase
by phase (form 1), which never searches.
"""

from itertools import combinations
from random import Random
from typing import Any

from loyalty.pricing.basket import Basket
from loyalty.pricing.engine import price
from loyalty.pricing.prepare import prepare
from loyalty.pricing.quote import Quote
from loyalty.pricing.wire_basket import read_basket
from loyalty.pricing.wire_rules import read_rule_set

NOON = {"date": "2026-03-02", "minute": 720, "weekday": 1}
GROUPS: list[dict[str, Any]] = [
    {"id": "one", "scope": "receipt"},
    {"id": "in-turn", "mode": "sequential"},
    {"id": "summed", "mode": "additive"},
    {"id": "on-top", "mode": "additive", "stackable": True},
]
Receipt = tuple[dict[str, Any], dict[str, Any]]


def contested(random: Random, most_rules: int = 5) -> Receipt:
    """A rule set of form 2 and a basket of pieces."""
    products = list(range(1, random.randint(2, 5)))
    prices = {product: random.choice((100, 250, 999, random.randint(1, 2_000))) for product in products}
    lines = [_line(random, random.choice(products), prices) for _ in range(random.randint(1, 4))]
    rules = [_rule(random, at, products) for at in range(random.randint(1, most_rules))]
    return {"schema": 2, "version": 1, "groups": GROUPS, "rules": rules}, {
        "schema": 2,
        "settings": {"currency": "EUR", "exponent": 2, "price_step": 1, "cash_step": 1},
        "first_scan": NOON,
        "payment": NOON,
        "lines": lines,
    }


def _line(random: Random, product: int, prices: dict[int, int]) -> dict[str, Any]:
    line = {"product": product, "unit": "piece", "quantity": random.randint(1, 5) * 1_000, "price": prices[product]}
    if random.random() < 0.1:
        line["minimum"] = random.randint(0, prices[product])
    return line


def _rule(random: Random, at: int, products: list[int]) -> dict[str, Any]:
    effect = _effect(random, products)
    rule: dict[str, Any] = {"id": f"r{at}", "name": f"R{at}", "priority": random.randint(0, 2), "effect": effect}
    if effect["kind"] != "set" and random.random() < 0.5:
        rule["what"] = {"products": random.sample(products, random.randint(1, len(products)))}
    if random.random() < 0.2:
        rule["needs_sum"] = {
            "at_least": random.randint(1, 5_000),
            "of": random.choice(("receipt", "goods")),
            "basis": random.choice(("before", "after", "after")),
        }
    if random.random() < 0.15:
        rule["group"] = random.choice([group["id"] for group in GROUPS])
    if random.random() < 0.2:
        rule["stackable"] = True
    if random.random() < 0.15:
        rule["over_discounted"] = False
    if random.random() < 0.25:
        rule["limits"] = {"receipt": _limit(random, effect["kind"])}
    return rule


def _limit(random: Random, kind: str) -> dict[str, int]:
    choices = [{"sum": random.randint(1, 800)}, {"percent": random.randint(100, 3_000)}]
    if kind in ("percent", "price", "amount_unit"):
        choices.append({"units": random.randint(1, 4) * 1_000})
    if kind in ("n_for_m", "set"):
        choices.append({"times": random.randint(1, 2)})
    return random.choice(choices)


def _what(random: Random, products: list[int]) -> dict[str, Any]:
    return {"products": random.sample(products, random.randint(1, len(products)))} if random.random() < 0.7 else {}


def _effect(random: Random, products: list[int]) -> dict[str, Any]:
    kind = random.choice(
        (
            "percent",
            "price",
            "amount_unit",
            "amount_line",
            "n_for_m",
            "n_for_m",
            "set",
            "set",
            "basket_percent",
            "basket_amount",
        )
    )
    match kind:
        case "percent" | "basket_percent":
            return {"kind": kind, "value": random.randint(1, 6_000)}
        case "n_for_m":
            take = random.randint(2, 3)
            choose = random.choice(("cheapest_of_all", "best_for_client"))
            percent = random.choice((10_000, 5_000))
            return {
                "kind": kind,
                "take": take,
                "pay": random.randint(1, take - 1),
                "percent": percent,
                "choose": choose,
            }
        case "set":
            parts = [
                {"take": random.randint(1, 2), "what": _what(random, products)} for _ in range(random.randint(1, 2))
            ]
            value = random.choice(({"sum": random.randint(0, 2_500)}, {"percent": 3_000}, {"amount": 300}))
            return {"kind": kind, "parts": parts, **value}
        case _:
            return {"kind": kind, "value": random.randint(1, 1_000)}


def quote_of(rule_set: dict[str, Any], basket: Basket) -> Quote:
    return price(prepare(read_rule_set(rule_set)), basket)


def best_by_trying_all(receipt: Receipt) -> int:
    """The lowest sum over every choice of rules, at most one of a group that holds one rule for the receipt."""
    rule_set, given = receipt
    basket = read_basket(given)
    rules = rule_set["rules"]
    sums: list[int] = []
    for size in range(len(rules) + 1):
        for some in combinations(rules, size):
            if sum(rule.get("group") == "one" for rule in some) <= 1:
                sums.append(quote_of({**rule_set, "schema": 1, "rules": list(some)}, basket).totals.net)
    return min(sums)
