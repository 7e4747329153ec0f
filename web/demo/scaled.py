"""A shop as large as asked, for figures: products, accounts and bare sales, loaded by COPY part by part.

Bare sales have no documents. They stand in registers and an epoch of their own, and `bare_history` says what they add
up to, so that `tillcard check` knows them (`pos.documents.bare`). The load may be broken off at any moment and
repeated: parts are whole or not there, and the same parts make the same shop.
"""

import asyncio
import itertools
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from pos.storage.database import Addresses
from web.demo.crowd import ACCOUNT, PRODUCT, crowd_id
from web.demo.errors import DiskTooSmall, OtherHistory
from web.demo.load import Work, begin_worker, history_tills, load_part, outlet_ids
from web.demo.progress import Progress, spoken
from web.demo.seed import MOST_CLIENTS, MOST_GOODS, ZONE

PROCESSES = 2
PARTS = {"products": 10_000, "accounts": 25_000, "sales": 25_000}
"""Rows of one part: one transaction, and some hundred MB of memory at most."""
BYTES = {"products": 1_300, "accounts": 1_300, "sales": 2_300}
"""About what one takes on disk, indexes and lines included; measured, see docs/scale.md."""
COST = {"products": 3, "accounts": 3, "sales": 4}
"""About how long one takes, as shares of each other: what the time left is reckoned with."""
ENOUGH = 50
"""One part in so many of the work is enough to tell how long the rest takes; before, starting weighs too much."""
SPARE = 500_000_000
"""Bytes that stay free beside the data and a quarter as much again for the write-ahead log."""

LOADED = "SELECT count(*) FROM {0} WHERE id BETWEEN '{1}' AND '{2}'"
ONE_OF = "SELECT id, seq FROM {0} WHERE id BETWEEN '{1}' AND '{2}' LIMIT 1"
HISTORY = "SELECT part, planned, until FROM bare_history"


@dataclass(frozen=True, slots=True)
class Size:
    """How many there should be."""

    products: int
    accounts: int
    sales: int

    @property
    def beyond_words(self) -> bool:
        """Whether it is more than the demo's words and names make."""
        return self.products > MOST_GOODS or self.accounts > MOST_CLIENTS or self.sales > 0


async def grow(
    addresses: Addresses, size: Size, *, at: datetime, progress: Progress, parts: dict[str, int] = PARTS
) -> None:
    """Fill the seeded shop up to `size`: says first what it will take, then how far it is.

    Raises `DiskTooSmall` before anything is written, or when the disk fills up meanwhile, and `OtherHistory`.
    """
    connection = await asyncpg.connect(addresses.owner)
    try:
        works = await missing(connection, size, at, parts)
        if not works:
            return
        counts = {what: sum(work.count for work in works if work.what == what) for what in PARTS}
        needed = sum(counts[what] * BYTES[what] for what in counts)
        progress.say(
            f"loading {counts['products']:,} products, {counts['accounts']:,} accounts and {counts['sales']:,} sales: "
            f"about {gigabytes(needed)} GB on disk"
        )
        if counts["sales"]:
            progress.say("these sales are bare: made for measuring, without documents; `tillcard check` says so too")
        path = await data_path(connection)
        if path is None:
            progress.say("the database is on another computer: see to its free disk yourself")
        else:
            see_to_room(path, needed)
        await open_history_outlets(connection)
        try:
            await _load(addresses.owner, works, progress)
            progress.say(f"loaded in {progress.took()}; counting for the planner")
            await connection.execute("ANALYZE")
        except asyncpg.DiskFullError as error:
            raise DiskTooSmall(**_gigabytes(room_for(needed), path)) from error
    finally:
        await connection.close()


async def missing(connection: asyncpg.Connection, size: Size, at: datetime, parts: dict[str, int]) -> list[Work]:
    """The parts still to load, in their order: products, accounts, then sales, which need both."""
    works: list[Work] = []
    for what, table, kind in (("products", "product", PRODUCT), ("accounts", "account", ACCOUNT)):
        span = (crowd_id(kind, 0), crowd_id(kind, 0xFFFF_FFFF_FFFF))
        there = int(await connection.fetchval(LOADED.format(table, *span)) or 0)
        one = await connection.fetchrow(ONE_OF.format(table, *span))
        newest = int(await connection.fetchval(f"SELECT coalesce(max(seq), 0) FROM {table}") or 0)  # noqa: S608  # ours
        base = one["seq"] - (one["id"].int & 0xFFFF_FFFF_FFFF) if one else newest
        others = int(await connection.fetchval(f"SELECT count(*) FROM {table}") or 0) - there  # noqa: S608  # ours
        wanted = getattr(size, what) - others
        for part, first, count in cut(wanted if wanted > there else 0, parts[what]):
            ids = [crowd_id(kind, number + 1) for number in range(first, first + count)]
            known = {
                str(row["id"])
                for row in await connection.fetch(f"SELECT id FROM {table} WHERE id = ANY($1)", ids)  # noqa: S608  # ours
            }
            for start, length in runs([id_ in known for id_ in ids]):
                works.append(Work(what, part, first + start + 1, length, at, base=base))
    history = await connection.fetch(HISTORY)
    planned = history[0]["planned"] if history else size.sales
    if size.sales > planned:
        raise OtherHistory(planned=planned, asked=size.sales)
    if size.sales == planned:
        until: date = history[0]["until"] if history else at.astimezone(ZoneInfo(ZONE)).date()
        done = {row["part"] for row in history}
        works += [
            Work("sales", part, first, count, at, planned=planned, until=until)
            for part, first, count in cut(planned, parts["sales"])
            if part not in done
        ]
    return works


def cut(count: int, size: int) -> Iterator[tuple[int, int, int]]:
    """Number, first place (from 0) and length of each part."""
    for part, first in enumerate(range(0, count, size)):
        yield part, first, min(size, count - first)


def runs(known: list[bool]) -> Iterator[tuple[int, int]]:
    """Start and length of every stretch that is not known."""
    for is_known, stretch in itertools.groupby(range(len(known)), key=known.__getitem__):
        places = list(stretch)
        if not is_known:
            yield places[0], len(places)


async def _load(address: str, works: list[Work], progress: Progress) -> None:
    """All parts, two at a time, kind by kind."""
    progress.begin(sum(work.count * COST[work.what] for work in works))
    loop, first = asyncio.get_running_loop(), True
    pool = ProcessPoolExecutor(min(PROCESSES, len(works)), get_context("spawn"), initializer=begin_worker)
    try:
        for _, group in itertools.groupby(works, key=lambda work: work.what):
            running = [loop.run_in_executor(pool, load_part, address, work) for work in group]
            for ended in asyncio.as_completed(running):
                work = await ended
                progress.add(work.count * COST[work.what], work.what)
                if first and progress.done * ENOUGH >= progress.total:
                    first = False
                    progress.say(f"at this pace it takes about {spoken(progress.left())} more")
    finally:
        pool.shutdown(cancel_futures=True)


async def open_history_outlets(connection: asyncpg.Connection) -> None:
    """The outlets and registers that the history sold at."""
    async with connection.transaction():
        for place, id_ in enumerate(outlet_ids(), 1):
            await connection.execute(
                "INSERT INTO outlet (id, name, zone) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                id_,
                f"Shop {place}",
                ZONE,
            )
        for till in history_tills():
            await connection.execute(
                "INSERT INTO register (id, outlet_id, name, prefix) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING",
                UUID(till.register),
                UUID(till.outlet),
                f"History {till.prefix}",
                till.prefix,
            )


async def data_path(connection: asyncpg.Connection) -> Path | None:
    """Where the database's files are, if that is on this computer."""
    here = await connection.fetchval("SELECT coalesce(inet_server_addr() << '127.0.0.0/8', true)")
    try:
        path = Path(str(await connection.fetchval("SELECT current_setting('data_directory')")))
    except asyncpg.InsufficientPrivilegeError:
        return None
    return path if here and reachable(path) else None


def reachable(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def see_to_room(path: Path, needed: int) -> None:
    """Raises `DiskTooSmall` where `needed` bytes and what must stay free do not fit."""
    if shutil.disk_usage(path).free < room_for(needed):
        raise DiskTooSmall(**_gigabytes(room_for(needed), path))


def room_for(needed: int) -> int:
    return needed * 5 // 4 + SPARE


def _gigabytes(needed: int, path: Path | None) -> dict[str, str]:
    free = gigabytes(shutil.disk_usage(path).free) if path else "not enough"
    return {"needed": gigabytes(needed), "free": free, "path": os.fspath(path) if path else "the database"}


def gigabytes(count: int) -> str:
    """Rounded up, to tenths above one, to hundredths below."""
    hundredths = -(-count // 10**7)
    return f"{-(-hundredths // 10) / 10}" if hundredths >= 100 else f"0.{hundredths:02}"
