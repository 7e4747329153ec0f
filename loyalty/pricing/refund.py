# pyright: strict
"""Returns (R7): what was charged comes back, part by part; no rules run.

Each return takes its share of what is left of the line, so any sequence of partial returns adds up to exactly what was
charged: net, tax, and each discount.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from loyalty.pricing.parts import Parts, cost
from loyalty.pricing.quote import Part
from pos.core.errors import Malformed
from pos.core.money import prorate, rounded


class ReturnsTooMuch(Malformed):
    code = "refund.too_much"


class ReturnsNothing(Malformed):
    code = "refund.nothing"


class ReturnsPartOfPiece(Malformed):
    code = "refund.part_of_piece"


@dataclass(frozen=True, slots=True)
class Sold:
    """A line as its document says: `discounts` are the amounts in their order, `measured` if it was weighed."""

    quantity: int
    measured: bool
    gross: int
    net: int
    tax: int
    tax_base: int
    discounts: tuple[int, ...]
    parts: Parts


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back of a line, all positive: `gross` less the discounts is `net`, the parts multiply to `net`."""

    quantity: int
    gross: int
    net: int
    tax: int
    tax_base: int
    discounts: tuple[int, ...]
    parts: Parts


def nothing_returned(sold: Sold) -> Returned:
    return Returned(0, 0, 0, 0, 0, (0,) * len(sold.discounts), ())


def add_up(sold: Sold, returns: Sequence[Returned]) -> Returned:
    """All returns of a line so far, as one; its parts are not kept."""
    return Returned(
        quantity=sum(each.quantity for each in returns),
        gross=sum(each.gross for each in returns),
        net=sum(each.net for each in returns),
        tax=sum(each.tax for each in returns),
        tax_base=sum(each.tax_base for each in returns),
        discounts=tuple(sum(each.discounts[at] for each in returns) for at in range(len(sold.discounts))),
        parts=(),
    )


def returned(sold: Sold, before: Returned, quantity: int) -> Returned:
    """What goes back for `quantity` thousandths, after the returns `before` (their sum).

    Pieces go back in the order of the line's parts. Of a weighed line it is the share of what is left; where one unit
    price cannot say it, the last kilogram carries the difference as a second part. Raises `ReturnsNothing`,
    `ReturnsTooMuch`, or `ReturnsPartOfPiece` for half of a piece.
    """
    if quantity <= 0:
        raise ReturnsNothing()
    left = sold.quantity - before.quantity
    if quantity > left:
        raise ReturnsTooMuch(left=left)
    if not sold.measured and quantity % 1_000:
        raise ReturnsPartOfPiece()
    net_left, gross_left = sold.net - before.net, sold.gross - before.gross
    if sold.measured:
        net = rounded(net_left * quantity, left)
        parts = _weighed(net, quantity, sold.parts[0].price)
    else:
        parts = _pieces(sold.parts, before.quantity, quantity)
        net = sum(cost(part.price, part.quantity) for part in parts)
    gross = rounded(gross_left * quantity, left)
    discounts_left = [was - gone for was, gone in zip(sold.discounts, before.discounts, strict=True)]
    tax_left = sold.tax - before.tax
    tax = rounded(tax_left * net, net_left) if net_left else tax_left
    included = sold.tax_base + sold.tax == sold.net
    return Returned(
        quantity=quantity,
        gross=gross,
        net=net,
        tax=tax,
        tax_base=net - tax if included else net,
        discounts=tuple(prorate(gross - net, discounts_left)),
        parts=parts,
    )


def _pieces(parts: Parts, skip: int, quantity: int) -> Parts:
    """The parts of the next `quantity` pieces after the first `skip`."""
    taken: list[Part] = []
    for part in parts:
        here = min(max(part.quantity - skip, 0), quantity)
        skip = max(skip - part.quantity, 0)
        quantity -= here
        if here:
            taken.append(Part(here, part.price))
    return tuple(taken)


def _weighed(net: int, quantity: int, charged: int) -> Parts:
    """`net` as a quantity times a unit price, at the price that was charged where that says it."""
    for price in (charged, rounded(net * 1_000, quantity)):
        if cost(price, quantity) == net:
            return (Part(quantity, price),)
    below, rest = net * 1_000 // quantity, quantity - 1_000
    return (Part(rest, below), Part(1_000, net - cost(below, rest)))
