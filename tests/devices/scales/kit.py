"""A simulated scale on a real socket or pty, with the driver that owns it, and everything it said."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from devices.device import DeviceError, DeviceState, Health
from devices.ports.backoff import Backoff
from devices.scales.config import Timing, scale_config
from devices.scales.driver import Scale
from devices.scales.simulator import Pan, ScaleSimulator
from tests.waiting import eventually

BRISK = Timing(live=0.02, idle=0.05, trouble=0.05)


@dataclass
class Counter:
    """What a test weighs with and looks at."""

    simulator: Any
    scale: Scale
    address: str
    states: list[DeviceState] = field(default_factory=list[DeviceState])
    said: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    @property
    def pan(self) -> Pan:
        return self.simulator.pan

    async def weigh(self, question: str = "weight") -> dict[str, Any]:
        return await self.scale.ask(question, {})

    async def grams(self) -> int:
        return (await self.weigh())["grams"]

    async def grams_in_time(self, tries: int = 5) -> int:
        """The same where a busy machine may be too late: a stale answer is refused, rightly, and asked for again."""
        for _ in range(tries - 1):
            try:
                return await self.grams()
            except DeviceError as error:
                if error.code != "scale.stale":
                    raise
        return await self.grams()

    async def refused(self, question: str = "weight") -> str:
        """The code with which it refuses."""
        try:
            answer = await self.weigh(question)
        except DeviceError as error:
            return error.code
        raise AssertionError(f"answered {answer}")

    async def until_state(self, health: Health, *causes: str) -> None:
        await eventually(lambda: (self.scale.state.health, self.scale.state.causes) == (health, causes))

    async def until_said(self, **fields: Any) -> dict[str, Any]:
        """The first from now on that has these fields."""
        begun = len(self.said)

        def found() -> list[dict[str, Any]]:
            return [said for said in self.said[begun:] if fields.items() <= said.items()]

        await eventually(lambda: bool(found()))
        return found()[0]


@asynccontextmanager
async def a_counter(
    simulator: ScaleSimulator,
    dialect: str,
    *,
    wire: str = "tcp",
    line: str = "",
    timing: Timing = BRISK,
    ready: bool = True,
    **options: Any,
) -> AsyncIterator[Counter]:
    address = await (simulator.start_tcp() if wire == "tcp" else simulator.start_pty(line))
    usual = scale_config("front", address, {"dialect": dialect, **options})
    config = type(usual)(usual.id, usual.address, usual.dialect, usual.rules, timing)
    scale = Scale(config, backoff=Backoff(0.02, 0.1))
    counter = Counter(simulator, scale, address)
    running = asyncio.create_task(scale.run(counter.states.append, counter.said.append))
    try:
        if ready:
            await counter.until_state(Health.OK)
        yield counter
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await simulator.stop()
