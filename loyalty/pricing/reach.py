# pyright: strict
"""Which lines a rule reaches and with which value: minimum quantities, sums and scales."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loyalty.pricing.basket import Line, Terms
from loyalty.pricing.lines import PricedLine
from loyalty.pricing.rules import Personal, QuantityBy, Rule, Scale, Step, SumBy
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
) -> list[tuple[PricedLine, int | Short]]:
    """For each of the rule's lines the effect's value there, or what is missing."""
    found: list[tuple[PricedLine, int | Short]] = []
    need, money = rule.needs_quantity, rule.needs_sum
    value = (terms.personal if terms else 0) if isinstance(rule.effect, Personal) else rule.effect.value
    short_sum = None
    if money is not None:
        lacking = money.at_least - _sum(money.by, lines, receipt)
        short_sum = Short("sum", lacking) if lacking > 0 else None
    counted = _counted(need.by, lines) if need else {}
    flat, steps_at = _steps(value, lines, receipt)
    for line in lines:
        lacking = need.at_least - counted[line.line.product] if need else 0
        if lacking > 0:
            found.append((line, Short("quantity", lacking)))
        elif short_sum is not None:
            found.append((line, short_sum))
        else:
            found.append((line, steps_at[line.line.product] if flat is None else flat))
    return found


def _steps(
    value: int | Scale, lines: Sequence[PricedLine], receipt: Receipt
) -> tuple[int | Short | None, Mapping[int, int | Short]]:
    """One value for all lines, or (None and) a value per product where the scale counts each on its own."""
    if not isinstance(value, Scale):
        return value, {}
    if isinstance(value.by, SumBy):
        return _step(value.steps, _sum(value.by, lines, receipt), "sum"), {}
    counted = _counted(value.by, lines)
    return None, {product: _step(value.steps, quantity, "quantity") for product, quantity in counted.items()}


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
        each[product] = checked(each.get(product, 0) + _quantity(by, line.line))
    if by.count == "each":
        return each
    together = checked(sum(each.values()))
    return dict.fromkeys(each, together)


def _quantity(by: QuantityBy, line: Line) -> int:
    """In pieces a weighed line is one; by weight only weighed lines count."""
    if by.measure == "weight":
        return line.quantity if line.unit == "kg" else 0
    return 1_000 if line.unit == "kg" else line.quantity
