"""Numbers and times of the day as people type them into the shop's lists."""

import re

NUMBER = re.compile(r"([0-9]{1,15})(?:[.,]([0-9]{1,4}))?")
SPACES = re.compile(r"[\s'’]")
CLOCK = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])")


def scaled(typed: str, places: int) -> int | None:
    """A number in parts of `10**places`: "1 250,5" of two places is 125050. None for what is no such number."""
    found = NUMBER.fullmatch(SPACES.sub("", typed))
    digits = (found[2] or "") if found else ""
    return int(found[1] + digits.ljust(places, "0")) if found and len(digits) <= places else None


def unscaled(number: int, places: int) -> str:
    """As it is typed, without zeros at the end: 19950 of two places is "199.5"."""
    whole, rest = divmod(number, 10**places)
    digits = f"{rest:0{places}d}".rstrip("0") if places else ""
    return f"{whole}.{digits}" if digits else str(whole)


def minute(typed: str) -> int | None:
    """Of the day: "08:30" is 510, and "24:00", its end, is 1440. None for what is no time."""
    found = CLOCK.fullmatch(typed)
    minutes = int(found[1]) * 60 + int(found[2]) if found else None
    return minutes if minutes is not None and minutes <= 1_440 else None


def clock(minute: int) -> str:
    """510 is "08:30"; the end of the day is midnight, as clocks show it."""
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"
