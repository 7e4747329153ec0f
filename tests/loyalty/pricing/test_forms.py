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
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}-v1.json").read_text()))


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def a_rule_set(**rule: Any) -> dict[str, Any]:
    return {
        "schema": 1,
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
    ("pricing.unknown_choice", "rules[0].effect.kind", {"effect": {"kind": "n_for_m", "value": 3}}),
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
]


@pytest.mark.parametrize(("code", "field", "change"), BAD_RULES, ids=[f"{c}-{f}" for c, f, _ in BAD_RULES])
def test_a_rule_that_cannot_be_meant_is_refused_with_its_code_and_field(engine, code, field, change):
    bad = (a_rule_set(**change), a_basket())

    assert priced(*bad) == {"error": code, "field": field}
    assert engine.quotes([bad]) == [{"error": code, "field": field}]


@pytest.mark.parametrize(("code", "field", "change"), BAD_LINES, ids=[f"{c}-{f}" for c, f, _ in BAD_LINES])
def test_a_line_that_cannot_be_meant_is_refused_with_its_code_and_field(engine, code, field, change):
    bad = (a_rule_set(), a_basket(**change))

    assert priced(*bad) == {"error": code, "field": field}
    assert engine.quotes([bad]) == [{"error": code, "field": field}]


def test_two_rules_of_one_name_are_refused():
    twice = a_rule_set()
    twice["rules"] *= 2

    with pytest.raises(Malformed) as refused:
        prepare_json(twice)

    assert (refused.value.code, refused.value.fields) == ("pricing.duplicate_id", {"field": "rules"})


def test_a_weekday_that_is_not_the_dates_own_is_refused(engine):
    basket = a_basket()
    basket["payment"]["weekday"] = 2

    assert priced(a_rule_set(), basket) == {"error": "pricing.wrong_weekday", "field": "payment.weekday"}
    assert engine.quotes([(a_rule_set(), basket)]) == [priced(a_rule_set(), basket)]


def test_receipts_that_add_up_beyond_the_limit_are_refused_in_both_languages(engine):
    basket = a_basket(price=2**53 - 1)
    basket["lines"] *= 2

    assert priced(a_rule_set(), basket) == {"error": "money.too_large", "field": ""}
    assert engine.quotes([(a_rule_set(), basket)]) == [priced(a_rule_set(), basket)]


def test_every_form_that_is_read_and_every_quote_fits_its_published_schema():
    rule_sets, baskets, quotes = schema("rule-set"), schema("basket"), schema("quote")
    for rule_set, basket in jobs(19, 150):
        rule_sets.validate(rule_set)
        baskets.validate(basket)
        quote = priced(rule_set, basket)
        if "error" not in quote:
            quotes.validate(quote)


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


def test_damaged_forms_are_refused_by_both_languages_alike_and_by_the_schema(engine):
    random = Random(23)
    rule_sets, baskets = schema("rule-set"), schema("basket")
    damaged = [_damaged(random, *job(random)) for _ in range(1_200)]

    answers = [priced(*each) for each in damaged]

    assert engine.quotes(damaged) == answers
    assert sum("error" in answer for answer in answers) > 600
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
