"""The JSON forms: published schemas, what is refused, and that both languages refuse the same field with the same code."""

import json
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from loyalty.pricing.wire import prepare_json, quote_json
from pos.core.errors import Malformed
from tests.loyalty.pricing.generated import job, jobs
from tests.loyalty.pricing.javascript import Engine
from tests.loyalty.pricing.vectors_run import priced

SCHEMAS = Path(__file__).parents[3] / "docs" / "schema"
NOON = {"date": "2026-03-02", "minute": 720, "weekday": 1}


def schema(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}-v2.json").read_text()))


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def a_rule_set(**rule: Any) -> dict[str, Any]:
    return {
        "schema": 2,
        "version": 1,
        "groups": [{"id": "promo", "blocks": ["card"]}],
        "regulations": [{"code": "tobacco", "no_discount": True}],
        "rules": [{"id": "r", "name": "R", "priority": 1, "effect": {"kind": "percent", "value": 500}, **rule}],
    }


def a_basket(**line: Any) -> dict[str, Any]:
    return {
        "schema": 1,
        "settings": {"currency": "EUR", "exponent": 2, "price_step": 1, "cash_step": 5},
        "first_scan": dict(NOON),
        "payment": dict(NOON),
        "lines": [{"product": 1, "unit": "piece", "quantity": 1000, "price": 500, **line}],
    }


BAD_RULES: list[tuple[str, str, dict[str, Any]]] = [
    ("pricing.out_of_range", "rules[0].effect.value", {"effect": {"kind": "percent", "value": 10_001}}),
    ("pricing.out_of_range", "rules[0].effect.value", {"effect": {"kind": "amount_line", "value": 0}}),
    ("pricing.out_of_range", "rules[0].effect.value", {"effect": {"kind": "price", "value": 2**53}}),
    ("pricing.wrong_type", "rules[0].effect.value", {"effect": {"kind": "percent", "value": 7.5}}),
    ("pricing.wrong_type", "rules[0].effect.value", {"effect": {"kind": "percent", "value": True}}),
    ("pricing.missing_field", "rules[0].effect.value", {"effect": {"kind": "percent"}}),
    ("pricing.unknown_choice", "rules[0].effect.kind", {"effect": {"kind": "m_for_n", "value": 3}}),
    ("pricing.take_not_above_pay", "rules[0].effect.pay", {"effect": {"kind": "n_for_m", "take": 3, "pay": 3}}),
    (
        "pricing.out_of_range",
        "rules[0].effect.percent",
        {"effect": {"kind": "n_for_m", "take": 2, "pay": 1, "percent": 10_001}},
    ),
    ("pricing.out_of_range", "rules[0].effect.parts", {"effect": {"kind": "set", "parts": [], "sum": 1}}),
    ("pricing.one_of", "rules[0].effect.sum", {"effect": {"kind": "set", "parts": [{"take": 2}]}}),
    (
        "pricing.one_of",
        "rules[0].effect.sum",
        {"effect": {"kind": "set", "parts": [{"take": 2}], "sum": 1, "amount": 1}},
    ),
    (
        "pricing.never_filled",
        "rules[0].effect.parts[0].what",
        {
            "effect": {
                "kind": "set",
                "parts": [{"take": 1, "what": {"products": [1], "except_products": [1, 2]}}],
                "sum": 1,
            }
        },
    ),
    (
        "pricing.goods_in_parts",
        "rules[0].what",
        {"effect": {"kind": "set", "parts": [{"take": 2}], "sum": 1}, "what": {"products": [1]}},
    ),
    ("pricing.out_of_range", "rules[0].effect.choices", {"effect": {"kind": "gift", "choices": []}}),
    ("pricing.out_of_range", "rules[0].effect.choices", {"effect": {"kind": "gift"}}),
    ("pricing.one_of", "rules[0].effect.each.sum", {"effect": {"kind": "gift", "choices": [1], "each": {}}}),
    ("pricing.missing_field", "rules[0].effect.per", {"effect": {"kind": "earn", "points": 1}}),
    ("pricing.group_impossible", "rules[0].group", {"effect": {"kind": "message"}, "group": "promo"}),
    (
        "pricing.slab_impossible",
        "rules[0].effect.scale.mode",
        {
            "effect": {
                "kind": "amount_line",
                "scale": {"by": "quantity", "mode": "slab", "steps": [{"from": 3000, "value": 1}]},
            }
        },
    ),
    ("pricing.limit_impossible", "rules[0].limits.receipt.times", {"limits": {"receipt": {"times": 1}}}),
    (
        "pricing.limit_impossible",
        "rules[0].limits.receipt.units",
        {"effect": {"kind": "amount_line", "value": 5}, "limits": {"receipt": {"units": 1000}}},
    ),
    (
        "pricing.limit_impossible",
        "rules[0].limits.budget.sum",
        {"effect": {"kind": "message"}, "limits": {"budget": {"sum": 5}}},
    ),
    (
        "pricing.never_filled",
        "rules[0].limits.receipt.units",
        {"effect": {"kind": "n_for_m", "take": 4, "pay": 2}, "limits": {"receipt": {"units": 1999}}},
    ),
    ("pricing.one_of", "rules[0].limits.budget.sum", {"limits": {"budget": {"short": "rest"}}}),
    ("pricing.unknown_choice", "rules[0].limits.offline", {"limits": {"offline": "maybe"}}),
    ("pricing.out_of_range", "rules[0].limits.offline.share", {"limits": {"offline": {"share": 10_001}}}),
    ("pricing.out_of_range", "rules[0].when.birthday.before", {"when": {"birthday": {"before": 32}}}),
    (
        "pricing.window_never_opens",
        "rules[0].when.weekdays",
        {"when": {"from": "2026-03-02", "until": "2026-03-04", "weekdays": [3, 7]}},
    ),
    ("pricing.reserved_id", "rules[0].id", {"id": "points"}),
    ("pricing.unknown_field", "rules[0].effect.value", {"effect": {"kind": "personal", "value": 5}}),
    ("pricing.unknown_field", "rules[0].budget", {"budget": 5}),
    ("pricing.rounding_impossible", "rules[0].rounding", {"rounding": "basket"}),
    ("pricing.unknown_group", "rules[0].group", {"group": "nobody"}),
    ("pricing.reserved_id", "rules[0].id", {"id": "manual"}),
    ("pricing.bad_code", "rules[0].id", {"id": "two words"}),
    ("pricing.bad_code", "rules[0].id", {"id": "line\n"}),
    ("pricing.out_of_range", "rules[0].name", {"name": ""}),
    ("pricing.out_of_range", "rules[0].who.tiers", {"who": {"tiers": []}}),
    ("pricing.bad_date", "rules[0].when.from", {"when": {"from": "2026-02-30"}}),
    ("pricing.bad_date", "rules[0].when.from", {"when": {"from": "1.3.2026"}}),
    ("pricing.window_never_opens", "rules[0].when.until", {"when": {"from": "2026-03-01", "until": "2026-03-01"}}),
    ("pricing.window_never_opens", "rules[0].when.hours[0].until", {"when": {"hours": [{"from": 60, "until": 60}]}}),
    (
        "pricing.steps_not_rising",
        "rules[0].effect.scale.steps",
        {
            "effect": {
                "kind": "percent",
                "scale": {"by": "quantity", "steps": [{"from": 3000, "value": 1}, {"from": 3000, "value": 2}]},
            }
        },
    ),
    (
        "pricing.basket_counts_together",
        "rules[0].effect",
        {
            "effect": {
                "kind": "basket_amount",
                "scale": {"by": "quantity", "count": "each", "steps": [{"from": 3000, "value": 1}]},
            }
        },
    ),
]

BAD_LINES: list[tuple[str, str, dict[str, Any]]] = [
    ("pricing.out_of_range", "lines[0].quantity", {"quantity": 0}),
    ("pricing.out_of_range", "lines[0].quantity", {"quantity": 2**53}),
    ("pricing.out_of_range", "lines[0].price", {"price": -1}),
    ("pricing.wrong_type", "lines[0].price", {"price": "500"}),
    ("pricing.unknown_choice", "lines[0].unit", {"unit": "litre"}),
    ("pricing.missing_field", "lines[0].product", {"product": None}),
    (
        "pricing.manual_above_list",
        "lines[0].manual.value",
        {"manual": {"kind": "price", "value": 501, "reason": "tag"}},
    ),
    (
        "pricing.out_of_range",
        "lines[0].manual.value",
        {"manual": {"kind": "percent", "value": 10_001, "reason": "tag"}},
    ),
    ("pricing.missing_field", "lines[0].manual.reason", {"manual": {"kind": "percent", "value": 1}}),
    ("money.too_large", "", {"quantity": 2_000, "price": 2**53 - 1}),
    ("pricing.gift_card_at_its_value", "lines[0].item", {"item": "gift_card", "gift": "r"}),
    ("pricing.unknown_choice", "lines[0].item", {"item": "voucher"}),
]

BAD_BASKETS: list[tuple[str, str, dict[str, Any]]] = [
    ("pricing.bad_code", "stock", {"stock": {"bread": 1}}),
    ("pricing.bad_code", "stock", {"stock": {"0": 1}}),
    ("pricing.out_of_range", "stock.7", {"stock": {"7": -1}}),
    ("pricing.wrong_type", "terms.prices.7", {"terms": {"prices": {"7": "1.00"}}}),
    ("pricing.out_of_range", "terms.birthday", {"terms": {"birthday": 367}}),
    ("pricing.unknown_field", "left.r.days", {"left": {"r": {"days": 1}}}),
    ("pricing.out_of_range", "spend", {"spend": -1}),
    ("pricing.bad_code", "coupons[0]", {"coupons": ["two words"]}),
]


@pytest.mark.parametrize(("code", "field", "change"), BAD_RULES, ids=[f"{c}-{f}" for c, f, _ in BAD_RULES])
def test_a_rule_that_cannot_be_meant_is_refused_with_its_code_and_field(code, field, change):
    assert priced(a_rule_set(**change), a_basket()) == {"error": code, "field": field}


@pytest.mark.parametrize(("code", "field", "change"), BAD_LINES, ids=[f"{c}-{f}" for c, f, _ in BAD_LINES])
def test_a_line_that_cannot_be_meant_is_refused_with_its_code_and_field(code, field, change):
    assert priced(a_rule_set(), a_basket(**change)) == {"error": code, "field": field}


@pytest.mark.parametrize(("code", "field", "change"), BAD_BASKETS, ids=[f"{c}-{f}" for c, f, _ in BAD_BASKETS])
def test_a_basket_that_cannot_be_meant_is_refused_with_its_code_and_field(code, field, change):
    assert priced(a_rule_set(), {**a_basket(), **change}) == {"error": code, "field": field}


def test_the_browser_refuses_what_cannot_be_meant_with_the_same_codes_and_fields(engine):
    bad = [(a_rule_set(**change), a_basket()) for _, _, change in BAD_RULES]
    bad += [(a_rule_set(), a_basket(**change)) for _, _, change in BAD_LINES]
    bad += [(a_rule_set(), {**a_basket(), **change}) for _, _, change in BAD_BASKETS]
    bad.append((a_rule_set(), {**a_basket(), "payment": {**NOON, "weekday": 2}}))
    bad.append((a_rule_set(), {**a_basket(), "lines": a_basket(price=2**53 - 1)["lines"] * 2}))
    bad += [(rules, a_basket()) for rules in (GIFTS_IN_A_CIRCLE, *EXCLUSIVES_THAT_MEET, *EXCLUSIVES_APART)]

    assert engine.quotes(bad) == [priced(*each) for each in bad]


def a_gift(id: str, bought: int, given: int) -> dict[str, Any]:
    effect = {"kind": "gift", "choices": [given]}
    return {"id": id, "name": id, "priority": 1, "effect": effect, "what": {"products": [bought]}}


def rules_together(*rules: dict[str, Any]) -> dict[str, Any]:
    return {**a_rule_set(), "groups": [{"id": "one", "mode": "exclusive"}], "rules": list(rules)}


GIFTS_IN_A_CIRCLE = rules_together(a_gift("a", 1, 2), a_gift("x", 9, 1), a_gift("b", 2, 3), a_gift("c", 3, 1))


def test_gifts_that_lead_back_to_where_they_began_are_refused():
    assert priced(GIFTS_IN_A_CIRCLE, a_basket()) == {"error": "pricing.gift_cycle", "field": "rules[0].effect.choices"}


def test_one_more_of_the_same_as_a_gift_is_no_circle():
    assert "error" not in priced(rules_together(a_gift("a", 1, 1), a_gift("b", 1, 2)), a_basket())


def exclusive(id: str, **said: Any) -> dict[str, Any]:
    effect = {"kind": "percent", "value": 500}
    return {"id": id, "name": id, "priority": 1, "group": "one", "effect": effect, **said}


EXCLUSIVES_THAT_MEET = [
    rules_together(exclusive("a"), exclusive("b")),
    rules_together(exclusive("a", what={"products": [1, 2]}), exclusive("b", what={"products": [2]})),
    rules_together(exclusive("a", what={"products": [1]}), exclusive("b", what={"categories": [2]})),
    rules_together(exclusive("a", when={"weekdays": [1, 2]}), exclusive("b", when={"weekdays": [2]})),
    rules_together(
        exclusive("a", when={"hours": [{"from": 600, "until": 660}]}),
        exclusive("b", when={"hours": [{"from": 659, "until": 700}]}),
    ),
]
EXCLUSIVES_APART = [
    rules_together(exclusive("a"), exclusive("b", priority=2)),
    rules_together(exclusive("a", what={"products": [1]}), exclusive("b", what={"products": [2]})),
    rules_together(exclusive("a", who={"tiers": ["gold"]}), exclusive("b", who={"tiers": ["silver"]})),
    rules_together(exclusive("a", when={"until": "2026-03-01"}), exclusive("b", when={"from": "2026-03-01"})),
    rules_together(exclusive("a", when={"weekdays": [1]}), exclusive("b", when={"weekdays": [2]})),
    rules_together(
        exclusive("a", when={"hours": [{"from": 600, "until": 660}]}),
        exclusive("b", when={"hours": [{"from": 660, "until": 700}]}),
    ),
]


@pytest.mark.parametrize("rules", EXCLUSIVES_THAT_MEET)
def test_exclusive_rules_of_one_priority_that_may_meet_are_refused(rules):
    assert priced(rules, a_basket()) == {"error": "pricing.exclusives_overlap", "field": "rules[1].priority"}


@pytest.mark.parametrize("rules", EXCLUSIVES_APART)
def test_exclusive_rules_that_never_meet_or_have_an_order_are_taken(rules):
    assert "error" not in priced(rules, a_basket())


def test_two_rules_of_one_name_are_refused():
    twice = a_rule_set()
    twice["rules"] *= 2

    with pytest.raises(Malformed) as refused:
        prepare_json(twice)

    assert (refused.value.code, refused.value.fields) == ("pricing.duplicate_id", {"field": "rules"})


def test_a_weekday_that_is_not_the_dates_own_is_refused():
    basket = a_basket()
    basket["payment"]["weekday"] = 2

    assert priced(a_rule_set(), basket) == {"error": "pricing.wrong_weekday", "field": "payment.weekday"}


def test_receipts_that_add_up_beyond_the_limit_are_refused():
    basket = a_basket(price=2**53 - 1)
    basket["lines"] *= 2

    assert priced(a_rule_set(), basket) == {"error": "money.too_large", "field": ""}


def test_every_form_that_is_read_and_every_quote_fits_its_published_schema():
    rule_sets, baskets, quotes = schema("rule-set"), schema("basket"), schema("quote")
    for rule_set, basket in jobs(19, 150):
        rule_sets.validate(rule_set)
        baskets.validate(basket)
        quote = priced(rule_set, basket)
        if "error" not in quote:
            quotes.validate(quote)


def _said(effect: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": f"{effect['kind']}-{len(more)}", "name": "Rule", "priority": 1, "effect": effect, **more}


EVERYTHING_SAID: dict[str, Any] = {
    "schema": 2,
    "version": 3,
    "groups": [{"id": "g", "mode": "additive", "scope": "receipt", "stackable": True, "blocks": ["card"]}],
    "regulations": [{"code": "tobacco", "no_points": True}],
    "rules": [
        _said(
            {"kind": "personal_price"},
            who={"coupons": ["spring"]},
            when={"birthday": {"before": 3, "after": 31}},
            needs_coverage={"products": 2},
            source="coupon",
        ),
        _said({"kind": "n_for_m", "take": 3, "pay": 2, "percent": 5_000, "choose": "best_for_client"}, group="g"),
        _said({"kind": "set", "parts": [{"take": 2, "what": {"categories": [1]}}, {"take": 1}], "sum": 500}),
        _said(
            {"kind": "set", "parts": [{"take": 2}], "percent": 500}, limits={"receipt": {"times": 1, "units": 2_000}}
        ),
        _said(
            {"kind": "set", "parts": [{"take": 2}], "amount": 5}, limits={"offline": {"share": 5_000}}, stackable=True
        ),
        _said(
            {"kind": "gift", "choices": [7, 8], "take": 2, "price": 1, "each": {"sum": 500}},
            limits={
                "receipt": {"sum": 100, "percent": 500},
                "account": {"times": 1, "days": 30},
                "all": {"times": 9},
                "budget": {"pieces": 4, "short": "refuse"},
                "offline": "deny",
            },
        ),
        _said({"kind": "gift", "choices": [7], "each": {"quantity": 500}}),
        _said({"kind": "earn", "points": 1, "per": 100}, limits={"account": {"times": 1}}),
        _said({"kind": "earn_bonus", "points": 5}),
        _said({"kind": "message"}),
        _said(
            {
                "kind": "percent",
                "scale": {"by": "quantity", "count": "each", "mode": "slab", "steps": [{"from": 0, "value": 5}]},
            }
        ),
        _said({"kind": "basket_percent", "scale": {"by": "sum", "mode": "slab", "steps": [{"from": 0, "value": 5}]}}),
    ],
}
EVERYTHING_BOUGHT: dict[str, Any] = {
    **a_basket(),
    "schema": 2,
    "settings": {
        **a_basket()["settings"],
        "points": {"value": 100, "share": 5_000, "least": 10, "earn_while_spending": False},
    },
    "terms": {"account": "a-1", "prices": {"1": 450}, "birthday": -3, "tags": ["vip"]},
    "coupons": ["spring", "summer"],
    "spend": 15,
    "left": {"gift-1": {"times": 1, "sum": 500, "pieces": 4_000}, "earn-1": {}},
    "stock": {"7": 0, "8": 5_000},
    "lines": [
        *a_basket()["lines"],
        *a_basket(product=7, gift="gift-1")["lines"],
        *a_basket(product=9, item="gift_card")["lines"],
    ],
}


def test_every_field_of_the_second_form_is_read_and_fits_its_published_schema():
    schema("rule-set").validate(EVERYTHING_SAID)
    schema("basket").validate(EVERYTHING_BOUGHT)
    schema("quote").validate(priced(EVERYTHING_SAID, EVERYTHING_BOUGHT))


WEIRD: tuple[Any, ...] = (
    None,
    "",
    "x",
    "é" * 201,
    -1,
    0,
    1,
    3,
    10_001,
    2**53,
    2**60,
    0.5,
    True,
    [],
    {},
    [1],
    ["a"],
    [None],
)


def _damaged_forms() -> list[tuple[Any, Any]]:
    random = Random(23)
    generated = [_damaged(random, *job(random)) for _ in range(800)]
    return generated + [_damaged(random, EVERYTHING_SAID, EVERYTHING_BOUGHT) for _ in range(400)]


def test_the_browser_refuses_damaged_forms_with_the_same_codes_and_fields(engine):
    damaged = _damaged_forms()

    assert engine.quotes(damaged) == [priced(*each) for each in damaged]


def test_damaged_forms_are_refused_by_the_engine_as_by_the_schema():
    rule_sets, baskets = schema("rule-set"), schema("basket")
    damaged = _damaged_forms()

    answers = [priced(*each) for each in damaged]

    assert sum("error" in answer for answer in answers) > 500
    for (rule_set, basket), answer in zip(damaged, answers, strict=True):
        fits = rule_sets.is_valid(rule_set) and baskets.is_valid(basket)
        if "error" not in answer:
            assert fits
        elif answer["error"] in SAID_BY_SCHEMA:
            assert not fits, answer


SAID_BY_SCHEMA = {
    f"pricing.{code}" for code in ("missing_field", "unknown_field", "wrong_type", "unknown_choice", "bad_code")
}


def _damaged(random: Random, rule_set: dict[str, Any], basket: dict[str, Any]) -> tuple[Any, Any]:
    """The same forms with one field, somewhere, missing, surplus or strange."""
    both = deepcopy([rule_set, basket])
    place: Any = random.choice(both)
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        inner = [key for key in keys if isinstance(place[key], dict | list) and place[key]]
        if inner and random.random() < 0.75:
            place = place[random.choice(inner)]
            continue
        break
    key = random.choice(keys)
    if isinstance(place, dict) and random.random() < 0.2:
        del place[key]
    elif isinstance(place, dict) and random.random() < 0.1:
        place["surplus"] = 1
    else:
        place[key] = random.choice(WEIRD)
    return both[0], both[1]


def test_the_server_answers_a_quote_over_the_same_forms_as_the_till():
    quote = quote_json(prepare_json(a_rule_set()), a_basket())

    assert quote["totals"]["net"] == 475
    assert quote["rules"][0]["status"] == "applied"
