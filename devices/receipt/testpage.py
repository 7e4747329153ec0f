"""Pages to look at: whether everything prints, and which number of `ESC t` is which code page.

Makers number their code pages differently and say so nowhere that a program could read. So every number is printed with a
few letters in each of the pages it might be, a person says where they are right ("17A 46B"), and `pages_seen` makes of that
the option `pages` of the device.
"""

import re
from collections.abc import Mapping
from typing import cast

from devices.options import BadOption
from devices.receipt.content import Barcode, Cut, Feed, Line, PageSample, Pair, Qr, Receipt, Rule, Text
from devices.receipt.errors import MalformedContent
from devices.receipt.model import PrinterModel

SAMPLES = {
    "A": ("cp866", "Жы"), "B": ("cp1251", "Жы"), "C": ("cp855", "Жы"), "D": ("cp1125", "Їґ"), "E": ("cp437", "Ñπ"),
    "F": ("cp858", "ß€"), "G": ("cp1252", "é€"), "H": ("cp852", "Łę"), "I": ("cp1250", "Łę"), "J": ("armscii-8", "Աբ"),
}  # fmt: skip
"""Letter on the paper: the page, and what is right to see there."""
PREFERRED = "EABFGHICDJ"
"""Pages with plain Latin first, then the ones with most letters of the shop's languages."""
NUMBERS = (*range(22), *range(30, 62), *range(64, 84), 90, 91)
SEEN = re.compile(r"([0-9]{1,3})\s*([A-Za-z])")
LANGUAGES = ("Milk, bread, 1.50", "Молоко, хлеб, 1,50 ₽", "Կաթ, հաց, 150 ֏")


def test_page_from(content: Mapping[str, object], model: PrinterModel) -> Receipt:
    """What a `test-page` job prints: {"of": "print"} or {"of": "code-pages", "numbers"?: [17, 46]}. Raises
    `MalformedContent`."""
    match content.get("of", "print"):
        case "print":
            return Receipt(_ordinary(model))
        case "code-pages":
            numbers = content.get("numbers", NUMBERS)
            if not isinstance(numbers, list | tuple):
                raise MalformedContent(at="numbers", why="a list")
            return _code_pages(tuple(map(_number, cast("list[object]", numbers))), model)
        case _:
            raise MalformedContent(at="of", why="print or code-pages")


def pages_seen(answer: str) -> list[tuple[str, int]]:
    """The option `pages`, from what a person saw right on the page of code pages ("17A 46B 19F"); a letter seen at
    several numbers counts at the first. Raises `BadOption`."""
    found: dict[str, int] = {}
    for number, letter in SEEN.findall(answer):
        if letter.upper() not in SAMPLES or int(number) > 255:
            raise BadOption(option="pages", why=f"{number}{letter}: a number and a letter from A to {max(SAMPLES)}")
        found.setdefault(letter.upper(), int(number))
    if SEEN.sub("", answer).strip(" ,;\n") or not found:
        raise BadOption(option="pages", why="numbers with letters, such as 17A 46B")
    return [(SAMPLES[letter][0], found[letter]) for letter in PREFERRED if letter in found]


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 255:
        raise MalformedContent(at="numbers", why="whole numbers up to 255")
    return value


def _code_pages(numbers: tuple[int, ...], model: PrinterModel) -> Receipt:
    half = len(SAMPLES) if model.columns >= 44 else len(SAMPLES) // 2
    letters = list(SAMPLES)
    rows = [letters[at : at + half] for at in range(0, len(letters), half)]
    right = [Text(" ".join(f"{letter} {SAMPLES[letter][1]}" for letter in row)) for row in rows]
    samples = [PageSample(number, b"%3d" % number + _sampled(row)) for number in numbers for row in rows]
    return Receipt((*right, Rule(), *samples, Cut()), logo=False)


def _sampled(letters: list[str]) -> bytes:
    return b"".join(b" " + letter.encode() + SAMPLES[letter][1].encode(SAMPLES[letter][0]) for letter in letters)


def _ordinary(model: PrinterModel) -> tuple[Line, ...]:
    pages = " ".join(f"{name}={number}" for name, number in model.pages)
    return (
        Text("Tillcard", "center", bold=True, size=2),
        *(Text(line) for line in LANGUAGES),
        Text("Bold, жирный, թավ", bold=True),
        Text("2 x", size=2),
        Text("right", "right"),
        Rule(),
        Pair("Paper", f"{model.columns} columns, {model.dots} dots"),
        Pair("Language", model.dialect),
        Pair("Answers", "yes" if model.answers else "no"),
        Pair("Drawer", f"pin {model.drawer_pin}, open: {model.drawer_open}"),
        Text(f"Code pages: {pages}"),
        Rule(),
        Barcode("ean13", "4006381333931"),
        Feed(1),
        Qr("https://tillcard.example/test"),
        Feed(1),
        Cut(),
    )
