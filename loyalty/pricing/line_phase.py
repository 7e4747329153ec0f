# pyright: strict
"""Phases on single lines: prices set by hand, then the best rule for the client, then stackable rules on the rest (R6)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from loyalty.pricing.basket import Manual
from loyalty.pricing.effects import Offer, offer
from loyalty.pricing.events import Events
from loyalty.pricing.lines import PricedLine
from loyalty.pricing.prepare import Prepared
from loyalty.pricing.reach import Short
from loyalty.pricing.rules import Rule

MANUAL_KINDS = {"price": ("price", "unit"), "percent": ("percent", "unit"), "amount": ("amount_line", "line")}


@dataclass(slots=True)
class Wanted:
    """A rule on one line, with its value there and what the line would cost by it alone."""

    rule: Rule
    value: int
    alone: Offer


@dataclass(slots=True)
class OnOneLine:
    line: PricedLine
    wanted: list[Wanted] = field(default_factory=list[Wanted])


def set_by_hand(line: PricedLine, manual: Manual, price_step: int) -> None:
    """Phase 1: a price or a discount set by hand, within what the law and the product's minimum allow."""
    kind, rounding = MANUAL_KINDS[manual.kind]
    made = offer(line, kind, rounding, manual.value, price_step)
    if made.held:
        line.limits.add(line.low_by)
    line.take(made.parts, "manual", "manual", "manual", manual.kind)


def want(rule: Rule, line: PricedLine, value: int, price_step: int) -> Wanted:
    return Wanted(rule, value, offer(line, rule.effect.kind, rule.rounding, value, price_step))


def discount_line(on: OnOneLine, prepared: Prepared, price_step: int, events: Events) -> None:
    """Give one line the best of the rules that compete for it and then, in order, the stackable ones."""
    line = on.line
    wanted = _not_blocked(on, prepared, events)
    competing = [want for want in wanted if not want.rule.stackable]
    best = min(competing, key=lambda want: (want.alone.net, want.rule.priority, want.rule.id), default=None)
    start = line.net
    for want in competing:
        if want.alone.net >= start:
            events.not_met(want.rule.id, line, _nothing(want.alone))
        elif want is not best and best is not None:
            events.beaten(want.rule.id, line, best.rule.id, start - want.alone.net)
    if best is not None and best.alone.net < start:
        _apply(best.rule, line, best.alone)
    for want in wanted:
        if want.rule.stackable:
            made = offer(line, want.rule.effect.kind, want.rule.rounding, want.value, price_step)
            if not want.rule.over_discounted and line.discounted:
                events.not_met(want.rule.id, line, "discounted")
            elif made.net >= line.net:
                events.not_met(want.rule.id, line, _nothing(made))
            else:
                _apply(want.rule, line, made)


def _apply(rule: Rule, line: PricedLine, made: Offer) -> None:
    if made.held:
        line.limits.add(line.low_by)
    line.take(made.parts, rule.id, rule.name, rule.source, rule.effect.kind)


def _nothing(made: Offer) -> str:
    return "minimum" if made.held else "saving"


def _not_blocked(on: OnOneLine, prepared: Prepared, events: Events) -> Sequence[Wanted]:
    """Rules that remain after a promotion of a group that keeps other sources off the line."""
    blocked = on.line.blocked
    for want in on.wanted:
        group = prepared.groups.get(want.rule.group or "")
        if group and want.rule.source == "promotion" and want.alone.net < on.line.net:
            for source in group.blocks:
                blocked.setdefault(source, want.rule.id)
    if not blocked:
        return on.wanted
    for want in on.wanted:
        if want.rule.source in blocked:
            by = blocked[want.rule.source]
            events.beaten(want.rule.id, on.line, by, max(on.line.net - want.alone.net, 0))
    return [want for want in on.wanted if want.rule.source not in blocked]


def values_or_events(
    rule: Rule, found: Sequence[tuple[PricedLine, int | Short]], events: Events
) -> list[tuple[PricedLine, int]]:
    """Lines with their values; what is missing on the others goes to the explanation."""
    with_value: list[tuple[PricedLine, int]] = []
    for line, value in found:
        if isinstance(value, Short):
            events.not_met(rule.id, line, value.missing, value.amount)
        else:
            with_value.append((line, value))
    return with_value
