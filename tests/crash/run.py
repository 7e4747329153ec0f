"""Kill the app and PostgreSQL with -9, again and again, while tills sell; then look for every acknowledged sale.

`python -m tests.crash.run [SALES] [KILLS]`: the last line of output is one JSON object.
"""

import asyncio
import json
import os
import random
import shutil
import signal
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import asyncpg

from pos.documents.check import check
from pos.storage import migrations
from pos.storage.embedded import Cluster
from pos.storage.embedded.configuration import APP, OWNER
from pos.storage.embedded.errors import EmbeddedError
from tests.crash.acknowledged import Ledger
from tests.crash.client import Client
from tests.crash.full_disk import full_disk
from tests.documents import Made, Till
from tests.shop import Server, introduce

CLIENTS = 8


@dataclass
class Run:
    """One run of the harness: the shop, its tills, and what became of it."""

    cluster: Cluster
    server: Server
    ledger: Ledger
    sales: int
    kills: int
    chance: random.Random
    clients: list[Client] = field(default_factory=list)
    acknowledged: int = 0
    killed: dict[str, int] = field(default_factory=lambda: {"app": 0, "postgres": 0})
    in_flight_at_kill: int = 0

    async def go(self) -> None:
        for till in self.server.tills:
            chance = random.Random(self.chance.random())
            self.clients.append(Client(self.server.port, till, self.acknowledge, self.enough, chance))
        selling = [asyncio.create_task(client.sell()) for client in self.clients]
        killing = asyncio.create_task(self.kill_at_random())
        try:
            await asyncio.gather(*selling, killing)
        finally:
            for task in (*selling, killing):
                task.cancel()

    def acknowledge(self, made: Made) -> None:
        self.acknowledged += 1
        self.ledger.add(made.id)

    def enough(self) -> bool:
        return self.acknowledged >= self.sales and sum(self.killed.values()) >= self.kills

    async def kill_at_random(self) -> None:
        """After so many sales, at a moment between: the app, PostgreSQL, or both at once."""
        moments = sorted(self.chance.randrange(10, max(11, self.sales - 10)) for _ in range(self.kills))
        for kill, moment in enumerate(moments):
            while self.acknowledged < moment:
                await asyncio.sleep(0.002)
            await asyncio.sleep(self.chance.uniform(0, 0.05))
            victims = [("app",), ("postgres",), ("app", "postgres")][kill % 3]
            self.in_flight_at_kill += any(client.in_flight for client in self.clients)
            for victim in victims:
                self.kill(victim)
            self.killed[victims[0]] += 1
            await self.start_again(victims)

    def kill(self, victim: str) -> None:
        if victim == "app":
            self.server.kill()
        else:
            pid = self.cluster.pid()  # asks for the process that serves our own folder, never another's
            if pid is not None:
                os.kill(pid, signal.SIGKILL)

    async def start_again(self, victims: tuple[str, ...]) -> None:
        if "postgres" in victims:
            while True:
                try:
                    await self.cluster.start_again()
                    break
                except EmbeddedError as error:  # orphans of the dead server may hold its memory for a moment
                    print(f"start refused: {error}", file=sys.stderr)
                    await asyncio.sleep(0.2)
        if "app" in victims:
            self.server.start()
            await asyncio.to_thread(self.server.wait)


@dataclass(frozen=True, slots=True)
class Verdict:
    acknowledged: int
    lost: int
    doubled: int
    altered: int


async def verdict(run: Run, acknowledged: list[UUID]) -> Verdict:
    """Every acknowledged sale is there once, byte for byte, with all its rows; nothing else is there twice."""
    made = {sale.id: sale for client in run.clients for sale in client.made}
    connection = await asyncpg.connect(run.cluster.dsn(OWNER))
    try:
        bodies = dict(await connection.fetch("SELECT id, body FROM document"))
        sold = [row["id"] for row in await connection.fetch("SELECT id FROM sale")]
        numbers = await connection.fetchval("SELECT count(DISTINCT (register_id, epoch, number)) FROM sale")
        wrong = [finding async for finding in check(connection)]
    finally:
        await connection.close()
    for finding in wrong[:20]:
        print(finding, file=sys.stderr)
    stored = set(sold)
    return Verdict(
        acknowledged=len(acknowledged),
        lost=sum(id_ not in bodies or id_ not in stored for id_ in set(acknowledged)),
        doubled=len(sold) - len(stored) + len(sold) - numbers + len(acknowledged) - len(set(acknowledged)),
        altered=sum(body != made[id_].body if id_ in made else 1 for id_, body in bodies.items()) + len(wrong),
    )


async def crash(folder: Path, sales: int, kills: int, seed: int = 1) -> dict[str, int]:
    """The whole run in `folder`; the figures of the JSON line."""
    async with await Cluster.open(folder / "data") as cluster:
        await migrations.upgrade(cluster.dsn(OWNER))
        tills = [Till(prefix=f"C{n}") for n in range(CLIENTS)]
        await introduce(cluster.dsn(OWNER), tills)
        server = Server(cluster.dsn(APP), tills)
        ledger = Ledger(folder / "acknowledged")
        run = Run(cluster, server, ledger, sales, kills, random.Random(seed))
        server.start()
        try:
            await asyncio.to_thread(server.wait)
            await run.go()
        finally:
            server.stop()
            acknowledged = ledger.close()
        found = await verdict(run, acknowledged)
    return {
        "acknowledged": found.acknowledged,
        "lost": found.lost,
        "doubled": found.doubled,
        "altered": found.altered,
        "kills": sum(run.killed.values()),
        "in_flight_at_kill": run.in_flight_at_kill,
    }


def main(sales: int = 2_000, kills: int = 20) -> None:
    folder = Path(tempfile.mkdtemp(prefix="tillcard-crash-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        figures = asyncio.run(crash(folder, sales, kills))
        print(json.dumps({"full_disk": asyncio.run(full_disk())}))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(figures))
    sound = figures["lost"] == figures["doubled"] == figures["altered"] == 0
    sys.exit(0 if sound and figures["in_flight_at_kill"] * 2 >= figures["kills"] else 1)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
