"""One simulated device on a real line with its real driver, and somebody who does what `verify` asks for."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

from devices.conformance.spec import Check, ProtocolSpec
from devices.device import Device, DeviceError, DeviceState, Health, Power
from devices.driver import PortDriver
from devices.ports.backoff import Backoff
from devices.simulation.simulator import Simulator

Wire = Literal["tcp", "pty"]
UNPACED = 0
LONGEST_VERIFY = 60.0
PATIENCE = 30.0
MAY_WAIT_FOR_A_PERSON = 6.0
TRIES = 6
FIRST_PAUSE = 0.1
"""Between two tries, and twice as long each time: a driver may look at its device every few seconds only."""
LOOK = 0.005


@dataclass(slots=True)
class Bench:
    """`told` holds every state that the device told; `patience` is how many seconds it may take to come up."""

    spec: ProtocolSpec
    simulator: Simulator
    device: Device
    told: list[DeviceState] = field(default_factory=list[DeviceState])
    patience: float = PATIENCE

    @property
    def up(self) -> bool:
        """Whether the device says that it can be worked with; one that cannot answer is believed."""
        return self.device.state.health is not Health.CANNOT_WORK

    async def until_up(self) -> bool:
        """False if it is not up in time. One that is there and says that it cannot work may wait for a person whom
        `verify` asks: after some seconds it counts as up."""
        began = time.monotonic()
        while not self.up and (waited := time.monotonic() - began) < self.patience:
            if waited > MAY_WAIT_FOR_A_PERSON and self.device.state.power is Power.ONLINE:
                return True
            await asyncio.sleep(LOOK)
        return self.up

    async def verify(self) -> list[Check]:
        """The protocol's own checks; the simulator does what a person is asked for. Raises `TimeoutError`."""
        async with asyncio.timeout(LONGEST_VERIFY):
            try:
                return await self.spec.verify(self.device, self.simulator.person)
            except DeviceError as error:
                return [Check("verify", False, error.code)]

    async def works(self) -> Check:
        """Whether every check of `verify` passes, at one of the tries."""
        checks: list[Check] = []
        for pause in (FIRST_PAUSE * 2**number for number in range(TRIES)):
            if not await self.until_up():
                return Check("works", False, f"did not come up: {self.device.state}")
            checks = await self.verify()
            if checks and all(check.passed for check in checks):
                return Check("works", True, "; ".join(check.name for check in checks))
            await asyncio.sleep(pause)
        return Check("works", False, "; ".join(f"{check.name}: {check.seen}" for check in checks if not check.passed))


@asynccontextmanager
async def bench(
    spec: ProtocolSpec, wire: Wire = "tcp", *, paced: bool = False, patience: float = PATIENCE
) -> AsyncGenerator[Bench]:
    """A simulator with its driver running; at the pace of its own line if `paced`, else as fast as it goes."""
    simulator = spec.simulator()
    if not paced:
        simulator.baud = UNPACED
    url = await (simulator.start_tcp() if wire == "tcp" else simulator.start_pty(spec.line))
    try:
        made = Bench(spec, simulator, spec.device("bench", url, spec.hurry), patience=patience)
        async with driven(made):
            yield made
    finally:
        await simulator.stop()


@asynccontextmanager
async def driven(made: Bench) -> AsyncGenerator[None]:
    """The driver owns its line as long as this lasts, and tries anew at once when it is lost."""
    if isinstance(made.device, PortDriver):
        made.device.backoff = Backoff(0.005, 0.05)
    running = asyncio.create_task(made.device.run(made.told.append, lambda said: None))
    await asyncio.sleep(0)  # it has begun, and says so: what it said when it last ran is over
    try:
        yield
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
