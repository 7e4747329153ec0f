# pyright: strict
"""The basket phase: the best basket rule, then stackable ones on the rest, each spread over its lines (R3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from loyalty.pricing import parts as of_parts
from loyalty.pricing.allowed import UNLIMITED, Allowed
from loyalty.pricing.effects import line_discount
from loyalty.pricing.events import Events, Unheard
from loyalty.pricing.groups import together
from loyalty.pricing.lines import PricedLine
from loyalty.pricing.parts import Parts
from loyalty.pricing.rules import Group, Rule
from loyalty.pricing.slabs import Ratio, Value
from pos.core.money import prorate, rounded


@dataclass(frozen=True, slots=True)
class OnLines:
    """A basket rule with its value and the lines it may lower."""

    rule: Rule
    value: Value
    lines: Sequence[PricedLine]
    allowance: Allowed = UNLIMITED


@dataclass(frozen=True, slots=True)
class Plan:
    """What each line would cost, and what comes off in all; `capped` if the receipt's cap held more back."""

    parts: list[Parts]
    amount: int
    capped: bool = False
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Together:
    """One rule, or the rules of a group that act as one; placed by the first one's priority and id."""

    members: list[OnLines]
    mode: str
    stackable: bool

    @property
    def first(self) -> Rule:
        return self.members[0].rule


@dataclass(frozen=True, slots=True)
class Tried:
    """What would come off, and for one rule which line would cost what."""

    each: Together
    made: Plan | None
    amount: int


def discount_basket(wanted: Sequence[OnLines], groups: Mapping[str, Group], most: int, events: Events) -> int:
    """Apply the rules to the receipt, at most `most` in all; returns what is left of it."""
    every = [Together(*joined) for joined in together(wanted, groups)]
    tried = [_tried(each, most) for each in every if not each.stackable]
    giving = [one for one in tried if one.amount > 0]
    best = min(giving, key=lambda one: (-one.amount, one.each.first.priority, one.each.first.id), default=None)
    for one in tried:
        for on in one.each.members:
            if one.amount == 0:
                _nothing(on, one.made or plan(on, most), most, events)
            elif best is not None and one is not best:
                _beaten(on, one.made or plan(on, most), best.each.first.id, events)
    if best is not None:
        most -= _apply(best.each.members[0], best.made, events) if best.made else _give(best.each, most, events)
    for each in every:
        if each.stackable:
            most -= _give(each, most, events)
    return most


def _tried(each: Together, most: int) -> Tried:
    """What would come off."""
    if each.mode == "single":
        made = plan(each.members[0], most)
        return Tried(each, made, made.amount)
    lines = {line.index: line for on in each.members for line in on.lines}
    before = [(line, line.state()) for line in lines.values()]
    amount = _give(each, most, Unheard())
    for line, state in before:
        line.restore(state)
    return Tried(each, None, amount)


def _give(each: Together, most: int, events: Events) -> int:
    """Apply one rule, or those of a group: one after another, each from the same prices, or the best one."""
    if each.mode == "best_of":
        plans = [(on, plan(_not_discounted(on, Unheard()), most)) for on in each.members]
        best = min(plans, key=lambda one: (-one[1].amount, one[0].rule.priority, one[0].rule.id))
        for on, made in plans:
            if on is not best[0]:
                _beaten(on, plan(on, most), best[0].rule.id, events) if made.amount else _nothing(
                    on, made, most, events
                )
        return _give_one(best[0], None, most, events)
    asked = [plan(on, most).amount for on in each.members] if each.mode == "additive" else [None] * len(each.members)
    given = 0
    for on, amount in zip(each.members, asked, strict=True):
        given += _give_one(on, amount, most - given, events)
    return given


def _give_one(on: OnLines, amount: int | None, most: int, events: Events) -> int:
    """Apply the rule; `amount` is what it takes off where that is known already."""
    rest = _not_discounted(on, events) if on.rule.stackable or amount is not None else on
    made = plan(rest, most) if amount is None else spread(rest.lines, min(amount, most))
    if made.amount == 0:
        _nothing(rest, made, most, events)
        return 0
    return _apply(rest, made, events)


def _not_discounted(on: OnLines, events: Events) -> OnLines:
    """The rule on the lines that nothing lowered meanwhile, if it asks for that."""
    if on.rule.over_discounted:
        return on
    for line in on.lines:
        if line.discounted:
            events.not_met(on.rule.id, line, "discounted")
    return replace(on, lines=[line for line in on.lines if not line.discounted])


def plan(on: OnLines, most: int) -> Plan:
    """What the rule would take off which line, without doing it."""
    allowance = on.allowance
    if allowance.whole_sum is not None:
        made = _plan(on, most)
        return made if made.amount <= allowance.whole_sum else Plan([line.parts for line in on.lines], 0, refused=True)
    if allowance.sum is not None and allowance.sum < most:
        return replace(_plan(on, allowance.sum), capped=False)
    return _plan(on, most)


def _plan(on: OnLines, most: int) -> Plan:
    kind = on.rule.effect.kind
    if on.rule.rounding == "line":
        takes = [_off(kind, line.net, on.value) for line in on.lines]
        made = _each(on.lines, takes)
        if made.amount <= most:
            return made
        fair = prorate(most, [line.net - of_parts.total(parts) for line, parts in _pairs(on, made)])
        return replace(_each(on.lines, fair), capped=True)
    amount = _off(kind, sum(line.net for line in on.lines), on.value)
    return replace(spread(on.lines, min(amount, most)), capped=amount > most)


def _off(kind: str, net: int, value: Value) -> int:
    if isinstance(value, Ratio):
        return rounded(net * value.numerator, value.denominator)
    assert isinstance(value, int)
    return line_discount(kind, net, value)


def _pairs(on: OnLines, made: Plan) -> list[tuple[PricedLine, Parts]]:
    return list(zip(on.lines, made.parts, strict=True))


def _each(lines: Sequence[PricedLine], takes: Sequence[int]) -> Plan:
    parts = [line.at_net(line.net - take) for line, take in zip(lines, takes, strict=True)]
    return Plan(parts, sum(line.net - of_parts.total(made) for line, made in zip(lines, parts, strict=True)))


def spread(lines: Sequence[PricedLine], amount: int) -> Plan:
    """Spread `amount` by what the lines cost, the largest remainder first, ties to the earlier line.

    What cannot land on a line (its lowest price, a weight whose price cannot say it) flows to the others; what
    lands nowhere is not given.
    """
    taken = [0] * len(lines)
    left = min(amount, sum(line.room for line in lines))
    able = [at for at, line in enumerate(lines) if line.room > 0]
    while left > 0 and able:
        shares = prorate(left, [lines[at].net for at in able])
        still: list[int] = []
        for at, share in zip(able, shares, strict=True):
            line = lines[at]
            landed = _lands(line, taken[at] + min(share, line.room - taken[at])) - taken[at]
            taken[at] += landed
            left -= landed
            if landed == share and taken[at] < line.room and not line.measured:
                still.append(at)
        able = still
    for at, line in enumerate(lines):
        if left > 0 and line.measured:
            landed = _lands(line, min(line.room, taken[at] + left)) - taken[at]
            taken[at] += landed
            left -= landed
    parts = [line.at_net(line.net - take) for line, take in zip(lines, taken, strict=True)]
    return Plan(parts, sum(taken))


def _lands(line: PricedLine, amount: int) -> int:
    """How much of `amount` can come off the line."""
    return line.net - of_parts.total(line.at_net(line.net - amount)) if line.measured else amount


def _apply(on: OnLines, made: Plan, events: Events) -> int:
    rule = on.rule
    for line, parts in zip(on.lines, made.parts, strict=True):
        if not line.take(parts, rule.id, rule.name, rule.source, rule.effect.kind):
            events.not_met(rule.id, line, "minimum" if line.room == 0 else "saving")
            continue
        if line.room == 0 and line.low > 0:
            line.limits.add(line.low_by)
        if made.capped:
            line.limits.add("cap")
    return made.amount


def _beaten(on: OnLines, made: Plan, by: str, events: Events) -> None:
    events.beaten_on_receipt(on.rule.id, by, made.amount)
    for line, parts in _pairs(on, made):
        events.beaten(on.rule.id, line, by, line.net - of_parts.total(parts))


def _nothing(on: OnLines, made: Plan, most: int, events: Events) -> None:
    limit = "budget" if made.refused else on.allowance.sum_by if on.allowance.sum == 0 else None
    for line in on.lines:
        events.not_met(on.rule.id, line, limit or ("minimum" if line.room == 0 else "cap" if most == 0 else "saving"))
