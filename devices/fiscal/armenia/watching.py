"""What the drivers of both Armenian registers share: looked at now and then, one conversation at a time."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from devices.device import DeviceState, Ending, Health, Job, Outcome, Power, Report, Said
from devices.fiscal.answers import Found, RegisterState, Shift
from devices.fiscal.armenia.book import Attempt, Book, Standing
from devices.fiscal.causes import OFFLINE
from devices.fiscal.content import sought_from
from devices.fiscal.errors import FiscalError
from devices.statistics import Statistics

SOON = 2.0
"""Seconds until it is looked for again when it did not answer."""


class WatchedRegister(ABC):
    """A driver writes `look`, `done` and its questions, and holds `turn` while it talks."""

    kind = "fiscal-register"

    def __init__(self, id: str, book: Book, every: float) -> None:
        self.id, self.statistics = id, Statistics()
        self.book, self.turn = book, asyncio.Lock()
        self._every = every
        self._state = DeviceState(Power.UNKNOWN, Health.CANNOT_WORK, (OFFLINE,))
        self._changed: Callable[[DeviceState], None] = lambda state: None
        self._look_now = asyncio.Event()

    @property
    def state(self) -> DeviceState:
        return self._state

    def watch(self, *, watched: bool) -> None:  # noqa: B027
        """It says the same whoever looks."""

    @abstractmethod
    async def look(self) -> DeviceState:
        """Find out whether it is there and lets the till in, changing nothing."""

    @abstractmethod
    async def done(self, job: Job, report: Report) -> Ending:
        """Raises `FiscalError`."""

    async def run(self, changed: Callable[[DeviceState], None], said: Said) -> None:
        """Look now and then and after each job, until cancelled."""
        self._changed = changed
        self._state = DeviceState(Power.UNKNOWN, Health.CANNOT_WORK, (OFFLINE,))
        changed(self._state)
        while True:
            self._look_now.clear()
            async with self.turn:
                state = await self.look()
            self._become(state)
            every = self._every if state.power is Power.ONLINE else min(SOON, self._every)
            try:
                async with asyncio.timeout(every):
                    await self._look_now.wait()
            except TimeoutError:
                continue

    def _become(self, state: DeviceState) -> None:
        if state != self._state:
            self._state = state
            self._changed(state)

    async def perform(self, job: Job, report: Report) -> Ending:
        """Do one job and say how it ended, with the causes and the proof. Never raises for anything it does."""
        try:
            async with self.turn:
                ending = await self.done(job, report)
        except FiscalError as error:
            return Ending(Outcome.FAILED, (error.code,), error.fields)
        self._look_now.set()
        if ending.outcome is Outcome.DONE and ending.result and "sign" in ending.result:
            self.statistics.count("fiscal_documents")
        return ending

    def summary(self) -> dict[str, Any]:
        """Neither register tells a shift or sums: they are the book's."""
        shift = Shift.CLOSED if self.book.opened_at is None else Shift.OPEN
        state = RegisterState(shift, self.book.shift, self.book.last or 0, 0, None, self.book.counters)
        return state.as_answer() | {"counted_by": "driver"}

    def found(self, content: Mapping[str, Any], known: Attempt | None) -> dict[str, Any]:
        """The answer to `find`."""
        if known is None:
            never = self.book.covers(sought_from(content).made_at)
            return {"found": (Found.ABSENT if never else Found.UNKNOWN).value}
        match known.standing:
            case Standing.REGISTERED:
                return {"found": Found.REGISTERED.value, "result": known.result}
            case Standing.ABSENT:
                return {"found": Found.ABSENT.value}
            case Standing.SENT:
                return {"found": Found.UNKNOWN.value}
