"""Labels and printers for tests: what stands on them, and a driver on a simulated printer with everything it told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from devices.device import DeviceState, Ending, Health, Job, Progress
from devices.labels.config import Timing, label_config
from devices.labels.content import Label, labels_from
from devices.labels.printer import LabelPrinter
from devices.labels.simulator import LabelSimulator
from devices.ports.backoff import Backoff
from tests.waiting import eventually

BRISK = Timing(reply=0.5, look=0.01, watch=0.05, finish=2.0, patience=0.4)
MILK: dict[str, Any] = {"name": "Milk 1 l", "price": "1.29", "currency": "EUR", "ean": "4601234567893"}
HOSTILE = (
    "^XZ~JR^XA", "~HS", "^FS^XZ", "_5EXZ", "\x1b!R", '",0\r\nPRINT 9\r\n', 'x"\nP9\n', "\\[R]", "^@", "~!A", "a\x00b\x10c",
    "\x9bz", "^ee", "\u202e^XA", "\ud800", "é^CC+", "Молоко ^XZ", "կաթ ~JA", "%_^~",
)  # fmt: skip


def a_label(**fields: Any) -> Label:
    return labels_from({"labels": [{**MILK, **fields}]}).labels[0]


def a_job(*labels: dict[str, Any], **content: Any) -> Job:
    return Job("job", "labels", "label", {"labels": [{**MILK, **label} for label in labels or ({},)], **content})


@dataclass
class Desk:
    """What a test prints with and looks at."""

    simulator: Any
    printer: LabelPrinter
    states: list[DeviceState] = field(default_factory=list[DeviceState])
    told: list[tuple[Progress, tuple[str, ...]]] = field(default_factory=list[tuple[Progress, tuple[str, ...]]])

    async def report(self, progress: Progress, causes: tuple[str, ...]) -> None:
        self.told.append((progress, causes))

    async def print(self, job: Job | None = None) -> Ending:
        return await self.printer.perform(job or a_job(), self.report)

    def begin(self, job: Job | None = None) -> "asyncio.Task[Ending]":
        return asyncio.create_task(self.print(job))

    async def until_told(self, progress: Progress, *causes: str) -> None:
        await eventually(lambda: (progress, causes) in self.told)


@asynccontextmanager
async def a_desk(
    simulator: LabelSimulator, language: str, *, wire: str = "tcp", timing: Timing = BRISK, **options: Any
) -> AsyncIterator[Desk]:
    address = await (simulator.start_tcp() if wire == "tcp" else simulator.start_pty())
    config = replace(label_config("labels", address, {"language": language, **options}), timing=timing)
    desk = Desk(simulator, LabelPrinter(config, backoff=Backoff(0.01, 0.05)))
    running = asyncio.create_task(desk.printer.run(desk.states.append, lambda said: None))
    try:
        await eventually(lambda: desk.printer.state.health is Health.OK)
        yield desk
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await simulator.stop()
