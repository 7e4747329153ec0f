# pyright: strict
"""When points may be spent first, and when they end. Days are the shop's own; every period excludes its last day."""

from datetime import date, timedelta
from typing import Literal

LifeKind = Literal["never", "days", "month_end", "year_end"]
FOREVER = date.max


def first_day(earned_on: date, pending_days: int) -> date:
    """The first day on which points earned on `earned_on` may be spent."""
    return moved(earned_on, pending_days)


def end_of(available_on: date, life: LifeKind, count: int) -> date | None:
    """The day as which begins points are over, or None for never.

    `days`: `count` days from the first on which they may be spent. `month_end` and `year_end`: with that day's month or
    year, or `count` months or years later.
    """
    match life:
        case "never":
            return None
        case "days":
            return moved(available_on, count)
        case "month_end":
            months = available_on.year * 12 + available_on.month + count  # of the month after, counted from zero
            year, month = divmod(months, 12)
            return date(year, month + 1, 1) if year < FOREVER.year else None
        case "year_end":
            year = available_on.year + 1 + count
            return date(year, 1, 1) if year < FOREVER.year else None


def moved(day: date, days: int) -> date:
    """`days` later, or the last day there is."""
    return day + timedelta(days=days) if (FOREVER - day).days > days else FOREVER


def birthday_in(born_on: date, year: int) -> date:
    """The birthday in `year`; of 29 February in a common year the 28th."""
    if born_on.month == 2 and born_on.day == 29:
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return date(year, 2, 29 if leap else 28)
    return date(year, born_on.month, born_on.day)


def birthday_window(born_on: date, today: date, before: int, after: int) -> tuple[int, date, date] | None:
    """If `today` is within `before` days ahead of a birthday and `after` days past it: the birthday's year, the first
    day of the window and the day after its last."""
    for year in (today.year - 1, today.year, today.year + 1):
        birthday = birthday_in(born_on, year)
        start, end = birthday - timedelta(days=before), birthday + timedelta(days=after + 1)
        if start <= today < end:
            return year, start, end
    return None
