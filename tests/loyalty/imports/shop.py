"""A shop with a file to import: builders for tests of the import."""

import io
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import xlsxwriter

from loyalty.imports.rules import Layout
from loyalty.imports.service import receive, set_layout, start_undoing, start_writing
from pos.core.ids import new_id
from pos.storage.database import Database
from pos.storage.outbox import Worker
from tests.pos.exchange.builders import a_shop
from web.worker import HANDLERS

NOW = datetime.now(UTC)
HEADINGS = (
    *("Номер карты", "ФИО", "Телефон", "Накоплено", "Баллы", "Уровень", "Согласие", "SMS", "Категория"),
    *("Процент скидки", "Долг", "Теги"),
)


def workbook(rows: Sequence[Sequence[Any]]) -> bytes:
    """An .xlsx as Excel itself would keep it: texts as texts, numbers as numbers."""
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        for line, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if hasattr(cell, "isoformat"):
                    sheet.write_datetime(line, column, cell, day)
                else:
                    sheet.write(line, column, cell)
    return kept.getvalue()


def text_file(rows: Sequence[Sequence[str]], encoding: str = "utf-8", mark: str = ";") -> bytes:
    return "".join(mark.join(cells) + "\r\n" for cells in rows).encode(encoding)


def worker(database: Database, **changes: Any) -> Worker:
    return Worker(database, HANDLERS, **changes)


@asynccontextmanager
async def an_open_shop(dsn: str) -> AsyncIterator[Database]:
    """A database with a shop in it: AMD, cards of 13 digits from 29, tier gold, category pensioner."""
    database = await Database.open(dsn)
    try:
        async with database.transaction() as session:
            await a_shop(session)
        yield database
    finally:
        await database.close()


async def received(
    database: Database, content: bytes, name: str = "clients.xlsx", import_id: UUID | None = None
) -> UUID:
    """The import of `content`, tried to the end."""
    import_id = import_id or new_id()
    async with database.transaction() as session:
        await receive(session, import_id, name, content, by=None, at=datetime.now(UTC))
    await worker(database).drain()
    return import_id


async def laid_out(database: Database, import_id: UUID, layout: Layout) -> None:
    async with database.transaction() as session:
        await set_layout(session, import_id, layout, at=datetime.now(UTC))
    await worker(database).drain()


async def written(database: Database, import_id: UUID, *, rest: bool = False) -> None:
    async with database.transaction() as session:
        await start_writing(session, import_id, rest=rest, at=datetime.now(UTC))
    await worker(database).drain()


async def undone(database: Database, import_id: UUID) -> None:
    async with database.transaction() as session:
        await start_undoing(session, import_id, at=datetime.now(UTC))
    await worker(database).drain()
