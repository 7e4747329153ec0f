"""How fast documents are recorded over HTTP, beside what PostgreSQL itself can do with the same rows.

`python -m tests.bench.record [PAIRS] [SECONDS]`: pairs of runs in turn, medians; the last line is one JSON object.
The floor is one hand-written prepared statement by pgbench: same tables, indexes, durability, the same 16 clients.
"""

import asyncio
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg

from pos.core.ids import new_id
from pos.storage import migrations
from pos.storage.embedded import Cluster
from pos.storage.embedded.configuration import APP, OWNER
from tests.bench import client
from tests.bench.floor import floor_script
from tests.documents import Made, Till
from tests.shop import Server, authorization, introduce
from tests.statements import statements_for

CLIENTS = 16
MOST_PER_SECOND = 5_000
"""More documents than this are not laid ready for a second of the load."""
WRK = Path(__file__).with_name("deliver.lua")


@dataclass(frozen=True, slots=True)
class Load:
    """One run over HTTP. Times in milliseconds, processor time per sale."""

    sales_per_s: float
    p50_ms: float
    p95_ms: float
    python_cpu_ms: float
    client_cpu_ms: float


def main(pairs: int = 5, seconds: int = 5) -> None:
    folder = Path(tempfile.mkdtemp(prefix="tillcard-bench-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        print(json.dumps(asyncio.run(measure(folder, pairs, seconds))))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def measure(folder: Path, pairs: int, seconds: int) -> dict[str, object]:
    async with await Cluster.open(folder / "data") as cluster:
        pgbench = programs(cluster) / "pgbench"
        for name in ("loaded", "floor", "anchor"):
            await make_database(cluster, name)
        tills = [Till(prefix=f"B{n}") for n in range(CLIENTS)]
        await introduce(cluster.dsn(OWNER, "loaded"), tills)
        server = Server(cluster.dsn(APP, "loaded"), tills)
        sample = Till().sell(5, account=new_id(), tender="card")
        script = folder / "floor.sql"
        script.write_text(floor_script(sample.body, with_uuidv7=await has_uuidv7(cluster)))
        server.start()
        try:
            server.wait()
            await asyncio.to_thread(load, server, tills, folder, 2)  # warm
            loads: list[Load] = []
            floors: list[float] = []
            for pair in range(pairs):
                for turn in (pair % 2, 1 - pair % 2):
                    await checkpoint(cluster)
                    if turn == 0:
                        loads.append(await asyncio.to_thread(load, server, tills, folder, seconds))
                    else:
                        floors.append(await asyncio.to_thread(floor, pgbench, cluster, script, seconds))
                print(f"pair {pair + 1}: {loads[-1]} floor {floors[-1]:.0f}", file=sys.stderr)
            anchor = await asyncio.to_thread(tpcb, pgbench, cluster, seconds)
        finally:
            server.stop()
        counts = {(await statements_for(cluster.dsn(APP, "loaded"), size))[0] for size in (1, 64)}
        major = cluster.binaries.major
    sales, ground = middle([row.sales_per_s for row in loads]), middle(floors)
    return {
        "sales_per_s": round(sales),
        "floor_per_s": round(ground),
        "ratio": round(middle([a.sales_per_s / b for a, b in zip(loads, floors, strict=True)]), 3),
        "p50_ms": round(middle([row.p50_ms for row in loads]), 2),
        "p95_ms": round(middle([row.p95_ms for row in loads]), 2),
        "python_cpu_ms": round(middle([row.python_cpu_ms for row in loads]), 3),
        "client_cpu_ms": round(middle([row.client_cpu_ms for row in loads]), 3),
        "statements_per_group": counts.pop() if len(counts) == 1 else sorted(counts),
        "tpcb_per_s": round(anchor),
        "client": "wrk" if shutil.which("wrk") else "python",
        "postgres": major,
        "pairs": pairs,
    }


def middle(values: list[float]) -> float:
    return statistics.median(values)


def programs(cluster: Cluster) -> Path:
    """Where pgbench lies: beside the server's own programs."""
    return cluster.binaries.folder


async def make_database(cluster: Cluster, name: str) -> None:
    connection = await asyncpg.connect(cluster.dsn(OWNER, "postgres"))
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    await connection.close()
    if name != "anchor":
        await migrations.upgrade(cluster.dsn(OWNER, name))


async def has_uuidv7(cluster: Cluster) -> bool:
    return cluster.binaries.major >= 18


async def checkpoint(cluster: Cluster) -> None:
    """So that no run pays for the pages of the one before."""
    connection = await asyncpg.connect(cluster.dsn(OWNER, "postgres"))
    await connection.execute("CHECKPOINT")
    await connection.close()


def load(server: Server, tills: list[Till], folder: Path, seconds: int) -> Load:
    """Sales of five lines with a client's card, each written by its till before the clock starts."""
    accounts = [new_id() for _ in range(1_000)]
    count = seconds * MOST_PER_SECOND // len(tills)
    made = [[till.sell(5, account=accounts[n % 1_000], tender="card") for n in range(count)] for till in tills]
    requests = [request(till, row[n]) for n in range(count) for till, row in zip(tills, made, strict=True)]
    server_before, client_before = server.cpu_seconds(), child_cpu()
    result = (
        wrk(server, requests, folder, seconds)
        if shutil.which("wrk")
        else client.deliver(server.port, requests, CLIENTS, seconds)
    )
    stored = result["stored"]
    assert result["others"] == 0, result
    return Load(
        sales_per_s=stored / result["seconds"],
        p50_ms=result["p50_us"] / 1_000,
        p95_ms=result["p95_us"] / 1_000,
        python_cpu_ms=(server.cpu_seconds() - server_before) * 1_000 / stored,
        client_cpu_ms=(result.get("cpu_s") or child_cpu() - client_before) * 1_000 / stored,
    )


def request(till: Till, made: Made) -> bytes:
    """The whole HTTP request, so that the client has nothing to compute."""
    head = (
        f"PUT /api/till/documents/{made.id} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {authorization(till)}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(made.body)}\r\n\r\n"
    )
    return head.encode() + made.body


def wrk(server: Server, requests: list[bytes], folder: Path, seconds: int) -> dict[str, float]:
    """Load by wrk: its script sends the requests of a file, one after another, and counts the answers."""
    laid = folder / "requests"
    with open(laid, "wb") as file:
        for row in requests:
            file.write(f"{len(row):08d}".encode() + row)
    command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "--timeout", "10s", "-s", str(WRK)]
    command += [f"http://127.0.0.1:{server.port}", "--", str(laid)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def child_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def floor(pgbench: Path, cluster: Cluster, script: Path, seconds: int) -> float:
    """Transactions a second of the hand-written statement. Each run counts its receipts from where none stands."""
    base = UUID(int=new_id().int).int % 1_000_000_000
    return run_pgbench(
        pgbench, cluster.dsn(APP, "floor"), ["-f", str(script), "-D", f"run={base}", "-D", "n=0"], seconds
    )


def tpcb(pgbench: Path, cluster: Cluster, seconds: int) -> float:
    """pgbench's own built-in transaction, scale 10: an outside anchor."""
    dsn = cluster.dsn(OWNER, "anchor")
    subprocess.run([str(pgbench), "-i", "-q", "-s", "10", dsn], check=True, capture_output=True)
    return run_pgbench(pgbench, dsn, [], seconds)


def run_pgbench(pgbench: Path, dsn: str, more: list[str], seconds: int) -> float:
    command = [str(pgbench), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(seconds), *more, dsn]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0 or "number of failed transactions: 0 " not in done.stdout:
        raise RuntimeError(done.stdout + done.stderr)
    line = next(line for line in done.stdout.splitlines() if line.startswith("tps = "))
    return float(line.split()[2])


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
