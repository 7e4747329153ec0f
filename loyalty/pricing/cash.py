# pyright: strict
"""Cash rounding (R11): a signed amount on the cash part, never spread over lines."""

from loyalty.pricing.basket import Direction
from pos.core.money import checked, rounded


def cash_rounding(amount: int, step: int, direction: Direction) -> int:
    """What is added to a cash `amount` to make it a multiple of `step`; a negative amount mirrors its positive twin.

    `nearest` takes halves away from zero; `down` and `up` go by the size of the amount.
    """
    size = abs(amount)
    match direction:
        case "nearest":
            target = rounded(size, step) * step
        case "down":
            target = size // step * step
        case "up":
            target = -(-size // step) * step
    change = checked(target) - size
    return change if amount >= 0 else -change


def refund_rounding(
    paid: int, paid_rounding: int, returned: int, returned_rounding: int, now: int, step: int, direction: Direction
) -> int:
    """The rounding of a cash refund of `now`, given what was paid and what was given back before (all before rounding).

    Rounds the refunds of one sale together, never above what was paid; the last one lands on it exactly.
    Amounts are positive; money back is `now` plus the answer.
    """
    together = returned + now
    most = paid + paid_rounding
    given = most if together == paid else min(together + cash_rounding(together, step, direction), most)
    given = max(given, returned + returned_rounding)
    return given - (returned + returned_rounding) - now
