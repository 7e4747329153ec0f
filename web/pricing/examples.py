"""One request for every kind of rule, as the API's description shows them. Each stands alone: lines say all of their goods."""

from typing import Any

NOON = {"date": "2026-03-02", "minute": 720, "weekday": 1}
MONEY = {
    "currency": "EUR",
    "exponent": 2,
    "price_step": 1,
    "cash_step": 5,
    "cash_rounding": "nearest",
    "prices_include_tax": True,
    "grace_minutes": 0,
    "cap_percent": None,
    "cap_sum": None,
    "points": None,
}
COFFEE = {"product": 1, "quantity": 3_000, "price": 599, "unit": "piece", "category": [10], "tax": 2_000}
CAKE = {"product": 2, "quantity": 1_000, "price": 450, "unit": "piece", "category": [11], "tax": 2_000}
CUP = {"product": 3, "quantity": 1_000, "price": 300, "unit": "piece", "category": [12], "tax": 2_000}
CHEESE = {"product": 4, "quantity": 345, "price": 1_290, "unit": "kg", "category": [13], "tax": 1_000}


def asking(effect: dict[str, Any], *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A basket with one rule: `rule` adds to the rule, `money` to the settings, the rest to the request."""
    rule = {"id": "offer", "name": "Offer", "priority": 10, "effect": effect, **more.pop("rule", {})}
    settings = {**MONEY, **more.pop("money", {})}
    return {"lines": list(lines), "payment": NOON, "settings": settings, "rules": {"rules": [rule]}, **more}


EXAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "percent": (
        "10 % for gold cards, rounded on the unit",
        asking(
            {"kind": "percent", "value": 1_000},
            COFFEE,
            CHEESE,
            rule={"who": {"tiers": ["gold"]}},
            terms={"tier": "gold"},
        ),
    ),
    "percent_scale": (
        "From 3 pieces 5 %, from 6 pieces 10 %",
        asking(
            {
                "kind": "percent",
                "scale": {
                    "by": "quantity",
                    "count": "together",
                    "steps": [{"from": 3_000, "value": 500}, {"from": 6_000, "value": 1_000}],
                },
            },
            COFFEE,
            CAKE,
        ),
    ),
    "personal": ("The account's own percent", asking({"kind": "personal"}, COFFEE, terms={"personal": 700})),
    "personal_price": (
        "The account's own price",
        asking({"kind": "personal_price"}, COFFEE, terms={"prices": {"1": 549}}),
    ),
    "amount_unit": ("0.50 off each piece", asking({"kind": "amount_unit", "value": 50}, COFFEE)),
    "amount_line": ("1.00 off the line", asking({"kind": "amount_line", "value": 100}, COFFEE)),
    "price": (
        "A price for the week",
        asking({"kind": "price", "value": 499}, COFFEE, rule={"what": {"products": [1]}}),
    ),
    "n_for_m": ("Three for two, the cheapest free", asking({"kind": "n_for_m", "take": 3, "pay": 2}, COFFEE)),
    "second_item": (
        "The second piece at half price",
        asking({"kind": "n_for_m", "take": 2, "pay": 1, "percent": 5_000}, COFFEE),
    ),
    "set": (
        "Coffee and cake for 9.00",
        asking(
            {
                "kind": "set",
                "parts": [{"what": {"products": [1]}, "take": 1}, {"what": {"products": [2]}, "take": 1}],
                "sum": 900,
            },
            COFFEE,
            CAKE,
        ),
    ),
    "gift": (
        "A cup for 15.00 of coffee, chosen from what is there",
        asking(
            {"kind": "gift", "choices": [3, 5]},
            COFFEE,
            {**CUP, "gift": "offer"},
            rule={"what": {"products": [1]}, "needs_sum": {"at_least": 1_500, "of": "goods"}},
            stock={"3": 4_000, "5": 0},
        ),
    ),
    "basket_percent": ("5 % off the whole receipt", asking({"kind": "basket_percent", "value": 500}, COFFEE, CAKE)),
    "basket_amount": (
        "2.00 off with a coupon",
        asking(
            {"kind": "basket_amount", "value": 200},
            COFFEE,
            CAKE,
            rule={"who": {"coupons": ["spring"]}},
            coupons=["spring"],
        ),
    ),
    "earn": (
        "A point for each 1.00",
        asking({"kind": "earn", "points": 1, "per": 100}, COFFEE, rule={"who": {"card": True}}, terms={}),
    ),
    "earn_bonus": (
        "20 points in the week of the birthday",
        asking(
            {"kind": "earn_bonus", "points": 20},
            COFFEE,
            rule={"who": {"card": True}, "when": {"birthday": {"before": 3, "after": 3}}},
            terms={"birthday": -2},
        ),
    ),
    "message": (
        "A word to the cashier",
        asking({"kind": "message"}, CHEESE, rule={"name": "Offer a bag", "what": {"products": [4]}}),
    ),
    "points": (
        "400 points spent, at most half of the receipt",
        asking(
            {"kind": "percent", "value": 1_000},
            COFFEE,
            CAKE,
            terms={},
            spend=400,
            money={"points": {"value": 1, "share": 5_000, "least": 10, "earn_while_spending": False}},
        ),
    ),
    "budget": (
        "10 % while the budget lasts: 1.00 of it is left",
        asking(
            {"kind": "percent", "value": 1_000},
            COFFEE,
            rule={"limits": {"budget": {"sum": 100_000, "short": "rest"}}},
            left={"offer": {"sum": 100}},
        ),
    ),
}
"""Name → a summary, and the request."""
