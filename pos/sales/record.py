"""Recording: documents that arrive at the same time are stored in one transaction, by one statement for all of them.

Whoever waits gets an answer only after the commit. The bytes and everything derived from them are written together or
not at all; no balance is touched; a document that the database will not take is quarantined while the others land.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import structlog
from asyncpg.pool import PoolConnectionProxy

from pos.core.errors import Unavailable
from pos.documents.arrival import Arrival, read_arrival
from pos.documents.rules import Flaw
from pos.registers.queries import RegisterKey
from pos.sales.statements import READ, WRITE, read_arguments, write_arguments

log = structlog.get_logger()

LARGEST_GROUP = 64
TRIES = 8
AGAIN = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.UniqueViolationError,  # another process stored the same document meanwhile: read again
)
NOT_ITS_FAULT = (
    asyncpg.InsufficientResourcesError,  # disk full, out of memory, too many connections
    asyncpg.OperatorInterventionError,  # shutting down, cancelled
    asyncpg.PostgresConnectionError,
    asyncpg.InternalServerError,
    asyncpg.PostgresSystemError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InsufficientPrivilegeError,
    asyncpg.UndefinedTableError,
    asyncpg.InterfaceError,
    OSError,
)


class RecordingUnavailable(Unavailable):
    """The database does not answer or has no room: nothing is known to be stored, the register keeps trying."""

    code = "recording.unavailable"


@dataclass(frozen=True, slots=True)
class Stored:
    """The document and all its rows are committed."""

    digest: bytes


@dataclass(frozen=True, slots=True)
class Already:
    """These bytes were stored before, under this id."""

    digest: bytes


@dataclass(frozen=True, slots=True)
class Quarantined:
    """The bytes are committed to the journal, their business rows are withheld."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Differs:
    """Other bytes are stored under this id. Both are kept."""


Answer = Stored | Already | Quarantined | Differs
REFUSED = (asyncpg.PostgresError, ValueError, TypeError, OverflowError)
"""What the database or its driver says of data that it cannot hold."""
Waiting = tuple[Arrival, "asyncio.Future[Answer]"]
Connection = asyncpg.Connection | PoolConnectionProxy


class Recorder:
    """Combines what arrives while the last group commits. One per process; use as `async with`, or `start` and `stop`.

    `lanes` groups may be on their way at once, each on a connection that its lane keeps.
    """

    def __init__(
        self,
        pool: asyncpg.Pool,
        *,
        lanes: int = 1,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._clock = clock
        self._lanes = [Lane(pool) for _ in range(lanes)]
        self._waiting: list[Waiting] = []
        self._arrived = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False

    async def __aenter__(self) -> "Recorder":
        self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def start(self) -> None:
        self._stopping = False
        self._tasks = [asyncio.create_task(self._run(lane)) for lane in self._lanes]

    async def stop(self) -> None:
        """Answer everyone who already waits, take nobody new, end."""
        self._stopping = True
        self._arrived.set()
        await asyncio.gather(*self._tasks)

    async def record(self, key: RegisterKey, document_id: UUID, body: bytes) -> Answer:
        """Store `body` and what follows from it. Raises `RecordingUnavailable`: then the caller must ask again."""
        if self._stopping:
            raise RecordingUnavailable
        arrival = read_arrival(key, document_id, body, self._clock())
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrival, future))
        self._arrived.set()
        return await future

    async def _run(self, lane: "Lane") -> None:
        while True:
            await self._arrived.wait()
            group, self._waiting = self._waiting[:LARGEST_GROUP], self._waiting[LARGEST_GROUP:]
            if group:
                if not await answered(group, lane):
                    self._refuse_everyone()
            elif self._stopping:
                return await lane.close()
            else:
                self._arrived.clear()

    def _refuse_everyone(self) -> None:
        """The database is away or full: whoever waits behind the group that failed is told at once to try again."""
        waiting, self._waiting = self._waiting, []
        refuse(waiting)


async def answered(group: list[Waiting], lane: "Lane") -> bool:
    """Record `group` and wake everyone in it, whatever happens; whether it was recorded."""
    group.sort(key=lambda waiting: waiting[0].id.int)
    try:
        answers = await lane.record([arrival for arrival, _ in group])
    except Exception as error:  # nobody may wait for ever, and the lane goes on
        log.warning("recording.failed", count=len(group), error=repr(error))
        await lane.close()
        refuse(group)
        return False
    for (_, future), given in zip(group, answers, strict=True):
        if not future.done():
            future.set_result(given)
    return True


def refuse(waiting: list[Waiting]) -> None:
    for _, future in waiting:
        if not future.done():
            future.set_exception(RecordingUnavailable())


class Lane:
    """One connection, kept from group to group: taking it from the pool anew would cost a round trip each time."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._kept: PoolConnectionProxy | None = None

    async def record(self, group: list[Arrival]) -> list[Answer]:
        """Record `group`, sorted by id: as if all of it were new, and with a look first where something objects."""
        if all_differ(group):
            try:
                return await record_new(await self._connection(), group)
            except NOT_ITS_FAULT:
                raise
            except REFUSED as error:
                log.info("recording.not_new", error=repr(error), count=len(group))
        return await self._record_looking_first(group)

    async def _record_looking_first(self, group: list[Arrival]) -> list[Answer]:
        """Again where it lost a race, one by one where the database refuses its data."""
        for attempt in range(TRIES):
            try:
                return await record_group(await self._connection(), group)
            except AGAIN as error:
                log.info("recording.again", error=repr(error), attempt=attempt)
                await asyncio.sleep(0.01 * attempt)
            except NOT_ITS_FAULT:
                raise
            except REFUSED as error:
                log.warning("recording.one_by_one", error=repr(error), count=len(group))
                break
        async with (await self._connection()).transaction():
            return [await record_alone(await self._connection(), arrival) for arrival in group]

    async def close(self) -> None:
        """Give the connection back; the next group takes another."""
        kept, self._kept = self._kept, None
        if kept is not None:
            try:
                await self._pool.release(kept, timeout=5)
            except (*NOT_ITS_FAULT, TimeoutError) as error:
                log.info("recording.connection_lost", error=repr(error))

    async def _connection(self) -> PoolConnectionProxy:
        if self._kept is None:
            self._kept = await self._pool.acquire(timeout=2)
            await self._kept.execute("SET plan_cache_mode = force_generic_plan")  # never plan the large write anew
        return self._kept


async def record_alone(connection: Connection, arrival: Arrival) -> Answer:
    """Record one document; where its rows are refused, its bytes alone."""
    try:
        async with connection.transaction():
            return (await record_group(connection, [arrival]))[0]
    except NOT_ITS_FAULT:
        raise
    except REFUSED as error:
        log.warning("recording.quarantined", document=str(arrival.id), error=repr(error))
        arrival.unchain(Flaw("document.unstorable", type(error).__name__))
        async with connection.transaction():
            return (await record_group(connection, [arrival]))[0]


def all_differ(group: Sequence[Arrival]) -> bool:
    """Whether no two of `group` share an id, a place in a chain or a receipt number."""
    seqs = [(arrival.key.register_id, arrival.epoch, arrival.seq) for arrival in group if arrival.seq is not None]
    numbers = [(arrival.key.register_id, arrival.epoch, arrival.number) for arrival in group if arrival.number]
    return all(len(set(taken)) == len(taken) for taken in ([arrival.id for arrival in group], seqs, numbers))


async def record_new(connection: Connection, group: Sequence[Arrival]) -> list[Answer]:
    """Record `group`, none of which shares anything, by the write alone.

    Raises `asyncpg.UniqueViolationError`, and nothing is stored, where an id, a place or a number is already taken.
    """
    await connection.execute(WRITE, *write_arguments(group, []))
    return [first_answer(arrival) for arrival in group]


def first_answer(arrival: Arrival) -> Answer:
    """What is said of a document that has just been stored."""
    flaw = arrival.flaw
    return Quarantined(flaw.code, flaw.detail) if flaw else Stored(arrival.digest)


async def record_group(connection: Connection, group: Sequence[Arrival]) -> list[Answer]:
    """Record `group`, sorted by id: one read, then one write into every table, which is a transaction of its own."""
    known: dict[UUID, tuple[bytes, Already | Quarantined]] = {}
    seqs: set[tuple[UUID, int, int]] = set()
    numbers: set[tuple[UUID, int, int]] = set()
    found = await connection.fetch(READ, *read_arguments(group))
    for what, id_, register_id, epoch, place, digest, code, detail in found:
        if what == "id":
            known[id_] = (digest, Quarantined(code, detail) if code else Already(digest))
        elif what == "seq":
            seqs.add((register_id, epoch, place))
        else:
            numbers.add((register_id, epoch, place))
    new: list[Arrival] = []
    others: list[Arrival] = []
    answers: list[Answer] = []
    for arrival in group:
        if arrival.id in known:
            digest, first = known[arrival.id]
            answers.append(first if digest == arrival.digest else Differs())
            if digest != arrival.digest:
                others.append(arrival)
            continue
        claim_places(arrival, seqs, numbers)
        given = first_answer(arrival)
        answers.append(given)
        known[arrival.id] = (arrival.digest, given if isinstance(given, Quarantined) else Already(arrival.digest))
        new.append(arrival)
    if new or others:
        await connection.execute(WRITE, *write_arguments(new, others))
    return answers


def claim_places(arrival: Arrival, seqs: set[tuple[UUID, int, int]], numbers: set[tuple[UUID, int, int]]) -> None:
    """Take the document's place in the chain and its receipt number; quarantine it where either is taken."""
    register_id = arrival.key.register_id
    if arrival.seq is not None:
        if (register_id, arrival.epoch, arrival.seq) in seqs:
            arrival.unchain(Flaw("document.seq_taken", "seq"))
            return
        seqs.add((register_id, arrival.epoch, arrival.seq))
    if arrival.number is not None:
        if (register_id, arrival.epoch, arrival.number) in numbers:
            arrival.withhold(Flaw("document.number_taken", "number"))
            return
        numbers.add((register_id, arrival.epoch, arrival.number))
