"""Values of an Armenian register's answers. The same field comes as a number from one and as a text from another, so
each is read as either; texts are data and pass the gate.

Source: captured answer of a Newland N950, firmware 1.1.3, in lobotomoe/hdm-am (texts); the manual's examples (numbers).
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from devices.fiscal.numbers import minor, parsed
from devices.receipt.text_gate import clean

YEREVAN = timezone(timedelta(hours=4))
LONGEST_TEXT = 700
THOUSAND = 1_000


class BadAnswer(Exception):
    """The answer lacks what it must say, or says it in a form that is none."""


def object_of(text: bytes) -> Mapping[str, Any]:
    """The JSON object in an answer. Raises `BadAnswer`."""
    try:
        value = parsed(text)
    except ValueError as error:
        raise BadAnswer("no JSON") from error
    if not isinstance(value, dict):
        raise BadAnswer("no object")
    return cast(Mapping[str, Any], value)


def _decimal(value: object) -> Decimal | None:
    if type(value) is int:
        return Decimal(value)
    if isinstance(value, str) and len(value) <= 32:
        try:
            value = Decimal(value.strip())
        except InvalidOperation:
            return None
    return value if isinstance(value, Decimal) and value.is_finite() and abs(value) <= 10**15 else None


def whole(value: object) -> int | None:
    """A whole number, however it is written (179, "179", 1490190340000.0)."""
    found = _decimal(value)
    return int(found) if found is not None and found == found.to_integral_value() else None


def money(value: object) -> int | None:
    """An amount in luma; None where it is none."""
    found = _decimal(value)
    return minor(found) if found is not None else None


def quantity(value: object) -> int | None:
    """A quantity in thousandths."""
    found = _decimal(value)
    return whole(found * THOUSAND) if found is not None else None


def text(value: object) -> str:
    """One clean line, "" for what is no text and no number."""
    found = str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value
    return clean(found[:LONGEST_TEXT]).strip() if isinstance(found, str) else ""


def must(value: int | None, name: str) -> int:
    if value is None:
        raise BadAnswer(name)
    return value


def local_time(value: object) -> str | None:
    """Milliseconds since 1970 in Greenwich, as the time on a clock in Yerevan."""
    found = whole(value)
    if found is None or not 0 < found < 253_402_300_800_000:
        return None
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=found)
    return at.astimezone(YEREVAN).replace(tzinfo=None).isoformat(timespec="seconds")
