"""Where everything stands on a label: one pure function from what it says to positioned elements, in dots from the top left.

Above the name, below it the prices (the ordinary one, and the one with a card where there is one, larger), a line of small
print (price of a unit, weight, date), the bars at the foot and a QR code beside them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from devices.labels.content import BARRED, Label, Size
from devices.labels.errors import LabelTooSmall
from devices.labels.measure import Fitted, fitted, leading, text_width

WORDS = {
    "en": ("Without card", "With card"),
    "ru": ("Без карты", "С картой"),
    "hy": ("Առանց քարտի", "Քարտով"),
}
MARGIN, SMALL, LEAST, DIGITS = 15, 25, 17, 25
"""Tenths of a millimetre."""
EAN13_MODULES, EAN8_MODULES, QUIET = 95, 67, 11
FINEST, COARSEST = 2, 4
"""Tenths of a millimetre that a module may be wide."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line, its top at `y`; at most `width` dots wide, letters `height` dots high."""

    x: int
    y: int
    width: int
    height: int
    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """`data` with its check digit for EAN; modules `module` dots wide; the digits are written below, by the printer."""

    x: int
    y: int
    height: int
    module: int
    symbology: str
    data: str


@dataclass(frozen=True, slots=True)
class QrCode:
    x: int
    y: int
    module: int
    data: str


@dataclass(frozen=True, slots=True)
class Stroke:
    """A black bar: a line, or what strikes an old price out."""

    x: int
    y: int
    width: int
    height: int


Element = TextLine | Bars | QrCode | Stroke


def layout(label: Label, size: Size, language: str) -> tuple[Element, ...]:
    """Every element of a label; none reaches over its edge. Raises `LabelTooSmall`."""
    margin, gap = size.dots(MARGIN), size.dots(8)
    width, bottom = size.width - 2 * margin, size.height - margin
    foot = tuple(_foot(label, size, margin, bottom, width))
    bottom = min((each.y for each in foot), default=bottom + gap) - gap
    small = tuple(_small_print(label, size, margin, bottom, width))
    bottom = min((each.y for each in small), default=bottom + gap) - gap
    room = bottom - margin
    prices = tuple(_prices(label, size, language, margin, bottom, width, room))
    name_room = min(each.y for each in prices) - gap - margin
    if name_room < size.dots(LEAST):
        raise LabelTooSmall(text=label.name)
    name = fitted(label.name, width, name_room, most=size.dots(45), least=size.dots(LEAST + 5))
    return (*_lines(name, margin, margin, width), *prices, *small, *foot)


def _lines(text: Fitted, x: int, y: int, width: int, *, bold: bool = False) -> Iterator[TextLine]:
    for at, line in enumerate(text.lines):
        yield TextLine(x, y + at * leading(text.height), width, text.height, line, bold)


def _one_line(text: str, size: Size, width: int, most: int) -> int:
    """The height at which a figure stands whole on one line. Raises `LabelTooSmall`: a price is never cut."""
    for height in range(most, size.dots(LEAST) - 1, -1):
        if text_width(text, height) <= width:
            return height
    raise LabelTooSmall(text=text)


# the prices


def _prices(
    label: Label, size: Size, language: str, x: int, bottom: int, width: int, room: int
) -> Iterator[TextLine | Stroke]:
    """The last line of the prices ends at `bottom`; they take at most two thirds of `room`."""
    word = min(size.dots(SMALL), max(1, room // 5))
    most = min(size.dots(160), max(1, room * 2 // 3 - (word if label.card_price or label.old_price else 0)))
    if not label.card_price:
        price = _price(label.price, label.currency)
        height = _one_line(price, size, width, most)
        yield TextLine(x, bottom - height, width, height, price, bold=True)
        if label.old_price:
            yield from _struck(label, size, x, bottom - height - leading(word), width, word)
        return
    ordinary, with_card = WORDS.get(language, WORDS["en"])
    left = width * 2 // 5
    right = width - left - size.dots(10)
    price, card = _price(label.price, label.currency), _price(label.card_price, label.currency)
    height = _one_line(card, size, right, most)
    yield from _worded(with_card, card, size, x + width - right, bottom - height, right, height, word)
    yield from _worded(ordinary, price, size, x, bottom - height, left, _one_line(price, size, left, height), word)


def _price(figure: str, currency: str) -> str:
    return f"{figure} {currency}".rstrip()


def _worded(
    word: str, price: str, size: Size, x: int, y: int, width: int, height: int, word_height: int
) -> Iterator[TextLine]:
    over = _one_line(word, size, width, word_height)
    yield TextLine(x, y - leading(word_height), width, over, word)
    yield TextLine(x, y, width, height, price, bold=True)


def _struck(label: Label, size: Size, x: int, y: int, width: int, most: int) -> Iterator[TextLine | Stroke]:
    old = _price(label.old_price, label.currency)
    height = _one_line(old, size, width, most)
    yield TextLine(x, y, width, height, old)
    yield Stroke(x, y + height * 9 // 20, text_width(old, height), max(2, height // 10))


# small print and foot


def _small_print(label: Label, size: Size, x: int, bottom: int, width: int) -> Iterator[TextLine]:
    """One line; what is left of it gets no date first, then no weight."""
    parts = [part for part in (label.unit_price, label.weight, label.date) if part]
    if not parts:
        return
    height = size.dots(SMALL)
    text = "   ".join(parts)
    height = _one_line(text, size, width, height)
    yield TextLine(x, bottom - height, width, height, text)


def _foot(label: Label, size: Size, x: int, bottom: int, width: int) -> Iterator[Element]:
    """Bars and QR code, side by side; a code that bars cannot say is written."""
    beside = 0
    if label.qr:
        module, count = _qr_module(label.qr, size)
        beside = module * count
        if beside > width // 2:
            raise LabelTooSmall(text=label.qr)
        yield QrCode(x + width - beside, bottom - beside, module, label.qr)
        beside += size.dots(20)
    symbology = "ean8" if len(label.ean) == 8 else "ean13" if label.ean else "code128"
    data = label.ean or label.code
    if not data:
        return
    if symbology == "code128" and not BARRED.fullmatch(data):
        height = _one_line(data, size, width - beside, size.dots(SMALL))
        yield TextLine(x, bottom - height, width - beside, height, data)
        return
    modules = {"ean13": EAN13_MODULES, "ean8": EAN8_MODULES}.get(symbology, 11 * len(data) + 35)
    module = _module(modules + QUIET, size, width - beside, data)
    tall = min(size.dots(100), max(size.dots(35), size.height // 5))
    yield Bars(x + QUIET * module, bottom - size.dots(DIGITS) - tall, tall, module, symbology, data)


def _module(modules: int, size: Size, width: int, data: str) -> int:
    """The widest that fits, of those that a scanner reads. Raises `LabelTooSmall`."""
    for module in range(size.dots(COARSEST), max(0, size.dots(FINEST) - 1), -1):
        if modules * module <= width:
            return module
    raise LabelTooSmall(text=data)


QR_BYTES = (14, 26, 42, 62, 84, 106, 122)
"""Bytes that a QR code of version 1, 2, … holds with error correction M. Source: ISO/IEC 18004, table 7."""


def _qr_module(data: str, size: Size) -> tuple[int, int]:
    """Dots of a module, and how many there are in a row."""
    version = next(at for at, most in enumerate(QR_BYTES, 1) if len(data) <= most)
    return max(2, size.dots(4)), 17 + 4 * version
