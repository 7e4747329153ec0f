"""Real PostgreSQL for the tests: one server for all workers, one migrated template, a clone where a test commits."""

import os
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg

from pos.storage import migrations
from pos.storage.database import Addresses
from pos.storage.embedded import Cluster, find_binaries
from pos.storage.embedded.binaries import Binaries
from pos.storage.embedded.configuration import APP, OWNER
from pos.storage.embedded.locks import FileLock

QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
"""Settings of a server whose data may be lost; tests of crashes do without them."""

TEMPLATE = "tillcard_template"
_MEMORY = Path("/dev/shm")
_ROOM = 4 * 2**30
"""What a whole run's server may grow to, with room to spare."""


def _base() -> Path:
    """Where a run's server lives: in memory where there is room, else on disk; a short path, open to walk into."""
    if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _ROOM:
        return _MEMORY
    return Path("/tmp") if Path("/tmp").is_dir() else Path(os.environ.get("TEMP", "."))


def run_folder() -> Path:
    """The folder of this test run's server, the same in all its workers."""
    return Path(os.environ.setdefault("TILLCARD_TEST_RUN", str(_base() / f"tillcard-tests-{uuid4().hex[:12]}")))


def chosen_binaries() -> Path | None:
    """TILLCARD_TEST_POSTGRES: "system" for the system's programs, a path for any others; else as the shop would."""
    wish = os.environ.get("TILLCARD_TEST_POSTGRES")
    if wish == "system":
        return system_binaries().folder
    return Path(wish) if wish else None


def system_binaries() -> Binaries:
    """The newest PostgreSQL of the system. Raises `BinariesMissing`, `LookupError`."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True
    )
    if not folders:
        raise LookupError("the system has no PostgreSQL")
    return find_binaries(forced=folders[0])


async def open_server(folder: Path | None = None) -> Cluster:
    """The server of this test run; or one in a folder of its own, for who must not see others' open transactions."""
    folder = folder or run_folder()
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    return await Cluster.open(folder, binaries=chosen_binaries(), settings=QUICK)


async def make_template(server: Cluster) -> None:
    """The migrated database that clones are made of; made by the first worker, the others wait for it."""
    connection = await asyncpg.connect(server.dsn(OWNER, "postgres"))
    try:
        await connection.execute("SELECT pg_advisory_lock(1)")
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", TEMPLATE):
            making = f"{TEMPLATE}_making"
            await connection.execute(f"DROP DATABASE IF EXISTS {making} WITH (FORCE)")
            await connection.execute(f"CREATE DATABASE {making} TEMPLATE template0")
            await migrations.upgrade(server.dsn(OWNER, making))
            await connection.execute(f"ALTER DATABASE {making} RENAME TO {TEMPLATE}")
    finally:
        await connection.close()


@asynccontextmanager
async def cloned(server: Cluster, template: str = TEMPLATE) -> AsyncIterator[Addresses]:
    """A fresh copy of the migrated database, gone at the end."""
    name = f"t_{uuid4().hex[:16]}"
    connection = await asyncpg.connect(server.dsn(OWNER, "postgres"))
    try:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        try:
            yield Addresses(server.dsn(OWNER, name), server.dsn(APP, name), server)
        finally:
            await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()


async def sweep() -> None:
    """Stop and remove the servers of test runs that were killed: nobody holds their locks any more."""
    for folder in run_folder().parent.glob("tillcard-tests-*"):
        users = folder / "postgres" / "users.lock"
        try:
            made = folder.stat()
        except FileNotFoundError:  # its own run has just removed it
            continue
        if folder == run_folder() or time.time() - made.st_mtime < 60 or made.st_uid != os.geteuid():
            continue
        lock = FileLock(users) if users.exists() else None
        if lock is None or lock.take(alone=True, wait=0):
            if lock is not None:
                lock.leave()
                await (await Cluster.open(folder)).close()
            shutil.rmtree(folder, ignore_errors=True)
