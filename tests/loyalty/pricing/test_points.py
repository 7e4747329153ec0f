"""Points: spent as a discount on lines, earned and floored once per receipt; and what returns give and take back."""

from random import Random
from typing import Any

import pytest

from loyalty.pricing.quote import Part, Use
from loyalty.pricing.refund import (
    ReturnsTooMuch,
    RuleBack,
    Sold,
    add_up,
    nothing_returned,
    points_restored,
    refund_by_tender,
    returned,
    use_given_back,
)
from tests.loyalty.pricing.contested import NOON
from tests.loyalty.pricing.vectors_run import priced

POINT = {"value": 100}


def a_receipt(lines: list[dict[str, Any]], spend: int = 0, points: dict[str, Any] | None = None, **basket: Any):
    settings = {"currency": "EUR", "exponent": 2, "price_step": 1, "cash_step": 1, "points": points or POINT}
    every = [{"product": at, "unit": "piece", "quantity": 1_000, **line} for at, line in enumerate(lines, 1)]
    return {
        "schema": 2,
        "settings": settings,
        "terms": {"account": "a-1"},
        "first_scan": NOON,
        "payment": NOON,
        "lines": every,
        "spend": spend,
        **basket,
    }


def rules(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    numbered = [{"id": f"r{at}", "name": f"R{at}", "priority": at, **rule} for at, rule in enumerate(rules)]
    return {"schema": 2, "version": 1, "rules": numbered, **more}


NO_POINTS = {"regulations": [{"code": "tobacco", "no_points": True}]}
ONE_PER_TEN = {"effect": {"kind": "earn", "points": 1, "per": 1_000}}


def test_points_spent_are_a_discount_spread_over_the_lines():
    quote = priced(rules(), a_receipt([{"price": 3_000}, {"price": 1_000}], spend=8))

    assert [line["net"] for line in quote["lines"]] == [2_400, 800]
    assert quote["points"]["spent"] == 8
    assert (quote["points"]["amount"], quote["saved_by"]) == (800, {"points": 800})
    assert quote["rules"][0]["rule"] == "points"


def test_points_are_never_spent_on_goods_that_the_law_keeps_from_them():
    basket = a_receipt([{"price": 3_000, "regulation": "tobacco"}, {"price": 1_000}], spend=40)

    quote = priced(rules(**NO_POINTS), basket)

    assert [line["net"] for line in quote["lines"]] == [3_000, 0]
    assert (quote["points"]["asked"], quote["points"]["spent"], quote["points"]["most"]) == (40, 10, 10)


def test_points_pay_no_more_than_their_share_and_leave_each_lowest_price():
    basket = a_receipt([{"price": 1_000, "minimum": 950}, {"price": 1_000}], 20, {"value": 100, "share": 6_000})

    quote = priced(rules(), basket)

    assert quote["points"]["most"] == 10
    assert quote["lines"][0]["net"] >= 950
    assert quote["totals"]["net"] == 1_000


@pytest.mark.parametrize(("asked", "spent"), [(4, 0), (5, 5), (9, 9), (12, 10)])
def test_fewer_points_than_the_least_are_not_spent_at_all(asked, spent):
    quote = priced(rules(), a_receipt([{"price": 1_050}], asked, {"value": 100, "least": 5}))

    assert quote["points"]["spent"] == spent


def test_without_an_account_no_points_are_spent_or_earned():
    quote = priced(rules(ONE_PER_TEN), a_receipt([{"price": 5_000}], spend=3, terms=None))

    assert (quote["points"]["spent"], quote["points"]["most"], quote["points"]["earned"]) == (0, 0, 0)
    assert quote["rules"][0]["missing"] == "card"


def test_only_as_many_whole_points_are_spent_as_a_weight_can_say():
    quote = priced(rules(), a_receipt([{"price": 500, "unit": "kg", "quantity": 2_345}], spend=9))

    spent = quote["points"]["spent"]
    assert 0 < spent <= 9
    assert quote["points"]["amount"] == spent * 100 == quote["totals"]["discount"]


def test_points_earned_are_floored_once_and_shared_among_the_lines():
    """1 point for each 10.00: 6.50 + 6.50 + 7.90 = 20.90 earn 2, not 0."""
    quote = priced(rules(ONE_PER_TEN), a_receipt([{"price": 650}, {"price": 650}, {"price": 790}]))

    assert quote["points"]["earned"] == 2
    assert sum(quote["points"]["lines"]) == 2


def test_rates_add_up_before_they_are_floored():
    half = {"effect": {"kind": "earn", "points": 1, "per": 3_000}}

    quote = priced(rules(ONE_PER_TEN, half), a_receipt([{"price": 2_500}]))

    assert quote["points"]["earned"] == 3


def test_points_are_earned_on_what_is_paid_after_points_were_spent_or_not_at_all_if_the_shop_says_so():
    lines = [{"price": 5_000}]

    earning = priced(rules(ONE_PER_TEN), a_receipt(lines, 15))
    not_earning = priced(rules(ONE_PER_TEN), a_receipt(lines, 15, {**POINT, "earn_while_spending": False}))

    assert earning["points"]["earned"] == 3
    assert not_earning["points"]["earned"] == 0
    assert not_earning["rules"][1]["status"] == "not_met"


def test_a_bonus_is_given_once_per_receipt_and_counts_as_a_use():
    bonus = {"effect": {"kind": "earn_bonus", "points": 50}, "limits": {"account": {"times": 1}}}

    first = priced(rules(bonus), a_receipt([{"price": 700}, {"price": 300}]))
    again = priced(rules(bonus), a_receipt([{"price": 700}], left={"r0": {"times": 0}}))

    assert first["points"]["lines"] == [35, 15]
    assert first["uses"] == [{"rule": "r0", "times": 1, "sum": 0, "pieces": 0}]
    assert again["points"]["earned"] == 0
    assert again["rules"][0]["missing"] == "limit_account"


def test_gift_cards_earn_nothing_and_take_no_points():
    quote = priced(rules(ONE_PER_TEN), a_receipt([{"price": 5_000, "item": "gift_card"}, {"price": 1_000}], 99))

    assert quote["lines"][0]["net"] == 5_000
    assert quote["points"]["spent"] == 10
    assert quote["points"]["lines"] == [0, 0]


def test_any_sequence_of_returns_restores_the_points_spent_and_takes_back_the_points_earned():
    random = Random(3)
    for _ in range(300):
        lines = [
            {"price": random.randint(1, 3_000), "quantity": random.randint(1, 4) * 1_000}
            if random.random() < 0.7
            else {"price": random.randint(1, 3_000), "unit": "kg", "quantity": random.randint(1, 3_000)}
            for _ in range(random.randint(1, 4))
        ]
        budget = {"effect": {"kind": "percent", "value": 1_500}, "limits": {"budget": {"sum": 5_000}}}
        rate = {"effect": {"kind": "earn", "points": random.randint(1, 9), "per": random.randint(1, 900)}}
        basket = a_receipt(lines, random.randint(0, 50), {"value": random.choice((1, 7, 100))})
        quote = priced(rules(rate, budget), basket)
        sold = [_sold(*each) for each in zip(basket["lines"], quote["lines"], quote["points"]["lines"], strict=True)]
        used = next((Use(**each) for each in quote["uses"]), Use("r1", 0, 0, 0))
        lowered = [at for at, line in enumerate(quote["lines"]) if _by(line, "r1") is not None]
        total = sum(sold[at].quantity for at in lowered)
        paid = [quote["totals"]["net"] // 3, quote["totals"]["net"] - quote["totals"]["net"] // 3]

        left, back = [each.quantity for each in sold], [nothing_returned(each) for each in sold]
        restored = lost = points_back = 0
        given_back, tenders = [0, 0, 0], list(paid)
        before = RuleBack(0, 0)
        while any(left):
            at = random.choice([at for at, quantity in enumerate(left) if quantity])
            step = 1 if sold[at].measured else 1_000
            now = returned(sold[at], back[at], random.randint(1, left[at] // step) * step)
            back[at] = add_up(sold[at], [back[at], now])
            left[at] -= now.quantity
            lost += now.points
            place = _by(quote["lines"][at], "points")
            amount = now.discounts[place] if place is not None else 0
            restored += points_restored(quote["points"]["spent"], quote["points"]["amount"], points_back, amount)
            points_back += amount
            place = _by(quote["lines"][at], "r1")
            of_rule = RuleBack(now.discounts[place], now.quantity) if place is not None else RuleBack(0, 0)
            use = use_given_back(used, total, before, of_rule, not any(left))
            before = RuleBack(before.sum + of_rule.sum, before.quantity + of_rule.quantity)
            given_back = [one + more for one, more in zip(given_back, (use.times, use.sum, use.pieces), strict=True)]
            parts = refund_by_tender(now.net, tenders)
            assert min(parts) >= 0
            tenders = [one - part for one, part in zip(tenders, parts, strict=True)]
            assert 0 <= restored <= quote["points"]["spent"]
            assert now.points >= 0

        assert restored == quote["points"]["spent"]
        assert lost == quote["points"]["earned"]
        assert given_back == [-used.times, -used.sum, -used.pieces]
        assert tenders == [0, 0]


def _by(line: dict[str, Any], rule: str) -> int | None:
    return next((at for at, each in enumerate(line["discounts"]) if each["rule"] == rule), None)


def _sold(line: dict[str, Any], charged: dict[str, Any], points: int) -> Sold:
    return Sold(
        quantity=line["quantity"],
        measured=line["unit"] == "kg" or line["quantity"] % 1_000 != 0,
        gross=charged["gross"],
        net=charged["net"],
        tax=charged["tax"],
        tax_base=charged["tax_base"],
        discounts=tuple(each["amount"] for each in charged["discounts"]),
        parts=tuple(Part(**part) for part in charged["parts"]),
        points=points,
    )


def test_no_more_goes_back_than_the_tenders_have_left():
    with pytest.raises(ReturnsTooMuch):
        refund_by_tender(101, [60, 40])


def test_a_gift_card_and_an_account_get_back_their_share_of_what_is_left():
    assert refund_by_tender(50, [60, 40]) == [30, 20]
    assert refund_by_tender(50, [30, 20]) == [30, 20]
