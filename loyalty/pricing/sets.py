# pyright: strict
"""Which units a set takes and which of them it lowers: counted by price, never unit by unit."""

from collections.abc import Sequence
from dataclasses import dataclass

from loyalty.pricing.basket import Line
from loyalty.pricing.prepare import selects
from loyalty.pricing.rules import NForM, SetOf
from loyalty.pricing.units import Stack
from pos.core.money import rounded


@dataclass(frozen=True, slots=True)
class Pick:
    """Of a stack so many units that stay as they are and so many that are lowered."""

    stack: Stack
    kept: int
    lowered: int


def pick_n_for_m(effect: NForM, stacks: Sequence[Stack], most: int) -> tuple[int, list[Pick]]:
    """How many times the effect is given, at most `most`, and the units it takes; `stacks` are dearest first."""
    times = min(sum(stack.count for stack in stacks) // effect.take, most)
    if effect.choose == "best_for_client":
        return times, _runs(effect, stacks, times)
    free, paid = times * (effect.take - effect.pay), times * effect.pay
    picks: list[Pick] = []
    for stack in reversed(stacks):
        lowered = min(stack.count, free)
        kept = min(stack.count - lowered, paid)
        free, paid = free - lowered, paid - kept
        if lowered or kept:
            picks.append(Pick(stack, kept, lowered))
    return times, picks


def _runs(effect: NForM, stacks: Sequence[Stack], times: int) -> list[Pick]:
    """Runs of `take` from the dearest on; the last of each run are lowered."""
    end, at = times * effect.take, 0
    picks: list[Pick] = []
    for stack in stacks:
        until = min(at + stack.count, end)
        lowered = _lowered_before(effect, until) - _lowered_before(effect, at)
        if until > at:
            picks.append(Pick(stack, until - at - lowered, lowered))
        at = until
    return picks


def _lowered_before(effect: NForM, position: int) -> int:
    """How many of the first `position` units are lowered."""
    runs, rest = divmod(position, effect.take)
    return runs * (effect.take - effect.pay) + max(rest - effect.pay, 0)


def pick_set(effect: SetOf, stacks: Sequence[Stack], most: int) -> tuple[int, int, list[Pick]]:
    """How many sets, what comes off them, and their units: the dearest that fill every part, never one for two parts.

    Sets for a sum are filled while one more of them takes something off.
    """
    masks = [_mask(effect, stack.line.line) for stack in stacks]
    size = sum(part.take for part in effect.parts)
    low, high = 0, min(sum(stack.count for stack, mask in zip(stacks, masks, strict=True) if mask) // size, most)
    while low < high:
        middle = (low + high + 1) // 2
        if sum(_choose(effect, stacks, masks, middle)) == middle * size:
            low = middle
        else:
            high = middle - 1
    times = low if effect.price != "sum" else _worthwhile(effect, stacks, masks, low)
    counts = _choose(effect, stacks, masks, times)
    picks = [Pick(stack, 0, count) for stack, count in zip(stacks, counts, strict=True) if count]
    return times, _off(effect, stacks, counts, times), picks


def filled(effect: SetOf, stacks: Sequence[Stack]) -> int:
    """How many units of one set are there."""
    masks = [_mask(effect, stack.line.line) for stack in stacks]
    return sum(_choose(effect, stacks, masks, 1))


def _worthwhile(effect: SetOf, stacks: Sequence[Stack], masks: Sequence[int], most: int) -> int:
    """The fewest sets that take off the most: what one more adds only ever falls."""
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        here = _off(effect, stacks, _choose(effect, stacks, masks, middle), middle)
        more = _off(effect, stacks, _choose(effect, stacks, masks, middle + 1), middle + 1)
        if more > here:
            low = middle + 1
        else:
            high = middle
    return low


def _off(effect: SetOf, stacks: Sequence[Stack], counts: Sequence[int], times: int) -> int:
    total = sum(stack.price * count for stack, count in zip(stacks, counts, strict=True))
    match effect.price:
        case "sum":
            return total - times * effect.value
        case "percent":
            return rounded(total * effect.value, 10_000)
        case "amount":
            return min(times * effect.value, total)


def _mask(effect: SetOf, line: Line) -> int:
    """The parts that the line can serve, as bits."""
    return sum(1 << at for at, part in enumerate(effect.parts) if selects(part.what, line))


def _choose(effect: SetOf, stacks: Sequence[Stack], masks: Sequence[int], times: int) -> list[int]:
    """Units of each stack for `times` sets, the dearest first, as many as can serve a part.

    Units can all serve when, for every choice of parts, those that can serve no other parts fit into them (Hall).
    """
    every = range(1 << len(effect.parts))
    room = [times * sum(part.take for at, part in enumerate(effect.parts) if parts >> at & 1) for parts in every]
    counts: list[int] = []
    for stack, mask in zip(stacks, masks, strict=True):
        inside = [parts for parts in every if mask and parts & mask == mask]
        count = min([stack.count, *(room[parts] for parts in inside)]) if inside else 0
        for parts in inside:
            room[parts] -= count
        counts.append(count)
    return counts
