"""What holds for every priced receipt. Each law takes the receipt and a source of chance, and fails as an assertion."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from loyalty.pricing.parts import cost
from pos.core.money import MAX_AMOUNT
from tests.loyalty.pricing.generated import job
from tests.loyalty.pricing.vectors_run import priced

OF_THE_ENGINE = ("manual", "ceiling", "points")
"""Answers that belong to no rule of the rule set."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A rule set, a basket and its quote, in their JSON forms."""

    rule_set: dict[str, Any]
    basket: dict[str, Any]
    quote: dict[str, Any]

    @property
    def lines(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Each line with its answer."""
        return list(zip(self.basket["lines"], self.quote["lines"], strict=True))


Law = Callable[[Receipt, Random], None]


def receipt(random: Random) -> Receipt:
    """The next one that is priced and not refused."""
    while True:
        rule_set, basket = job(random)
        quote = priced(rule_set, basket)
        if "error" not in quote:
            return Receipt(rule_set, basket, quote)


def weighed(line: Mapping[str, Any]) -> bool:
    return line["unit"] == "kg" or line["quantity"] % 1_000 != 0


def nothing_costs_less_than_nothing(receipt: Receipt, _: Random) -> None:
    assert receipt.quote["totals"]["total"] >= 0
    assert all(0 <= line["net"] <= line["gross"] for line in receipt.quote["lines"])


def amounts_stay_within_what_is_counted(receipt: Receipt, _: Random) -> None:
    assert all(abs(amount) <= MAX_AMOUNT for amount in receipt.quote["totals"].values())


def lines_add_up_to_the_totals(receipt: Receipt, _: Random) -> None:
    settings, totals, lines = receipt.basket["settings"], receipt.quote["totals"], receipt.quote["lines"]
    for of_lines in ("gross", "net", "tax"):
        assert totals[of_lines] == sum(line[of_lines] for line in lines)
    assert totals["total"] == totals["net"] + (0 if settings["prices_include_tax"] else totals["tax"])
    assert totals["cash_total"] == totals["total"] + totals["cash_rounding"]
    assert totals["cash_total"] % settings["cash_step"] == 0


def list_price_less_the_discounts_shown_is_the_net(receipt: Receipt, _: Random) -> None:
    for line in receipt.quote["lines"]:
        assert line["net"] == line["gross"] - sum(discount["amount"] for discount in line["discounts"])
        assert all(discount["amount"] > 0 for discount in line["discounts"])


def the_explanation_adds_up_to_the_discount(receipt: Receipt, _: Random) -> None:
    quote = receipt.quote
    applied = [rule for rule in quote["rules"] if rule["status"] == "applied"]
    assert sum(rule["amount"] for rule in applied) == quote["saved"] == quote["totals"]["discount"]
    assert sum(quote["saved_by"].values()) == quote["saved"]
    for rule in applied:
        shares = [on["amount"] for on in rule["lines"] if on["status"] == "applied"]
        assert rule["amount"] == sum(shares)
        on_lines = [each for line in quote["lines"] for each in line["discounts"] if each["rule"] == rule["rule"]]
        assert rule["amount"] == sum(each["amount"] for each in on_lines)


def every_rule_is_answered_once_and_every_line_of_its_goods(receipt: Receipt, _: Random) -> None:
    rules = {rule["id"]: rule for rule in receipt.rule_set["rules"]}
    answers = {each["rule"]: each for each in receipt.quote["rules"]}
    assert len(answers) == len(receipt.quote["rules"])
    assert {id for id in answers if id not in OF_THE_ENGINE} == set(rules)
    for answer in answers.values():
        on = [each["line"] for each in answer["lines"]]
        assert on == sorted(set(on))
        assert (answer["status"] == "not_met") == (answer["missing"] is not None)
        assert (answer["status"] == "beaten") == (answer["by"] is not None)
    lines = receipt.basket["lines"]
    for id, rule in rules.items():
        goods = {at for at, line in enumerate(lines) if any(_about(what, line) for what in _goods(rule))}
        gifts = {at for at, line in enumerate(lines) if line.get("gift") == id}
        assert goods <= {each["line"] for each in answers[id]["lines"]} <= goods | gifts


def _goods(rule: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if rule["effect"]["kind"] == "set":
        return [part.get("what") or {} for part in rule["effect"]["parts"]]
    return [rule.get("what") or {}]


def _about(what: Mapping[str, Any], line: Mapping[str, Any]) -> bool:
    """Whether the rule is about the line; gifts and gift cards are nobody's goods."""
    if line.get("gift") or line.get("item") == "gift_card":
        return False
    everything = "products" not in what and "categories" not in what
    named = line["product"] in what.get("products", ()) or set(line["category"]) & set(what.get("categories", ()))
    return bool(everything or named)


def parts_multiply_to_the_net(receipt: Receipt, _: Random) -> None:
    """R3: at most two parts, a weighed line exactly one; of pieces without any rounding."""
    for line, answer in receipt.lines:
        parts = answer["parts"]
        assert len(parts) <= (1 if weighed(line) else 2)
        assert sum(part["quantity"] for part in parts) == line["quantity"]
        assert sum(cost(part["price"], part["quantity"]) for part in parts) == answer["net"]
        if not weighed(line):
            assert sum(part["price"] * part["quantity"] for part in parts) == answer["net"] * 1_000


def no_unit_is_sold_outside_what_is_allowed(receipt: Receipt, _: Random) -> None:
    classes = {each["code"]: each for each in receipt.rule_set["regulations"]}
    for line, answer in receipt.lines:
        law = classes.get(line["regulation"], {"no_discount": line["regulation"] is not None})
        highest = min(line["price"], law.get("ceiling", line["price"]))
        lowest = min(highest, max(line["minimum"], law.get("floor", 0)))
        if law.get("no_discount"):
            lowest = highest
        assert all(lowest <= part["price"] <= highest for part in answer["parts"])


def the_discount_stays_within_the_caps(receipt: Receipt, _: Random) -> None:
    """Beside what the law takes off, and points."""
    settings, totals = receipt.basket["settings"], receipt.quote["totals"]
    own = totals["discount"] - receipt.quote["saved_by"].get("regulation", 0) - receipt.quote["points"]["amount"]
    assert own <= settings.get("cap_sum", own)
    assert own * 10_000 <= totals["gross"] * settings.get("cap_percent", 10_000)


def rules_stay_within_their_limits(receipt: Receipt, _: Random) -> None:
    """Sums, on the receipt and left of a budget; times and pieces of those that count them."""
    answers = {each["rule"]: each for each in receipt.quote["rules"]}
    uses = {each["rule"]: each for each in receipt.quote["uses"]}
    for rule in receipt.rule_set["rules"]:
        id, limits = rule["id"], rule.get("limits", {})
        left = receipt.basket["left"].get(id, {})
        gave = answers[id]["amount"] if answers[id]["status"] == "applied" else 0
        assert (gave or 0) <= limits.get("receipt", {}).get("sum", MAX_AMOUNT)
        assert (gave or 0) <= left.get("sum", MAX_AMOUNT)
        use = uses.get(id, {"times": 0, "sum": 0, "pieces": 0})
        assert use["times"] <= min(limits.get("receipt", {}).get("times", MAX_AMOUNT), left.get("times", MAX_AMOUNT))
        assert use["pieces"] <= left.get("pieces", MAX_AMOUNT)
        assert use["sum"] in (0, gave)


def tax_is_rounded_once_from_what_the_line_costs(receipt: Receipt, _: Random) -> None:
    included = receipt.basket["settings"]["prices_include_tax"]
    for line, answer in receipt.lines:
        rate, net, tax = line["tax"], answer["net"], answer["tax"]
        whole = 10_000 + rate if included else 10_000
        assert abs(tax * whole - net * rate) * 2 <= whole
        assert answer["tax_base"] + tax == net + (0 if included else tax)


def points_spent_and_earned_add_up(receipt: Receipt, _: Random) -> None:
    points, settings = receipt.quote["points"], receipt.basket["settings"].get("points")
    assert sum(points["lines"]) == points["earned"]
    assert min(points["lines"], default=0) >= 0
    assert 0 <= points["spent"] <= min(points["asked"], points["most"])
    assert points["amount"] == receipt.quote["saved_by"].get("points", 0)
    if points["spent"]:
        payable = sum(line["net"] for given, line in receipt.lines if given.get("item") != "gift_card")
        assert points["amount"] == points["spent"] * settings["value"]
        assert points["amount"] * 10_000 <= (payable + points["amount"]) * settings.get("share", 10_000)
        assert points["spent"] >= settings.get("least", 1)


def a_gift_card_takes_part_in_nothing(receipt: Receipt, _: Random) -> None:
    """But in what the law says of its class, if it has one."""
    for at, (line, answer) in enumerate(receipt.lines):
        if line.get("item") == "gift_card":
            assert {each["source"] for each in answer["discounts"]} <= {"regulation"}
            assert receipt.quote["points"]["lines"][at] == 0


def the_order_of_lines_changes_no_total(receipt: Receipt, random: Random) -> None:
    lines = receipt.basket["lines"]
    order = random.sample(range(len(lines)), len(lines))
    shuffled = priced(receipt.rule_set, {**receipt.basket, "lines": [lines[at] for at in order]})

    def costs(quote: dict[str, Any], given: list[dict[str, Any]]) -> list[Any]:
        answers = zip(given, quote["lines"], quote["points"]["lines"], strict=True)
        return sorted((str(line), each["net"], each["tax"], points) for line, each, points in answers)

    assert shuffled["totals"] == receipt.quote["totals"]
    assert costs(shuffled, [lines[at] for at in order]) == costs(receipt.quote, lines)
    said = [(each["rule"], each["status"], each["amount"]) for each in shuffled["rules"]]
    assert said == [(each["rule"], each["status"], each["amount"]) for each in receipt.quote["rules"]]


def the_order_in_which_rules_were_written_changes_nothing(receipt: Receipt, random: Random) -> None:
    rules = receipt.rule_set["rules"]
    turned = {**receipt.rule_set, "rules": random.sample(rules, len(rules))}
    assert priced(turned, receipt.basket) == receipt.quote


LAWS: tuple[Law, ...] = (
    nothing_costs_less_than_nothing,
    amounts_stay_within_what_is_counted,
    lines_add_up_to_the_totals,
    list_price_less_the_discounts_shown_is_the_net,
    the_explanation_adds_up_to_the_discount,
    every_rule_is_answered_once_and_every_line_of_its_goods,
    parts_multiply_to_the_net,
    no_unit_is_sold_outside_what_is_allowed,
    the_discount_stays_within_the_caps,
    rules_stay_within_their_limits,
    tax_is_rounded_once_from_what_the_line_costs,
    points_spent_and_earned_add_up,
    a_gift_card_takes_part_in_nothing,
    the_order_of_lines_changes_no_total,
    the_order_in_which_rules_were_written_changes_nothing,
)
