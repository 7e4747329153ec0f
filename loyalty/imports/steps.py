"""What the worker does for an import: read the file, try rows, write them, take them back; a part per transaction.

A part ends together with its outbox row and leaves the row of the next one, so that a part is done exactly once: what a
killed server had begun is rolled back, and goes on when its lease has run out.
"""

import asyncio
import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.model import CardScheme
from loyalty.imports import comparing, forms, undoing, writing
from loyalty.imports.errors import BadLayout, NoCardsHere, Unreadable
from loyalty.imports.layouts import FIRST_LINES, heading_line
from loyalty.imports.model import AccountImport, AccountImportFile, AccountImportRow
from loyalty.imports.rules import Layout, Shop, drafted, suggested
from loyalty.imports.service import locked_import
from loyalty.imports.source import lines
from loyalty.imports.values import Cell, Unfit, plain
from loyalty.imports.words import folded
from loyalty.pricing.model import ClientCategory, Tier
from loyalty.pricing.queries import currency_of
from pos.storage.database import Database
from pos.storage.outbox import Handler, Job, LeaseLost, finishing, later

PART = 5_000
"""Rows in one transaction: about a second."""
TROUBLE_AFTER = 4
"""Failed attempts of one part after which people are told."""
AGAIN = timedelta(days=1)

CHECKED = """
UPDATE account_import_row AS taken SET state = tried.state, draft = tried.draft, made = tried.made, problems = tried.problems
  FROM jsonb_to_recordset(CAST(:tried AS jsonb)) AS tried(line int, state text, draft jsonb, made jsonb, problems jsonb)
 WHERE taken.import_id = :import AND taken.line = tried.line
"""
NEXT_LINES = """
SELECT line FROM account_import_row WHERE import_id = :import AND state = :state AND line > :after ORDER BY line LIMIT :part
"""


def told(step: Handler) -> Handler:
    """The step; where it fails again and again, the import says so while the worker goes on trying."""

    @wraps(step)
    async def tried(job: Job, database: Database) -> None:
        try:
            await step(job, database)
        except LeaseLost:
            raise
        except Exception:
            if job.attempt >= TROUBLE_AFTER:
                async with database.transaction() as session:
                    found = update(AccountImport).where(AccountImport.id == UUID(job.payload["import"]))
                    await session.execute(found.values(problem="server.unexpected"))
            raise

    return tried


async def read(job: Job, database: Database) -> None:
    """Keep every row of the file, recognise the columns, and begin to try the rows; or say why it cannot be read."""
    import_id = UUID(job.payload["import"])
    async with finishing(database, job) as session:
        imported = await locked_import(session, import_id)
        if imported.state != "reading":
            return
        content = await session.scalar(
            select(AccountImportFile.content).where(AccountImportFile.import_id == import_id)
        )
        try:
            first, kept = await asyncio.to_thread(_all_lines, content or b"")
            await _copy(session, import_id, kept)
            imported.total, imported.done = len(kept), len(kept)
            await _recognise(session, imported, first)
        except Unreadable as error:
            imported.state, imported.problem, imported.problem_fields = "refused", error.code, dict(error.fields)
        await session.execute(delete(AccountImportFile).where(AccountImportFile.import_id == import_id))


def _all_lines(content: bytes) -> tuple[list[tuple[int, list[Cell]]], list[tuple[int, str]]]:
    """The first lines, and all lines in the form that is kept."""
    first: list[tuple[int, list[Cell]]] = []
    kept: list[tuple[int, str]] = []
    for line in lines(content):
        if len(first) < FIRST_LINES + PART // 100:
            first.append((line.number, list(line.cells)))
        kept.append((line.number, forms.cells_text(line.cells)))
    return first, kept


async def _copy(session: AsyncSession, import_id: UUID, kept: Sequence[tuple[int, str]]) -> None:
    connection = (await (await session.connection()).get_raw_connection()).driver_connection
    assert connection is not None
    await connection.copy_records_to_table(
        "account_import_row",
        records=[(import_id, line, cells) for line, cells in kept],
        columns=["import_id", "line", "cells"],
    )


async def _recognise(session: AsyncSession, imported: AccountImport, first: list[tuple[int, list[Cell]]]) -> None:
    currency = await currency_of(session)
    line, columns = heading_line([(number, [_word(cell) for cell in cells]) for number, cells in first])
    russian = currency.code == "RUB"
    layout = Layout(line, columns, country="RU" if russian else "AM", language="ru" if russian else "hy")
    layout = suggested(layout, [cells for number, cells in first if number > line])
    imported.layout = forms.layout_form(layout)
    try:
        forms.checked_layout(layout)
    except BadLayout:
        imported.state = "checked"  # a person says what the columns hold
        return
    imported.state, imported.run, imported.done = "checking", imported.run + 1, 0
    await later(session, "import.check", {"import": str(imported.id), "run": imported.run, "after": 0})


def _word(cell: Cell) -> str:
    try:
        return plain(cell)
    except Unfit:
        return ""


async def check(job: Job, database: Database) -> None:
    """Try the next rows without writing anything; after the last, compare all with each other and with the shop."""
    import_id, run, after = UUID(job.payload["import"]), job.payload["run"], job.payload["after"]
    async with finishing(database, job) as session:
        imported = await locked_import(session, import_id)
        if imported.state != "checking" or imported.run != run:
            return
        layout = forms.layout_of(imported.layout or {})
        try:
            shop, salt = await shop_of(session, layout)
        except NoCardsHere as error:
            imported.state, imported.problem = "refused", error.code
            return
        query = select(AccountImportRow.line, AccountImportRow.cells)
        query = query.where(AccountImportRow.import_id == import_id, AccountImportRow.line > after)
        rows = [
            (line, cells) for line, cells in await session.execute(query.order_by(AccountImportRow.line).limit(PART))
        ]
        if rows:
            tried = await asyncio.to_thread(_tried, rows, layout, shop, salt)
            await session.execute(text(CHECKED), {"import": import_id, "tried": tried})
            imported.done += len(rows)
        if len(rows) == PART:
            await later(session, "import.check", {"import": str(import_id), "run": run, "after": rows[-1][0]})
            return
        await comparing.with_each_other(session, import_id, layout)
        await comparing.with_the_shop(session, import_id, layout)
        imported.state, imported.problem = "checked", None


def _tried(rows: Sequence[tuple[int, list[Any]]], layout: Layout, shop: Shop, salt: bytes) -> str:
    """What each row would be, as JSON for one statement."""
    found: list[dict[str, Any]] = []
    for line, cells in rows:
        if line <= layout.header_line:
            found.append({"line": line, "state": "above", "problems": []})
            continue
        draft, problems = drafted(forms.cells_of(cells), layout, shop)
        if problems:
            told = [forms.problem_form(problem) for problem in problems]
            found.append({"line": line, "state": "bad", "problems": told})
        else:
            form = forms.draft_form(draft, salt)
            found.append({"line": line, "state": "good", "draft": form, "made": forms.made_form(form), "problems": []})
    return json.dumps(found, ensure_ascii=False)


async def shop_of(session: AsyncSession, layout: Layout) -> tuple[Shop, bytes]:
    """What rows are read against, and the salt of card digests. Raises `NoCardsHere` for cards without a scheme."""
    scheme = await session.scalar(select(CardScheme))
    if scheme is None and "card" in layout.columns.values():
        raise NoCardsHere()
    tiers = await session.execute(select(Tier.code, Tier.names))
    categories = await session.execute(select(ClientCategory.code, ClientCategory.names))
    today: date = await session.scalar(select(func.current_date())) or date.min
    shop = Shop(
        exponent=(await currency_of(session)).exponent,
        card_prefix=scheme.prefix if scheme else "",
        card_length=scheme.length if scheme else 0,
        tiers=_by_name([(code, names) for code, names in tiers]),
        categories=_by_name([(code, names) for code, names in categories]),
        today=today,
    )
    return shop, scheme.salt if scheme else b""


def _by_name(named: Sequence[tuple[str, dict[str, str]]]) -> dict[str, str]:
    """Folded code or name in any language -> code; a name that two of them have is nobody's."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for code, names in named:
        for name in {folded(word) for word in names.values()}:
            twice |= {name} if found.get(name, code) != code else set()
            found[name] = code
    for name in twice:
        del found[name]
    return found | {folded(code): code for code, _ in named}


async def write(job: Job, database: Database) -> None:
    """Write the next good rows; those whose card or phone was taken meanwhile are refused instead."""
    import_id, after = UUID(job.payload["import"]), job.payload["after"]
    async with finishing(database, job) as session:
        imported = await locked_import(session, import_id)
        if imported.state != "writing":
            return
        found = await _next(session, import_id, "good", after)
        if found:
            layout = forms.layout_of(imported.layout or {})
            part = writing.Part(
                import_id, found[0], found[-1], imported.changed_at, imported.made_by, layout.consent_text
            )
            await comparing.with_the_shop(session, import_id, layout, first=part.first, last=part.last)
            await writing.write(session, part)
            imported.done += len(found)
            imported.problem = None
        if len(found) == PART:
            await later(session, "import.write", {"import": str(import_id), "after": found[-1]})
        else:
            imported.state = "written"


async def undo(job: Job, database: Database) -> None:
    """Take back the next written rows; those used since stay, and say by what."""
    import_id, after = UUID(job.payload["import"]), job.payload["after"]
    async with finishing(database, job) as session:
        imported = await locked_import(session, import_id)
        if imported.state != "undoing":
            return
        found = await _next(session, import_id, "written", after)
        if found:
            part = writing.Part(import_id, found[0], found[-1], imported.changed_at, imported.made_by, "")
            await undoing.take_back(session, part)
            imported.done += len(found)
            imported.problem = None
        if len(found) == PART:
            await later(session, "import.undo", {"import": str(import_id), "after": found[-1]})
        else:
            imported.state = "undone"


async def _next(session: AsyncSession, import_id: UUID, state: str, after: int) -> list[int]:
    values = {"import": import_id, "state": state, "after": after, "part": PART}
    return list(await session.scalars(text(NEXT_LINES), values))


async def forget(job: Job, database: Database) -> None:
    """After a month: drop the file and every row that was not written, for they hold what people told."""
    import_id = UUID(job.payload["import"])
    async with finishing(database, job) as session:
        imported = await locked_import(session, import_id)
        if imported.state in ("checking", "writing", "undoing"):
            now: datetime | None = await session.scalar(select(func.now()))
            if now is not None:
                await later(session, job.kind, job.payload, run_at=now + AGAIN)
            return
        await session.execute(delete(AccountImportFile).where(AccountImportFile.import_id == import_id))
        rows = delete(AccountImportRow).where(AccountImportRow.import_id == import_id)
        await session.execute(rows.where(AccountImportRow.state.not_in(("written", "undone", "stays"))))
        if imported.state in ("reading", "checked", "refused"):
            imported.state = "forgotten"


HANDLERS: dict[str, Handler] = {
    "import.read": told(read),
    "import.check": told(check),
    "import.write": told(write),
    "import.undo": told(undo),
    "import.forget": forget,
}
