# pyright: strict
"""What one effect makes of one line: the arithmetic of rounding at the unit and at the line (R2)."""

from dataclasses import dataclass

from loyalty.pricing import parts as of_parts
from loyalty.pricing.lines import PricedLine
from loyalty.pricing.parts import Parts, cost
from loyalty.pricing.quote import Part
from loyalty.pricing.slabs import Slabs, Value, repriced, stretches
from pos.core.money import rounded


@dataclass(slots=True)
class Offer:
    """What a line would cost; `held` if its lowest price stood in the way of more."""

    parts: Parts
    net: int
    held: bool


def offer(line: PricedLine, kind: str, rounding: str, value: Value, price_step: int) -> Offer:
    """`kind` is the effect's; a line is never made dearer and never cheaper than allowed."""
    if isinstance(value, Slabs):
        return _by_slabs(line, kind, rounding, value, price_step)
    assert isinstance(value, int)
    if rounding == "unit":
        prices = [unit_price(kind, part.price, value, price_step) for part in line.parts]
        parts = line.at_prices(prices)
        held = line.low > 0 and any(price < line.low for price in prices)
    else:
        net = line.net - line_discount(kind, line.net, value)
        parts = line.at_net(net)
        held = line.low > 0 and net < line.low_net
    return Offer(parts, of_parts.total(parts), held)


def unit_price(kind: str, price: int, value: int, price_step: int) -> int:
    """The net price of one unit; a percentage is rounded to the price step."""
    match kind:
        case "percent" | "personal" | "n_for_m":
            return rounded(price * (10_000 - value), 10_000 * price_step) * price_step
        case "amount_unit":
            return price - value
        case _:
            return value


def _by_slabs(line: PricedLine, kind: str, rounding: str, slabs: Slabs, price_step: int) -> Offer:
    cut = stretches(line.parts, slabs)
    if rounding == "unit":
        wanted = [
            part.price if value is None else unit_price(kind, part.price, value, price_step) for part, value in cut
        ]
        held = line.low > 0 and any(price < line.low for price in wanted)
        priced = [
            Part(part.quantity, min(part.price, max(price, line.low)))
            for (part, _), price in zip(cut, wanted, strict=True)
        ]
        parts = repriced(line, priced)
    else:
        net = line.net - sum(line_discount(kind, cost(part.price, part.quantity), value or 0) for part, value in cut)
        held = line.low > 0 and net < line.low_net
        parts = line.at_net(net)
    return Offer(parts, of_parts.total(parts), held)


def line_discount(kind: str, net: int, value: int) -> int:
    """What comes off a line that costs `net`; a percentage is rounded once."""
    match kind:
        case "percent" | "personal" | "basket_percent":
            return rounded(net * value, 10_000)
        case _:
            return value
