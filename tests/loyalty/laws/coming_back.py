"""A whole sale that comes back in random parts: goods, money, tax, points, uses of limits and each tender end at nothing.

What is returned each time is what the refund of a till says: lines by R7, then points, uses and tenders from them.

Near the largest amount (R1) a share of a weighed line is refused where its money calls for a unit price beyond that. Such a
share, or one that would leave such a rest, is not taken: the rest of the line comes back in one go, which is never refused.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from loyalty.pricing.cash import cash_rounding, refund_rounding
from loyalty.pricing.parts import cost
from loyalty.pricing.quote import Part, Use
from loyalty.pricing.refund import (
    Returned,
    RuleBack,
    Sold,
    add_up,
    nothing_returned,
    points_restored,
    refund_by_tender,
    returned,
    use_given_back,
)
from pos.core.money import AmountTooLarge
from tests.loyalty.laws.receipts import Receipt, weighed


@dataclass
class Sale:
    """A sale and what of it has come back so far: `back` by line, `left` what each tender may still give back."""

    receipt: Receipt
    lines: list[Sold]
    back: list[list[Returned]]
    left: list[int]
    uses: list[list[Use]] = field(default_factory=list[list[Use]])
    points: list[int] = field(default_factory=list[int])
    money: list[int] = field(default_factory=list[int])

    @property
    def rest(self) -> list[int]:
        """Thousandths of each line that are still with the client."""
        pairs = zip(self.lines, self.back, strict=True)
        return [sold.quantity - sum(each.quantity for each in back) for sold, back in pairs]


def sold(receipt: Receipt, random: Random) -> Sale:
    """The receipt as a sale, paid with one to three tenders."""
    points = receipt.quote["points"]["lines"]
    lines = [_line(given, answer, points[at]) for at, (given, answer) in enumerate(receipt.lines)]
    total, paid = receipt.quote["totals"]["total"], [0]
    for _ in range(random.choice((0, 0, 1, 2))):
        paid.append(random.randint(0, total - sum(paid)))
    paid[0] = total - sum(paid)
    return Sale(receipt, lines, [[] for _ in lines], paid)


def _line(line: dict[str, Any], charged: dict[str, Any], points: int) -> Sold:
    return Sold(
        quantity=line["quantity"],
        measured=weighed(line),
        gross=charged["gross"],
        net=charged["net"],
        tax=charged["tax"],
        tax_base=charged["tax_base"],
        discounts=tuple(discount["amount"] for discount in charged["discounts"]),
        parts=tuple(Part(part["quantity"], part["price"]) for part in charged["parts"]),
        points=points,
    )


def come_back(sale: Sale, random: Random) -> Iterator[dict[int, Returned]]:
    """Refunds of random goods until all of them are back; each has been counted when it is given out."""
    while any(sale.rest):
        now: dict[int, Returned] = {}
        for at, rest in enumerate(sale.rest):
            if rest and (random.random() < 0.5 or not any(sale.rest[at + 1 :])):
                line = sale.lines[at]
                step = 1 if line.measured else 1_000
                quantity = random.choice((rest, min(rest, random.randint(1, max(rest // step, 1)) * step)))
                now[at] = _share(line, _so_far(sale, at), quantity)
        _give_back(sale, now)
        yield now


def _share(line: Sold, before: Returned, quantity: int) -> Returned:
    """`quantity` of the line, or all that is left of it where the share or its rest is too large to say."""
    rest = line.quantity - before.quantity
    if quantity < rest and line.measured:
        try:
            share = returned(line, before, quantity)
            returned(line, add_up(line, [before, share]), rest - quantity)
        except AmountTooLarge:
            return returned(line, before, rest)
        return share
    return returned(line, before, quantity)


def _so_far(sale: Sale, at: int) -> Returned:
    back = sale.back[at]
    return add_up(sale.lines[at], back) if back else nothing_returned(sale.lines[at])


def _give_back(sale: Sale, now: dict[int, Returned]) -> None:
    quote, included = sale.receipt.quote, sale.receipt.basket["settings"]["prices_include_tax"]
    spent, amount = quote["points"]["spent"], quote["points"]["amount"]
    before, here, _ = _of_rule(sale, now, "points")
    sale.points.append(points_restored(spent, amount, before.sum, here.sum))
    whole = all(rest == (now[at].quantity if at in now else 0) for at, rest in enumerate(sale.rest))
    uses: list[Use] = []
    for use in quote["uses"]:
        before, here, quantity = _of_rule(sale, now, use["rule"])
        uses.append(use_given_back(Use(**use), quantity, before, here, whole))
    sale.uses.append(uses)
    money = sum(each.net + (0 if included else each.tax) for each in now.values())
    for at, part in enumerate(refund_by_tender(money, sale.left)):
        sale.left[at] -= part
    sale.money.append(money)
    for at, each in now.items():
        sale.back[at].append(each)


def _of_rule(sale: Sale, now: dict[int, Returned], rule: str) -> tuple[RuleBack, RuleBack, int]:
    """What of the rule's discounts and of its lines came back before, comes back now, and the lines' thousandths."""
    before, here, quantity = [0, 0], [0, 0], 0
    for at, charged in enumerate(sale.receipt.quote["lines"]):
        mine = [place for place, each in enumerate(charged["discounts"]) if each["rule"] == rule]
        if not mine:
            continue
        quantity += sale.lines[at].quantity
        for sums, backs in ((before, sale.back[at]), (here, [now[at]] if at in now else [])):
            sums[0] += sum(back.discounts[place] for back in backs for place in mine)
            sums[1] += sum(back.quantity for back in backs)
    return RuleBack(*before), RuleBack(*here), quantity


def returns_add_up_to_what_was_charged(receipt: Receipt, random: Random) -> None:
    """Goods, net, tax, each discount, points earned, of each line; and each return says itself what it is."""
    sale = sold(receipt, random)
    for now in come_back(sale, random):
        for back in now.values():
            assert back.net == back.gross - sum(back.discounts)
            assert back.net == sum(cost(part.price, part.quantity) for part in back.parts)
            assert len(back.parts) <= 2
            assert sum(part.quantity for part in back.parts) == back.quantity
            assert min(back.net, back.tax, back.tax_base, back.points, *back.discounts, 0) == 0
            assert all(part.price >= 0 for part in back.parts)
    for at, line in enumerate(sale.lines):
        done = _so_far(sale, at)
        assert (done.net, done.gross, done.tax, done.tax_base) == (line.net, line.gross, line.tax, line.tax_base)
        assert (done.discounts, done.points) == (line.discounts, line.points)


def returns_give_back_what_was_paid_by_each_tender(receipt: Receipt, random: Random) -> None:
    sale = sold(receipt, random)
    for _ in come_back(sale, random):
        assert min(sale.left) >= 0
    assert sum(sale.money) == receipt.quote["totals"]["total"]
    assert not any(sale.left)


def returns_give_back_the_points_spent(receipt: Receipt, random: Random) -> None:
    sale = sold(receipt, random)
    for _ in come_back(sale, random):
        assert sale.points[-1] >= 0
    assert sum(sale.points) == receipt.quote["points"]["spent"]


def returns_give_back_budgets_coupons_and_times(receipt: Receipt, random: Random) -> None:
    """Money and pieces with their goods, times (and coupons with them) once, when the last of the sale is back."""
    sale = sold(receipt, random)
    for _ in come_back(sale, random):
        assert all(max(use.times, use.sum, use.pieces) <= 0 for use in sale.uses[-1])
        assert all(use.times == 0 for use in sale.uses[-1]) or not any(sale.rest)
    for place, used in enumerate(receipt.quote["uses"]):
        back = [each[place] for each in sale.uses]
        answers = {each["rule"]: each for each in receipt.quote["rules"]}
        assert -sum(each.times for each in back) == used["times"]
        assert -sum(each.sum for each in back) == used["sum"]
        if answers[used["rule"]]["status"] == "applied" and answers[used["rule"]]["amount"]:
            assert -sum(each.pieces for each in back) == used["pieces"]


def cash_given_back_ends_on_what_was_paid(receipt: Receipt, random: Random) -> None:
    """7.50 sold for 7.00 in cash is refunded as 7.00, in one go or in parts (R11)."""
    settings, totals = receipt.basket["settings"], receipt.quote["totals"]
    step, direction = settings["cash_step"], settings["cash_rounding"]
    paid, rounding = totals["total"], totals["cash_rounding"]
    assert rounding == cash_rounding(paid, step, direction)
    back = back_rounding = 0
    sale = sold(receipt, random)
    for _ in come_back(sale, random):
        now = sale.money[-1]
        change = refund_rounding(paid, rounding, back, back_rounding, now, step, direction)
        assert now + change >= 0
        back, back_rounding = back + now, back_rounding + change
        assert back + back_rounding <= paid + rounding
    assert (back, back_rounding) == (paid, rounding)


LAWS: tuple[Callable[[Receipt, Random], None], ...] = (
    returns_add_up_to_what_was_charged,
    returns_give_back_what_was_paid_by_each_tender,
    returns_give_back_the_points_spent,
    returns_give_back_budgets_coupons_and_times,
    cash_given_back_ends_on_what_was_paid,
)
