"""What a receipt says, without how wide the paper is: the `content` of a print job.

    {"language": "ru", "drawer": true, "lines": [
        {"kind": "text", "text": "Лавка", "align": "center", "bold": true, "size": 2},
        {"kind": "pair", "left": "Молоко 1 л", "right": "129.90"},
        {"kind": "rule"},
        {"kind": "barcode", "symbology": "code128", "data": "A1-1-000042"},
        {"kind": "qr", "data": "https://…"},
        {"kind": "feed", "lines": 1}, {"kind": "cut"}]}

Fields that are not named here are ignored, so that a newer till can print on an older agent.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, cast

from devices.receipt.errors import MalformedContent

Align = Literal["left", "center", "right"]
Symbology = Literal["code128", "ean13", "ean8", "upca", "code39", "itf"]

MOST_LINES = 2_000
MOST_CHARACTERS = 2_000
MOST_QR_BYTES = 800
MOST_BARCODE_CHARACTERS = 48


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, wrapped to the paper. `size` 2 is double width and height."""

    text: str
    align: Align = "left"
    bold: bool = False
    size: Literal[1, 2] = 1


@dataclass(frozen=True, slots=True)
class Pair:
    """Words at the left and a figure at the right; the words wrap, the figure is never cut."""

    left: str
    right: str
    bold: bool = False
    size: Literal[1, 2] = 1


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True, slots=True)
class Barcode:
    """Bars with their text below; the last digit of `ean13` (13), `ean8` (8) and `upca` (12 digits) checks the others."""

    symbology: Symbology
    data: str


@dataclass(frozen=True, slots=True)
class Qr:
    data: str


@dataclass(frozen=True, slots=True)
class Feed:
    lines: int


@dataclass(frozen=True, slots=True)
class Cut:
    pass


@dataclass(frozen=True, slots=True)
class PageSample:
    """A line of the page of code pages, in page `number` if the printer has it; printable bytes. No job can say it."""

    number: int
    data: bytes


Line = Text | Pair | Rule | Barcode | Qr | Feed | Cut | PageSample


@dataclass(frozen=True, slots=True)
class Receipt:
    """`drawer`: open it before the first printed byte. `language`: of the COPY mark. `logo`: the printer's, if it has one."""

    lines: tuple[Line, ...]
    drawer: bool = False
    language: str = "en"
    logo: bool = True


def receipt_from(content: Mapping[str, object]) -> Receipt:
    """Read a job's content. Raises `MalformedContent`, which names the place."""
    fields = _Fields(content, "")
    return Receipt(
        lines=tuple(_line(raw, f"lines[{at}]") for at, raw in enumerate(fields.list("lines"))),
        drawer=fields.flag("drawer"),
        language=fields.text("language", "en", most=8),
        logo=fields.flag("logo", usual=True),
    )


def _line(raw: object, at: str) -> Line:
    if not isinstance(raw, Mapping):
        raise MalformedContent(at=at, why="an object")
    fields = _Fields(cast(Mapping[str, object], raw), at + ".")
    kind = fields.text("kind")
    reader = READERS.get(kind)
    if reader is None:
        raise MalformedContent(at=at + ".kind", why="one of " + ", ".join(READERS))
    return reader(fields)


class _Fields:
    """Typed access to one JSON object, with the place for the error."""

    def __init__(self, raw: Mapping[str, object], at: str) -> None:
        self._raw, self._at = raw, at

    def wrong(self, name: str, why: str) -> MalformedContent:
        return MalformedContent(at=self._at + name, why=why)

    def text(self, name: str, default: str | None = None, *, most: int = MOST_CHARACTERS) -> str:
        value = self._raw.get(name, default)
        if not isinstance(value, str) or len(value) > most:
            raise self.wrong(name, f"text of at most {most} characters")
        return value

    def flag(self, name: str, *, usual: bool = False) -> bool:
        value = self._raw.get(name, usual)
        if not isinstance(value, bool):
            raise self.wrong(name, "true or false")
        return value

    def number(self, name: str, default: int, least: int, most: int) -> int:
        value = self._raw.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(name, f"a whole number from {least} to {most}")
        return value

    def list(self, name: str) -> list[object]:
        value = self._raw.get(name)
        if not isinstance(value, list) or len(cast(list[object], value)) > MOST_LINES:
            raise self.wrong(name, f"a list of at most {MOST_LINES}")
        return cast("list[object]", value)


def _text(fields: _Fields) -> Text:
    align = fields.text("align", "left")
    if align not in ("left", "center", "right"):
        raise fields.wrong("align", "left, center or right")
    return Text(fields.text("text"), align, fields.flag("bold"), _size(fields))


def _pair(fields: _Fields) -> Pair:
    return Pair(fields.text("left"), fields.text("right"), fields.flag("bold"), _size(fields))


def _size(fields: _Fields) -> Literal[1, 2]:
    return 2 if fields.number("size", 1, 1, 2) == 2 else 1


SHAPES: dict[Symbology, tuple[re.Pattern[str], str]] = {
    "code128": (re.compile("[ -~]+"), "printable ASCII"),
    "ean13": (re.compile("[0-9]{13}"), "13 digits with a right check digit"),
    "ean8": (re.compile("[0-9]{8}"), "8 digits with a right check digit"),
    "upca": (re.compile("[0-9]{12}"), "12 digits with a right check digit"),
    "code39": (re.compile("[-0-9A-Z. $/+%]+"), "capital letters, digits and -. $/+%"),
    "itf": (re.compile("([0-9]{2})+"), "an even number of digits"),
}
CHECKED = ("ean13", "ean8", "upca")


def _barcode(fields: _Fields) -> Barcode:
    name, data = fields.text("symbology"), fields.text("data", most=MOST_BARCODE_CHARACTERS)
    for symbology, (shape, why) in SHAPES.items():
        if name == symbology:
            right = shape.fullmatch(data) and (name not in CHECKED or data[-1] == check_digit(data[:-1]))
            if not right:
                raise fields.wrong("data", why)
            return Barcode(symbology, data)
    raise fields.wrong("symbology", "one of " + ", ".join(SHAPES))


def check_digit(digits: str) -> str:
    """The digit that completes an EAN or UPC: the sum of the others, weighted 3, 1, 3, … from the right, completed to a
    whole ten. Source: GS1 General Specifications."""
    return str(-sum(int(digit) * (1 if at % 2 else 3) for at, digit in enumerate(reversed(digits))) % 10)


def _qr(fields: _Fields) -> Qr:
    data = fields.text("data")
    if not data or len(data.encode("utf-8", "replace")) > MOST_QR_BYTES:
        raise fields.wrong("data", f"1 to {MOST_QR_BYTES} bytes of UTF-8")
    if not data.isprintable():  # a printer may obey control bytes even inside the data of a symbol
        raise fields.wrong("data", "no control characters")
    return Qr(data)


READERS: dict[str, Callable[[_Fields], Line]] = {
    "text": _text,
    "pair": _pair,
    "rule": lambda fields: Rule(),
    "barcode": _barcode,
    "qr": _qr,
    "feed": lambda fields: Feed(fields.number("lines", 1, 1, 20)),
    "cut": lambda fields: Cut(),
}
