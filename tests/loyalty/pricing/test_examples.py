"""The worked examples of docs/pricing.md hold, in both languages."""

import pytest

from tests.loyalty.pricing.examples import Example, examples, written
from tests.loyalty.pricing.javascript import Engine
from tests.loyalty.pricing.returns import returned_here
from tests.loyalty.pricing.vectors_run import EFFECTS, kinds_seen, priced

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


def test_there_are_at_least_forty_examples_and_each_kind_of_effect_and_rounding_is_among_them():
    seen = {kind for each in EVERY for kind in kinds_seen(each.rule_set, priced(each.rule_set, each.basket))}

    assert len(EVERY) >= 40
    assert {f"effect:{kind}" for kind in EFFECTS} | {"rounding:unit", "rounding:line", "rounding:basket"} <= seen
