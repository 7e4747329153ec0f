"""Everything `make bench` measures: `python -m tests.bench [PAIRS] [SCANS]`; the last line is one JSON object.

Recording over HTTP beside PostgreSQL's floor, the till page in Chromium, the engine in V8, the device agent, a scale, the drawer
and the search among a million accounts, in turn, so that none of them takes the other's processor. Times are told, never judged.
"""

import asyncio
import json
import shutil
import sys
import tempfile
from pathlib import Path

from tests.bench import accounts, agent, drawer, engine, record, scale, till, try_it

ASKED = (
    "sales_per_s", "floor_per_s", "ratio", "p50_ms", "p95_ms", "python_cpu_ms", "client_cpu_ms", "statements_per_group",
    "scan_p95_ms", "scan_p95_ms_cpu4x", "offline_start_ms", "bundle_gz",
)  # fmt: skip
"""In this order and always there; more figures follow."""


def main(pairs: int = 5, scans: int = 200) -> None:
    folder = Path(tempfile.mkdtemp(prefix="tillcard-bench-", dir="/tmp"))
    folder.chmod(0o755)  # PostgreSQL runs as a user of its own where we are root
    try:
        found = asyncio.run(record.measure(folder, pairs, 5))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    found |= asyncio.run(till.measure(scans))
    engines = engine.measured()
    found |= {"engine_30x60_js_ms": engines["v8_30_lines_ms"], "engine_30x60_python_ms": engines["python_30_lines_ms"]}
    found |= try_it.measured()
    found["agent_own_ms"] = asyncio.run(agent.measure(200))["own_ms_p50"]
    found |= asyncio.run(scale.measure(200))
    found |= asyncio.run(drawer.measure(50))
    found |= asyncio.run(accounts.measure())
    print(json.dumps({name: found[name] for name in ASKED} | found))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
