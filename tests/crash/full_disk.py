"""A disk that fills up under the database: documents are refused, none is half-written, and room alone heals it."""

import asyncio
import os
import random
import subprocess
import tempfile
import time
from pathlib import Path

import asyncpg

from pos.documents.check import check
from pos.storage import migrations
from pos.storage.embedded import Cluster, supervised
from pos.storage.embedded.configuration import APP, OWNER
from tests.crash.client import RETRY, Client
from tests.documents import Made, Till
from tests.shop import Server, introduce

SIZE = "256m"
SMALL = {"min_wal_size": "32MB", "max_wal_size": "48MB", "shared_buffers": "16MB"}


async def full_disk() -> dict[str, object]:
    """Figures of one run on a small tmpfs of its own. Without the right to mount one it says so."""
    folder = Path(tempfile.mkdtemp(prefix="tillcard-disk-", dir="/tmp"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        folder.rmdir()
        return {"ran": False, "why": "mounting a small disk needs root"}
    try:
        return await on_disk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)
        folder.rmdir()


async def on_disk(folder: Path) -> dict[str, object]:
    till = Till(prefix="D1")
    async with await Cluster.open(folder / "data", settings=SMALL) as cluster, supervised(cluster):
        await migrations.upgrade(cluster.dsn(OWNER))
        await introduce(cluster.dsn(OWNER), [till])
        server = Server(cluster.dsn(APP), [till])
        server.start()
        try:
            await asyncio.to_thread(server.wait)
            client = Client(server.port, till, lambda made: None, lambda: False, random.Random(1))
            stored = [await accepted(client) for _ in range(20)]
            fill(folder / "filler")
            refused = await sell_until_refused(client, stored)
            (folder / "filler").unlink()
            began = time.monotonic()
            await client.deliver(refused)
            seconds = time.monotonic() - began
            stored += [refused, *[await accepted(client) for _ in range(20)]]
        finally:
            server.stop()
        return {
            "ran": True,
            "stored": len(stored),
            "seconds_to_recover": round(seconds, 1),
            **await judged(cluster, stored),
        }


async def accepted(client: Client) -> Made:
    sale = client.till.sell(5)
    await client.deliver(sale)
    return sale


async def sell_until_refused(client: Client, stored: list[Made]) -> Made:
    """The first sale that got no acknowledgement; asked for five seconds, it stays so."""
    while True:
        sale = client.till.sell(5)
        if await status(client, sale) not in (200, 201):
            break
        stored.append(sale)
    until = time.monotonic() + 5
    while time.monotonic() < until:
        assert await status(client, sale) not in (200, 201), "stored on a full disk"
        await asyncio.sleep(0.2)
    return sale


async def status(client: Client, sale: Made) -> int:
    try:
        return await client.attempt(sale)
    except RETRY:
        return 0


def fill(path: Path) -> None:
    """Write until the disk takes no more."""
    with open(path, "wb", buffering=0) as file:
        block = bytes(65_536)
        try:
            while True:
                file.write(block)
                os.fsync(file.fileno())
        except OSError:
            return


async def judged(cluster: Cluster, stored: list[Made]) -> dict[str, int]:
    """What `tillcard check` says afterwards, and which acknowledged sales are not there byte for byte."""
    connection = await asyncpg.connect(cluster.dsn(OWNER))
    try:
        bodies = dict(await connection.fetch("SELECT id, body FROM document"))
        wrong = [finding async for finding in check(connection)]
    finally:
        await connection.close()
    return {"lost": sum(bodies.get(sale.id) != sale.body for sale in stored), "half_written": len(wrong)}
