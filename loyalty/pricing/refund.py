# pyright: strict
"""Returns (R7): what was charged comes back, part by part; no rules run.

Each return takes its share of what is left of the line, so any sequence of partial returns adds up to exactly what was
charged: net, tax, each discount, the points earned; and so do points spent, uses of limits, and the tenders paid with.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from loyalty.pricing.parts import Parts, cost
from loyalty.pricing.quote import Part, Use
from pos.core.errors import Malformed
from pos.core.money import checked, prorate, rounded


class ReturnsTooMuch(Malformed):
    code = "refund.too_much"


class ReturnsNothing(Malformed):
    code = "refund.nothing"


class ReturnsPartOfPiece(Malformed):
    code = "refund.part_of_piece"


@dataclass(frozen=True, slots=True)
class Sold:
    """A line as its document says: `discounts` are the amounts in their order, `measured` if it was weighed.

    `points` is the line's share of the points earned.
    """

    quantity: int
    measured: bool
    gross: int
    net: int
    tax: int
    tax_base: int
    discounts: tuple[int, ...]
    parts: Parts
    points: int = 0


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back of a line, all positive: `gross` less the discounts is `net`, the parts multiply to `net`.

    `points` of those earned are taken back.
    """

    quantity: int
    gross: int
    net: int
    tax: int
    tax_base: int
    discounts: tuple[int, ...]
    parts: Parts
    points: int = 0


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
        points=sum(each.points for each in returns),
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
        points=_points_lost(sold, before, quantity, net),
    )


def _points_lost(sold: Sold, before: Returned, quantity: int, net: int) -> int:
    """Points earned go back with the money that earned them, whole ones, the rest with the last unit."""
    if before.quantity + quantity == sold.quantity:
        return sold.points - before.points
    if sold.net == 0:
        return 0
    return sold.points * (before.net + net) // sold.net - before.points


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
    if cost(charged, quantity) == net:
        return (Part(quantity, charged),)
    near = checked(rounded(net * 1_000, quantity))
    if cost(near, quantity) == net:
        return (Part(quantity, near),)
    below, rest = net * 1_000 // quantity, quantity - 1_000
    return (Part(rest, below), Part(1_000, net - cost(below, rest)))


def points_restored(spent: int, amount: int, before: int, now: int) -> int:
    """Points given back when `now` minor units of the discount they paid come back, after `before`, of `amount` in all.

    Whole points; the last return lands on what was spent.
    """
    if amount == 0:
        return 0
    return spent * (before + now) // amount - spent * before // amount


@dataclass(frozen=True, slots=True)
class RuleBack:
    """What came back of the lines that a rule lowered: the rule's discounts in minor units, the lines' thousandths."""

    sum: int
    quantity: int


def use_given_back(used: Use, sold: int, before: RuleBack, now: RuleBack, whole: bool) -> Use:
    """The use of a rule's limits that a return gives back, as a negative use.

    `sold`: thousandths of the lines that the rule lowered. Money and pieces go back with their goods, times only when the
    `whole` sale has come back by now (and a coupon with them).
    """
    pieces = 0
    if sold:
        pieces = used.pieces * (before.quantity + now.quantity) // sold - used.pieces * before.quantity // sold
    return Use(used.rule, -used.times if whole else 0, -now.sum, -pieces)


def refund_by_tender(now: int, left: Sequence[int]) -> list[int]:
    """`now` split over the tenders by what is `left` of each, so that any sequence gives each back what it paid.

    Raises `ReturnsTooMuch` if less is left in all.
    """
    if now > sum(left):
        raise ReturnsTooMuch(left=sum(left))
    return prorate(now, left)
