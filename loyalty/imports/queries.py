"""Imports as people see them: how far, how many good and bad rows, and every bad row with its reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.imports import forms
from loyalty.imports.errors import ImportNotFound
from loyalty.imports.model import AccountImport, AccountImportRow, RowState, State
from loyalty.imports.rules import Layout
from loyalty.imports.values import Cell, Unfit, plain, shown
from loyalty.imports.workbook import column_letters

WORKING: tuple[State, ...] = ("reading", "checking", "writing", "undoing")


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One import: its state, how far (`done` of `total` rows), and rows by what became of them."""

    id: UUID
    name: str
    state: State
    run: int
    total: int
    done: int
    problem: str | None
    problem_fields: Mapping[str, Any]
    made_at: datetime
    rows: Mapping[RowState, int]

    @property
    def working(self) -> bool:
        return self.state in WORKING

    def count(self, state: RowState) -> int:
        return self.rows.get(state, 0)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """`column` as people call it (A, B, …) and its heading; both empty where the reason is about the whole row."""

    code: str
    column: str
    heading: str
    value: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BadRow:
    line: int
    problems: list[RowProblem]
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the page shows it to choose what it holds: letter, heading, what is understood, first values."""

    number: int
    letters: str
    heading: str
    field: str | None
    examples: list[str]


async def import_list(session: AsyncSession, *, limit: int = 50) -> list[ImportRow]:
    """The newest imports."""
    query = select(AccountImport).order_by(AccountImport.made_at.desc(), AccountImport.id).limit(limit)
    found = list(await session.scalars(query))
    counts = await _counts(session, [row.id for row in found])
    return [_row(row, counts.get(row.id, {})) for row in found]


async def import_row(session: AsyncSession, import_id: UUID) -> ImportRow:
    """Raises `ImportNotFound`."""
    found = await session.get(AccountImport, import_id, populate_existing=True)
    if found is None:
        raise ImportNotFound(id=str(import_id))
    return _row(found, (await _counts(session, [import_id])).get(import_id, {}))


async def layout_in_use(session: AsyncSession, import_id: UUID) -> Layout | None:
    """How the file is read; None before that is known."""
    form = await session.scalar(select(AccountImport.layout).where(AccountImport.id == import_id))
    if form is None:
        return None
    try:
        return forms.layout_of(form)
    except forms.BadLayout:  # nothing recognised: a person chooses
        columns = {int(column): name for column, name in form["columns"].items()}
        return Layout(int(form["header_line"]), columns, country=form["country"], language=form["language"])


async def columns_of(session: AsyncSession, import_id: UUID, layout: Layout, *, examples: int = 3) -> list[Column]:
    """Every column with its heading and the first values under it."""
    query = select(AccountImportRow.line, AccountImportRow.cells)
    query = query.where(AccountImportRow.import_id == import_id, AccountImportRow.line >= layout.header_line)
    query = query.where(func.jsonb_array_length(AccountImportRow.cells) > 0)
    rows = [
        (line, forms.cells_of(cells))
        for line, cells in await session.execute(query.order_by(AccountImportRow.line).limit(12))
    ]
    headings = next((cells for line, cells in rows if line == layout.header_line), [])
    below = [cells for line, cells in rows if line > layout.header_line]
    width = max((len(cells) for _, cells in rows), default=0)
    return [
        Column(
            number,
            column_letters(number),
            _at(headings, number),
            layout.columns.get(number),
            [told for cells in below if (told := _at(cells, number))][:examples],
        )
        for number in range(width)
        if any(_at(cells, number) for _, cells in rows)
    ]


async def bad_rows(
    session: AsyncSession, import_id: UUID, *, after: int = 0, limit: int = 100, states: tuple[RowState, ...] = ("bad",)
) -> list[BadRow]:
    """Rows that were not imported (or, with `states`, not taken back), by line, those behind line `after`."""
    layout = await layout_in_use(session, import_id) or Layout()
    headings = await headings_of(session, import_id, layout)
    query = select(AccountImportRow).where(AccountImportRow.import_id == import_id, AccountImportRow.line > after)
    query = query.where(AccountImportRow.state.in_(states)).order_by(AccountImportRow.line).limit(limit)
    return [
        BadRow(row.line, [_problem(problem, headings) for problem in row.problems], forms.cells_of(row.cells))
        for row in await session.scalars(query)
    ]


async def headings_of(session: AsyncSession, import_id: UUID, layout: Layout) -> list[str]:
    """The cells of the line of headings; empty where there is none."""
    query = select(AccountImportRow.cells)
    query = query.where(AccountImportRow.import_id == import_id, AccountImportRow.line == layout.header_line)
    cells = forms.cells_of(await session.scalar(query) or [])
    return [_at(cells, number) for number in range(len(cells))]


async def _counts(session: AsyncSession, ids: list[UUID]) -> dict[UUID, dict[RowState, int]]:
    query = select(AccountImportRow.import_id, AccountImportRow.state, func.count())
    query = query.where(AccountImportRow.import_id.in_(ids))
    found: dict[UUID, dict[RowState, int]] = {}
    for import_id, state, number in await session.execute(
        query.group_by(AccountImportRow.import_id, AccountImportRow.state)
    ):
        found.setdefault(import_id, {})[state] = number
    return found


def _row(row: AccountImport, rows: Mapping[RowState, int]) -> ImportRow:
    return ImportRow(
        id=row.id,
        name=row.name,
        state=row.state,
        run=row.run,
        total=row.total,
        done=row.done,
        problem=row.problem,
        problem_fields=row.problem_fields,
        made_at=row.made_at,
        rows=rows,
    )


def _problem(form: Mapping[str, Any], headings: list[str]) -> RowProblem:
    column = form["column"]
    return RowProblem(
        code=form["code"],
        column="" if column is None else column_letters(column),
        heading=headings[column] if column is not None and column < len(headings) else "",
        value=form["value"],
        fields=form["fields"],
    )


def _at(cells: list[Cell], number: int) -> str:
    if number >= len(cells):
        return ""
    try:
        plain(cells[number])
    except Unfit:
        return "#"
    return shown(cells[number])
