"""An agent in a process of its own, to be killed: `python -m tests.devices.agent.lone_agent <folder> <sink port>`."""

import asyncio
import sys
from pathlib import Path

from devices.agent.agent import Agent
from tests.devices.agent.kit import LineDevice, a_config


async def main(folder: str, sink_port: int) -> None:
    devices = [LineDevice(name, sink_port, pause=0.002) for name in ("receipt", "kitchen")]
    async with Agent(a_config(Path(folder)), devices) as agent:
        print(agent.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
