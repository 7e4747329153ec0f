"""The agent's own time per job: `python -m tests.bench.agent [jobs]` ends with one JSON object on the last line.

A job goes from the till over the listener to a device that needs 30 ms (a receipt at 115200 baud needs 90), and its
`done` comes back; what a bare exchange with the same device takes is measured in turn with it and taken off. A job
costs two durable writes before its first byte and one after its answer; `fsync_ms_p50` is the price of one.
`cpu_ms_per_job` counts the agent, the till's side and the device together; the others are wall time.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from devices.agent.agent import Agent
from tests.bench.times import at_percent
from tests.devices.agent.kit import LineDevice, Sink, a_config, a_till, new_id

TEXT = "x" * 1_000


async def measure(jobs: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="agent-bench-") as folder, Sink(answers_after=0.03) as sink:
        device = LineDevice("receipt", sink.port)
        async with Agent(a_config(Path(folder)), [device]) as agent, a_till(agent) as till:
            reader, writer = await asyncio.open_connection("127.0.0.1", sink.port)
            whole: list[float] = []
            sending: list[float] = []
            bare: list[float] = []
            cpu = 0.0
            for _ in range(jobs):
                job = new_id()
                cpu_began = time.process_time()
                began = time.perf_counter()
                await till.submit(job, "receipt", "line", {"text": TEXT})
                await till.until(job, "sending", "sent", "done")
                sending.append(time.perf_counter() - began)
                await till.until(job, "done")
                whole.append(time.perf_counter() - began)
                cpu += time.process_time() - cpu_began
                began = time.perf_counter()
                writer.write(f"{new_id()} {TEXT} copy 0\n".encode())
                await reader.readline()
                bare.append(time.perf_counter() - began)
            writer.close()
        fsync = _fsync_times(Path(folder) / "fsync", 50)
    own = [took - wire for took, wire in zip(whole, bare, strict=True)]
    return {
        "jobs": jobs,
        "cpu_ms_per_job": round(cpu / jobs * 1_000, 2),
        "own_ms_p50": at_percent(own, 50),
        "own_ms_p95": at_percent(own, 95),
        "until_sending_ms_p50": at_percent(sending, 50),
        "until_sending_ms_p95": at_percent(sending, 95),
        "wire_ms_p50": at_percent(bare, 50),
        "fsync_ms_p50": at_percent(fsync, 50),
    }


def _fsync_times(path: Path, times: int) -> list[float]:
    took: list[float] = []
    with path.open("wb") as file:
        for _ in range(times):
            file.write(b"x" * 4_096)
            began = time.perf_counter()
            file.flush()
            os.fsync(file.fileno())
            took.append(time.perf_counter() - began)
    return took


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 300))))
