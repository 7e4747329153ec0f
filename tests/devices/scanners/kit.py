"""A simulated scanner on a real pty or socket, and the driver that hears it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from devices.device import DeviceState
from devices.ports.backoff import Backoff
from devices.scanners.config import scanner_config
from devices.scanners.scanner import Scanner
from devices.scanners.simulator import HidPosSimulator, ScannerSimulator
from tests.waiting import eventually


@dataclass
class Counter:
    """A till's counter: the scanner, and what was heard of it."""

    simulator: ScannerSimulator
    scanner: Scanner
    said: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    states: list[DeviceState] = field(default_factory=list[DeviceState])

    @property
    def codes(self) -> list[str]:
        return [said["raw"] for said in self.said]

    async def until_ready(self) -> None:
        await eventually(lambda: self.scanner.state.health == "ok")

    async def until_said(self, count: int) -> None:
        await eventually(lambda: len(self.said) >= count)


@asynccontextmanager
async def a_counter(
    simulator: ScannerSimulator | None = None, *, wire: str = "tcp", **options: Any
) -> AsyncIterator[Counter]:
    """The driver running, its port open."""
    simulator = simulator or ScannerSimulator(baud=0)
    address = await (simulator.start_tcp() if wire == "tcp" else simulator.start_pty())
    if isinstance(simulator, HidPosSimulator):
        options["protocol"] = "hid-pos"
    scanner = Scanner(scanner_config("scanner", address, options), backoff=Backoff(0.01, 0.02))
    counter = Counter(simulator, scanner)
    running = asyncio.create_task(scanner.run(counter.states.append, counter.said.append))
    try:
        await counter.until_ready()
        yield counter
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await simulator.stop()
