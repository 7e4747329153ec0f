"""The rows that were not imported, as an Excel file to mend: line, reasons, then the cells as they were."""

import asyncio
import io
from collections.abc import Callable
from datetime import date
from uuid import UUID

import xlsxwriter
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.imports.queries import BadRow, bad_rows, headings_of, import_row, layout_in_use
from loyalty.imports.rules import Layout
from loyalty.imports.values import Cell

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE = 2_000
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""Whatever a cell begins with, it stays a text."""


async def problems_file(session: AsyncSession, import_id: UUID, sentence: Callable[..., str]) -> bytes:
    """The file's bytes; every text is written as text, so that no cell becomes a formula. Raises `ImportNotFound`."""
    found = await import_row(session, import_id)
    layout = await layout_in_use(session, import_id) or Layout()
    headings = await headings_of(session, import_id, layout)
    state = "stays" if found.state == "undone" else "bad"
    kept = io.BytesIO()
    book = xlsxwriter.Workbook(kept, OPTIONS)
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    for column, heading in enumerate([sentence("imports.line"), sentence("imports.why"), *headings]):
        sheet.write_string(0, column, heading)
    at, after = 1, 0
    while rows := await bad_rows(session, import_id, after=after, limit=PAGE, states=(state,)):
        await asyncio.to_thread(_write, sheet, day, at, rows, sentence)
        at, after = at + len(rows), rows[-1].line
    await asyncio.to_thread(book.close)
    return kept.getvalue()


def _write(sheet, day, at: int, rows: list[BadRow], sentence: Callable[..., str]) -> None:
    for place, row in enumerate(rows, at):
        reasons = "; ".join(
            f"{problem.heading or problem.column}: {text}" if problem.column else text
            for problem in row.problems
            for text in (sentence(f"imports.problem.{problem.code}", **problem.fields),)
        )
        sheet.write_number(place, 0, row.line)
        sheet.write_string(place, 1, reasons[:32_000])
        for column, cell in enumerate(row.cells, 2):
            _write_cell(sheet, day, place, column, cell)


def _write_cell(sheet, day, place: int, column: int, cell: Cell) -> None:
    match cell:
        case None | "":
            return
        case bool():
            sheet.write_boolean(place, column, cell)
        case int() | float():
            sheet.write_number(place, column, cell)
        case date():
            sheet.write_datetime(place, column, cell, day)
        case _:
            sheet.write_string(place, column, str(cell))
