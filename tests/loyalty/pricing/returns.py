"""Random returns and cash amounts with the answers of the Python engine, for comparison with the browser's."""

from dataclasses import asdict
from random import Random
from typing import Any

from loyalty.pricing.cash import cash_rounding, refund_rounding
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
from pos.core.errors import Malformed
from pos.core.money import MAX_AMOUNT

DIRECTIONS = ("nearest", "down", "up")
Cases = tuple[list[Any], list[Any]]


def cash_cases(number: int, seed: int = 3) -> Cases:
    """Questions and answers of `cash_rounding`, up to the limit."""
    random = Random(seed)
    asked: list[Any] = []
    for _ in range(number):
        amount = random.choice((random.randint(-5_000, 5_000), random.randint(-MAX_AMOUNT, MAX_AMOUNT), MAX_AMOUNT))
        asked.append([amount, random.choice((1, 2, 5, 10, 1_000, 10**9)), random.choice(DIRECTIONS)])
    return asked, [_cash(*each) for each in asked]


def _cash(amount: int, step: int, direction: Any) -> Any:
    try:
        return cash_rounding(amount, step, direction)
    except Malformed as refusal:
        return {"error": refusal.code, "field": ""}


def refund_cash_cases(sales: int, seed: int = 5) -> Cases:
    """Sequences of partial refunds of one cash sale, each step a question."""
    random = Random(seed)
    asked: list[Any] = []
    answers: list[Any] = []
    for _ in range(sales):
        paid, step = random.randint(1, 20_000), random.choice((1, 10, 100, 1_000))
        direction: Any = random.choice(DIRECTIONS)
        rounding = cash_rounding(paid, step, direction)
        back = back_rounding = 0
        while back < paid:
            now = min(random.randint(1, paid), paid - back)
            asked.append([paid, rounding, back, back_rounding, now, step, direction])
            answers.append(refund_rounding(paid, rounding, back, back_rounding, now, step, direction))
            back, back_rounding = back + now, back_rounding + answers[-1]
    return asked, answers


def return_cases(number: int, seed: int = 9) -> Cases:
    """Sold lines, pieces and weights, and quantities that come back in turn, some of them impossible."""
    random = Random(seed)
    asked: list[Any] = []
    for _ in range(number):
        sold = _sold(random)
        most = sold.quantity
        choices = (
            0,
            1,
            1_000,
            1_000,
            500,
            2_000,
            most,
            random.randint(1, most),
            random.randint(1, most) // 1_000 * 1_000,
        )
        asked.append([_as_json(sold), [random.choice(choices) for _ in range(random.randint(1, 5))]])
    return asked, returned_here(asked)


def returned_here(asked: list[Any]) -> list[Any]:
    """What comes back each time and at last in all, over the same forms as the browser's engine takes."""
    return [_in_turn(sold, quantities) for sold, quantities in asked]


def _in_turn(form: dict[str, Any], quantities: list[int]) -> list[Any]:
    parts = tuple(Part(**part) for part in form["parts"])
    sold = Sold(**{**form, "discounts": tuple(form["discounts"]), "parts": parts})
    back: list[Returned] = []
    answers: list[Any] = []
    together = nothing_returned(sold)
    for quantity in quantities:
        try:
            back.append(returned(sold, together, quantity))
            together = add_up(sold, back)
            answers.append(_as_json(back[-1]))
        except Malformed as refusal:
            answers.append({"error": refusal.code, "field": ""})
    return [*answers, _as_json(together)]


def _sold(random: Random) -> Sold:
    measured = random.random() < 0.5
    quantity = random.randint(1, 20_000) if measured else random.randint(1, 20) * 1_000
    price = random.randint(1, random.choice((1, 3, 300, 100_000, MAX_AMOUNT // (quantity * 4))))
    split = 0 if measured else random.randint(0, quantity // 1_000) * 1_000
    pairs = ((split, price), (quantity - split, max(price - 1, 0)))
    parts = tuple(Part(quantity, price) for quantity, price in pairs if quantity)
    net = sum((part.price * part.quantity + 500) // 1_000 for part in parts)
    most = price * quantity // 1_000
    discounts = tuple(random.randint(0, most) for _ in range(random.randint(0, 3)))
    if discounts and not measured:  # pieces have a list price, which the gross is a multiple of
        pieces = quantity // 1_000
        discounts = (*discounts[:-1], discounts[-1] + -(net + sum(discounts)) % pieces)
    if not discounts and not measured:
        parts = (Part(quantity, price),)
        net = most
    tax = random.randint(0, net // 4)
    base = net - tax if random.random() < 0.7 else net
    return Sold(
        quantity,
        measured,
        net + sum(discounts),
        net,
        tax,
        base,
        discounts,
        parts,
        random.choice((0, random.randint(0, 999), net)),
    )


def after_sale_cases(number: int, seed: int = 11) -> Cases:
    """What else goes back: points that were spent, uses of limits, tenders; in the form of `Engine.after_sale`."""
    random = Random(seed)
    asked: list[Any] = []
    answers: list[Any] = []
    for _ in range(number):
        most = random.choice((3, 1_000, 10**6, MAX_AMOUNT // 4))
        spent, amount = random.randint(0, most), random.choice((0, random.randint(1, most)))
        before = random.randint(0, amount)
        now = random.randint(0, amount - before)
        asked.append(["pointsRestored", [spent, amount, before, now]])
        answers.append(points_restored(spent, amount, before, now))
        use = Use("r", random.randint(0, 5), random.randint(0, most), random.randint(0, most))
        whole = random.random() < 0.5
        asked.append(["useGivenBack", [asdict(use), amount, _back(most, before), _back(most, now), whole]])
        here = use_given_back(use, amount, RuleBack(most, before), RuleBack(most, now), whole)
        answers.append(asdict(here))
        left = [random.randint(0, most) for _ in range(random.randint(1, 3))]
        back = random.randint(0, sum(left) + 1)
        asked.append(["refundByTender", [back, left]])
        answers.append(_by_tender(back, left))
    return asked, answers


def _back(money: int, quantity: int) -> dict[str, int]:
    return {"sum": money, "quantity": quantity}


def _by_tender(now: int, left: list[int]) -> Any:
    try:
        return refund_by_tender(now, left)
    except Malformed as refusal:
        return {"error": refusal.code, "field": ""}


def _as_json(value: Sold | Returned) -> dict[str, Any]:
    names = ("quantity", "gross", "net", "tax", "tax_base", "points")
    found: dict[str, Any] = {name: getattr(value, name) for name in names}
    found["discounts"] = list(value.discounts)
    found["parts"] = [{"quantity": part.quantity, "price": part.price} for part in value.parts]
    if isinstance(value, Sold):
        found["measured"] = value.measured
    return found
