"""When a weight may be sold, what it counts, and how it is shown; numbers in, codes out."""

from dataclasses import dataclass

from devices.scales.reading import Reading, Unit

MICROGRAMS_A_GRAM = 1_000_000
OLDEST_MS = 500
"""A weight as old as this is no longer what lies on the pan."""


@dataclass(frozen=True, slots=True)
class SaleRules:
    """What a shop sells by. `least_grams` may be sold, less may not (the Min on the scale's plate).

    `units`: those that the scale may show; a scale that was switched to pounds by mistake is refused.
    """

    least_grams: int = 1
    units: frozenset[Unit] = frozenset({Unit.GRAM, Unit.KILOGRAM})


def grams(reading: Reading) -> int | None:
    """The weight in whole grams, halves away from zero; None where the scale shows none.

    This is also the rule for a scale whose division is finer than a gram (12.5 g): what is sold is the nearest gram,
    while `shown` keeps the scale's own digits, and `least_grams` is held against the exact weight.
    """
    exact = reading.micrograms
    if exact is None:
        return None
    size = (2 * abs(exact) + MICROGRAMS_A_GRAM) // (2 * MICROGRAMS_A_GRAM)
    return size if exact >= 0 else -size


def shown(reading: Reading) -> str:
    """The weight as the scale's display has it ("1.250 kg"); empty where it shows none."""
    if reading.digits is None:
        return ""
    size = str(abs(reading.digits) * 10 ** max(0, -reading.decimals))
    if reading.decimals > 0:
        size = size.rjust(reading.decimals + 1, "0")
        size = f"{size[: -reading.decimals]}.{size[-reading.decimals :]}"
    return f"{'-' if reading.digits < 0 else ''}{size} {reading.unit}"


def is_empty(reading: Reading, rules: SaleRules) -> bool:
    """Whether nothing that may be sold lies on the pan."""
    exact = reading.micrograms
    return reading.zero or (exact is not None and exact < max(1, rules.least_grams * MICROGRAMS_A_GRAM))


def refusal(reading: Reading, age_ms: int, rules: SaleRules, sold: Reading | None) -> str | None:
    """Why this weight may not be sold, the worst first; None if it may.

    `sold` is the last weight that was sold, as long as the pan has not moved since (`still_lies`).
    """
    if age_ms >= OLDEST_MS:
        return "scale.stale"
    if reading.over:
        return "scale.over"
    if reading.under or (reading.digits is not None and reading.digits < 0):
        return "scale.under"
    if not reading.stable:
        return "scale.unstable"
    if reading.unit not in rules.units:
        return "scale.unit"
    if is_empty(reading, rules) or grams(reading) == 0:
        return "scale.empty"
    if reading.digits is None:
        return "scale.unstable"
    if sold is not None and still_lies(sold, reading, rules):
        return "scale.same"
    return None


def still_lies(sold: Reading, now: Reading, rules: SaleRules) -> bool:
    """Whether what was sold may still lie there untouched: no motion, nothing taken off, the very same weight.

    Keeps one weighing from being sold twice (Dialog 06 calls it "no motion since last operation").
    """
    steady = now.stable and now.digits is not None and not (now.over or now.under or is_empty(now, rules))
    return steady and now.micrograms == sold.micrograms
