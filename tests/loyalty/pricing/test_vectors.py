"""Golden vectors: the same receipts cost what they did when the vectors were written, in both languages."""

import pytest

from tests.loyalty.pricing.golden import vectors
from tests.loyalty.pricing.javascript import Engine
from tests.loyalty.pricing.vectors_run import KINDS, kinds_seen, priced

FILES = ("covering", "by-hand")


@pytest.mark.parametrize("name", FILES)
def test_each_golden_receipt_costs_what_it_always_did_in_python(name):
    for number, each in enumerate(vectors(name)):
        assert priced(each["rule_set"], each["basket"]) == each["quote"], (name, number)


@pytest.mark.parametrize("name", FILES)
def test_each_golden_receipt_costs_what_it_always_did_in_the_browser(name):
    every = vectors(name)

    answers = Engine().quotes([(each["rule_set"], each["basket"]) for each in every])

    assert answers == [each["quote"] for each in every]


def test_every_kind_of_rule_and_limit_has_a_golden_receipt():
    seen = {
        kind for each in vectors("covering") for kind in kinds_seen(each["rule_set"], each["basket"], each["quote"])
    }

    assert seen == set(KINDS)
