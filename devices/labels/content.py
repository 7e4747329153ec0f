"""What stands on labels, without where: the `content` of a "label" job.

    {"language": "ru", "size": {"width_mm": 58, "height_mm": 40, "dpi": 203, "gap_mm": 2}, "labels": [
        {"name": "Молоко 3,2 %, 1 л", "price": "129,90", "card_price": "116,90", "unit_price": "129,90 / л",
         "old_price": "149,90", "currency": "₽", "ean": "4601234567893", "code": "104", "weight": "0,486 кг",
         "date": "12.03.2027", "qr": "https://…", "copies": 2}]}

Prices, weights and dates are the texts that a person is to read, as on receipts. `price` is the ordinary one, `card_price`
the one with a card, `old_price` is struck out. Fields that are not named here are ignored.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from devices.labels.errors import MalformedLabels
from devices.receipt.content import check_digit
from devices.receipt.text_gate import clean

MOST_LABELS = 200
MOST_COPIES = 500
MOST_CHARACTERS = 200
SHORT = 24
MOST_QR = 120
EAN = re.compile("[0-9]{8}|[0-9]{12,13}")
BARRED = re.compile("[0-9A-Za-z./ -]{1,20}")
"""Codes that go out as CODE128; others are only written."""
DPIS = (203, 300, 600)


@dataclass(frozen=True, slots=True)
class Size:
    """Of one label. `gap_mm` 0: paper without gaps."""

    width_mm: int = 58
    height_mm: int = 40
    dpi: int = 203
    gap_mm: int = 2

    def dots(self, tenths_mm: int) -> int:
        return (tenths_mm * self.dpi * 2 + 254) // 508

    @property
    def width(self) -> int:
        """In dots."""
        return self.dots(self.width_mm * 10)

    @property
    def height(self) -> int:
        """In dots."""
        return self.dots(self.height_mm * 10)


@dataclass(frozen=True, slots=True)
class Label:
    """One label, and how many of it. Every text is clean: one line, no control characters."""

    name: str
    price: str
    currency: str = ""
    card_price: str = ""
    unit_price: str = ""
    old_price: str = ""
    ean: str = ""
    code: str = ""
    weight: str = ""
    date: str = ""
    qr: str = ""
    copies: int = 1


@dataclass(frozen=True, slots=True)
class Labels:
    """The content of one job. `language` is that of the few words that the label itself says."""

    labels: tuple[Label, ...]
    size: Size = Size()
    language: str = "en"


SHORT_TEXTS = ("price", "currency", "card_price", "unit_price", "old_price", "code", "weight", "date")


def labels_from(content: Mapping[str, Any]) -> Labels:
    """Read a job's content. Raises `MalformedLabels`, which names the place."""
    raw = content.get("labels")
    if not isinstance(raw, list) or not 1 <= len(cast("list[object]", raw)) <= MOST_LABELS:
        raise MalformedLabels(at="labels", why=f"a list of 1 to {MOST_LABELS}")
    language = content.get("language", "en")
    if not isinstance(language, str):
        raise MalformedLabels(at="language", why="text")
    labels = (_label(each, f"labels[{at}]") for at, each in enumerate(cast("list[object]", raw)))
    return Labels(tuple(labels), size_from(content.get("size", {})), language[:8])


def size_from(raw: object) -> Size:
    """Raises `MalformedLabels`."""
    fields, usual = _object(raw, "size"), Size()
    dpi = _number(fields, "size", "dpi", usual.dpi, min(DPIS), max(DPIS))
    if dpi not in DPIS:
        raise MalformedLabels(at="size.dpi", why="one of " + ", ".join(map(str, DPIS)))
    return Size(
        _number(fields, "size", "width_mm", usual.width_mm, 20, 108),
        _number(fields, "size", "height_mm", usual.height_mm, 12, 150),
        dpi,
        _number(fields, "size", "gap_mm", usual.gap_mm, 0, 10),
    )


def _label(raw: object, at: str) -> Label:
    fields = _object(raw, at)
    name = _text(fields, at, "name", MOST_CHARACTERS)
    texts = {each: _text(fields, at, each, SHORT) for each in SHORT_TEXTS}
    for each, text in (("name", name), ("price", texts["price"])):
        if not text:
            raise MalformedLabels(at=f"{at}.{each}", why="text")
    copies = _number(fields, at, "copies", 1, 1, MOST_COPIES)
    return Label(name=name, ean=_ean(fields, at), qr=_qr(fields, at), copies=copies, **texts)


def _ean(fields: Mapping[str, Any], at: str) -> str:
    digits = _text(fields, at, "ean", 13)
    if digits and not (EAN.fullmatch(digits) and digits[-1] == check_digit(digits[:-1])):
        raise MalformedLabels(at=f"{at}.ean", why="8, 12 or 13 digits with a right check digit")
    return digits.zfill(13) if len(digits) == 12 else digits


def _qr(fields: Mapping[str, Any], at: str) -> str:
    data = fields.get("qr") or ""
    if not isinstance(data, str) or len(data) > MOST_QR or not (data.isascii() and (not data or data.isprintable())):
        raise MalformedLabels(at=f"{at}.qr", why=f"at most {MOST_QR} characters of printable ASCII")
    return data


def _object(raw: object, at: str) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise MalformedLabels(at=at, why="an object")
    return cast("Mapping[str, Any]", raw)


def _text(fields: Mapping[str, Any], at: str, name: str, most: int) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most:
        raise MalformedLabels(at=f"{at}.{name}", why=f"text of at most {most} characters")
    return " ".join(clean(value).split())


def _number(fields: Mapping[str, Any], at: str, name: str, usual: int, least: int, most: int) -> int:
    value = fields.get(name, usual)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise MalformedLabels(at=f"{at}.{name}", why=f"a whole number from {least} to {most}")
    return value
