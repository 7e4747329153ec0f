# pyright: strict
"""Rules of one group on one line: joined into one candidate, which then competes or applies on the rest as one rule would."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from loyalty.pricing import parts as of_parts
from loyalty.pricing.effects import Offer, offer
from loyalty.pricing.lines import PricedLine
from loyalty.pricing.parts import Parts
from loyalty.pricing.rules import Group, Rule
from loyalty.pricing.slabs import Value


@dataclass(slots=True)
class Wanted:
    """A rule on one line, with its value there and what the whole line would cost by it alone."""

    rule: Rule
    value: Value
    alone: Offer


@dataclass(slots=True)
class Step:
    """What the units cost after one rule of a candidate."""

    rule: Rule
    parts: Parts


@dataclass(slots=True)
class Candidate:
    """One rule, or the rules of a group; placed by its first rule's priority and id."""

    wanted: list[Wanted]
    mode: str
    stackable: bool

    @property
    def first(self) -> Rule:
        return self.wanted[0].rule


@dataclass(slots=True)
class Outcome:
    """What a candidate makes of the units."""

    candidate: Candidate
    steps: Sequence[Step]
    net: int
    held: bool


def candidates(wanted: Sequence[Wanted], groups: Mapping[str, Group]) -> list[Candidate]:
    """Rules of the line, those of one group joined where the group says so; in the order of their first rules."""
    return [Candidate(*joined) for joined in together(wanted, groups)]


class OfRule(Protocol):
    """A rule with what it needs where it stands."""

    @property
    def rule(self) -> Rule: ...


T = TypeVar("T", bound=OfRule)


def together(each: Sequence[T], groups: Mapping[str, Group]) -> list[tuple[list[T], str, bool]]:
    """Those of one group joined where the group says so: members, mode, stackable; in the order of their first rules."""
    found: list[tuple[list[T], str, bool]] = []
    of_group: dict[str, list[T]] = {}
    for one in each:
        group = groups.get(one.rule.group or "")
        if group is None or (group.mode in ("best_of", "exclusive") and not group.stackable):
            found.append(([one], "single", one.rule.stackable))
        elif group.mode == "best_of" and one.rule.stackable:
            found.append(([one], "single", True))
        elif group.id in of_group:
            of_group[group.id].append(one)
        else:
            of_group[group.id] = [one]
            found.append((of_group[group.id], group.mode, group.stackable))
    return found


def outcome(candidate: Candidate, line: PricedLine, price_step: int, fresh: bool) -> Outcome:
    """What the candidate makes of the line as it is; `fresh` if the line is as it was when the rules were asked alone."""
    if candidate.mode == "single":
        want = candidate.wanted[0]
        made = want.alone if fresh else _made(want, line, price_step)
        return Outcome(candidate, [Step(want.rule, made.parts)], made.net, made.held)
    if candidate.mode == "sequential":
        return _sequential(candidate, line, price_step)
    if candidate.mode == "additive":
        return _additive(candidate, line, price_step)
    offers = [(_made(want, line, price_step), want) for want in candidate.wanted]
    made, want = min(offers, key=lambda each: (each[0].net, each[1].rule.priority, each[1].rule.id))
    return Outcome(candidate, [Step(want.rule, made.parts)], made.net, made.held)


def _made(want: Wanted, line: PricedLine, price_step: int) -> Offer:
    return offer(line, want.rule.effect.kind, want.rule.rounding, want.value, price_step)


def _sequential(candidate: Candidate, line: PricedLine, price_step: int) -> Outcome:
    """One after another on the rest."""
    rest, held = line.share(line.parts), False
    steps: list[Step] = []
    for want in candidate.wanted:
        made = _made(want, rest, price_step)
        held = held or made.held
        if made.net < rest.net:
            rest = line.share(made.parts)
            steps.append(Step(want.rule, made.parts))
    return Outcome(candidate, steps, rest.net, held)


def _additive(candidate: Candidate, line: PricedLine, price_step: int) -> Outcome:
    """Each from the same price, summed; what passes the lowest price is the last rules' loss."""
    rest, off, held = line.net, 0, False
    steps: list[Step] = []
    for want in candidate.wanted:
        made = _made(want, line, price_step)
        off += line.net - made.net
        parts = line.at_net(line.net - off)
        net = of_parts.total(parts)
        held = held or made.held or net > line.net - off
        if net < rest:
            rest = net
            steps.append(Step(want.rule, parts))
    return Outcome(candidate, steps, rest, held)
