"""A register of either version with its driver, on a real socket or pty."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from devices.device import DeviceState, Ending, Job, Progress
from devices.fiscal.shtrih.config import ShtrihConfig, Timing
from devices.fiscal.shtrih.driver import ShtrihRegister
from devices.fiscal.shtrih.simulator import ShtrihSimulator, ShtrihSimulator1, ShtrihSimulator2
from devices.ports.backoff import Backoff
from tests.devices.fiscal.builders import CASHIER

NOON = datetime(2026, 11, 22, 12, 0)  # noqa: DTZ001 - a register's own clock
USUAL = Timing(turn=3.0, answer=5.0, work=5.0, mark=5.0, printing=20.0, resolve=10.0, poll=0.005, watch=60.0)
IMPATIENT = replace(USUAL, turn=0.1, answer=0.15, work=0.15, mark=0.15, printing=0.3, resolve=0.5)
SIMULATORS: dict[int, type[ShtrihSimulator]] = {1: ShtrihSimulator1, 2: ShtrihSimulator2}


class Hours:
    """A clock on the wall that a test turns."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time

    def turn(self, **by: float) -> None:
        self.time += timedelta(**by)


class Shop:
    """One register, what it told, and what it was given to do."""

    def __init__(self, simulator: ShtrihSimulator, hours: Hours) -> None:
        self.simulator, self.hours = simulator, hours
        self.driver: ShtrihRegister
        self.told: list[tuple[Progress, tuple[str, ...]]] = []
        self.states: list[DeviceState] = []
        self._moved = asyncio.Event()

    @property
    def storage(self):
        return self.simulator.machine.storage

    async def do(self, kind: str, content: dict[str, Any] | None = None) -> Ending:
        """Do one job now."""
        self.told.clear()
        job = Job("0191c5de-0000-7000-8000-0000000000a1", "fiscal", kind, content or {"cashier": CASHIER})
        return await self.driver.perform(job, self._report)

    def start(self, kind: str, content: dict[str, Any] | None = None) -> asyncio.Task[Ending]:
        return asyncio.create_task(self.do(kind, content))

    async def until_told(self, progress: Progress, causes: tuple[str, ...]) -> None:
        await self._until(lambda: (progress, causes) in self.told)

    async def until_state(self, *causes: str) -> None:
        await self._until(lambda: self.driver.state.causes == causes)

    async def _until(self, true) -> None:
        async with asyncio.timeout(10):
            while not true():
                self._moved.clear()
                await self._moved.wait()

    async def _report(self, progress: Progress, causes: tuple[str, ...]) -> None:
        self.told.append((progress, causes))
        self._moved.set()

    def changed(self, state: DeviceState) -> None:
        self.states.append(state)
        self._moved.set()


@contextlib.asynccontextmanager
async def a_shop(
    protocol: int = 1,
    wire: str = "tcp",
    *,
    simulator: ShtrihSimulator | None = None,
    timing: Timing = USUAL,
    baud: int = 0,
    shift: bool = True,
) -> AsyncIterator[Shop]:
    """A register that is there, its shift open unless the test says otherwise."""
    hours = Hours()
    simulator = simulator or SIMULATORS[protocol](now=hours, baud=baud)
    shop = Shop(simulator, hours)
    address = await (simulator.start_tcp() if wire == "tcp" else simulator.start_pty())
    if shift:
        simulator.machine.storage.open_shift()
    config = ShtrihConfig("fiscal", address, protocol=protocol, timing=timing)
    shop.driver = ShtrihRegister(config, backoff=Backoff(0.001, 0.01), now=hours)
    running = asyncio.create_task(shop.driver.run(shop.changed, lambda said: None))
    try:
        await shop.until_state()
        yield shop
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await simulator.stop()
