"""The one gate for text on its way to a printer: cleans it, then finds the bytes or the picture that print it.

Nothing that passed it can be a command: `clean` leaves no control characters, and every byte that `line` encodes
is checked to be a printable one. Nothing is ever replaced by a question mark.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from devices.receipt.cells import width
from devices.receipt.errors import TextNotPrintable
from devices.receipt.model import PrinterModel

TAB = "    "
NOTHING: Mapping[str, str] = {}
BREAK = re.compile("\r\n|[\n\v\f\r\x85\u2028\u2029]")
INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")
SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
FIRST_PRINTABLE, DELETE = 0x20, 0x7F


@dataclass(frozen=True, slots=True)
class Encoded:
    """A line as bytes of one code page; `number` is the page's for `ESC t`."""

    number: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Raster:
    """A line that goes out as a picture."""

    text: str


def clean(text: str) -> str:
    """One line of plain characters: line breaks and tabs become spaces; controls (C0, DEL, C1), bidi and zero-width
    marks, variation selectors, invisible fillers and lone surrogates are removed; canonically composed."""
    spaced = BREAK.sub(" ", text).replace("\t", TAB)
    return unicodedata.normalize("NFC", "".join(char for char in spaced if _is_plain(char)))


def _is_plain(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs") and not INVISIBLE.match(char)


class TextGate:
    """The gate of one printer. Remembers the page it was last switched to, so start each receipt with a new one."""

    def __init__(self, model: PrinterModel) -> None:
        self._model = model
        self._substitutes = {ord(char): text for char, text in model.substitutes if not self._on_a_page(char)}
        self._as_wide = {char: other for char, other in model.substitutes if width(other) == width(char)}
        self._current = 0

    def prepare(self, text: str) -> str:
        """Clean the text and put in the substitutes for what this printer lacks: do this before measuring it."""
        return clean(text).translate(self._substitutes)

    def line(self, text: str) -> Encoded | Raster:
        """How to print one prepared and measured line: in the current page if that holds it, else in the first that
        does, else in the first that does once signs have given way to substitutes of the same width ("×" to "x"),
        else as a picture. Raises `TextNotPrintable` if the model may not raster."""
        text = SPACE.sub(" ", clean(text))
        pages = sorted(self._model.pages, key=lambda page: page[1] != self._current)
        for substitutes in (NOTHING, self._as_wide):
            for name, number in pages:
                data = _encoded(_substituted(text, name, substitutes), name)
                if data is not None:
                    self._current = number
                    return Encoded(number, data)
        if not self._model.raster:
            raise TextNotPrintable(text=text)
        return Raster(text)

    def _on_a_page(self, char: str) -> bool:
        return any(_encoded(char, name) is not None for name, _ in self._model.pages)


def _substituted(text: str, page: str, substitutes: Mapping[str, str]) -> str:
    if not substitutes:
        return text
    return "".join(char if _encoded(char, page) is not None else substitutes.get(char, char) for char in text)


def _encoded(text: str, page: str) -> bytes | None:
    try:
        data = text.encode(page)
    except UnicodeEncodeError:
        return None
    if any(byte < FIRST_PRINTABLE or byte == DELETE for byte in data):
        return None
    return data
