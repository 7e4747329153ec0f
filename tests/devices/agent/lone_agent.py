"""An agent in a process of its own, to be killed: `python -m tests.devices.agent.lone_agent <folder> <sink port>`."""

import asyncio
import sys
from pathlib import Path

from devices.agent.agent import Agent
from devices.agent.config import ServerLink
from devices.receipt.printer import PrinterConfig, ReceiptPrinter
from tests.devices.agent.kit import LineDevice, a_config


async def main(folder: str, sink_port: int) -> None:
    devices = [LineDevice(name, sink_port, pause=0.002) for name in ("receipt", "kitchen")]
    async with Agent(a_config(Path(folder)), devices) as agent:
        print(agent.url, flush=True)
        await asyncio.Event().wait()


def drive(folder: str, printer: str, server: str) -> None:
    """One receipt printer, reached over the server alone; until killed."""

    async def work() -> None:
        config = a_config(Path(folder), port=None, server=ServerLink(server, "token"))
        async with Agent(config, [ReceiptPrinter(PrinterConfig("receipt", printer))]):
            await asyncio.Event().wait()

    asyncio.run(work())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
