"""The best outcome for the client: never worse by a rule more, never worse than any choice of rules, at a bounded cost.

A rule more never makes the receipt dearer where its rule set is of form 2 and
- it is not in an exclusive group, nor in one that blocks others: those hold other rules back, as the owner wants;
- at most twelve rules contend for the same goods (beyond that the search is not exact);
- the receipt has pieces only and prices of any amount: weights and price steps cannot say each amount, which costs a coin;
- no cap of the receipt binds: which rules fill it first is policy (R4), and lines are lowered in proportion, to the coin.
What is compared is what the lines cost before points are spent: whole points are paid of what is left.
"""

from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

from loyalty.pricing.contest import contests
from loyalty.pricing.course import Course
from loyalty.pricing.engine import begun
from loyalty.pricing.events import Unheard
from loyalty.pricing.prepare import prepare
from loyalty.pricing.search import EXACT, MOST_STEPS, left_out
from loyalty.pricing.wire_basket import read_basket
from loyalty.pricing.wire_rules import read_rule_set
from tests.loyalty.pricing.contested import NOON, best_by_trying_all, contested, quote_of
from tests.loyalty.pricing.generated import job
from tests.loyalty.pricing.vectors_run import priced

Job = tuple[dict[str, Any], dict[str, Any]]


def a_rule_more_never_costs_the_client_more(random: Random) -> None:
    """Over everything the engine knows, within the conditions above."""
    while True:
        rule_set, basket = _comparable(*job(random))
        fewer = deepcopy(rule_set)
        gone = fewer["rules"].pop(random.randrange(len(fewer["rules"])))
        before, after = priced(fewer, basket), priced(rule_set, basket)
        if "error" not in before and "error" not in after:
            break
    assert after["totals"]["net"] <= before["totals"]["net"], gone["id"]


def _comparable(rule_set: dict[str, Any], basket: dict[str, Any]) -> Job:
    rule_set["schema"] = 2
    for group in rule_set["groups"]:
        group.pop("blocks", None)
        if group.get("mode") == "exclusive":
            group["mode"] = "best_of"
    settings = basket["settings"]
    settings["price_step"] = 1
    for name in ("cap_percent", "cap_sum", "points"):
        settings.pop(name, None)
    for line in basket["lines"]:
        line["unit"], line["quantity"] = "piece", max(line["quantity"] // 1_000, 1) * 1_000
    return rule_set, basket


def a_contested_rule_more_never_costs_the_client_more(random: Random) -> None:
    """Over rules that are in each other's way."""
    rule_set, basket = contested(random, 6)
    gone = random.randrange(len(rule_set["rules"]))
    fewer = {**rule_set, "rules": [rule for at, rule in enumerate(rule_set["rules"]) if at != gone]}
    assert priced(rule_set, basket)["totals"]["net"] <= priced(fewer, basket)["totals"]["net"], f"r{gone}"


def no_choice_of_rules_is_cheaper(random: Random) -> None:
    """Tried one by one on small baskets, with rules left out of the rule set and each rest priced phase by phase."""
    receipt = contested(random)
    assert quote_of(receipt[0], read_basket(receipt[1])).totals.net == best_by_trying_all(receipt)


LAWS: tuple[Callable[[Random], None], ...] = (
    a_rule_more_never_costs_the_client_more,
    a_contested_rule_more_never_costs_the_client_more,
    no_choice_of_rules_is_cheaper,
)


def two_hundred_lines_and_sixty_rules_are_priced_at_a_bounded_cost(random: Random) -> None:
    """In each contest at most as many prices as choices, or `MOST_STEPS` beyond twelve rules; never worse than in turn."""
    rules = [{**contested(random, 1)[0]["rules"][0], "id": f"r{at}", "group": None} for at in range(60)]
    lines = [
        {"product": random.randint(1, 40), "unit": "piece", "quantity": 1_000 * random.randint(1, 3), "price": price}
        for price in (random.randint(1, 3_000) for _ in range(200))
    ]
    settings = {"currency": "EUR", "exponent": 2, "price_step": 1, "cash_step": 1}
    basket = {"schema": 2, "settings": settings, "first_scan": NOON, "payment": NOON, "lines": lines}
    course = _course({"schema": 2, "version": 1, "rules": rules}, basket)
    in_turn = course.run(frozenset(), Unheard())
    off = left_out(course, frozenset())
    runs = course.runs
    course.run(frozenset(), Unheard())
    found = contests(course, frozenset())
    most = sum(2 ** len(each.rules) + 2 if len(each.rules) <= EXACT else MOST_STEPS for each in found)
    assert runs <= 4 + most
    assert course.run(off, Unheard()) <= in_turn


def _course(rule_set: dict[str, Any], basket: dict[str, Any]) -> Course:
    return begun(prepare(read_rule_set(rule_set)), read_basket(basket))


LARGE: tuple[Callable[[Random], None], ...] = (two_hundred_lines_and_sixty_rules_are_priced_at_a_bounded_cost,)
