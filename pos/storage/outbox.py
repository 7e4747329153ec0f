"""Work to do after the commit: one row in the business transaction, done later by a worker, again until it succeeds."""

import asyncio
import contextlib
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import structlog
from sqlalchemy import Identity, Index, delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from pos.core.errors import Conflict
from pos.storage.base import Base
from pos.storage.database import Database

CHANNEL = "outbox"
"""Whoever inserts rows without `later` also runs `SELECT pg_notify('outbox', '')`, once per transaction."""

_log = structlog.get_logger(__name__)


class OutboxRow(Base):
    """One thing to do. Done rows are deleted; a row given up stays, with its last error, for a person to see."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    run_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempts: Mapped[int] = mapped_column(server_default="0")
    leased_until: Mapped[datetime | None]
    """While it lasts, the row belongs to the worker that made attempt number `attempts`."""
    last_error: Mapped[str | None]
    gave_up_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_outbox_due", "run_at", "id", postgresql_where=text("gave_up_at IS NULL")),)


@dataclass(frozen=True, slots=True)
class Job:
    """A row taken by this worker; `attempt` counts from 1."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    attempt: int


Handler = Callable[[Job, Database], Awaitable[None]]
"""Does one job, in transactions of its own; may run twice for one row, unless it ends with `finishing`."""


class LeaseLost(Conflict):
    """The job is no longer this worker's: it took too long and another took it. `id`."""

    code = "outbox.lease_lost"


async def later(
    session: AsyncSession, kind: str, payload: Mapping[str, Any], *, run_at: datetime | None = None
) -> None:
    """Have `kind` done with `payload` after this transaction commits, not before `run_at`; nothing if it rolls back."""
    row: dict[str, Any] = {"kind": kind, "payload": dict(payload)}
    await session.execute(insert(OutboxRow).values(row if run_at is None else {**row, "run_at": run_at}))
    await session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})


async def keep_scheduled(session: AsyncSession, kind: str, payload: Mapping[str, Any], *, run_at: datetime) -> None:
    """Have one row of `kind` waiting, for work that comes again and again; nothing where one waits already."""
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:kind))"), {"kind": kind})
    waiting = select(OutboxRow.id).where(OutboxRow.kind == kind, OutboxRow.gave_up_at.is_(None)).limit(1)
    if await session.scalar(waiting) is None:
        await later(session, kind, payload, run_at=run_at)


@asynccontextmanager
async def finishing(database: Database, job: Job) -> AsyncIterator[AsyncSession]:
    """A transaction that does the job and removes its row together, so that it happens exactly once.

    Raises `LeaseLost` before anything is done if the row is another worker's by now.
    """
    async with database.transaction() as session:
        mine = (
            delete(OutboxRow).where(OutboxRow.id == job.id, OutboxRow.attempts == job.attempt).returning(OutboxRow.id)
        )
        if await session.scalar(mine) is None:
            raise LeaseLost(id=job.id)
        yield session


class Worker:
    """Takes due rows, a few at a time, and gives each to the handler of its kind.

    A handler has `lease` seconds; a worker that dies loses its rows to the others after that time. A failure is tried
    again after a pause that doubles, and given up after `most_attempts`. Rows of a kind without a handler are left to
    workers that have one.
    """

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, Handler],
        *,
        at_once: int = 4,
        lease: float = 60.0,
        poll: float = 5.0,
        most_attempts: int = 14,
        first_pause: float = 1.0,
    ) -> None:
        self._database = database
        self._handlers = dict(handlers)
        self._at_once, self._lease, self._poll = at_once, lease, poll
        self._most_attempts, self._first_pause = most_attempts, first_pause
        self._woken = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Work until cancelled; jobs under way are then given `lease` seconds at most to end, as ever."""
        listening = asyncio.create_task(self._listen())
        try:
            while True:
                self._woken.clear()
                try:
                    found = await self._take_and_start()
                except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                    _log.warning("outbox.database", error=str(error))
                    found = 0
                if found == 0 or len(self._running) >= self._at_once:
                    await self._wait()
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening
            if self._running:
                await asyncio.wait(self._running)

    async def drain(self) -> int:
        """Do what is due now and whatever that puts in the outbox, then return how many attempts were made."""
        made = 0
        while True:
            made += (found := await self._take_and_start())
            if self._running:
                await asyncio.wait(self._running)
            elif not found:
                return made

    async def _take_and_start(self) -> int:
        room = self._at_once - len(self._running)
        jobs = await take(self._database, list(self._handlers), room, self._lease) if room > 0 else []
        for job in jobs:
            task = asyncio.create_task(self._do(job))
            self._running.add(task)
            task.add_done_callback(self._ended)
        return len(jobs)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._woken.set()

    async def _do(self, job: Job) -> None:
        try:
            async with asyncio.timeout(self._lease * 0.9):
                await self._handlers[job.kind](job, self._database)
            await _done(self._database, job)
        except LeaseLost:
            _log.warning("outbox.lease_lost", id=job.id, kind=job.kind)
        except Exception as error:  # the worker goes on, whatever a handler does
            _log.exception("outbox.failed", id=job.id, kind=job.kind, attempt=job.attempt)
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):  # else the lease runs out
                await self._put_back(job, error)

    async def _put_back(self, job: Job, error: Exception) -> None:
        pause = min(self._first_pause * 2 ** (job.attempt - 1), 3600.0) * random.uniform(0.8, 1.2)  # noqa: S311
        await self._database.pool.execute(
            "UPDATE outbox SET leased_until = NULL, last_error = $3, run_at = now() + make_interval(secs => $4),"
            " gave_up_at = CASE WHEN attempts >= $5 THEN now() END WHERE id = $1 AND attempts = $2",
            job.id,
            job.attempt,
            f"{type(error).__name__}: {error}"[:2000],
            pause,
            self._most_attempts,
        )

    async def _wait(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._poll if len(self._running) < self._at_once else None):
                await self._woken.wait()

    async def _listen(self) -> None:
        """Wake up when someone commits work; where the connection breaks, polling goes on until it is back."""
        while True:
            try:
                connection = await asyncpg.connect(self._database.dsn, timeout=10)
                broken = asyncio.Event()
                connection.add_termination_listener(lambda _, broken=broken: broken.set())
                await connection.add_listener(CHANNEL, lambda *_: self._woken.set())
                self._woken.set()  # what came before we listened
                try:
                    await broken.wait()
                finally:
                    connection.terminate()
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(1)


async def take(database: Database, kinds: list[str], most: int, lease: float) -> list[Job]:
    """Up to `most` due rows of `kinds`, oldest first, leased to the caller for `lease` seconds; others skip them."""
    rows = await database.pool.fetch(
        "UPDATE outbox SET attempts = attempts + 1, leased_until = now() + make_interval(secs => $3)"
        " WHERE id IN (SELECT id FROM outbox WHERE run_at <= now() AND gave_up_at IS NULL AND kind = ANY($1)"
        " AND (leased_until IS NULL OR leased_until < now()) ORDER BY run_at, id LIMIT $2 FOR UPDATE SKIP LOCKED)"
        " RETURNING id, kind, payload::text, attempts",
        kinds,
        most,
        lease,
    )
    jobs = [Job(row["id"], row["kind"], json.loads(row["payload"]), row["attempts"]) for row in rows]
    return sorted(jobs, key=lambda job: job.id)


async def _done(database: Database, job: Job) -> None:
    await database.pool.execute("DELETE FROM outbox WHERE id = $1 AND attempts = $2", job.id, job.attempt)
