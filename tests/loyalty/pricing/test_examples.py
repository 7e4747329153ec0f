"""The worked examples of docs/pricing.md hold, in both languages."""

import pytest

from tests.loyalty.pricing.examples import Example, examples, written
from tests.loyalty.pricing.javascript import Engine
from tests.loyalty.pricing.returns import returned_here
from tests.loyalty.pricing.vectors_run import GROUP_MODES, KINDS, MISSING, kinds_seen, priced

EVERY = examples()


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@pytest.mark.parametrize("example", EVERY, ids=[example.title for example in EVERY])
def test_a_worked_example_holds_in_both_languages(engine: Engine, example: Example):
    quote = priced(example.rule_set, example.basket)
    in_the_browser = engine.quotes([(example.rule_set, example.basket)])[0]

    assert example.expected == written(example, quote, returned_here)
    assert example.expected == written(example, in_the_browser, engine.returned)


def test_there_are_at_least_eighty_examples_and_each_kind_of_rule_rounding_group_and_limit_is_among_them():
    seen = {
        kind for each in EVERY for kind in kinds_seen(each.rule_set, each.basket, priced(each.rule_set, each.basket))
    }
    topics = ("effect", "rounding", "scale", "slab", "choose", "set", "gift", "who", "when", "what", "source")
    wanted = {kind for kind in KINDS if kind.split(":")[0] in topics}
    wanted |= {f"group:{mode}:line" for mode in GROUP_MODES} | {
        "group:best_of:receipt",
        "points:earned",
        "points:spent",
    }
    wanted |= {kind for kind in KINDS if kind.startswith("limited:")} - {"limited:offline"}  # the till's, not a price's

    assert len(EVERY) >= 80
    assert wanted - seen == set()


def test_each_reason_why_a_rule_does_not_hold_has_an_example():
    said = " ".join(row for each in EVERY for row in each.expected)

    assert {what for what in MISSING if f"not met, {what}" not in said} == set()
