"""The work after the commit: what each kind of outbox row asks for, and who does it."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from pos.documents.after import HANDLERS as DOCUMENT_HANDLERS
from pos.storage.database import Database
from pos.storage.outbox import Handler, Worker

HANDLERS: dict[str, Handler] = {**DOCUMENT_HANDLERS}


@asynccontextmanager
async def working(database: Database) -> AsyncGenerator[Worker, None]:
    """A worker beside whatever the block does; stopped at its end."""
    worker = Worker(database, HANDLERS)
    task = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
