"""A simulated printer on a real socket or pty, with the driver that owns it, and receipts to print."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from devices.device import DeviceState, Ending, Health, Job, Progress
from devices.ports.backoff import Backoff
from devices.receipt.config import PrinterConfig, Timing
from devices.receipt.model import PAPER_80, PrinterModel
from devices.receipt.printer import ReceiptPrinter
from devices.receipt.simulator import Printer, PrinterSimulator
from devices.receipt.star.simulator import StarSimulator

PATIENT = Timing(reply=10.0, write=20.0, fence=20.0, poll=0.1, watch=0.5)
"""For a printer that answers: nothing may run out on a busy machine."""
CURT = Timing(reply=1.0, write=1.0, fence=1.0, poll=0.1, watch=0.2, silent_polls=2)
"""For a printer that stays silent: so that the test need not wait long."""


def words(text: str, **look: Any) -> dict[str, Any]:
    return {"kind": "text", "text": text, **look}


def figures(left: str, right: str, **look: Any) -> dict[str, Any]:
    return {"kind": "pair", "left": left, "right": right, **look}


def a_receipt(*lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    body = lines or (words("Corner shop", align="center"), figures("Milk 1 l", "1.29"), figures("Total", "1.29"))
    return {"lines": [*body, {"kind": "cut"}], **fields}


@dataclass
class Shop:
    """What a test prints with and looks at."""

    simulator: Printer
    printer: ReceiptPrinter
    address: str
    states: list[DeviceState] = field(default_factory=list[DeviceState])
    told: list[tuple[Progress, tuple[str, ...]]] = field(default_factory=list[tuple[Progress, tuple[str, ...]]])
    said: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    _numbers: Any = field(default_factory=lambda: count(1))

    async def print(self, content: dict[str, Any], *, copy: int = 0, kind: str = "receipt") -> Ending:
        job = Job(f"job-{next(self._numbers)}", self.printer.id, kind, content, copy)
        return await self.printer.perform(job, self._report)

    async def open_drawer(self) -> Ending:
        return await self.print({"reason": "no_sale", "note": "change"}, kind="drawer")

    def start(self, content: dict[str, Any]) -> "asyncio.Task[Ending]":
        """Print beside what the test does meanwhile."""
        return asyncio.create_task(self.print(content))

    async def _report(self, progress: Progress, causes: tuple[str, ...]) -> None:
        self.told.append((progress, causes))
        self.moved.set()

    def changed(self, state: DeviceState) -> None:
        self.states.append(state)
        self.moved.set()

    def hear(self, what: dict[str, Any]) -> None:
        self.said.append(what)
        self.moved.set()

    async def until_said(self, what: dict[str, Any], *, times: int = 1) -> None:
        while self.said.count(what) < times:
            self.moved.clear()
            await self.moved.wait()

    async def until_told(self, progress: Progress, causes: tuple[str, ...]) -> None:
        while (progress, causes) not in self.told:
            self.moved.clear()
            await self.moved.wait()

    async def until_state(self, health: Health, *causes: str) -> None:
        while (self.printer.state.health, self.printer.state.causes) != (health, causes):
            self.moved.clear()
            await self.moved.wait()

    async def until_ready(self) -> None:
        await self.until_state(Health.OK)


@asynccontextmanager
async def a_shop(
    wire: str = "tcp",
    *,
    model: PrinterModel = PAPER_80,
    timing: Timing = PATIENT,
    ready: bool = True,
    drawer_seconds: float = 10.0,
    **simulated: Any,
) -> AsyncIterator[Shop]:
    simulator = (StarSimulator if model.dialect == "star" else PrinterSimulator)(model, **simulated)
    address = await (simulator.start_tcp() if wire == "tcp" else simulator.start_pty())
    printer = ReceiptPrinter(
        PrinterConfig("front", address, model, replace(timing, drawer=drawer_seconds)), backoff=Backoff(0.05, 0.2)
    )
    shop = Shop(simulator, printer, address)
    owner = asyncio.create_task(printer.run(shop.changed, shop.hear))
    try:
        async with asyncio.timeout(120):
            if ready:
                await shop.until_ready()
            yield shop
    finally:
        owner.cancel()
        await asyncio.gather(owner, return_exceptions=True)
        await simulator.stop()
