# pyright: strict
"""Phases on single lines: prices set by hand, then the best rule for the client, then stackable rules on the rest (R6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from loyalty.pricing.basket import Manual
from loyalty.pricing.effects import offer
from loyalty.pricing.events import Events
from loyalty.pricing.groups import Candidate, Outcome, Wanted, outcome
from loyalty.pricing.lines import PricedLine
from loyalty.pricing.reach import Short
from loyalty.pricing.rules import Group, Rule
from loyalty.pricing.slabs import Value

MANUAL_KINDS = {"price": ("price", "unit"), "percent": ("percent", "unit"), "amount": ("amount_line", "line")}


@dataclass(slots=True)
class OnOneLine:
    """A line with the rules that would lower it, by priority and id."""

    line: PricedLine
    wanted: list[Wanted] = field(default_factory=list[Wanted])
    every: list[Candidate] = field(default_factory=list[Candidate])
    """The same as candidates, when none is left out."""
    ids: frozenset[str] = frozenset()


def set_by_hand(line: PricedLine, manual: Manual, price_step: int) -> None:
    """Phase 1: a price or a discount set by hand, within what the law and the product's minimum allow."""
    kind, rounding = MANUAL_KINDS[manual.kind]
    made = offer(line, kind, rounding, manual.value, price_step)
    if made.held:
        line.limits.add(line.low_by)
    line.take(made.parts, "manual", "manual", "manual", manual.kind)


def want(rule: Rule, line: PricedLine, value: Value, price_step: int) -> Wanted:
    return Wanted(rule, value, offer(line, rule.effect.kind, rule.rounding, value, price_step))


def discount_line(line: PricedLine, every: Sequence[Candidate], price_step: int, events: Events, fresh: bool) -> None:
    """Give the line, or what is left of it, the best of the candidates that compete for it.

    `fresh` if it is as it was when the rules were asked alone.
    """
    made = [outcome(candidate, line, price_step, fresh) for candidate in every if not candidate.stackable]
    best = min(made, key=lambda each: (each.net, each.candidate.first.priority, each.candidate.first.id), default=None)
    start = line.net
    for each in made:
        if each.net >= start:
            _nothing(each, line, events)
        elif each is not best and best is not None:
            for want in each.candidate.wanted:
                events.beaten(want.rule.id, line, best.candidate.first.id, max(start - want.alone.net, 0))
    if best is not None and best.net < start:
        _apply(best, line, events)


def discount_rest(line: PricedLine, every: Sequence[Candidate], price_step: int, events: Events) -> None:
    """Stackable candidates, in order, on the rest."""
    for candidate in every:
        if not candidate.stackable:
            continue
        able = [want for want in candidate.wanted if want.rule.over_discounted or not line.discounted]
        for want in candidate.wanted:
            if want not in able:
                events.not_met(want.rule.id, line, "discounted")
        if not able:
            continue
        made = outcome(Candidate(able, candidate.mode, True), line, price_step, False)
        if made.net >= line.net:
            _nothing(made, line, events)
        else:
            _apply(made, line, events)


def _apply(made: Outcome, line: PricedLine, events: Events) -> None:
    if made.held:
        line.limits.add(line.low_by)
    for step in made.steps:
        rule = step.rule
        line.take(step.parts, rule.id, rule.name, rule.source, rule.effect.kind)
    given = [step.rule.id for step in made.steps]
    for want in made.candidate.wanted:
        if want.rule.id not in given:
            if made.candidate.mode == "best_of":
                events.beaten(want.rule.id, line, given[0], max(line.gross - want.alone.net, 0))
            else:
                events.not_met(want.rule.id, line, "minimum" if made.held else "saving")


def _nothing(made: Outcome, line: PricedLine, events: Events) -> None:
    for want in made.candidate.wanted:
        events.not_met(want.rule.id, line, "minimum" if made.held else "saving")


def not_blocked(on: OnOneLine, groups: Mapping[str, Group], events: Events) -> list[Wanted]:
    """Rules that remain after a promotion of a group that keeps other sources off the line."""
    blocked = on.line.blocked
    for want in on.wanted:
        group = groups.get(want.rule.group or "")
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
    rule: Rule, found: Sequence[tuple[PricedLine, Value | Short]], events: Events
) -> list[tuple[PricedLine, Value]]:
    """Lines with their values; what is missing on the others goes to the explanation."""
    with_value: list[tuple[PricedLine, Value]] = []
    for line, value in found:
        if isinstance(value, Short):
            events.not_met(rule.id, line, value.missing, value.amount)
        else:
            with_value.append((line, value))
    return with_value
