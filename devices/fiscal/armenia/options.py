"""Options that both Armenian registers have."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from devices.fiscal.armenia.book import Book
from devices.fiscal.armenia.goods import LONGEST, Rules
from devices.options import BadOption

SHARED = frozenset({"crn", "operator", "department", "departments", "classifier", "unit", "book"})
REGISTRATION = re.compile(r"\d{8}", re.ASCII)
MOST_DEPARTMENTS = 999


def text_option(options: Mapping[str, Any], name: str, most: int = 255) -> str | None:
    value = options.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 1 <= len(value) <= most:
        raise BadOption(option=name, why=f"a text of 1 to {most} characters")
    return value


def needed_text(options: Mapping[str, Any], name: str) -> str:
    found = text_option(options, name)
    if found is None:
        raise BadOption(option=name, why="needed")
    return found


def number_option(options: Mapping[str, Any], name: str, least: int, most: int) -> int | None:
    value = options.get(name)
    if value is None:
        return None
    if type(value) is not int or not least <= value <= most:
        raise BadOption(option=name, why=f"a whole number from {least} to {most}")
    return value


def registration(options: Mapping[str, Any]) -> str:
    """`crn`: the register's registration number, as it stands on its receipts."""
    found = needed_text(options, "crn")
    if not REGISTRATION.fullmatch(found):
        raise BadOption(option="crn", why="8 digits")
    return found


def operator(options: Mapping[str, Any]) -> int:
    found = number_option(options, "operator", 1, 9_999)
    if found is None:
        raise BadOption(option="operator", why="needed: the number of the cashier in the register")
    return found


def rules(options: Mapping[str, Any]) -> Rules:
    return Rules(
        number_option(options, "department", 1, MOST_DEPARTMENTS),
        _departments(options.get("departments", {})),
        text_option(options, "classifier", LONGEST),
        text_option(options, "unit", LONGEST) or Rules().unit,
    )


def _departments(given: object) -> dict[str, int]:
    found: dict[str, int] = {}
    for tax, number in cast(dict[object, object], given).items() if isinstance(given, dict) else [(given, None)]:
        if not isinstance(tax, str) or type(number) is not int or not 1 <= number <= MOST_DEPARTMENTS:
            raise BadOption(option="departments", why="a table such as {vat20 = 1, none = 2}")
        found[tax] = number
    return found


def book(options: Mapping[str, Any]) -> Book:
    path = text_option(options, "book", 4_096)
    if path is not None and not Path(path).parent.is_dir():
        raise BadOption(option="book", why="a file in a folder that is there")
    return Book(Path(path) if path is not None else None)


def only(options: Mapping[str, Any], known: frozenset[str]) -> None:
    for option in options:
        if option not in known:
            raise BadOption(option=option, why="not known; one of model, " + ", ".join(sorted(known)))
