"""What a rule says of itself: everything, and nothing that is not there."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from loyalty.pricing.summary import PARTS, summary
from loyalty.pricing.wire_rules import read_rule_set
from tests.loyalty.pricing.every_rule import RULES, rule_set

KINDS = {each["effect"]["kind"] for each in RULES}


def test_the_rules_of_these_tests_are_of_every_kind_and_read_by_the_engine():
    assert len(KINDS) == 14
    assert len(read_rule_set(rule_set()).rules) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["id"])
def test_every_rule_says_what_it_gives_and_to_whom(rule):
    said = [sentence.part for sentence in summary(rule)]

    assert {"gives", "who", "details"} <= set(said)
    assert said == sorted(said, key=PARTS.index)


def changed_everywhere(form: Any) -> Iterator[Any]:
    """The form with one value inside changed, once for each value."""
    if isinstance(form, dict):
        for name, value in form.items():
            for other in changed_everywhere(value):
                yield {**form, name: other}
    elif isinstance(form, list):
        for place, value in enumerate(form):
            for other in changed_everywhere(value):
                yield [*form[:place], other, *form[place + 1 :]]
    elif isinstance(form, bool):
        yield not form
    elif isinstance(form, int):
        yield form + 1


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["id"])
def test_no_number_or_switch_of_a_rule_changes_without_its_words_changing(rule):
    form = copy.deepcopy(rule)
    changes = list(changed_everywhere(form))

    assert changes
    assert [other for other in changes if summary(other) == summary(form)] == []


def test_an_unfinished_rule_says_what_is_there_already():
    said = summary({"effect": {"kind": "n_for_m", "take": 3}, "who": {"tiers": ["gold"]}})

    assert [sentence.key for sentence in said] == ["sum.who.tiers", "sum.best_wins"]
