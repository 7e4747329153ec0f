# pyright: strict
"""The basket phase: the best basket rule, then stackable ones on the rest, each spread over its lines (R3)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from loyalty.pricing import parts as of_parts
from loyalty.pricing.effects import line_discount
from loyalty.pricing.events import Events
from loyalty.pricing.lines import PricedLine
from loyalty.pricing.parts import Parts
from loyalty.pricing.rules import Rule
from pos.core.money import prorate, rounded


@dataclass(frozen=True, slots=True)
class OnLines:
    """A basket rule with its value and the lines it may lower."""

    rule: Rule
    value: int
    lines: Sequence[PricedLine]


@dataclass(frozen=True, slots=True)
class Plan:
    """What each line would cost, and what comes off in all; `capped` if the receipt's cap held more back."""

    parts: list[Parts]
    amount: int
    capped: bool = False


def discount_basket(wanted: Sequence[OnLines], most: int, events: Events) -> int:
    """Apply the rules to the receipt, at most `most` in all; returns what is left of it."""
    plans = [(on, plan(on, most)) for on in wanted if not on.rule.stackable]
    giving = [(on, made) for on, made in plans if made.amount > 0]
    best = min(giving, key=lambda each: (-each[1].amount, each[0].rule.priority, each[0].rule.id), default=None)
    for on, made in plans:
        if made.amount == 0:
            _nothing(on, most, events)
        elif best is not None and on is not best[0]:
            _beaten(on, made, best[0].rule.id, events)
    if best is not None:
        most -= _apply(best[0], best[1], events)
    for on in wanted:
        if on.rule.stackable:
            rest = _not_discounted(on, events)
            made = plan(rest, most)
            if made.amount == 0:
                _nothing(rest, most, events)
            else:
                most -= _apply(rest, made, events)
    return most


def _not_discounted(on: OnLines, events: Events) -> OnLines:
    """The rule on the lines that nothing lowered meanwhile, if it asks for that."""
    if on.rule.over_discounted:
        return on
    for line in on.lines:
        if line.discounted:
            events.not_met(on.rule.id, line, "discounted")
    return OnLines(on.rule, on.value, [line for line in on.lines if not line.discounted])


def plan(on: OnLines, most: int) -> Plan:
    """What the rule would take off which line, without doing it."""
    kind = on.rule.effect.kind
    if on.rule.rounding == "line":
        takes = [line_discount(kind, line.net, on.value) for line in on.lines]
        made = _each(on.lines, takes)
        if made.amount <= most:
            return made
        fair = prorate(most, [line.net - of_parts.total(parts) for line, parts in _pairs(on, made)])
        return replace(_each(on.lines, fair), capped=True)
    amount = on.value
    if kind == "basket_percent":
        amount = rounded(sum(line.net for line in on.lines) * on.value, 10_000)
    return replace(_spread(on.lines, min(amount, most)), capped=amount > most)


def _pairs(on: OnLines, made: Plan) -> list[tuple[PricedLine, Parts]]:
    return list(zip(on.lines, made.parts, strict=True))


def _each(lines: Sequence[PricedLine], takes: Sequence[int]) -> Plan:
    parts = [line.at_net(line.net - take) for line, take in zip(lines, takes, strict=True)]
    return Plan(parts, sum(line.net - of_parts.total(made) for line, made in zip(lines, parts, strict=True)))


def _spread(lines: Sequence[PricedLine], amount: int) -> Plan:
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


def _nothing(on: OnLines, most: int, events: Events) -> None:
    for line in on.lines:
        events.not_met(on.rule.id, line, "minimum" if line.room == 0 else "cap" if most == 0 else "saving")
