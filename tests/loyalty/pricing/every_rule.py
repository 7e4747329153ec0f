"""A rule of every kind, with every condition, limit and way to combine somewhere among them, in the JSON form."""

from typing import Any

MILK, BREAD, COFFEE, BAG = 11, 12, 13, 14
DAIRY, SWEETS = 1, 2


def rule(id: str, effect: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {"id": id, "name": id, "priority": 50, "effect": effect, **parts}


STEPS = [{"from": 3_000, "value": 500}, {"from": 10_000, "value": 800}]
RULES: tuple[dict[str, Any], ...] = (
    rule("percent", {"kind": "percent", "value": 750}, what={"categories": [DAIRY], "except_products": [MILK]}),
    rule("tier", {"kind": "percent", "value": 1_000}, who={"card": True, "tiers": ["gold"]}, rounding="line"),
    rule("claimed", {"kind": "percent", "value": 500}, who={"claimed": ["pensioner"]}, stackable=True),
    rule("category", {"kind": "percent", "value": 500}, who={"categories": ["pensioner"], "tags": ["vip", "staff"]}),
    rule("quantity", {"kind": "percent", "scale": {"by": "quantity", "count": "each", "steps": STEPS}}),
    rule("slabs", {"kind": "price", "scale": {"by": "quantity", "measure": "weight", "mode": "slab", "steps": STEPS}}),
    rule("by-sum", {"kind": "basket_percent", "scale": {"by": "sum", "of": "goods", "basis": "after", "steps": STEPS}}),
    rule("amount-unit", {"kind": "amount_unit", "value": 5_000}, over_manual=True),
    rule("amount-line", {"kind": "amount_line", "value": 5_050}, over_discounted=False),
    rule("price", {"kind": "price", "value": 45_000}, what={"products": [MILK, BREAD]}),
    rule("personal", {"kind": "personal"}, source="personal"),
    rule("own-prices", {"kind": "personal_price"}),
    rule("3-for-2", {"kind": "n_for_m", "take": 3, "pay": 2}, what={"categories": [SWEETS]}, group="sweets"),
    rule("second", {"kind": "n_for_m", "take": 2, "pay": 1, "percent": 5_000, "choose": "best_for_client"}),
    rule("any-three", {"kind": "set", "parts": [{"what": {"categories": [SWEETS]}, "take": 3}], "sum": 100_000}),
    rule(
        "meal",
        {
            "kind": "set",
            "parts": [{"what": {"products": [COFFEE]}, "take": 1}, {"what": {"products": [BREAD]}, "take": 2}],
            "percent": 2_000,
        },
    ),
    rule("gift", {"kind": "gift", "choices": [BAG], "take": 1, "each": {"sum": 1_000_000}}),
    rule("cheap-gift", {"kind": "gift", "choices": [BAG, COFFEE], "take": 2, "price": 10_000}),
    rule("basket", {"kind": "basket_percent", "value": 300}, needs_sum={"at_least": 1_500_000, "basis": "after"}),
    rule("basket-amount", {"kind": "basket_amount", "value": 50_000}, needs_sum={"at_least": 100_000, "of": "goods"}),
    rule("earn", {"kind": "earn", "points": 1, "per": 10_000}),
    rule("bonus", {"kind": "earn_bonus", "points": 50}, limits={"account": {"times": 1}}),
    rule("message", {"kind": "message"}, needs_coverage={"products": 3}),
    rule(
        "bread-hours",
        {"kind": "percent", "value": 2_000},
        when={
            "from": "2026-03-01",
            "until": "2026-04-01",
            "weekdays": [1, 2, 3],
            "hours": [{"from": 1_140, "until": 1_260}, {"from": 1_380, "until": 1_440}],
        },
        needs_quantity={"at_least": 2_500, "measure": "weight"},
    ),
    rule("birthday", {"kind": "percent", "value": 1_000}, when={"birthday": {"before": 3, "after": 5}}),
    rule(
        "limited",
        {"kind": "n_for_m", "take": 3, "pay": 2},
        limits={
            "receipt": {"times": 2, "units": 4_000, "sum": 500_000, "percent": 5_000},
            "account": {"times": 1, "days": 30},
            "all": {"times": 100},
            "budget": {"sum": 10_000_000, "short": "refuse"},
            "offline": {"share": 2_500},
        },
    ),
    rule("pieces", {"kind": "percent", "value": 100}, limits={"budget": {"pieces": 50_000, "short": "rest"}}),
    rule("online", {"kind": "percent", "value": 100}, limits={"offline": "deny"}, who={"coupons": ["spring"]}),
)
GROUPS = [{"id": "sweets", "blocks": ["card"]}]


def rule_set() -> dict[str, Any]:
    return {"schema": 2, "version": 1, "groups": GROUPS, "rules": [dict(each) for each in RULES]}
