# pyright: strict
"""Gifts: lines of the basket that name a gift rule cost its price, as many units as the rest of the basket has earned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loyalty.pricing.allowed import Allowed
from loyalty.pricing.effects import offer
from loyalty.pricing.events import Events
from loyalty.pricing.lines import PricedLine
from loyalty.pricing.parts import Parts, by_price, total
from loyalty.pricing.quote import GiftOffer
from loyalty.pricing.reach import quantity_of
from loyalty.pricing.rules import Gift, QuantityBy, Rule
from loyalty.pricing.units import parts_of, units_of

PIECES = QuantityBy("together", "pieces")


@dataclass(slots=True)
class Giver:
    """A gift rule with the lines of its goods and the lines that were chosen as its gifts."""

    rule: Rule
    effect: Gift
    allowance: Allowed
    goods: list[PricedLine]
    chosen: list[PricedLine]


@dataclass(frozen=True, slots=True)
class Given:
    """How many times the gift is earned, thousandths of the units given, and what the till may offer."""

    times: int
    pieces: int
    offer: GiftOffer


def earned_times(giver: Giver, goods: Sequence[PricedLine]) -> int:
    """How many times the goods earn the gift, within what is allowed; `goods` at their list prices."""
    each = giver.effect.each
    times = 1
    if each is not None:
        counted = sum(line.gross if each.of == "sum" else quantity_of(PIECES, line.line) for line in goods)
        times = counted // each.size
    times = min(times, giver.allowance.most_times)
    if giver.allowance.units is not None:
        times = min(times, giver.allowance.units // (giver.effect.take * 1_000))
    return times


def short_of_gift(giver: Giver, goods: Sequence[PricedLine]) -> tuple[str, int | None]:
    """Why the goods earn no gift."""
    each = giver.effect.each
    if each is None:
        return giver.allowance.units_by, None
    counted = sum(line.gross if each.of == "sum" else quantity_of(PIECES, line.line) for line in goods)
    if counted < each.size:
        return each.of, each.size - counted
    return giver.allowance.units_by, None


def give(
    giver: Giver, times: int, stock: Mapping[int, int], bought: Mapping[int, int], price_step: int, events: Events
) -> Given:
    """Lower the chosen lines' units to the gift's price, the dearest first; more units than earned keep their price.

    `bought`: thousandths of each product in the basket, for what is left of the stock.
    """
    rule, effect = giver.rule, giver.effect
    left = times * effect.take
    taken = 0
    for line in sorted(giver.chosen, key=lambda line: -line.line.price):
        bar = line.bars(rule)
        picked: dict[int, int] = {}
        for price, count in units_of(line):
            picked[price] = min(count, left) if not bar else 0
            left -= picked[price]
        units = sum(picked.values())
        taken += units
        if bar or units == 0:
            events.not_met(rule.id, line, bar or "quantity")
            continue
        given = parts_of(line, picked)
        rest = parts_of(line, {price: count - picked[price] for price, count in units_of(line)})
        some = line.share(given)
        made = _priced(some, effect.price, price_step)
        parts = by_price([*made, *rest]) if not line.measured else made
        if total(parts) < line.net:
            line.take(parts, rule.id, rule.name, rule.source, effect.kind)
        else:
            events.not_met(rule.id, line, "minimum" if line.room == 0 else "saving")
    choices = tuple(
        product
        for product in effect.choices
        if product not in stock or stock[product] - bought.get(product, 0) >= 1_000 or taken >= times * effect.take
    )
    return Given(times, taken * 1_000, GiftOffer(rule.id, choices, effect.price, times * effect.take, taken))


def _priced(some: PricedLine, price: int, price_step: int) -> Parts:
    return offer(some, "price", "unit", price, price_step).parts
