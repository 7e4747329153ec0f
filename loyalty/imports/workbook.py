"""Excel files: looked over before they are opened, so that neither a bomb nor a far-away cell fills the memory.

The reader keeps a sheet as one full rectangle: two cells in opposite corners would cost gigabytes. It also shows a cell
that Excel could not compute as an empty one. Both are seen beforehand in the sheet's own XML.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from posixpath import join, normpath

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from loyalty.imports.errors import (
    CellTooLong,
    FileDamaged,
    FileKindUnknown,
    FileLocked,
    FileSwells,
    TooManyColumns,
    TooManyRows,
)
from loyalty.imports.limits import MOST_CHARACTERS, MOST_COLUMNS, MOST_PARTS, MOST_ROWS, MOST_UNPACKED
from loyalty.imports.values import Cell

PIECE = 1 << 20
OVERLAP = 400
"""Bytes of a piece that are looked at again with the next one: longer than any cell's own tag."""
FAR_RIGHT = re.compile(rb"""<c\b[^>]{0,200}?\br=["'](?:[A-Z]{3,}|[C-Z][A-Z])[0-9]""")
FAR_DOWN = re.compile(rb"""<(?:c|row)\b[^>]{0,200}?\br=["'][A-Z]*(?:[2-9][0-9]{5}|[0-9]{7,})["']""")
"""Line 200,000 and below."""
ERROR_CELL = re.compile(rb"""<c\b(?=[^>]{0,200}?\bt=["']e["'])[^>]{0,200}?\br=["']([A-Z]{1,2})([0-9]{1,6})["']""")


def rows(content: bytes, *, zipped: bool) -> Iterator[tuple[int, list[Cell]]]:
    """The rows of the first visible sheet that has any, each with its line.

    Raises `FileKindUnknown`, `FileLocked`, `FileSwells`, `FileDamaged`, `TooManyRows`, `TooManyColumns`, `CellTooLong`.
    """
    failed = looked_over(content) if zipped else {}
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            for place, known in enumerate(book.sheets_metadata):
                if known.typ == SheetTypeEnum.WorkSheet and known.visible == SheetVisibleEnum.Visible:
                    sheet = book.get_sheet_by_index(place)
                    if sheet.start is not None:
                        yield from _rows(sheet, failed.get(place, set()))
                        return
    except PasswordError as error:
        raise FileLocked() from error
    except CalamineError as error:
        if "password" in str(error).lower() or "encrypt" in str(error).lower():
            raise FileLocked() from error
        raise FileDamaged(line=0) from error


def _rows(sheet: CalamineSheet, failed: set[tuple[int, int]]) -> Iterator[tuple[int, list[Cell]]]:
    start, end = sheet.start or (0, 0), sheet.end or (0, 0)
    if end[1] >= MOST_COLUMNS:
        raise TooManyColumns(most=MOST_COLUMNS)
    if end[0] > MOST_ROWS:
        raise TooManyRows(most=MOST_ROWS)
    aside: list[Cell] = [""] * start[1]
    for line, found in enumerate(sheet.iter_rows(), 1):
        cells: list[Cell] = [*aside, *found]
        for column, cell in enumerate(cells):
            if isinstance(cell, str) and len(cell) > MOST_CHARACTERS:
                raise CellTooLong(line=line, most=MOST_CHARACTERS)
            if failed and (line, column) in failed:
                cells[column] = None
        yield line, cells


def looked_over(content: bytes) -> dict[int, set[tuple[int, int]]]:
    """Unpack every part once, in pieces; sheet's place -> (line, column) of cells that Excel could not compute.

    What a part really unpacks to is counted, whatever it says of itself. Raises `FileKindUnknown`, `FileSwells`,
    `FileDamaged`, `TooManyRows`, `TooManyColumns`.
    """
    failed: dict[str, set[tuple[int, int]]] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            names = {part.filename for part in parts}
            if "xl/workbook.xml" not in names:
                raise FileKindUnknown()
            if (
                len(parts) > MOST_PARTS
                or len(names) < len(parts)
                or sum(part.file_size for part in parts) > MOST_UNPACKED
            ):
                raise FileSwells()
            if any(part.flag_bits & 1 for part in parts):
                raise FileLocked()
            unpacked = 0
            for part in parts:
                with packed.open(part) as opened:
                    before = b""
                    found: set[tuple[int, int]] = set()
                    is_sheet = part.filename.startswith("xl/worksheets/")
                    while piece := opened.read(PIECE):
                        unpacked += len(piece)
                        if unpacked > MOST_UNPACKED:
                            raise FileSwells()
                        if is_sheet:
                            found |= _seen(before + piece)
                            before = piece[-OVERLAP:]
                    if found:
                        failed[part.filename] = found
            order = _sheets(packed.read("xl/workbook.xml"), _part(packed, "xl/_rels/workbook.xml.rels"))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, KeyError) as error:
        raise FileDamaged(line=0) from error
    return {place: failed[name] for place, name in enumerate(order) if name in failed}


def _seen(xml: bytes) -> set[tuple[int, int]]:
    if FAR_RIGHT.search(xml):
        raise TooManyColumns(most=MOST_COLUMNS)
    if FAR_DOWN.search(xml):
        raise TooManyRows(most=MOST_ROWS)
    return {(int(line), column_number(letters.decode())) for letters, line in ERROR_CELL.findall(xml)}


def _sheets(book: bytes, relations: bytes) -> list[str]:
    """The parts of the sheets, in the order of the book."""
    targets: dict[bytes, bytes] = {}
    for tag in re.findall(rb"<Relationship\b[^>]*>", relations):
        name, target = re.search(rb'\bId="([^"]*)"', tag), re.search(rb'\bTarget="([^"]*)"', tag)
        if name and target:
            targets[name[1]] = target[1]
    order: list[str] = []
    for tag in re.findall(rb"<sheet\b[^>]*>", book):
        name = re.search(rb'\br:id="([^"]*)"', tag)
        target = targets.get(name[1], b"") if name else b""
        order.append(normpath(join("xl", target.decode("utf-8", "replace"))).removeprefix("/"))
    return order


def _part(packed: zipfile.ZipFile, name: str) -> bytes:
    return packed.read(name) if name in packed.namelist() else b""


def column_number(letters: str) -> int:
    """A -> 0, Z -> 25, AA -> 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(number: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA: what people call a column."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
