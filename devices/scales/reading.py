"""What a scale says of what lies on it, with everything it says beside the number."""

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """The unit the scale itself shows; the size of one of them in micrograms is exact."""

    GRAM = "g"
    KILOGRAM = "kg"
    POUND = "lb"
    OUNCE = "oz"


MICROGRAMS = {Unit.GRAM: 1_000_000, Unit.KILOGRAM: 1_000_000_000, Unit.POUND: 453_592_370, Unit.OUNCE: 28_349_523}
"""An avoirdupois ounce is 28,349,523.125 micrograms: sixteen of them are a pound, one is rounded down."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One frame's weight and flags.

    `digits` is what the display shows without its decimal sign, `decimals` how many of them stand behind it, negative
    for a division above one unit (-1: tens): 1.250 kg is (1250, 3, kg). `digits` is None where the scale said that
    there is no weight to show (overload, motion). `net`: a tare is taken off. `zero`: the pan is empty, at zero.
    `tare` counts in the same digits, None where the dialect does not tell.
    """

    digits: int | None
    decimals: int
    unit: Unit
    stable: bool
    net: bool = False
    zero: bool = False
    over: bool = False
    under: bool = False
    tare: int | None = None

    @property
    def micrograms(self) -> int | None:
        """The weight in micrograms, exact for grams, kilograms and pounds; None where there is none."""
        if self.digits is None:
            return None
        scaled = abs(self.digits) * MICROGRAMS[self.unit] * 10 ** max(0, -self.decimals) // 10 ** max(0, self.decimals)
        return scaled if self.digits >= 0 else -scaled
