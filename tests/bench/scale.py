"""From asking for a weight to having it: `python -m tests.bench.scale [times]` ends with one JSON object on the last line.

The driver asks a simulated Toledo 8217 on a serial line (a pty) at the pace of 9600 baud; what a bare exchange with the
same scale takes is measured in turn with it and taken off: what is left is the driver's, its two threads of the port
and the rules included. 9.4 ms are on the wire.
"""

import asyncio
import json
import sys
import time

from devices.scales.config import scale_config
from devices.scales.driver import Scale
from devices.scales.toledo8217_spec import SPEC, Toledo8217Simulator
from tests.bench.times import at_percent
from tests.waiting import eventually


async def measure(times: int) -> dict[str, object]:
    simulator, beside = Toledo8217Simulator(), Toledo8217Simulator()
    address = await simulator.start_pty(SPEC.line.partition("&")[2])
    host, _, port = (await beside.start_tcp()).removeprefix("tcp://").partition(":")
    scale = Scale(scale_config("bench", address, {"dialect": "toledo8217"}))
    running = asyncio.create_task(scale.run(lambda state: None, lambda said: None))
    reader, writer = await asyncio.open_connection(host, int(port))
    whole: list[float] = []
    bare: list[float] = []
    try:
        await eventually(lambda: scale.state.health == "ok")
        for number in range(times):
            simulator.pan.put(1_000 + 5 * number)
            began = time.perf_counter()
            answer = await scale.ask("weight", {})
            whole.append(time.perf_counter() - began)
            assert answer["grams"] == 1_000 + 5 * number
            began = time.perf_counter()
            writer.write(b"W")
            await reader.readuntil(b"\r")
            bare.append(time.perf_counter() - began)
    finally:
        writer.close()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await simulator.stop()
        await beside.stop()
    own = [took - wire for took, wire in zip(whole, bare, strict=True)]
    return {
        "weights": times,
        "weight_ms_p50": at_percent(whole, 50),
        "weight_ms_p95": at_percent(whole, 95),
        "weight_own_ms_p50": at_percent(own, 50),
        "weight_own_ms_p95": at_percent(own, 95),
        "weight_wire_ms_p50": at_percent(bare, 50),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 300))))
