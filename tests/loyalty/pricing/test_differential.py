"""The browser's engine and the server's give the same answer, to the last field, or the same refusal."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty.pricing.cash import cash_rounding, refund_rounding
from loyalty.pricing.quote import Part
from loyalty.pricing.refund import Returned, Sold, returned
from pos.core.errors import Malformed
from pos.core.money import MAX_AMOUNT
from tests.loyalty.pricing.generated import job
from tests.loyalty.pricing.javascript import Engine
from tests.loyalty.pricing.vectors_run import priced, run

DIRECTIONS = ("nearest", "down", "up")


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
    random = Random(3)
    amounts = [
        random.choice((random.randint(-5_000, 5_000), random.randint(-MAX_AMOUNT, MAX_AMOUNT))) for _ in range(2_000)
    ]
    args = [(amount, random.choice((1, 5, 10, 1_000, 10**9)), random.choice(DIRECTIONS)) for amount in amounts]

    def here(amount, step, direction):
        try:
            return cash_rounding(amount, step, direction)
        except Malformed as refusal:
            return {"error": refusal.code, "field": ""}

    assert engine.cash_rounding(args) == [here(*each) for each in args]


def test_cash_refunds_of_a_sale_are_rounded_the_same_and_add_up_to_what_was_paid(engine):
    random = Random(5)
    asked, answers = [], []
    for _ in range(500):
        paid, step, direction = random.randint(1, 20_000), random.choice((1, 10, 100, 1_000)), random.choice(DIRECTIONS)
        rounding = cash_rounding(paid, step, direction)
        back = back_rounding = 0
        while back < paid:
            now = min(random.randint(1, paid), paid - back)
            args = (paid, rounding, back, back_rounding, now, step, direction)
            change = refund_rounding(*args)
            asked.append(args)
            answers.append(change)
            assert now + change >= 0
            back, back_rounding = back + now, back_rounding + change
            assert back + back_rounding <= paid + rounding

        assert back_rounding == rounding

    assert engine.refund_rounding(asked) == answers


def test_returns_are_the_same_in_both_languages(engine):
    random = Random(9)
    asked = [_return(random) for _ in range(3_000)]

    assert engine.returned(asked) == [_returned_here(*each) for each in asked]


def _return(random):
    measured = random.random() < 0.5
    quantity = random.randint(1, 20_000) if measured else random.randint(1, 20) * 1_000
    most = random.choice((300, 100_000, MAX_AMOUNT // quantity))
    price = random.randint(1, most)
    split = random.randint(0, quantity // 1_000) * 1_000 if not measured else 0
    parts = [{"quantity": q, "price": p} for q, p in ((split, price), (quantity - split, max(price - 1, 0))) if q]
    net = sum((p["price"] * p["quantity"] + 500) // 1_000 for p in parts)
    discounts = [random.randint(0, most) for _ in range(random.randint(0, 3))]
    tax = random.randint(0, net // 4)
    sold = {
        "quantity": quantity,
        "measured": measured,
        "gross": net + sum(discounts),
        "net": net,
        "tax": tax,
        "tax_base": net - tax if random.random() < 0.7 else net,
        "discounts": discounts,
        "parts": parts,
    }
    before = {
        "quantity": 0,
        "gross": 0,
        "net": 0,
        "tax": 0,
        "tax_base": 0,
        "discounts": [0 for _ in discounts],
        "parts": [],
    }
    asked = random.choice((quantity, 1_000, 500, random.randint(0, quantity + 1_000)))
    return [sold, before, asked]


def _returned_here(sold, before, quantity):
    values = {**sold, "discounts": tuple(sold["discounts"]), "parts": tuple(Part(**each) for each in sold["parts"])}
    none = {**before, "discounts": tuple(before["discounts"]), "parts": ()}
    try:
        back = returned(Sold(**values), Returned(**none), quantity)
    except Malformed as refusal:
        return {"error": refusal.code, "field": ""}
    return {
        "quantity": back.quantity,
        "gross": back.gross,
        "net": back.net,
        "tax": back.tax,
        "tax_base": back.tax_base,
        "discounts": list(back.discounts),
        "parts": [{"quantity": part.quantity, "price": part.price} for part in back.parts],
    }
