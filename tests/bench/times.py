"""Seconds that were measured, told in milliseconds."""

import statistics


def at_percent(seconds: list[float], percent: int) -> float:
    """The time that so many percent of them took at most, in milliseconds."""
    return round(statistics.quantiles(seconds, n=100)[percent - 1] * 1_000, 2)
