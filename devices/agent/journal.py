"""The durable record of jobs and events: each job moves forward only, each move is an event with a number."""

import asyncio
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from devices.agent.clock import Clock, milliseconds, wire_time
from devices.agent.errors import Refused
from devices.agent.rules import (
    FINAL,
    QUEUED,
    NewJob,
    resume_point,
    state_after_restart,
    worst_first,
)
from devices.agent.store import Store, Transaction, numbered
from devices.device import DeviceState, Ending, Job, Outcome

DAY = 24 * 60 * 60 * 1_000
CONTENT_KEPT = DAY
JOBS_KEPT = 30 * DAY
EVENTS_KEPT = 7 * DAY
FEWEST_EVENTS_KEPT = 10_000
MOST_LOGGED = 200
STATE_COLUMNS = "seq, register, id, device, copy, state, waiting, causes, state_at, result"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The answer to a job: where it stands (a `state` message) and whether it was new."""

    state: dict[str, Any]
    fresh: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queued job on its way to the device. `expires_at` is in milliseconds since 1970."""

    job: Job
    expires_at: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """What a connection needs to go on: the events it has not seen, the newest number, whether some are lost."""

    events: Sequence[dict[str, Any]]
    newest: int
    gap: bool


class Journal:
    """Every verb is one transaction, and is told to nobody before it is on disk."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def _now(self) -> int:
        return milliseconds(self._clock.now())

    async def identity(self) -> str:
        """The id of this journal, made when the journal was made."""

        def work(tx: Transaction) -> str:
            tx.execute("INSERT OR IGNORE INTO meta VALUES ('agent', ?)", (str(uuid4()),))
            return tx.execute("SELECT value FROM meta WHERE key = 'agent'").fetchone()[0]

        return await self._store.run(work)

    async def accept(self, job: NewJob, *, room: bool = True) -> Accepted:
        """Take a job in as `queued`, or say where the same one stands.

        Raises `Refused` job.differs, or queue.full for a new job while there is no `room`.
        """
        digest, content, now = job.digest(), job.canonical_content(), self._now()
        facts = (job.id, job.register, job.device, job.kind, job.copy, digest, content, job.made_at, job.ttl)

        def work(tx: Transaction) -> Accepted:
            known = tx.execute("SELECT digest FROM jobs WHERE id = ?", (job.id,)).fetchone()
            if known is not None:
                if known[0] != digest:
                    raise Refused("job.differs", "this id belongs to another job", job=job.id)
                return Accepted(_state_of(tx, job.id), fresh=False)
            if not room:
                raise Refused("queue.full", "too many jobs wait for this device", job=job.id, device=job.device)
            tx.execute(
                "INSERT INTO jobs (id, register, device, kind, copy, digest, content, made_at, ttl, expires_at,"
                " state, seq, state_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', 0, ?)",
                (*facts, job.expires_at(now), now),
            )
            return Accepted(_move(tx, job.id, QUEUED, now=now), fresh=True)

        return await self._store.run(work)

    async def retry(self, job_id: str, register: str, ttl: int | None) -> dict[str, Any]:
        """Put a failed job back into the queue. Raises `Refused` job.unknown, job.not_retryable or job.gone."""
        now = self._now()

        def work(tx: Transaction) -> dict[str, Any]:
            row = tx.execute("SELECT register, state, content, ttl FROM jobs WHERE id = ?", (job_id,)).fetchone()
            if row is None or row[0] != register:
                raise Refused("job.unknown", "no such job", job=job_id)
            if row[1] != Outcome.FAILED:
                raise Refused("job.not_retryable", "only a failed job can be tried again", job=job_id, state=row[1])
            if row[2] is None:
                raise Refused("job.gone", "the content of this job was dropped already", job=job_id)
            expires_at = now + (row[3] if ttl is None else ttl) * 1_000
            tx.execute("UPDATE jobs SET expires_at = ? WHERE id = ?", (expires_at, job_id))
            return _move(tx, job_id, QUEUED, now=now)

        return await self._store.run(work)

    async def waiting_job(self, job_id: str) -> Waiting | None:
        """The job, if it is still queued."""

        def work(tx: Transaction) -> Waiting | None:
            row = tx.execute(
                "SELECT device, kind, content, copy, expires_at FROM jobs WHERE id = ? AND state = 'queued'", (job_id,)
            ).fetchone()
            return row and Waiting(Job(job_id, row[0], row[1], json.loads(row[2]), row[3]), row[4])

        return await self._store.run(work)

    async def progressed(self, job_id: str, state: str, *, waiting: bool = False, causes: Sequence[str] = ()) -> bool:
        """Have it on disk where an open job stands; False, and nothing written, if it has ended."""
        return await asyncio.shield(self.note_progress(job_id, state, waiting=waiting, causes=causes))

    def note_progress(
        self, job_id: str, state: str, *, waiting: bool = False, causes: Sequence[str] = ()
    ) -> "asyncio.Future[bool]":
        """As `progressed`, for those who need not wait for the disk."""
        now = self._now()

        def work(tx: Transaction) -> bool:
            current = _state_of(tx, job_id)
            if current["state"] in FINAL:
                return False
            if (current["state"], current["waiting"], current["causes"]) != (state, waiting, worst_first(causes)):
                _move(tx, job_id, state, now=now, waiting=waiting, causes=causes)
            return True

        return self._store.post(work)

    async def ended(self, job_id: str, ending: Ending) -> bool:
        """Record how an open job ended; False if it had ended before."""
        now = self._now()

        def work(tx: Transaction) -> bool:
            if _state_of(tx, job_id)["state"] in FINAL:
                return False
            _move(tx, job_id, ending.outcome, now=now, causes=ending.causes, result=ending.result)
            return True

        return await self._store.run(work)

    async def expire(self, job_id: str) -> bool:
        """End a job that is still queued and whose time is over."""
        now = self._now()

        def work(tx: Transaction) -> bool:
            row = tx.execute("SELECT state, expires_at FROM jobs WHERE id = ?", (job_id,)).fetchone()
            if row is None or row[0] != QUEUED or row[1] > now:
                return False
            _move(tx, job_id, Outcome.FAILED, now=now, causes=("job.expired",))
            return True

        return await self._store.run(work)

    async def recover(self, devices: Collection[str]) -> list[tuple[str, str, int]]:
        """Settle what the last run left open; returns (job, device, expires_at) still queued, in order of arrival."""
        now = self._now()

        def work(tx: Transaction) -> list[tuple[str, str, int]]:
            left: list[tuple[str, str, int]] = []
            for job_id, device, state, expires_at in tx.execute(
                "SELECT id, device, state, expires_at FROM jobs"
                " WHERE state IN ('queued', 'sending', 'sent') ORDER BY arrival"
            ).fetchall():
                new, causes = state_after_restart(state, expires_at=expires_at, now=now, device_known=device in devices)
                if new == QUEUED:
                    left.append((job_id, device, expires_at))
                else:
                    _move(tx, job_id, new, now=now, causes=causes)
            return left

        return await self._store.run(work)

    async def states(self, ids: Sequence[str], register: str) -> tuple[list[dict[str, Any]], list[str]]:
        """Where the register's jobs stand, and which ids are not jobs of this register."""

        def work(tx: Transaction) -> tuple[list[dict[str, Any]], list[str]]:
            marks = ",".join("?" * len(ids))
            query = f"SELECT {STATE_COLUMNS} FROM jobs WHERE register = ? AND id IN ({marks})"  # noqa: S608
            found = {row[2]: _state_message(row) for row in tx.execute(query, (register, *ids)).fetchall()}
            return [found[id] for id in ids if id in found], [id for id in ids if id not in found]

        return await self._store.run(work)

    def device_changed(self, device: str, state: DeviceState) -> None:
        """Number and tell a change of a device; does not wait for the disk."""
        now = self._now()
        body = {"type": "event", "device": device, "state": state_message(state), "at": wire_time(now)}
        self._store.post(lambda tx: tx.emit(body, at=now, device=device))

    async def backlog(self, peer: str, asked: int | None, register: str | None, devices: Collection[str]) -> Backlog:
        """What `peer` has not dealt with yet, of what concerns `register` and `devices` (None: everything)."""

        def work(tx: Transaction) -> Backlog:
            row = tx.execute("SELECT seq FROM sqlite_sequence WHERE name = 'events'").fetchone()
            newest = 0 if row is None else row[0]
            oldest = tx.execute("SELECT min(seq) FROM events").fetchone()[0]
            acked = tx.execute("SELECT seq FROM acks WHERE peer = ?", (peer,)).fetchone()
            after, gap = resume_point(asked, acked and acked[0], newest, oldest)
            rows = tx.execute("SELECT seq, register, device, body FROM events WHERE seq > ? ORDER BY seq", (after,))
            events = [
                numbered(seq, json.loads(body))
                for seq, whose, device, body in rows
                if concerns(register, devices, whose, device)
            ]
            return Backlog(events, newest, gap)

        return await self._store.run(work)

    async def log_of(self, device: str, register: str | None) -> list[dict[str, Any]]:
        """The last events of a device that concern `register` (None: all), the newest first."""

        def work(tx: Transaction) -> list[dict[str, Any]]:
            rows = tx.execute(
                "SELECT seq, body FROM events WHERE device = ? AND (register IS NULL OR ? IS NULL OR register = ?)"
                " ORDER BY seq DESC LIMIT ?",
                (device, register, register, MOST_LOGGED),
            )
            return [numbered(seq, json.loads(body)) for seq, body in rows]

        return await self._store.run(work)

    async def ack(self, peer: str, seq: int) -> None:
        """Remember that `peer` has dealt with everything up to `seq`; never goes back, never past the newest."""

        def work(tx: Transaction) -> None:
            row = tx.execute("SELECT seq FROM sqlite_sequence WHERE name = 'events'").fetchone()
            known = min(seq, 0 if row is None else row[0])
            tx.execute(
                "INSERT INTO acks VALUES (?, ?) ON CONFLICT (peer) DO UPDATE SET seq = max(seq, excluded.seq)",
                (peer, known),
            )

        await self._store.run(work)

    async def prune(self) -> None:
        """Drop contents, jobs and events past their time; open jobs and unsent documents are never touched."""
        now = self._now()
        ended = "state NOT IN ('queued', 'sending', 'sent')"

        def work(tx: Transaction) -> None:
            tx.execute(
                f"UPDATE jobs SET content = NULL WHERE content IS NOT NULL AND {ended} AND state_at < ?",  # noqa: S608
                (now - CONTENT_KEPT,),
            )
            tx.execute(f"DELETE FROM jobs WHERE {ended} AND state_at < ?", (now - JOBS_KEPT,))  # noqa: S608
            tx.execute(
                "DELETE FROM events WHERE at < ? AND seq <= (SELECT max(seq) FROM events) - ?",
                (now - EVENTS_KEPT, FEWEST_EVENTS_KEPT),
            )

        await self._store.run(work)

    async def open_jobs(self) -> int:
        """How many jobs have not ended."""
        query = "SELECT count(*) FROM jobs WHERE state IN ('queued', 'sending', 'sent')"
        return await self._store.run(lambda tx: tx.execute(query).fetchone()[0])


def concerns(register: str | None, devices: Collection[str], whose: str | None, device: str) -> bool:
    """Whether a caller is told of an event. `register` None is the server, who is told everything."""
    if register is None:
        return True
    return whose == register if whose is not None else device in devices


def state_message(state: DeviceState) -> dict[str, Any]:
    """A device's state as it goes over the wire."""
    return {"power": state.power.value, "health": state.health.value, "causes": worst_first(state.causes)}


def _move(
    tx: Transaction,
    job_id: str,
    state: str,
    *,
    now: int,
    waiting: bool = False,
    causes: Sequence[str] = (),
    result: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Write the new state and its event; returns the `state` message."""
    state = str(state)
    query = "SELECT register, device, copy, expires_at FROM jobs WHERE id = ?"
    register, device, copy, expires_at = tx.execute(query, (job_id,)).fetchone()
    body: dict[str, Any] = {
        "type": "state",
        "register": register,
        "job": job_id,
        "device": device,
        "copy": copy,
        "state": state,
        "waiting": waiting,
        "causes": worst_first(causes),
        "at": wire_time(now),
    }
    if result is not None:
        body["result"] = result
    joins_line = expires_at if state == QUEUED and not waiting else None
    seq = tx.emit(body, at=now, device=device, register=register, expires_at=joins_line)
    tx.execute(
        "UPDATE jobs SET state = ?, waiting = ?, causes = ?, seq = ?, state_at = ?, result = ? WHERE id = ?",
        (state, waiting, json.dumps(worst_first(causes)), seq, now, result and json.dumps(result), job_id),
    )
    return numbered(seq, body)


def _state_of(tx: Transaction, job_id: str) -> dict[str, Any]:
    return _state_message(tx.execute(f"SELECT {STATE_COLUMNS} FROM jobs WHERE id = ?", (job_id,)).fetchone())  # noqa: S608


def _state_message(row: tuple[Any, ...]) -> dict[str, Any]:
    seq, register, job_id, device, copy, state, waiting, causes, at, result = row
    message = {
        "type": "state",
        "seq": seq,
        "register": register,
        "job": job_id,
        "device": device,
        "copy": copy,
        "state": state,
        "waiting": bool(waiting),
        "causes": json.loads(causes),
        "at": wire_time(at),
    }
    return message if result is None else message | {"result": json.loads(result)}
