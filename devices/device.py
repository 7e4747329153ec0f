"""What the agent and every driver agree on: jobs and how they end, questions, what a device says by itself, its state.

The states are a subset of UnifiedPOS; `Outcome` adds what it lacks: whether the thing happened.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from devices.statistics import Statistics


class Outcome(StrEnum):
    """How a job ended. Only `done` and `failed` are certain; an `uncertain` job is never repeated by itself."""

    DONE = "done"
    """The device itself said that it finished (its fence was answered)."""
    SENT_UNCONFIRMED = "sent-unconfirmed"
    """Every byte was written to a device that cannot answer."""
    UNCERTAIN = "uncertain"
    """Some bytes were written and the device did not say how it ended."""
    FAILED = "failed"
    """It certainly did not happen; the same job may be tried again."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a job ended, why (stable codes, the worst first), and what the device answered to it.

    `result` holds texts, integers, lists and objects of them only: the number of a fiscal document, an approval.
    """

    outcome: Outcome
    causes: tuple[str, ...] = ()
    result: dict[str, Any] | None = None


class Power(StrEnum):
    ONLINE = "online"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


class Health(StrEnum):
    OK = "ok"
    ATTENTION = "attention"
    CANNOT_WORK = "cannot-work"


@dataclass(frozen=True, slots=True)
class DeviceState:
    """What is known of a device now. `causes` are stable codes ("printer.paper_out"), the worst first."""

    power: Power
    health: Health
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """One thing for one device to do. `id` is the caller's UUID and stays the same however often it is handed in."""

    id: str
    device: str
    kind: str
    content: dict[str, Any] = field(default_factory=dict[str, Any])
    copy: int = 0
    """0 is the original; a further one is printed with a COPY mark and its number."""


class Progress(StrEnum):
    """What a driver tells while it works on a job; the agent journals each before it goes on."""

    SENDING = "sending"
    """About to write the first byte."""
    SENT = "sent"
    """The last byte, fence included, was written."""
    WAITING = "waiting"
    """The device asks for a person (paper, cover); the job resumes by itself."""


Report = Callable[[Progress, tuple[str, ...]], Awaitable[None]]
"""Called with the progress and the causes behind it; returns once it is durable."""

Said = Callable[[dict[str, Any]], None]
"""Called with what a device said by itself (a scan, a weight while it is watched): texts and integers by name."""


class DeviceError(Exception):
    """A question that a device could not answer; `code` is stable ("scale.unstable"), `fields` are texts and integers."""

    def __init__(self, code: str, **fields: str | int) -> None:
        super().__init__(code)
        self.code, self.fields = code, fields


class Device(Protocol):
    """One connected device, driven by one task. Jobs come one at a time; `ask` may come while one is being done."""

    id: str
    statistics: Statistics

    @property
    def kind(self) -> str: ...

    @property
    def state(self) -> DeviceState: ...

    async def run(self, changed: Callable[[DeviceState], None], said: Said) -> None:
        """Own the connection until cancelled: open, watch, reopen with backoff; tells each change of state once."""
        ...

    async def perform(self, job: Job, report: Report) -> Ending:
        """Do one job and say how it ended. Never raises for anything the device does."""
        ...

    async def ask(self, question: str, content: dict[str, Any]) -> dict[str, Any]:
        """Answer now, from the device itself; nothing is journaled ("weight" of a scale). Raises `DeviceError`."""
        ...

    def watch(self, *, watched: bool) -> None:
        """Somebody looks at it, or nobody does any more: only then it need say things by itself that nobody asked."""
        ...
