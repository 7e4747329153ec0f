"""What pricing costs: 30 lines and 100 lines by 60 rules, in Python and in V8. Prints one JSON object.

Milliseconds of CPU time, which other programs on the machine do not blur. `…_lines_ms`: discounts on lines and on the
basket, as a shop with cards has them. `…_lines_all_kinds_ms`: the same with n for m, sets, gifts, scales by slabs, own
prices, groups, limits, coupons and points among the 60, where rules in each other's way are chosen by search.
"""

import json
import statistics
import time
from collections.abc import Callable
from random import Random
from typing import Any

from loyalty.pricing.wire import prepare_json, quote_json
from tests.loyalty.pricing.javascript import Engine

NOON = {"date": "2026-03-02", "minute": 720, "weekday": 1}
ROUNDS = 15


ALL_KINDS: list[dict[str, Any]] = [
    {"effect": {"kind": "n_for_m", "take": 3, "pay": 2}, "what": {"categories": [4]}},
    {"effect": {"kind": "n_for_m", "take": 2, "pay": 1, "percent": 3_000}, "what": {"categories": [17]}},
    {
        "effect": {
            "kind": "set",
            "parts": [{"what": {"categories": [8]}, "take": 1}, {"what": {"categories": [9]}, "take": 1}],
            "sum": 150_000,
        }
    },
    {"effect": {"kind": "gift", "choices": [1, 2, 3], "each": {"sum": 1_000_000}}},
    {
        "effect": {
            "kind": "percent",
            "scale": {
                "by": "quantity",
                "mode": "slab",
                "steps": [{"from": 0, "value": 100}, {"from": 5_000, "value": 700}],
            },
        },
        "what": {"categories": [12]},
    },
    {"effect": {"kind": "personal_price"}},
    {"effect": {"kind": "percent", "value": 800}, "group": "week", "what": {"categories": [21]}},
    {"effect": {"kind": "percent", "value": 900}, "group": "week", "what": {"categories": [22]}},
    {
        "effect": {"kind": "amount_unit", "value": 2_000},
        "limits": {"receipt": {"units": 3_000}},
        "what": {"categories": [5]},
    },
    {
        "effect": {"kind": "percent", "value": 1_500},
        "who": {"coupons": ["spring"]},
        "limits": {"budget": {"sum": 10_000_000}},
    },
    {"effect": {"kind": "earn", "points": 1, "per": 10_000}},
    {"effect": {"kind": "earn_bonus", "points": 50}, "when": {"birthday": {"before": 3, "after": 3}}},
    {"effect": {"kind": "message"}, "needs_coverage": {"products": 5}},
]


def a_rule_set(number: int, more: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Rules as shops have them: most on some goods, tiers and categories on everything, a few on the basket."""
    random = Random(1)
    rules: list[dict[str, Any]] = [
        {"effect": {"kind": "percent", "value": 1_000}, "who": {"tiers": ["gold"]}},
        {"effect": {"kind": "percent", "value": 500}, "who": {"categories": ["pensioner"]}},
        {"effect": {"kind": "personal"}},
        {"effect": {"kind": "basket_percent", "value": 300}, "needs_sum": {"at_least": 1_000_000, "basis": "after"}},
        {"effect": {"kind": "basket_amount", "value": 50_000}, "needs_sum": {"at_least": 2_000_000}},
        *(more or []),
    ]
    steps = [{"from": 3_000, "value": 300}, {"from": 10_000, "value": 800}]
    while len(rules) < number:
        effect = random.choice(
            (
                {"kind": "percent", "value": random.randint(100, 2_000)},
                {"kind": "price", "value": random.randint(100, 900) * 100},
                {"kind": "amount_unit", "value": random.randint(1, 50) * 100},
                {"kind": "percent", "scale": {"by": "quantity", "count": "each", "steps": steps}},
            )
        )
        what = random.choice(({"products": random.sample(range(1, 400), 40)}, {"categories": [random.randint(1, 30)]}))
        rules.append({"effect": effect, "what": what})
    numbered = [{"id": f"r{at}", "name": f"Rule {at}", "priority": at % 7, **rule} for at, rule in enumerate(rules)]
    return {"schema": 2, "version": 1, "groups": [{"id": "week", "mode": "sequential"}], "rules": numbered}


def a_basket(number: int) -> dict[str, Any]:
    random = Random(2)
    return {
        "schema": 2,
        "settings": {"currency": "AMD", "exponent": 2, "price_step": 100, "cash_step": 1_000, "points": {"value": 100}},
        "terms": {
            "tier": "gold",
            "categories": ["pensioner"],
            "personal": 300,
            "version": 1,
            "prices": {str(product): 50_000 for product in range(1, 400, 20)},
            "birthday": 1,
        },
        "coupons": ["spring"],
        "spend": 500,
        "first_scan": NOON,
        "payment": NOON,
        "lines": [_line(random) for _ in range(number)],
    }


def _line(random: Random) -> dict[str, Any]:
    weighed = random.random() < 0.2
    return {
        "product": random.randint(1, 400),
        "category": random.sample(range(1, 31), 2),
        "unit": "kg" if weighed else "piece",
        "quantity": random.randint(100, 3_000) if weighed else random.randint(1, 5) * 1_000,
        "price": random.randint(100, 3_000) * 100,
        "tax": 2_000,
    }


def measured() -> dict[str, float]:
    """Medians, in milliseconds for one quote from the JSON form to the answer; `prepare` once per rule set."""
    engine = Engine()
    results: dict[str, float] = {}
    for name, rule_set in (("", a_rule_set(60)), ("_all_kinds", a_rule_set(60, ALL_KINDS))):
        for number in (30, 100):
            basket = a_basket(number)
            prepared = prepare_json(rule_set)
            here = quote_json(prepared, basket)
            assert engine.quotes([(rule_set, basket)]) == [here]
            results[f"python_{number}_lines{name}_ms"] = _median(lambda p=prepared, b=basket: quote_json(p, b))
            results[f"v8_{number}_lines{name}_ms"] = _in_v8(engine, rule_set, basket)
        results[f"python_prepare{name}_ms"] = _median(lambda r=rule_set: prepare_json(r))
    return {name: round(value, 3) for name, value in results.items()}


def _median(work: Callable[[], object]) -> float:
    times: list[float] = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        times.append((time.process_time() - start) * 1_000)
    return statistics.median(times)


def _in_v8(engine: Engine, rule_set: Any, basket: Any) -> float:
    """One re-pricing inside V8, as the till does it on each scan: warmed up, 100 at a time."""
    data = json.dumps([rule_set, basket])
    engine.evaluate(
        f"var job = {data}, ready = modules['wire.js'].prepareJson(job[0]);"
        "function many(n) { for (let i = 0; i < n; i += 1) modules['wire.js'].quoteJson(ready, job[1]); }"
    )
    engine.evaluate("many(400)")
    return _median(lambda: engine.evaluate("many(100)")) / 100


if __name__ == "__main__":
    print(json.dumps(measured()))
