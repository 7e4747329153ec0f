"""Tells open pages of the back office that something was recorded, so that they fetch what changed."""

import asyncio
from collections.abc import AsyncGenerator
from types import TracebackType
from typing import Any, Self

import asyncpg
import structlog

from pos.storage.database import Database

CHANNEL = "outbox"
"""Every recorded group leaves an outbox row and says so here."""
RECORDED = "recorded"
log = structlog.get_logger()


class Live:
    """Listens to PostgreSQL's notifications on one connection and wakes every waiting page."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.waiting: set[asyncio.Queue[str]] = set()
        self.task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self.task = asyncio.create_task(self.listen())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)

    async def listen(self) -> None:
        """Keep one listening connection; when the database goes away, try again every second."""
        while True:
            try:
                connection = await asyncpg.connect(self.database.dsn, timeout=10)
                try:
                    await connection.add_listener(CHANNEL, self.heard)
                    while True:
                        await asyncio.sleep(5)
                        await connection.execute("SELECT 1")
                finally:
                    connection.terminate()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("live.lost", error=str(error))
                await asyncio.sleep(1)

    def heard(self, connection: Any, pid: int, channel: str, payload: str) -> None:
        """One notification: every page gets it; a page that is behind needs only one."""
        for queue in self.waiting:
            if queue.empty():
                queue.put_nowait(RECORDED)

    async def messages(self) -> AsyncGenerator[str, None]:
        """One item for each time something was recorded; an empty one every 20 seconds keeps the line open."""
        queue: asyncio.Queue[str] = asyncio.Queue(maxsize=1)
        self.waiting.add(queue)
        try:
            while True:
                try:
                    yield await asyncio.wait_for(queue.get(), timeout=20)
                except TimeoutError:
                    yield ""
        finally:
            self.waiting.discard(queue)
