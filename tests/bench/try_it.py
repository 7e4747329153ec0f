"""How many past receipts a second "try it" prices by two rule sets: one process, and as the worker does it.

Receipts of the demo shop's kind (about five lines) by 60 rules against 61. Prints one JSON object.
"""

import asyncio
import json
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from random import Random
from typing import Any

from pos.documents.receipts import Sale
from pos.reports.try_it.rules import replay, trial
from pos.reports.try_it.work import CHUNK, Asked, begin, priced, processes
from tests.bench.engine import a_rule_set
from tests.documents import Till

RECEIPTS = 2_000
MORE = {"id": "more", "name": "More", "priority": 3, "effect": {"kind": "percent", "value": 500}}


def receipts(number: int) -> list[bytes]:
    """Sales as tills write them, of one to nine lines."""
    random, till = Random(3), Till()
    bodies = [till.sell(random.randint(1, 9)).body for _ in range(number)]
    assert Sale.model_validate_json(bodies[0])
    return bodies


def measured(number: int = RECEIPTS) -> dict[str, float]:
    """Receipts a second of all processes, warm as in a run of more than a few seconds; and of one, by its CPU time."""
    today = a_rule_set(60)
    draft: dict[str, Any] = {**today, "rules": [*today["rules"], MORE]}
    bodies = receipts(number)
    tried = trial(today, draft, {}, as_if_held=True, on="2026-03-01")
    began = time.process_time()
    assert replay(tried, bodies[: number // 4]).sums.receipts == number // 4
    alone = (number // 4) / (time.process_time() - began)
    together = asyncio.run(_in_processes(today, draft, bodies))
    return {"try_it_receipts_per_s": round(together), "try_it_receipts_per_cpu_s": round(alone)}


async def _in_processes(today: dict[str, Any], draft: dict[str, Any], bodies: list[bytes]) -> float:
    asked = Asked(today, draft, {}, True, "2026-03-01")
    with ProcessPoolExecutor(processes(), multiprocessing.get_context("spawn"), begin, (asked,)) as pool:
        await priced(pool, bodies[: CHUNK * processes()])
        began = time.perf_counter()
        batch = await priced(pool, bodies)
        assert batch.sums.receipts == len(bodies)
        return len(bodies) / (time.perf_counter() - began)


if __name__ == "__main__":
    print(json.dumps(measured()))
