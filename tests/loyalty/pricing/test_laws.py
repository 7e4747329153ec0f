"""What must hold for every receipt, over random rule sets and baskets (fixed seeds)."""

from copy import deepcopy
from random import Random
from typing import Any

import pytest

from loyalty.pricing.cash import cash_rounding, refund_rounding
from loyalty.pricing.parts import cost
from loyalty.pricing.quote import Part
from loyalty.pricing.refund import Sold, add_up, nothing_returned, returned
from tests.loyalty.pricing.generated import job, jobs
from tests.loyalty.pricing.returns import DIRECTIONS
from tests.loyalty.pricing.vectors_run import priced

RECEIPTS = 1_500


@pytest.fixture(scope="module")
def receipts() -> list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    found = [(*each, priced(*each)) for each in jobs(7, RECEIPTS)]
    return [each for each in found if "error" not in each[2]]


def test_no_line_and_no_receipt_costs_less_than_nothing(receipts):
    for _, _, quote in receipts:
        assert quote["totals"]["total"] >= 0
        assert all(0 <= line["net"] <= line["gross"] for line in quote["lines"])


def test_lines_add_up_to_the_totals(receipts):
    for _, basket, quote in receipts:
        totals, lines = quote["totals"], quote["lines"]
        assert totals["gross"] == sum(line["gross"] for line in lines)
        assert totals["net"] == sum(line["net"] for line in lines)
        assert totals["tax"] == sum(line["tax"] for line in lines)
        included = basket["settings"]["prices_include_tax"]
        assert totals["total"] == totals["net"] + (0 if included else totals["tax"])
        assert totals["cash_total"] == totals["total"] + totals["cash_rounding"]
        assert totals["cash_total"] % basket["settings"]["cash_step"] == 0


def test_list_price_less_the_discounts_shown_is_what_each_line_costs(receipts):
    for _, _, quote in receipts:
        for line in quote["lines"]:
            assert line["net"] == line["gross"] - sum(discount["amount"] for discount in line["discounts"])
            assert all(discount["amount"] > 0 for discount in line["discounts"])


def test_the_explanation_adds_up_to_the_discount(receipts):
    for _, _, quote in receipts:
        applied = [rule for rule in quote["rules"] if rule["status"] == "applied"]
        assert sum(rule["amount"] for rule in applied) == quote["saved"] == quote["totals"]["discount"]
        assert sum(quote["saved_by"].values()) == quote["saved"]
        for rule in applied:
            assert rule["amount"] == sum(on["amount"] for on in rule["lines"] if on["status"] == "applied")


def test_every_rule_is_answered_once_and_every_line_of_it_once(receipts):
    for rule_set, _, quote in receipts:
        answered = [rule["rule"] for rule in quote["rules"] if rule["rule"] not in ("manual", "ceiling")]
        assert sorted(answered) == sorted(rule["id"] for rule in rule_set["rules"])
        for rule in quote["rules"]:
            lines = [on["line"] for on in rule["lines"]]
            assert lines == sorted(set(lines))
            assert (rule["status"] == "not_met") == (rule["missing"] is not None)
            assert (rule["status"] == "beaten") == (rule["by"] is not None)


def test_a_rule_answers_for_every_line_of_its_goods_and_for_no_other(receipts):
    for rule_set, basket, quote in receipts:
        rules = {rule["id"]: rule["what"] for rule in rule_set["rules"]}
        for answer in quote["rules"]:
            what = rules.get(answer["rule"])
            if what is None:
                continue
            everything = "products" not in what and "categories" not in what
            goods = [
                at
                for at, line in enumerate(basket["lines"])
                if everything
                or line["product"] in what.get("products", ())
                or set(line["category"]) & set(what.get("categories", ()))
            ]
            assert [on["line"] for on in answer["lines"]] == goods


def test_a_line_is_at_most_two_parts_that_multiply_to_its_net_and_a_weighed_one_is_one(receipts):
    for _, basket, quote in receipts:
        for line, answer in zip(basket["lines"], quote["lines"], strict=True):
            parts = answer["parts"]
            weighed = line["unit"] == "kg" or line["quantity"] % 1_000
            assert len(parts) <= (1 if weighed else 2)
            assert sum(part["quantity"] for part in parts) == line["quantity"]
            assert sum(cost(part["price"], part["quantity"]) for part in parts) == answer["net"]
            if not weighed:
                assert sum(part["price"] * part["quantity"] for part in parts) == answer["net"] * 1_000


def test_no_unit_is_sold_below_the_minimum_or_outside_what_the_law_allows(receipts):
    for rule_set, basket, quote in receipts:
        classes = {each["code"]: each for each in rule_set["regulations"]}
        for line, answer in zip(basket["lines"], quote["lines"], strict=True):
            law = classes.get(line["regulation"], {"no_discount": line["regulation"] is not None})
            highest = min(line["price"], law.get("ceiling", line["price"]))
            lowest = min(highest, max(line["minimum"], law.get("floor", 0)))
            if law.get("no_discount"):
                lowest = highest
            assert all(lowest <= part["price"] <= highest for part in answer["parts"])


def test_the_discount_stays_within_the_caps(receipts):
    for _, basket, quote in receipts:
        by_law = quote["saved_by"].get("regulation", 0)
        settings, totals = basket["settings"], quote["totals"]
        if "cap_sum" in settings:
            assert totals["discount"] - by_law <= settings["cap_sum"]
        if "cap_percent" in settings:
            assert (totals["discount"] - by_law) * 10_000 <= totals["gross"] * settings["cap_percent"]


def test_tax_is_rounded_once_from_what_the_line_costs(receipts):
    for _, basket, quote in receipts:
        for line, answer in zip(basket["lines"], quote["lines"], strict=True):
            rate, net, tax = line["tax"], answer["net"], answer["tax"]
            whole = 10_000 + rate if basket["settings"]["prices_include_tax"] else 10_000
            assert abs(tax * whole - net * rate) * 2 <= whole
            assert answer["tax_base"] + tax == net + (0 if basket["settings"]["prices_include_tax"] else tax)


def test_the_order_of_lines_does_not_change_what_each_product_costs(receipts):
    random = Random(11)
    for rule_set, basket, quote in receipts:
        order = random.sample(range(len(basket["lines"])), len(basket["lines"]))
        shuffled = priced(rule_set, {**basket, "lines": [basket["lines"][at] for at in order]})
        assert shuffled["totals"] == quote["totals"]

        def costs(lines: list[dict[str, Any]], answer: dict[str, Any]) -> list[Any]:
            return sorted((str(line), each["net"]) for line, each in zip(lines, answer["lines"], strict=True))

        assert costs([basket["lines"][at] for at in order], shuffled) == costs(basket["lines"], quote)


def test_the_order_in_which_rules_were_written_changes_nothing(receipts):
    for rule_set, basket, quote in receipts:
        turned = {**rule_set, "rules": list(reversed(rule_set["rules"]))}
        assert priced(turned, basket) == quote


def test_one_more_competing_rule_never_makes_the_receipt_dearer():
    """Holds where nothing else depends on the line's price: no thresholds after earlier phases, no blocking groups, no
    rules that skip discounted lines; and for pieces, since a weight's price may not be able to say a basket share."""
    random = Random(13)
    compared = 0
    while compared < 400:
        rule_set, basket = job(random)
        for line in basket["lines"]:
            line["unit"], line["quantity"] = "piece", max(line["quantity"] // 1_000, 1) * 1_000
        for rule in rule_set["rules"]:
            for flag in ("stackable", "over_discounted", "group"):
                rule.pop(flag, None)
            for by in (rule.get("needs_sum"), rule["effect"].get("scale")):
                if by and "basis" in by:
                    by["basis"] = "before"
        fewer = deepcopy(rule_set)
        fewer["rules"].pop(random.randrange(len(fewer["rules"])))
        before, after = priced(fewer, basket), priced(rule_set, basket)
        if "error" not in after:
            compared += 1
            assert after["totals"]["net"] <= before["totals"]["net"], (rule_set, basket)


def test_any_sequence_of_returns_adds_up_to_what_was_charged(receipts):
    random = Random(17)
    for _, basket, quote in receipts:
        for line, charged in zip(basket["lines"], quote["lines"], strict=True):
            sold = _sold(line, charged)
            done, returns = nothing_returned(sold), []
            while done.quantity < sold.quantity:
                left = sold.quantity - done.quantity
                step = 1 if sold.measured else 1_000
                back = returned(sold, done, min(left, random.randint(1, max(left // step, 1)) * step))
                returns.append(back)
                done = add_up(sold, returns)
                assert (
                    back.net == back.gross - sum(back.discounts) == sum(cost(p.price, p.quantity) for p in back.parts)
                )
                assert len(back.parts) <= 2
                assert sum(part.quantity for part in back.parts) == back.quantity
                assert min(back.net, back.tax, back.tax_base, *back.discounts, *(p.price for p in back.parts), 0) == 0

            assert (done.net, done.gross, done.tax, done.tax_base) == (sold.net, sold.gross, sold.tax, sold.tax_base)
            assert done.discounts == sold.discounts


def _sold(line: dict[str, Any], charged: dict[str, Any]) -> Sold:
    return Sold(
        quantity=line["quantity"],
        measured=line["unit"] == "kg" or line["quantity"] % 1_000 != 0,
        gross=charged["gross"],
        net=charged["net"],
        tax=charged["tax"],
        tax_base=charged["tax_base"],
        discounts=tuple(discount["amount"] for discount in charged["discounts"]),
        parts=tuple(Part(part["quantity"], part["price"]) for part in charged["parts"]),
    )


def test_cash_given_back_for_a_sale_never_exceeds_what_was_paid_and_ends_on_it_exactly():
    """7.50 sold for 7.00 in cash is refunded as 7.00, in one go or in parts."""
    random = Random(5)
    for _ in range(500):
        paid, step = random.randint(1, 20_000), random.choice((1, 10, 100, 1_000))
        direction = random.choice(DIRECTIONS)
        rounding = cash_rounding(paid, step, direction)
        back = back_rounding = 0
        while back < paid:
            now = min(random.randint(1, paid), paid - back)
            change = refund_rounding(paid, rounding, back, back_rounding, now, step, direction)
            assert now + change >= 0
            back, back_rounding = back + now, back_rounding + change
            assert back + back_rounding <= paid + rounding

        assert back_rounding == rounding
