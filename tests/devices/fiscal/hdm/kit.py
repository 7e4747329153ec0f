"""A simulated HDM with its driver, on a real socket."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from typing import Any

from devices.device import DeviceState, Ending, Job, Progress
from devices.fiscal.hdm.config import Timing, hdm_config
from devices.fiscal.hdm.driver import HdmRegister
from devices.fiscal.hdm.simulator import HdmSimulator
from devices.fiscal.hdm.spec import SIMULATED
from tests.devices.fiscal.builders import CASHIER, DOCUMENT, a_line, a_receipt

NOON = 1_795_334_400.0  # 2026-11-22 12:00 in Yerevan
USUAL = Timing(open=2.0, answer=5.0, work=5.0, resolve=0.05, poll=0.01, watch=60.0)
ONCE = Timing(open=2.0, answer=5.0, work=5.0, resolve=0.0, poll=0.01, watch=60.0)
IMPATIENT = Timing(open=1.0, answer=0.2, work=0.2, resolve=0.02, poll=0.01, watch=60.0)
_NUMBERS = itertools.count(0x1000)


def a_document() -> str:
    """A document of its own, so that each receipt is registered anew."""
    return f"{DOCUMENT[:-4]}{next(_NUMBERS):04x}"


def a_sale(*lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    return a_receipt(*lines, **({"document": a_document(), "language": "hy"} | more))


def bread(price: int = 25_000, quantity: int = 1_000, **more: Any) -> dict[str, Any]:
    return a_line("Հաց", price, quantity, **({"code": "001", "tax": "vat20", "tax_rate": 2_000} | more))


class Shop:
    def __init__(self, simulator: HdmSimulator, driver: HdmRegister) -> None:
        self.simulator, self.driver = simulator, driver
        self.told: list[tuple[Progress, tuple[str, ...]]] = []
        self._moved = asyncio.Event()

    @property
    def machine(self):
        return self.simulator.machine

    @property
    def documents(self) -> list[str]:
        """The bodies of what was to be registered."""
        return [body for body in self.simulator.bodies if '"mode"' in body or '"returnTicketId"' in body]

    async def do(self, kind: str, content: dict[str, Any] | None = None) -> Ending:
        self.told.clear()
        job = Job(a_document(), "fiscal", f"fiscal.{kind}", content or {"cashier": CASHIER})
        return await self.driver.perform(job, self._report)

    async def _report(self, progress: Progress, causes: tuple[str, ...]) -> None:
        self.told.append((progress, causes))

    def changed(self, state: DeviceState) -> None:
        self._moved.set()

    async def until_state(self, *causes: str) -> None:
        async with asyncio.timeout(10):
            while self.driver.state.causes != causes:
                self._moved.clear()
                await self._moved.wait()


@contextlib.asynccontextmanager
async def a_shop(
    timing: Timing = USUAL, simulator: HdmSimulator | None = None, *, looking: bool = True, **options: Any
) -> AsyncIterator[Shop]:
    """`looking`: it looks at the register by itself, now and then and after each job."""
    simulator = simulator or HdmSimulator(now=lambda: NOON)
    url = await simulator.start_tcp()
    driver = HdmRegister(hdm_config("fiscal", url, SIMULATED | options, timing), now=lambda: NOON)
    shop = Shop(simulator, driver)
    running = asyncio.create_task(driver.run(shop.changed, lambda said: None) if looking else asyncio.sleep(0))
    try:
        yield shop
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await simulator.stop()
