# pyright: strict
"""Units of lines that rules take for themselves: a unit serves one rule. A weighed line is one unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loyalty.pricing import parts as of_parts
from loyalty.pricing.lines import PricedLine
from loyalty.pricing.parts import Parts
from loyalty.pricing.quote import Part


@dataclass(frozen=True, slots=True)
class Stack:
    """`count` units of a line that cost `price` each."""

    line: PricedLine
    price: int
    count: int


@dataclass(frozen=True, slots=True)
class Taken:
    """Units of a line that a rule took, as they were and as they are; `pieces` thousandths of them were lowered."""

    line: PricedLine
    before: Parts
    after: Parts
    pieces: int
    held: bool


class Pool:
    """The units of lines that no rule has taken yet."""

    def __init__(self, lines: Sequence[PricedLine]) -> None:
        self._left: dict[int, list[tuple[int, int]]] = {line.index: units_of(line) for line in lines}

    def stacks(self, lines: Sequence[PricedLine]) -> list[Stack]:
        """What is left of the lines, dearest first; of one price the earlier line."""
        found = [Stack(line, price, count) for line in lines for price, count in self._left[line.index] if count]
        return sorted(found, key=lambda stack: -stack.price)

    def remove(self, line: PricedLine, picked: Mapping[int, int]) -> None:
        """Take units away: price -> count."""
        self._left[line.index] = [(price, count - picked.get(price, 0)) for price, count in self._left[line.index]]

    def drop_cheapest(self, line: PricedLine, units: int) -> None:
        """Leave out so many of the line's cheapest units."""
        left: list[tuple[int, int]] = []
        for price, count in reversed(self._left[line.index]):
            gone = min(count, units)
            units -= gone
            left.append((price, count - gone))
        self._left[line.index] = left[::-1]

    def rest(self, line: PricedLine) -> Parts:
        """The units left of the line as parts; none of a weighed line that is taken."""
        left = [(price, count) for price, count in self._left[line.index] if count]
        return parts_of(line, dict(left))


def units_of(line: PricedLine) -> list[tuple[int, int]]:
    """(price, count) of the line's units, dearest first."""
    if line.measured:
        return [(line.net, 1)]
    return [(part.price, part.quantity // 1_000) for part in sorted(line.parts, key=lambda part: -part.price)]


def parts_of(line: PricedLine, picked: Mapping[int, int]) -> Parts:
    """Picked units (price -> count) of the line as parts, dearer first."""
    if line.measured:
        return line.parts if any(picked.values()) else ()
    return tuple(Part(picked[price] * 1_000, price) for price in sorted(picked, reverse=True) if picked[price])


def exchanged(line: PricedLine, taken: Taken) -> Parts:
    """The line's parts with the units taken at their new prices."""
    if line.measured:
        return taken.after
    left = dict(units_of(line))
    for part in taken.before:
        left[part.price] -= part.quantity // 1_000
    return of_parts.by_price([*taken.after, *parts_of(line, left)])
