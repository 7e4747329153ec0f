"""`tillcard import`: accounts from another system's file, tried first; written or taken back when asked."""

import argparse
import asyncio
import sys
from datetime import datetime
from uuid import UUID

from loyalty.imports import service
from loyalty.imports.forms import layout_form, layout_of
from loyalty.imports.queries import ImportRow, bad_rows, columns_of, import_row, layout_in_use
from loyalty.imports.rules import Layout
from pos.core.ids import new_id
from pos.storage.database import Database
from pos.storage.outbox import Worker
from web import clock
from web.cli.shop import shop_database
from web.demo.progress import Progress
from web.settings import Settings
from web.texts import text
from web.worker import HANDLERS

SHOWN = 50
STAGES = {"reading": "read", "checking": "tried", "writing": "written", "undoing": "taken back"}


async def import_(asked: argparse.Namespace, settings: Settings) -> None:
    """Try a file, say every bad row, and write if asked. Exit code 1 where rows are bad and were not left out."""
    async with shop_database(settings) as database:
        import_id = await _known(database, asked.file) or await _received(database, asked.file)
        at = clock.now()
        if asked.undo:
            async with database.transaction() as session:
                await service.start_undoing(session, import_id, at=at)
        found = await _worked(database, import_id)
        if (asked.column or asked.set) and found.state == "checked":
            found = await _laid_out(database, import_id, asked, at)
        await _say(database, found)
        if asked.write and found.state == "checked" and (asked.rest or not found.count("bad")):
            async with database.transaction() as session:
                await service.start_writing(session, import_id, rest=asked.rest, at=at)
            found = await _worked(database, import_id)
            print(
                f"{found.count('written')} written, {found.count('bad')} left out; take back: import {import_id} --undo"
            )
        if found.state == "refused" or (found.state == "checked" and (asked.write or found.count("bad"))):
            sys.exit(1)


async def _known(database: Database, named: str) -> UUID | None:
    """The import of that id, if it is an id."""
    try:
        import_id = UUID(named)
    except (ValueError, TypeError, AttributeError):
        return None
    async with database.transaction() as session:
        await import_row(session, import_id)
    return import_id


async def _received(database: Database, name: str) -> UUID:
    def content() -> bytes:
        with open(name, "rb") as opened:
            return opened.read()

    import_id = new_id()
    taken = await asyncio.to_thread(content)
    async with database.transaction() as session:
        await service.receive(session, import_id, name, taken, by=None, at=clock.now())
    return import_id


async def _laid_out(database: Database, import_id: UUID, asked: argparse.Namespace, at: datetime) -> ImportRow:
    """Try all rows with the columns and settings that were named. Raises `BadLayout`."""
    async with database.transaction() as session:
        form = layout_form(await layout_in_use(session, import_id) or Layout())
        letters = {column.letters: column.number for column in await columns_of(session, import_id, Layout())}
        for named in asked.column:
            letter, _, field = named.partition("=")
            form["columns"].pop(str(letters.get(letter.upper(), -1)), None)
            if field:
                form["columns"][str(letters.get(letter.upper(), -1))] = field
        for named in asked.set:
            name, _, value = named.partition("=")
            form[name] = {"true": True, "false": False, "": None}.get(value, value)
        await service.set_layout(session, import_id, layout_of(form), at=at)
    return await _worked(database, import_id)


async def _worked(database: Database, import_id: UUID) -> ImportRow:
    """The import when nothing is left to do, the work done here or by a server that runs beside."""
    worker = Worker(database, {kind: handler for kind, handler in HANDLERS.items() if kind.startswith("import.")})
    working = asyncio.create_task(worker.run())
    progress, stage, told = Progress(), "", 0
    try:
        while True:
            async with database.transaction() as session:
                found = await import_row(session, import_id)
            if not found.working:
                return found
            if found.state != stage:
                stage, told = found.state, 0
                progress.begin(found.total)
            if found.done > told:
                progress.add(found.done - told, STAGES[stage])
                told = found.done
            await asyncio.sleep(0.1)
    finally:
        if progress.drawn:
            progress.say("")
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def _say(database: Database, found: ImportRow) -> None:
    """The import in a few lines: its columns, its counts, its first bad rows."""
    print(f"import {found.id}: {found.name}, {found.state}")
    if found.problem:
        print(text("en", f"error.{found.problem}", **dict(found.problem_fields)))
    async with database.transaction() as session:
        layout = await layout_in_use(session, found.id)
        if found.state == "checked" and layout is not None:
            for column in await columns_of(session, found.id, layout):
                print(
                    f"  {column.letters:3} {column.heading[:30]:30} {column.field or '-':15} {', '.join(column.examples)[:60]}"
                )
        state = "stays" if found.state == "undone" else "bad"
        for row in await bad_rows(session, found.id, limit=SHOWN, states=(state,)):
            for problem in row.problems:
                why = text("en", f"imports.problem.{problem.code}", **dict(problem.fields))
                print(f"  line {row.line} {problem.column:3} {problem.value[:40]!r}: {why} ({problem.code})")
    counts = ", ".join(f"{number} {name}" for name, number in sorted(found.rows.items()) if name != "above")
    print(f"{counts or 'no rows'}")
