"""The verbs of an import: take a file, say what its columns hold, have it written, have it taken back.

Each leaves work to the worker (`loyalty.imports.steps`), a part at a time, so that a killed server goes on where it was.
"""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.imports.errors import ImportDiffers, ImportEmpty, ImportHasBadRows, ImportNotFound, ImportNotReady
from loyalty.imports.forms import checked_layout, layout_form
from loyalty.imports.model import AccountImport, AccountImportFile, AccountImportRow, RowState, State
from loyalty.imports.rules import Layout
from loyalty.imports.source import kind_of
from pos.storage.outbox import later

KEPT_FOR = timedelta(days=30)
"""How long rows that were not written are kept: they hold what people told."""


async def receive(
    session: AsyncSession, import_id: UUID, name: str, content: bytes, *, by: UUID | None, at: datetime
) -> AccountImport:
    """Take a file and begin to read it; the same once more answers the first.

    Raises `ImportDiffers`, `FileEmpty`, `FileTooLarge`, `FileKindUnknown`.
    """
    kind_of(content)
    digest = hashlib.sha256(content).digest()
    known = await session.get(AccountImport, import_id)
    if known is not None:
        if known.digest != digest:
            raise ImportDiffers(id=str(import_id))
        return known
    kept = " ".join(name.replace("\0", " ").split())[-200:] or "?"
    taken = AccountImport(id=import_id, name=kept, digest=digest, made_at=at, made_by=by, changed_at=at)
    session.add(taken)
    await session.flush()
    session.add(AccountImportFile(import_id=import_id, content=content))
    await session.flush()
    await later(session, "import.read", {"import": str(import_id)})
    await later(session, "import.forget", {"import": str(import_id)}, run_at=at + KEPT_FOR)
    await session.refresh(taken)
    return taken


async def set_layout(session: AsyncSession, import_id: UUID, layout: Layout, *, at: datetime) -> AccountImport:
    """Say what the columns hold and try all rows anew. Raises `ImportNotFound`, `ImportNotReady`, `BadLayout`."""
    found = await locked_import(session, import_id, "checked", "checking")
    found.layout = layout_form(checked_layout(layout))
    found.state, found.run, found.done, found.changed_at = "checking", found.run + 1, 0, at
    await later(session, "import.check", {"import": str(import_id), "run": found.run, "after": 0})
    await session.flush()
    return found


async def start_writing(session: AsyncSession, import_id: UUID, *, rest: bool, at: datetime) -> AccountImport:
    """Write the rows that can be; where some cannot, only if `rest` is asked for. Said again it goes on as it was.

    Raises `ImportNotFound`, `ImportNotReady`, `ImportHasBadRows`, `ImportEmpty`.
    """
    found = await locked_import(session, import_id, "checked", "writing", "written")
    if found.state != "checked":
        return found
    bad, good = await rows_in(session, import_id, "bad"), await rows_in(session, import_id, "good")
    if not good:
        raise ImportEmpty()
    if bad and not rest:
        raise ImportHasBadRows(bad=bad)
    found.state, found.total, found.done, found.changed_at = "writing", good, 0, at
    await later(session, "import.write", {"import": str(import_id), "after": 0})
    await session.flush()
    return found


async def start_undoing(session: AsyncSession, import_id: UUID, *, at: datetime) -> AccountImport:
    """Take back everything that was written and not used since. Raises `ImportNotFound`, `ImportNotReady`."""
    found = await locked_import(session, import_id, "written", "undoing", "undone")
    if found.state != "written":
        return found
    found.state, found.total, found.done = "undoing", await rows_in(session, import_id, "written"), 0
    found.changed_at = at
    await later(session, "import.undo", {"import": str(import_id), "after": 0})
    await session.flush()
    return found


async def locked_import(session: AsyncSession, import_id: UUID, *states: State) -> AccountImport:
    """The import, locked. Raises `ImportNotFound`, and `ImportNotReady` unless it is in one of `states`."""
    query = select(AccountImport).where(AccountImport.id == import_id).with_for_update()
    found = await session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise ImportNotFound(id=str(import_id))
    if states and found.state not in states:
        raise ImportNotReady(state=found.state)
    return found


async def rows_in(session: AsyncSession, import_id: UUID, state: RowState) -> int:
    """How many rows are in that state."""
    query = select(func.count()).where(AccountImportRow.import_id == import_id, AccountImportRow.state == state)
    return await session.scalar(query) or 0
