# pyright: strict
"""Rules that take units out of lines: n for m, sets, and line rules limited to some units, which lower only those."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loyalty.pricing import parts as of_parts
from loyalty.pricing.allowed import Allowed
from loyalty.pricing.basket_phase import spread
from loyalty.pricing.effects import offer
from loyalty.pricing.lines import PricedLine
from loyalty.pricing.parts import Parts
from loyalty.pricing.reach import Short
from loyalty.pricing.rules import NForM, Rule, SetOf
from loyalty.pricing.sets import Pick, filled, pick_n_for_m, pick_set
from loyalty.pricing.slabs import Value
from loyalty.pricing.units import Pool, Stack, Taken, parts_of
from pos.core.money import MAX_AMOUNT


@dataclass(slots=True)
class Taker:
    """A rule that takes units, with the lines it may take them from and its value there."""

    rule: Rule
    allowance: Allowed
    lines: list[tuple[PricedLine, Value]]


@dataclass(frozen=True, slots=True)
class Took:
    """How many times the rule was given and what it took; nothing taken says what is missing."""

    times: int
    taken: Sequence[Taken]
    short: Short | None


def take(taker: Taker, pool: Pool, price_step: int) -> Took:
    """Let the rule take units of the pool; it keeps them only if it lowers one."""
    lines = [line for line, _ in taker.lines]
    stacks = pool.stacks(lines)
    effect = taker.rule.effect
    if isinstance(effect, NForM):
        took = _n_for_m(taker, effect, stacks, price_step)
    elif isinstance(effect, SetOf):
        took = _set(taker, effect, stacks)
    else:
        took = _units(taker, stacks, price_step)
    for taken in took.taken:
        pool.remove(taken.line, _counts(taken))
    return took


def _counts(taken: Taken) -> Mapping[int, int]:
    """price -> count of the units as they were; a weighed line is one unit at its net."""
    if taken.line.measured:
        return {of_parts.total(taken.before): 1}
    return {part.price: part.quantity // 1_000 for part in taken.before}


def _within(taker: Taker, pieces: int) -> int:
    """How many times the effect, lowering `pieces` thousandths each time, may be given."""
    times, allowance = taker.allowance.most_times, taker.allowance
    return times if allowance.units is None else min(times, allowance.units // pieces)


def _refused(taker: Taker, times: int, pieces: int) -> bool:
    whole = taker.allowance.whole_units
    return whole is not None and times * pieces > whole


def _nothing(taker: Taker, units: int, size: int, pieces: int) -> Took:
    if units < size:
        return Took(0, (), Short("quantity", (size - units) * 1_000))
    limited = taker.allowance.units is not None and taker.allowance.units < pieces
    return Took(0, (), Short(taker.allowance.units_by if limited else "saving"))


def _n_for_m(taker: Taker, effect: NForM, stacks: Sequence[Stack], price_step: int) -> Took:
    pieces = (effect.take - effect.pay) * 1_000
    units = sum(stack.count for stack in stacks)
    times, picks = pick_n_for_m(effect, stacks, _within(taker, pieces))
    if _refused(taker, times, pieces):
        return Took(0, (), Short("budget"))
    taken = [_reduced(line, picked, effect, price_step) for line, picked in _by_line(picks)]
    if all(of_parts.total(each.before) == of_parts.total(each.after) for each in taken):
        return _nothing(taker, units, effect.take, pieces)
    return Took(times, taken, None)


def _reduced(line: PricedLine, picks: Sequence[Pick], effect: NForM, price_step: int) -> Taken:
    kept = parts_of(line, {pick.stack.price: pick.kept for pick in picks})
    lowered = parts_of(line, {pick.stack.price: pick.lowered for pick in picks})
    if not lowered:
        return Taken(line, kept, kept, 0, False)
    rounding = "line" if line.measured else "unit"
    some = line.share(lowered)
    made = offer(some, "percent", rounding, effect.percent, price_step)
    pieces = sum(pick.lowered for pick in picks) * 1_000
    return Taken(line, of_parts.by_price([*kept, *lowered]), of_parts.by_price([*kept, *made.parts]), pieces, made.held)


def _set(taker: Taker, effect: SetOf, stacks: Sequence[Stack]) -> Took:
    size = sum(part.take for part in effect.parts)
    times, amount, picks = pick_set(effect, stacks, _within(taker, size * 1_000))
    if _refused(taker, times, size * 1_000):
        return Took(0, (), Short("budget"))
    by_line = [
        (line, line.share(parts_of(line, {pick.stack.price: pick.lowered for pick in picked})), picked)
        for line, picked in _by_line(picks)
    ]
    made = spread([some for _, some, _ in by_line], max(amount, 0))
    if made.amount == 0:
        least = _missing(effect, stacks, size) if times == 0 else 0
        return _nothing(taker, size - least, size, size * 1_000)
    held = made.amount < amount
    return Took(
        times,
        [
            Taken(line, some.parts, parts, sum(pick.lowered for pick in picked) * 1_000, held and some.low > 0)
            for (line, some, picked), parts in zip(by_line, made.parts, strict=True)
        ],
        None,
    )


def _missing(effect: SetOf, stacks: Sequence[Stack], size: int) -> int:
    """Units that lack for one set."""
    return size - filled(effect, stacks)


def _units(taker: Taker, stacks: Sequence[Stack], price_step: int) -> Took:
    """The dearest units, as many as the rule may lower."""
    rule, values = taker.rule, {line.index: value for line, value in taker.lines}
    left = MAX_AMOUNT if taker.allowance.units is None else taker.allowance.units // 1_000
    picks: list[Pick] = []
    for stack in stacks:
        count = min(stack.count, left)
        left -= count
        if count:
            picks.append(Pick(stack, 0, count))
    taken: list[Taken] = []
    for line, picked in _by_line(picks):
        some = line.share(parts_of(line, {pick.stack.price: pick.lowered for pick in picked}))
        made = offer(some, rule.effect.kind, rule.rounding, values[line.index], price_step)
        if made.net < some.net:
            pieces = sum(pick.lowered for pick in picked) * 1_000
            taken.append(Taken(line, some.parts, made.parts, pieces, made.held))
    if _refused(taker, sum(each.pieces for each in taken), 1):
        return Took(0, (), Short("budget"))
    if not taken:
        return _nothing(taker, 1, 1, 1_000)
    return Took(1, taken, None)


def _by_line(picks: Sequence[Pick]) -> list[tuple[PricedLine, list[Pick]]]:
    found: dict[int, tuple[PricedLine, list[Pick]]] = {}
    for pick in picks:
        found.setdefault(pick.stack.line.index, (pick.stack.line, []))[1].append(pick)
    return list(found.values())


def after_taking(taken: Sequence[Taken], rest: Parts) -> Parts:
    """The whole line again: what rules took, as it is now, and the rest."""
    return of_parts.by_price([*(part for each in taken for part in each.after), *rest])
