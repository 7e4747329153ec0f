"""Whole-number money: rounding and splitting. Amounts are minor units (ISO 4217), halves go away from zero."""

from collections.abc import Sequence
from dataclasses import dataclass

from pos.core.errors import Malformed

MAX_AMOUNT = 2**53 - 1
"""Largest amount, quantity or total, at both signs: what JSON and JavaScript carry exactly."""


class AmountTooLarge(Malformed):
    code = "money.too_large"


class CurrencyMismatch(Malformed):
    code = "money.currency_mismatch"


class NothingToSplitOver(Malformed):
    code = "money.nothing_to_split_over"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency; negative for a refund or a correction.

    `minor` counts the smallest coin of `currency` (ISO 4217): Money(12_990, "RUB") is 129.90.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        checked(self.minor)

    def __add__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same_currency(other)
        return self.minor < other.minor

    def _same_currency(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(left=self.currency, right=other.currency)


def checked(amount: int) -> int:
    """`amount` itself. Raises `AmountTooLarge` beyond +-(2^53 - 1)."""
    if not -MAX_AMOUNT <= amount <= MAX_AMOUNT:
        raise AmountTooLarge(amount=str(amount))
    return amount


def rounded(numerator: int, denominator: int) -> int:
    """`numerator / denominator` to the nearest whole number, halves away from zero; `denominator` is positive."""
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def prorate(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` minor units over `weights` (none negative) so that the parts add up to it exactly.

    Coins lost to rounding down go to the largest remainders, the earlier weight first; a negative total
    is the mirror of its positive twin. Raises `NothingToSplitOver` if the weights sum to 0 and `total` does not.
    """
    size, whole = abs(total), sum(weights)
    if whole == 0:
        if size:
            raise NothingToSplitOver(total=total)
        return [0] * len(weights)
    parts = [size * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: -(size * weights[i] % whole))
    for i in by_remainder[: size - sum(parts)]:
        parts[i] += 1
    return parts if total >= 0 else [-part for part in parts]
