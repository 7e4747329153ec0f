"""The drawer after a payment: `python -m tests.bench.drawer [times]` ends with one JSON object on the last line.

From handing the receipt with its drawer to the agent (what the till does once the sale is on its disk) to the pulse at
a simulated printer on a serial line (a pty) at the pace of 19,200 baud, and to the answered fence. That the pulse
comes before the first printed byte is counted, not timed.
"""

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

from devices.agent.agent import Agent
from devices.receipt.config import printer_config
from devices.receipt.printer import ReceiptPrinter
from devices.receipt.simulator import PrinterSimulator
from tests.bench.times import at_percent
from tests.devices.agent.kit import a_config, a_till, new_id
from tests.devices.receipt.builders import a_receipt, words
from tests.waiting import eventually

LINES = 20


async def measure(times: int) -> dict[str, object]:
    simulator = PrinterSimulator(baud=19_200)
    printer = ReceiptPrinter(printer_config("receipt", await simulator.start_pty(), {}))
    opened: list[float] = []
    printed: list[float] = []
    try:
        with tempfile.TemporaryDirectory(prefix="drawer-bench-") as folder:
            async with Agent(a_config(Path(folder)), [printer]) as agent, a_till(agent) as till:
                await eventually(lambda: printer.state.health == "ok")
                for number in range(times):
                    job = new_id()
                    content = a_receipt(*(words(f"{number} line {line}") for line in range(LINES)), drawer=True)
                    began = time.perf_counter()
                    handed = asyncio.create_task(till.submit(job, "receipt", "receipt", content))
                    await simulator.until(lambda printer, wanted=number + 1: len(printer.kicks) >= wanted)
                    opened.append(time.perf_counter() - began)
                    await handed
                    await till.until(job, "done")
                    printed.append(time.perf_counter() - began)
    finally:
        await simulator.stop()
    assert all(kick.bytes == 0 for kick in simulator.kicks), "the drawer waited for the receipt"
    return {
        "drawers": times,
        "drawer_ms_p50": at_percent(opened, 50),
        "drawer_ms_p95": at_percent(opened, 95),
        "drawer_receipt_ms_p50": at_percent(printed, 50),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 30))))
