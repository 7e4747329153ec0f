"""The browser's engine and the server's give the same answer, to the last field, or the same refusal."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.loyalty.pricing.generated import job
from tests.loyalty.pricing.javascript import Engine
from tests.loyalty.pricing.returns import after_sale_cases, cash_cases, refund_cash_cases, return_cases
from tests.loyalty.pricing.vectors_run import priced, run


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def test_two_thousand_random_baskets_cost_the_same_in_both_languages_and_every_rule_kind_takes_part(engine):
    report, different = run(2_000, 20_261_122, engine)

    assert different == []
    assert [kind for kind, baskets in report["by_rule_kind"].items() if not baskets] == []


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(random=st.randoms(use_true_random=False))
def test_no_basket_that_hypothesis_finds_costs_anything_else_in_the_browser(engine, random):
    one = job(random)

    assert engine.quotes([one]) == [priced(*one)]


def test_cash_is_rounded_the_same_in_both_languages_up_to_the_limit(engine):
    asked, answers = cash_cases(2_000)

    assert engine.cash_rounding(asked) == answers


def test_cash_refunds_of_a_sale_are_rounded_the_same_in_both_languages(engine):
    asked, answers = refund_cash_cases(500)

    assert engine.refund_rounding(asked) == answers


def test_points_uses_and_tenders_go_back_the_same_in_both_languages(engine):
    asked, answers = after_sale_cases(1_000)

    assert engine.after_sale(asked) == answers


def test_returns_are_the_same_in_both_languages(engine):
    asked, answers = return_cases(3_000)

    assert engine.returned(asked) == answers
