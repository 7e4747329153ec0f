"""The one gate for text on its way to a printer: cleans it, then finds the bytes or the picture that print it.

Nothing that passed it can be a command: `clean` leaves no control characters, and every byte that `line` encodes
is checked to be a printable one. Nothing is ever replaced by a question mark.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import devices.receipt.armscii  # pyright: ignore[reportUnusedImport] # noqa: F401  brings the codec
from devices.receipt.cells import width
from devices.receipt.errors import TextNotPrintable
from devices.receipt.model import PrinterModel

TAB = "    "
BREAK = re.compile("\r\n|[\n\v\f\r\x85\u2028\u2029]")
INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")
SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
CONTROL = re.compile(rb"[\x00-\x1f\x7f]")


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


@lru_cache(maxsize=8192)
def _is_plain(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs") and not INVISIBLE.match(char)


class TextGate:
    """The gate of one printer. Remembers the page it was last switched to, so start each receipt with a new one."""

    def __init__(self, model: PrinterModel) -> None:
        self._raster = model.raster
        self._spelled_out, self._pages = _prepared(model.pages, model.substitutes)
        self._current = 0

    def prepare(self, text: str) -> str:
        """Clean the text and put in the substitutes for what this printer lacks: do this before measuring it."""
        return clean(text).translate(self._spelled_out)

    def line(self, text: str) -> Encoded | Raster:
        """How to print one prepared and measured line: in the current page if that holds it, else in the first that
        does, else in the first that does once signs have given way to substitutes of the same width ("×" to "x"),
        else as a picture. Raises `TextNotPrintable` if the model may not raster."""
        text = SPACE.sub(" ", clean(text))
        pages = sorted(self._pages, key=lambda page: page.number != self._current)
        for as_wide in (False, True):
            for page in pages:
                data = _encoded(text.translate(page.as_wide) if as_wide else text, page.name)
                if data is not None:
                    self._current = page.number
                    return Encoded(page.number, data)
        if not self._raster:
            raise TextNotPrintable(text=text)
        return Raster(text)


@dataclass(frozen=True, slots=True)
class _Page:
    """`as_wide`: for the characters it lacks, substitutes as wide as they are."""

    name: str
    number: int
    as_wide: Mapping[int, str]


@lru_cache(maxsize=32)
def _prepared(
    pages: tuple[tuple[str, int], ...], substitutes: tuple[tuple[str, str], ...]
) -> tuple[Mapping[int, str], tuple[_Page, ...]]:
    """Substitutes for what no page holds, and the pages."""
    spelled_out = {
        ord(char): text for char, text in substitutes if all(_encoded(char, name) is None for name, _ in pages)
    }
    wide = [(char, text) for char, text in substitutes if width(text) == width(char)]
    return spelled_out, tuple(
        _Page(name, number, {ord(char): text for char, text in wide if _encoded(char, name) is None})
        for name, number in pages
    )


def _encoded(text: str, page: str) -> bytes | None:
    try:
        data = text.encode(page)
    except UnicodeEncodeError:
        return None
    return None if CONTROL.search(data) else data
