"""A terminal of software and the driver before it, on a real socket or pty."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from devices.device import DeviceState, Ending, Job, Progress
from devices.payment.config import TerminalConfig, Timing
from devices.payment.simulator import TerminalSimulator
from devices.payment.terminal import PaymentTerminal
from devices.ports.backoff import Backoff

QUICK = Timing(open=1, reply=0.4, step=0.4, answer=0.4, acknowledge=0.2, write=1, busy=0.01, recover=3, watch=60)


@dataclass(slots=True)
class Counter:
    """A simulator, its driver, and what the driver told."""

    simulator: TerminalSimulator
    terminal: PaymentTerminal
    progress: list[Progress] = field(default_factory=list)
    said: list[dict[str, Any]] = field(default_factory=list)
    states: list[DeviceState] = field(default_factory=list)

    async def report(self, progress: Progress, causes: tuple[str, ...]) -> None:
        self.progress.append(progress)

    async def ready(self) -> None:
        assert await self.terminal.reached(5) is not None

    async def do(self, kind: str, **content: Any) -> Ending:
        reference = str(uuid4())
        body = {"reference": reference, "currency": "EUR"} | content
        return await self.terminal.perform(Job(reference, "card", kind, body), self.report)

    async def pay(self, amount: int) -> Ending:
        return await self.do("payment.authorise", amount=amount)


@contextlib.asynccontextmanager
async def counter(
    simulator: TerminalSimulator | None = None, *, timing: Timing = QUICK, waits: bool = True, prints: bool = True
) -> AsyncIterator[Counter]:
    """A terminal that is registered, unless the test wants to see it not be."""
    simulator = simulator or TerminalSimulator()
    address = await simulator.start_pty("stop=2") if simulator.serial else await simulator.start_tcp()
    protocol = "zvt-serial" if simulator.serial else "zvt-tcp"
    config = TerminalConfig("card", address, protocol, prints=prints)
    terminal = PaymentTerminal(replace(config, timing=timing), backoff=Backoff(0.01, 0.02))
    found = Counter(simulator, terminal)
    running = asyncio.create_task(terminal.run(found.states.append, found.said.append))
    try:
        if waits:
            await found.ready()
        yield found
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await simulator.stop()
