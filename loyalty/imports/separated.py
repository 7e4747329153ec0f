"""Text files: which encoding, which separator, then rows."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from loyalty.imports.errors import CellTooLong, EncodingUnknown, FileDamaged
from loyalty.imports.limits import MOST_CHARACTERS
from loyalty.imports.values import Cell

SEPARATORS = ";\t,|"
LOOKED_AT = 50
"""Lines by which the separator is told."""


def rows(content: bytes) -> Iterator[tuple[int, list[Cell]]]:
    """Rows with the line that each begins on. Raises `EncodingUnknown`, `CellTooLong`, `FileDamaged`."""
    text = decoded(content)
    named = re.match(r"sep=(.)\r?\n", text)
    skipped = 1 if named else 0
    body = text[named.end() :] if named else text
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=named[1] if named else separator(body), strict=True)
    before = 0
    try:
        for cells in reader:
            line, before = before + 1 + skipped, reader.line_num
            if any(len(cell) > MOST_CHARACTERS for cell in cells):
                raise CellTooLong(line=line, most=MOST_CHARACTERS)
            yield line, list(cells)
    except csv.Error as error:
        if "field larger" in str(error):
            raise CellTooLong(line=before + 1 + skipped, most=MOST_CHARACTERS) from error
        raise FileDamaged(line=before + 1 + skipped) from error


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 or cp1251, told by its mark or by what it holds. Raises `EncodingUnknown`.

    cp1251 is taken only where the bytes are no UTF-8 and most letters then are Cyrillic or Latin, as in a Russian file.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _strictly(content, encoding)
    sample = content[:4_000]
    if sample.count(0) * 4 > len(sample):  # UTF-16 without its mark: every other byte of plain text is 0
        return _strictly(content, "utf-16-le" if sample[1::2].count(0) >= sample[::2].count(0) else "utf-16-be")
    try:
        return _without_nul(content.decode("utf-8"))
    except UnicodeDecodeError:
        text = _strictly(content, "cp1251")
    strange = sum(
        1 for letter in text if ord(letter) > 127 and not ("А" <= letter <= "я" or letter in "Ёё№«»\u00a0–—’")
    )
    beyond = sum(1 for letter in text if ord(letter) > 127)
    if strange * 5 > beyond:
        raise EncodingUnknown()
    return text


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return _without_nul(content.decode(encoding))
    except UnicodeError as error:
        raise EncodingUnknown() from error


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise EncodingUnknown()
    return text


def separator(text: str) -> str:
    """The mark that cuts most lines into the same number of cells, more than one; quoted text does not count."""
    lines = [re.sub(r'"[^"]*"', "", line) for line in islice(io.StringIO(text), LOOKED_AT) if line.strip()]
    best, chosen = (0, 0), ","
    for mark in SEPARATORS:
        counts = [line.count(mark) for line in lines if mark in line]
        if counts:
            usual = max(set(counts), key=counts.count)
            score = (counts.count(usual), usual)
            if score > best:
                best, chosen = score, mark
    return chosen
