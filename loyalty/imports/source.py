"""A file as rows of cells, whatever kind it is; limits on everything, so that no file can take the server with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from loyalty.imports import separated, workbook
from loyalty.imports.errors import FileEmpty, FileKindUnknown, FileTooLarge, TooManyColumns, TooManyRows
from loyalty.imports.limits import MOST_BYTES, MOST_COLUMNS, MOST_ROWS
from loyalty.imports.values import Cell, is_blank

Kind: TypeAlias = Literal["xlsx", "xls", "text"]


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its line in the file, counted from 1."""

    number: int
    cells: Sequence[Cell]


def kind_of(content: bytes) -> Kind:
    """What the file is, by its own first bytes: names lie. Raises `FileEmpty`, `FileTooLarge`, `FileKindUnknown`."""
    if not content.strip():
        raise FileEmpty()
    if len(content) > MOST_BYTES:
        raise FileTooLarge(most=MOST_BYTES)
    if content.startswith(b"PK\x03\x04"):
        return "xlsx"
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "xls"
    if content.startswith(
        (b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"<?xml")
    ):
        raise FileKindUnknown()
    return "text"


def lines(content: bytes) -> Iterator[Line]:
    """Every row that has something in it. Raises an `Unreadable`, at once or on the way."""
    kind = kind_of(content)
    found = separated.rows(content) if kind == "text" else workbook.rows(content, zipped=kind == "xlsx")
    count = 0
    for number, cells in found:
        if all(is_blank(cell) for cell in cells):
            continue
        count += 1
        if count > MOST_ROWS:
            raise TooManyRows(most=MOST_ROWS)
        if len(cells) > MOST_COLUMNS:
            raise TooManyColumns(most=MOST_COLUMNS)
        yield Line(number, cells)
    if count == 0:
        raise FileEmpty()
