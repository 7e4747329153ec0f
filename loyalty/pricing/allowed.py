# pyright: strict
"""How much a rule may give on this receipt: its own limits per receipt, and what limits from outside leave."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from loyalty.pricing.basket import Basket
from loyalty.pricing.events import Events
from loyalty.pricing.lines import PricedLine
from loyalty.pricing.quote import Discount, Use
from loyalty.pricing.rules import BY_UNITS, NOT_DISCOUNTS, Rule
from pos.core.money import MAX_AMOUNT, prorate


@dataclass(frozen=True, slots=True)
class Allowed:
    """The most of each; None: not limited. `whole_*`: where the rule would give more, it gives nothing. `by`: what limits."""

    times: int | None = None
    units: int | None = None
    units_by: str = "limit_receipt"
    whole_units: int | None = None
    sum: int | None = None
    sum_by: str = "limit_receipt"
    whole_sum: int | None = None

    @property
    def most_times(self) -> int:
        return MAX_AMOUNT if self.times is None else self.times


UNLIMITED = Allowed()


def allowed(rule: Rule, basket: Basket, gross: int) -> Allowed:
    """`gross` is the receipt's at list prices; a share of it is rounded down."""
    receipt, left, budget = rule.limits.receipt, basket.left.get(rule.id), rule.limits.budget
    times, units, sum_ = receipt.times, receipt.units, receipt.sum
    if receipt.percent is not None:
        sum_ = _least(sum_, gross * receipt.percent // 10_000)
    found = Allowed(times=times, units=units, sum=sum_)
    if left is None:
        return found
    found = replace(found, times=_least(times, left.times))
    if budget is not None and budget.short == "refuse":
        return replace(found, whole_units=left.pieces, whole_sum=left.sum)
    if left.pieces is not None and (units is None or left.pieces < units):
        found = replace(found, units=left.pieces, units_by="budget")
    if left.sum is not None and (sum_ is None or left.sum < sum_):
        found = replace(found, sum=left.sum, sum_by="budget")
    return found


def _least(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else min(one, other)


def given_by(rule: str, lines: Sequence[PricedLine]) -> int:
    """What the rule took off the lines."""
    return sum(each.amount for line in lines for each in line.discounts if each.rule == rule)


def keep_to(rule: str, allowance: Allowed, lines: Sequence[PricedLine], events: Events) -> None:
    """Lower what the rule gave to the sum it may give, each line in proportion."""
    if allowance.sum is None:
        return
    gave = [given_by(rule, [line]) for line in lines]
    if sum(gave) <= allowance.sum:
        return
    for line, amount, fair in zip(lines, gave, prorate(allowance.sum, gave), strict=True):
        if fair < amount:
            _give_back(line, rule, amount - fair)
            if not any(each.rule == rule for each in line.discounts):
                events.not_met(rule, line, allowance.sum_by)


def _give_back(line: PricedLine, rule: str, amount: int) -> None:
    """Make the line dearer by at least `amount`, all of it the rule's (a weight's price may not say the amount)."""
    before = line.net
    line.raise_to(before + amount)
    back = line.net - before
    kept: list[Discount] = []
    for each in line.discounts:
        less = min(each.amount, back) if each.rule == rule else 0
        back -= less
        if each.amount > less:
            kept.append(replace(each, amount=each.amount - less))
    line.discounts = kept
    while back:  # a weight rose by more than the rule had given: the others gave that much less
        last = line.discounts.pop()
        less = min(last.amount, back)
        back -= less
        if last.amount > less:
            line.discounts.append(replace(last, amount=last.amount - less))


def uses(
    rules: Sequence[Rule],
    lines: Sequence[PricedLine],
    times: Callable[[str], int | None],
    pieces: Callable[[str], int | None],
    earned: frozenset[str],
) -> tuple[Use, ...]:
    """What rules with limits from outside took of them; `earned` are the rules that earned some."""
    found: list[Use] = []
    for rule in rules:
        if not rule.limits.from_outside:
            continue
        on = [line for line in lines if any(each.rule == rule.id for each in line.discounts)]
        if not on and rule.id not in earned:
            continue
        counted = times(rule.id)
        lowered = pieces(rule.id)
        if lowered is None:
            lowered = (
                sum(1_000 if line.measured else line.quantity for line in on) if rule.effect.kind in BY_UNITS else 0
            )
        money = 0 if rule.effect.kind in NOT_DISCOUNTS else given_by(rule.id, on)
        found.append(Use(rule.id, 1 if counted is None else counted, money, lowered))
    return tuple(found)
