# pyright: strict
"""Whether a period of whole days contains a weekday."""

from datetime import date

from loyalty.pricing.rules import When


def never_falls(when: When) -> bool:
    """Whether none of the weekdays lies in the period."""
    return bool(when.weekdays) and not when.weekdays & weekdays_of(when)


def weekdays_of(when: When) -> frozenset[int]:
    """ISO weekdays on which the period and its weekdays allow something; a period without an end has all."""
    named = when.weekdays or frozenset(range(1, 8))
    if not (when.start and when.end):
        return named
    first, last = date.fromisoformat(when.start), date.fromisoformat(when.end)
    days = min((last - first).days, 7)
    return named & {(first.isoweekday() - 1 + day) % 7 + 1 for day in range(days)}
