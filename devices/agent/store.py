"""The agent's SQLite file and the one thread that writes it.

Work handed in while a commit is under way shares the next one, so twenty jobs at once cost one fsync, not twenty.
"""

import asyncio
import json
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from devices.agent.errors import AgentAlreadyRunning, JournalUnavailable

log = logging.getLogger(__name__)

T = TypeVar("T")
SCHEMA_VERSION = 3
MOST_PER_COMMIT = 64

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE jobs (
    arrival     INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE,
    register    TEXT NOT NULL,
    device      TEXT NOT NULL,
    kind        TEXT NOT NULL,
    copy        INTEGER NOT NULL,
    digest      TEXT NOT NULL,
    content     TEXT,
    made_at     INTEGER NOT NULL,
    ttl         INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    state       TEXT NOT NULL CHECK (state IN
                ('queued', 'sending', 'sent', 'done', 'sent-unconfirmed', 'uncertain', 'failed')),
    waiting     INTEGER NOT NULL DEFAULT 0,
    causes      TEXT NOT NULL DEFAULT '[]',
    seq         INTEGER NOT NULL,
    state_at    INTEGER NOT NULL,
    result      TEXT
);
CREATE INDEX jobs_open ON jobs (state) WHERE state IN ('queued', 'sending', 'sent');
CREATE INDEX jobs_by_age ON jobs (state_at);
CREATE TABLE events (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    at          INTEGER NOT NULL,
    register    TEXT,
    device      TEXT NOT NULL,
    body        TEXT NOT NULL
);
CREATE TABLE acks (peer TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    arrival     INTEGER PRIMARY KEY AUTOINCREMENT,
    register    TEXT NOT NULL,
    id          TEXT NOT NULL,
    digest      TEXT NOT NULL,
    bytes       BLOB NOT NULL,
    personal    BLOB,
    kept_at     INTEGER NOT NULL,
    UNIQUE (register, id)
);
CREATE TABLE tokens (register TEXT PRIMARY KEY, sha256 TEXT NOT NULL, paired_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX events_of_device ON events (device, seq);
CREATE TABLE statistics (
    device      TEXT NOT NULL,
    name        TEXT NOT NULL,
    count       INTEGER NOT NULL,
    PRIMARY KEY (device, name)
) WITHOUT ROWID;
"""

MIGRATIONS = {
    1: ("ALTER TABLE jobs ADD COLUMN result TEXT",),
    2: (
        "CREATE INDEX events_of_device ON events (device, seq)",
        "CREATE TABLE statistics (device TEXT NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL,"
        " PRIMARY KEY (device, name)) WITHOUT ROWID",
    ),
}
"""From which version, and what makes the next one of it."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was told, with its number. `register` is None for what concerns a device as such."""

    seq: int
    register: str | None
    device: str
    body: dict[str, Any]
    """The message as it goes over the wire, `seq` included."""
    expires_at: int | None = None
    """For a job that was queued: when it is too old to begin, in milliseconds."""


class Transaction:
    """What a piece of work sees: the open transaction, and a place to leave the events it causes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.execute = connection.execute
        self.events: list[Event] = []

    def emit(
        self,
        body: dict[str, Any],
        *,
        at: int,
        device: str,
        register: str | None = None,
        expires_at: int | None = None,
    ) -> int:
        """Number an event and write it down; it is told once the transaction is on disk."""
        cursor = self.execute(
            "INSERT INTO events (at, register, device, body) VALUES (?, ?, ?, ?)",
            (at, register, device, json.dumps(body, ensure_ascii=False, separators=(",", ":"))),
        )
        seq = cast(int, cursor.lastrowid)
        self.events.append(Event(seq, register, device, numbered(seq, body), expires_at))
        return seq


def numbered(seq: int, body: dict[str, Any]) -> dict[str, Any]:
    """The message with its number right after its type."""
    return {"type": body["type"], "seq": seq, **body}


Work = Callable[[Transaction], T]


class Store:
    """Runs work in transactions, one after another, on a thread of its own.

    `told` gets the events of each transaction once they are on disk, in the order of `seq`, on the event loop, before
    the caller's own `await` goes on.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._work: queue.SimpleQueue[tuple[Work[Any], asyncio.Future[Any]] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.commits = 0
        """How many transactions were written."""
        self.told: Callable[[Event], None] = lambda event: None

    async def open(self) -> None:
        """Open or make the file; a damaged one is put aside and a new one made. Raises `AgentAlreadyRunning`."""
        self._loop = asyncio.get_running_loop()
        opened: asyncio.Future[None] = self._loop.create_future()
        self._thread = threading.Thread(target=self._run, args=(self._loop, opened), name="agent-journal", daemon=True)
        self._thread.start()
        await opened

    async def close(self) -> None:
        """Finish what was handed in, then close the file."""
        if self._thread is not None:
            self._work.put(None)
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    async def run(self, work: Work[T]) -> T:
        """Do `work` in a transaction and return its result once that is on disk.

        What `work` raises undoes its own writes and is raised here; a failing disk is raised as `JournalUnavailable`.
        """
        return await asyncio.shield(self.post(work))

    def post(self, work: Work[T]) -> "asyncio.Future[T]":
        """Hand in `work` without waiting; the order of handing in is the order of doing."""
        if self._loop is None or self._thread is None:
            raise JournalUnavailable("the journal is closed")
        future: asyncio.Future[T] = self._loop.create_future()
        future.add_done_callback(_seen)
        self._work.put((work, future))
        return future

    def _run(self, loop: asyncio.AbstractEventLoop, opened: "asyncio.Future[None]") -> None:
        try:
            connection = _open_or_put_aside(self._path)
        except Exception as error:
            loop.call_soon_threadsafe(opened.set_exception, error)
            return
        loop.call_soon_threadsafe(opened.set_result, None)
        try:
            while batch := self._next_batch():
                answers, events = _commit(connection, batch)
                self.commits += 1
                loop.call_soon_threadsafe(self._deliver, answers, events)
        finally:
            connection.close()

    def _next_batch(self) -> list[tuple[Work[Any], "asyncio.Future[Any]"]]:
        """The next pieces of work, at least one; empty when it is time to end."""
        first = self._work.get()
        if first is None:
            return []
        batch = [first]
        while len(batch) < MOST_PER_COMMIT:
            try:
                item = self._work.get_nowait()
            except queue.Empty:
                break
            if item is None:
                self._work.put(None)
                break
            batch.append(item)
        return batch

    def _deliver(self, answers: "list[Answer]", events: list[Event]) -> None:
        for event in events:
            try:
                self.told(event)
            except Exception:
                log.exception("event %s could not be passed on", event.seq)
        for future, result, error in answers:
            if future.done():
                continue
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)


Answer = tuple["asyncio.Future[Any]", Any, Exception | None]


def _seen(future: "asyncio.Future[Any]") -> None:
    """A posted piece of work nobody waits for still gets its failure into the log."""
    if not future.cancelled() and (error := future.exception()) is not None and not hasattr(error, "code"):
        log.error("journal work failed", exc_info=error)


def _commit(
    connection: sqlite3.Connection, batch: list[tuple[Work[Any], "asyncio.Future[Any]"]]
) -> tuple[list[Answer], list[Event]]:
    """Do the batch in one transaction, each piece under its own savepoint."""
    answers: list[Answer] = []
    events: list[Event] = []
    try:
        connection.execute("BEGIN IMMEDIATE")
        for work, future in batch:
            transaction = Transaction(connection)
            connection.execute("SAVEPOINT piece")
            try:
                answers.append((future, work(transaction), None))
            except Exception as error:
                if isinstance(error, sqlite3.Error) and not isinstance(error, sqlite3.IntegrityError):
                    raise
                connection.execute("ROLLBACK TO piece")
                answers.append((future, None, error))
            else:
                events.extend(transaction.events)
            connection.execute("RELEASE piece")
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        log.error("the journal could not be written: %s", error)
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        return [(future, None, JournalUnavailable(str(error))) for _, future in batch], []
    return answers, events


def _open_or_put_aside(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)  # what SQLite puts beside it gets the same rights
    try:
        return _open(path)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            if "locked" in str(error):
                raise AgentAlreadyRunning(f"another device agent uses {path}") from None
            raise JournalUnavailable(f"{path}: {error}") from error
        log.error("the journal %s is damaged (%s): it is put aside and a new one is made", path, error)
    _put_aside(path)
    return _open(path)


def _put_aside(path: Path) -> None:
    """Rename the damaged file and its log out of the way, for a person to look at."""
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    path.rename(aside)
    for suffix in ("-wal", "-shm"):
        beside = path.with_name(path.name + suffix)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + suffix))


def _open(path: Path) -> sqlite3.Connection:
    """Open exclusively: a second agent on the same folder finds the file locked. The lock dies with the process."""
    connection = sqlite3.connect(path, timeout=2, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN EXCLUSIVE")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise JournalUnavailable(f"{path} was written by a newer agent (format {version})")
        if version == 0:
            for statement in SCHEMA.split(";"):
                connection.execute(statement)
        for older in range(version or SCHEMA_VERSION, SCHEMA_VERSION):
            for statement in MIGRATIONS[older]:
                connection.execute(statement)
        if version < SCHEMA_VERSION:
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise sqlite3.DatabaseError(found)
    except BaseException:
        connection.close()
        raise
    return connection
