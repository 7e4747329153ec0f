"""The database as the app sees it: where it is, sessions for the back office, a pool for the record path."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from os import PathLike
from typing import Self, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from pos.core.errors import Unavailable
from pos.storage.embedded import Cluster, supervised
from pos.storage.embedded.configuration import APP, OWNER

Pool = asyncpg.Pool
T = TypeVar("T")
_TRY_AGAIN = ("40001", "40P01")
"""Serialization failure and deadlock: the transaction did nothing and may be repeated."""
_NOT_YET = (OSError, TimeoutError, asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError)


class DatabaseSilent(Unavailable):
    """Nobody answers at the database's address. `reason` is what the last try said."""

    code = "database.silent"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the database is, for each role, and the server of our own where there is one."""

    owner: str
    """Runs migrations, backups and checks."""
    app: str
    """Serves the shop: may not change or delete what is a fact."""
    cluster: Cluster | None = None


@asynccontextmanager
async def located(
    data_dir: str | PathLike[str], url: str | None = None, app_url: str | None = None
) -> AsyncIterator[Addresses]:
    """The shop's database, up for as long as the block runs.

    With `url` (DATABASE_URL) that server is used, by `app_url` or else by the same user in the app's role; without it
    the embedded server of `data_dir` is started and watched over. Raises `DatabaseSilent` or an `EmbeddedError`.
    """
    if url:
        owner = plain(url)
        await wait_for_database(owner)
        yield Addresses(owner, plain(app_url) if app_url else in_role(owner, APP))
        return
    async with await Cluster.open(data_dir) as cluster, supervised(cluster):
        yield Addresses(cluster.dsn(OWNER), cluster.dsn(APP), cluster)


def plain(url: str) -> str:
    """`url` without the driver that SQLAlchemy's addresses name (`postgresql+asyncpg://`)."""
    scheme, mark, rest = url.partition("://")
    return "postgresql" + mark + rest if scheme.split("+")[0] in ("postgres", "postgresql") else url


def in_role(dsn: str, role: str) -> str:
    """`dsn` with every connection turned into `role` at its start."""
    parts = urlsplit(dsn)
    query = [*((name, value) for name, value in parse_qsl(parts.query) if name != "role"), ("role", role)]
    return urlunsplit(parts._replace(query=urlencode(query, safe="/")))


class Database:
    """Open connections in the app's role: `sessions()` for the ORM, `pool` for recording documents."""

    def __init__(self, dsn: str, engine: AsyncEngine, pool: Pool) -> None:
        self.dsn = dsn
        self.engine = engine
        self.pool = pool
        self.sessions = async_sessionmaker(engine, expire_on_commit=False)

    @classmethod
    async def open(cls, dsn: str, *, sessions: int = 10, recorders: int = 4) -> Self:
        """Connect with up to `sessions` (twice that in a rush) and `recorders` connections.

        Raises `DatabaseSilent` when nobody answers.
        """
        await wait_for_database(dsn)
        return cls(dsn, engine_for(dsn, sessions), await pool_for(dsn, recorders))

    async def close(self) -> None:
        await self.pool.close()
        await self.engine.dispose()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session whose work is committed at the end of the block, or undone if it raises."""
        async with self.sessions() as session, session.begin():
            yield session


def engine_for(dsn: str, connections: int = 10) -> AsyncEngine:
    """An engine whose connections are asyncpg's own, so that one form of address serves both."""

    async def connect() -> asyncpg.Connection:
        return await asyncpg.connect(dsn, timeout=10)

    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        pool_size=connections,
        max_overflow=connections,
        pool_timeout=5,
        pool_pre_ping=True,
        hide_parameters=True,  # an error's text goes to the log: a PIN's verifier must not
    )


async def pool_for(dsn: str, connections: int = 4) -> Pool:
    """A pool of raw connections for set-based statements in transactions of their own."""
    return await asyncpg.create_pool(dsn, min_size=1, max_size=connections, timeout=10, command_timeout=60)


async def wait_for_database(dsn: str, seconds: float = 30) -> None:
    """Return once the database answers a query. Raises `DatabaseSilent` after `seconds`, at once for a refusal."""
    until = time.monotonic() + seconds
    pause = 0.05
    while True:
        try:
            connection = await asyncpg.connect(dsn, timeout=5)
            try:
                await connection.execute("SELECT 1")
                return
            finally:
                await connection.close(timeout=5)
        except _NOT_YET as error:
            if time.monotonic() > until:
                raise DatabaseSilent(reason=str(error)) from error
        except asyncpg.PostgresError as error:
            raise DatabaseSilent(reason=str(error)) from error
        await asyncio.sleep(pause)
        pause = min(pause * 2, 1.0)


def may_be_repeated(error: BaseException) -> bool:
    """Whether `error` says that the transaction lost a race (deadlock, serialization) and did nothing."""
    if isinstance(error, DBAPIError):
        return getattr(error.orig, "sqlstate", None) in _TRY_AGAIN
    return isinstance(error, asyncpg.PostgresError) and getattr(error, "sqlstate", None) in _TRY_AGAIN


async def retried(work: Callable[[], Awaitable[T]], attempts: int = 8) -> T:
    """What `work` returns: a whole transaction, run again when it lost a race, `attempts` times at most."""
    for attempt in range(1, attempts + 1):
        try:
            return await work()
        except (DBAPIError, asyncpg.PostgresError) as error:
            if attempt == attempts or not may_be_repeated(error):
                raise
        await asyncio.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 - spreads rivals, guards nothing
    raise AssertionError("unreachable")
