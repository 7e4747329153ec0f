# pyright: strict
"""Which lines a rule reaches and with which value: minimum quantities, sums and scales."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loyalty.pricing.basket import Line, Terms
from loyalty.pricing.lines import PricedLine
from loyalty.pricing.rules import Personal, PersonalPrice, QuantityBy, Rule, Scale, Step, SumBy
from loyalty.pricing.slabs import Value, average, over_lines
from pos.core.money import checked


@dataclass(frozen=True, slots=True)
class Short:
    """What is missing for a rule, and how much of it (thousandths for a quantity, minor units for a sum)."""

    missing: str
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Sums of the whole receipt at the start of a phase: at list prices, and as charged so far."""

    before: int
    after: int


def reached(
    rule: Rule, lines: Sequence[PricedLine], receipt: Receipt, terms: Terms | None
) -> list[tuple[PricedLine, Value | Short]]:
    """For each of the rule's lines the effect's value there, or what is missing."""
    found: list[tuple[PricedLine, Value | Short]] = []
    need, money = rule.needs_quantity, rule.needs_sum
    value = (terms.personal if terms else 0) if isinstance(rule.effect, Personal) else rule.value
    short = None
    if money is not None:
        lacking = money.at_least - _sum(money.by, lines, receipt)
        short = Short("sum", lacking) if lacking > 0 else None
    if short is None and rule.needs_coverage is not None:
        lacking = rule.needs_coverage.products - len({line.line.product for line in lines})
        short = Short("coverage", lacking) if lacking > 0 else None
    counted = _counted(need.by, lines) if need else {}
    if isinstance(rule.effect, PersonalPrice):
        flat, values = None, _own_prices(lines, terms)
    else:
        flat, values = _steps(value, lines, receipt)
    for line in lines:
        lacking = need.at_least - counted[line.line.product] if need else 0
        if lacking > 0:
            found.append((line, Short("quantity", lacking)))
        elif short is not None:
            found.append((line, short))
        else:
            found.append((line, values[line.index] if flat is None else flat))
    return found


def _own_prices(lines: Sequence[PricedLine], terms: Terms | None) -> Mapping[int, Value | Short]:
    own: Mapping[int, int] = terms.prices if terms else {}
    return {line.index: own.get(line.line.product, Short("personal")) for line in lines}


def _steps(
    value: int | Scale, lines: Sequence[PricedLine], receipt: Receipt
) -> tuple[Value | Short | None, Mapping[int, Value | Short]]:
    """One value for all lines, or (None and) a value per line where it depends on the product or the units."""
    if not isinstance(value, Scale):
        return value, {}
    if isinstance(value.by, SumBy):
        total = _sum(value.by, lines, receipt)
        if value.mode == "slab" and total >= value.steps[0].start:
            return average(value.steps, total), {}
        return _step(value.steps, total, "sum"), {}
    counted = _counted(value.by, lines)
    found: dict[int, Value | Short] = {
        line.index: _step(value.steps, counted[line.line.product], "quantity") for line in lines
    }
    if value.mode == "slab":
        found.update(_slabs(value.steps, value.by, lines))
    return None, found


def _slabs(steps: Sequence[Step], by: QuantityBy, lines: Sequence[PricedLine]) -> Mapping[int, Value]:
    """Stretches of the lines that count, in runs of one product or all together, where a step is passed."""
    runs: dict[int, list[tuple[PricedLine, int]]] = {}
    for line in lines:
        run = line.line.product if by.count == "each" else 0
        runs.setdefault(run, []).append((line, quantity_of(by, line.line)))
    found: dict[int, Value] = {}
    for run in runs.values():
        if sum(counted for _, counted in run) >= steps[0].start:
            found |= over_lines(steps, run)
    return found


def _step(steps: tuple[Step, ...], reached: int, of: str) -> int | Short:
    value = None
    for step in steps:
        if reached >= step.start:
            value = step.value
    return Short(of, steps[0].start - reached) if value is None else value


def _sum(by: SumBy, lines: Sequence[PricedLine], receipt: Receipt) -> int:
    if by.of == "receipt":
        return receipt.before if by.basis == "before" else receipt.after
    return sum(line.gross if by.basis == "before" else line.net for line in lines)


def _counted(by: QuantityBy, lines: Sequence[PricedLine]) -> dict[int, int]:
    """Product -> thousandths that count for it."""
    each: dict[int, int] = {}
    for line in lines:
        product = line.line.product
        each[product] = checked(each.get(product, 0) + quantity_of(by, line.line))
    if by.count == "each":
        return each
    together = checked(sum(each.values()))
    return dict.fromkeys(each, together)


def quantity_of(by: QuantityBy, line: Line) -> int:
    """In pieces a weighed line is one; by weight only weighed lines count."""
    if by.measure == "weight":
        return line.quantity if line.unit == "kg" else 0
    return 1_000 if line.unit == "kg" else line.quantity
