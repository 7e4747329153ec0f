# pyright: strict
"""Values that change inside one quantity or sum, as tax brackets do: each holds between its start and the next one's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from loyalty.pricing import parts as of_parts
from loyalty.pricing.lines import PricedLine
from loyalty.pricing.parts import Parts, cost
from loyalty.pricing.quote import Part
from loyalty.pricing.rules import Step


@dataclass(frozen=True, slots=True)
class Slab:
    """The first `quantity` thousandths of a line that are left get `value` (None: they have reached no step)."""

    quantity: int
    value: int | None


@dataclass(frozen=True, slots=True)
class Slabs:
    """What each stretch of one line gets, its cheapest units first."""

    of: tuple[Slab, ...]


@dataclass(frozen=True, slots=True)
class Ratio:
    """A percentage that is no whole number of basis points: `numerator` of `denominator`."""

    numerator: int
    denominator: int


Value = int | Slabs | Ratio


def over_lines(steps: Sequence[Step], counts: Sequence[tuple[PricedLine, int]]) -> Mapping[int, Slabs]:
    """Fill the steps with the lines' counted thousandths, cheaper units first, so that the dearer reach the later steps."""
    at = 0
    found: dict[int, Slabs] = {}
    for line, counted in sorted(counts, key=lambda each: each[0].line.price):
        cut = _cut(steps, at, at + counted)
        if counted != line.quantity:  # a weighed line counted as one: all of it gets the value where it ends
            cut = (Slab(line.quantity, cut[-1].value if cut else None),)
        found[line.index] = Slabs(cut)
        at += counted
    return found


def _cut(steps: Sequence[Step], start: int, end: int) -> tuple[Slab, ...]:
    """The stretch from `start` to `end` cut at the steps."""
    edges = [start, *(step.start for step in steps if start < step.start < end), end]
    slabs: list[Slab] = []
    for low, high in pairwise(edges):
        value = None
        for step in steps:
            if step.start <= low:
                value = step.value
        if high > low:
            slabs.append(Slab(high - low, value))
    return tuple(slabs)


def average(steps: Sequence[Step], total: int) -> Ratio:
    """The percentage of the whole `total` when each step's percentage counts for its own stretch of it."""
    return Ratio(sum(slab.quantity * (slab.value or 0) for slab in _cut(steps, 0, total)), 10_000 * max(total, 1))


def stretches(parts: Parts, slabs: Slabs) -> list[tuple[Part, int | None]]:
    """The parts, cheaper units first, cut along the slabs; where units are gone meanwhile, the last stretches remain."""
    found: list[tuple[Part, int | None]] = []
    ahead = list(slabs.of)
    for part in sorted(parts, key=lambda part: -part.price):
        left = part.quantity
        while left > 0:
            slab = ahead.pop() if ahead else Slab(left, None)
            here = min(left, slab.quantity)
            if here < slab.quantity:
                ahead.append(Slab(slab.quantity - here, slab.value))
            found.append((Part(here, part.price), slab.value))
            left -= here
    return found


def repriced(line: PricedLine, priced: Sequence[Part]) -> Parts:
    """Stretches of the line, each at its price, as the at most two parts (one, if measured) of a line.

    A step that begins inside a piece makes that piece cost both shares.
    """
    if line.measured or any(part.quantity % 1_000 for part in priced):
        return line.at_net(sum(cost(part.price, part.quantity) for part in priced))
    return of_parts.by_price(priced)
