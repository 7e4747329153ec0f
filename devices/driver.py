"""What every driver with a port has in common: open, converse, close, wait, open again; tell each change once."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from devices.device import DeviceError, DeviceState, Ending, Health, Job, Outcome, Power, Report, Said
from devices.ports.backoff import Backoff
from devices.ports.port import Port, PortLost, PortUnavailable
from devices.statistics import Statistics


class PortDriver(ABC):
    """Owns `port` while `run` runs. A driver writes `converse`, and `perform` or `ask`.

    `offline` is the cause told while the port does not open ("scale.offline").
    """

    kind: ClassVar[str]
    offline: ClassVar[str]

    def __init__(
        self,
        id: str,
        port: Port,
        *,
        backoff: Backoff | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.id, self.port = id, port
        self.statistics = Statistics()
        self.backoff = backoff or Backoff()
        self.sleep, self.clock = sleep, clock
        self.gone = DeviceState(Power.OFFLINE, Health.CANNOT_WORK, (self.offline,))
        self._unknown = self._state = DeviceState(Power.UNKNOWN, Health.CANNOT_WORK, (self.offline,))
        self._changed: Callable[[DeviceState], None] = lambda state: None
        self.said: Said = lambda what: None
        self._plugged_in = asyncio.Event()

    @property
    def state(self) -> DeviceState:
        return self._state

    async def run(self, changed: Callable[[DeviceState], None], said: Said) -> None:
        """Own the connection until cancelled: open, watch, reopen with backoff; tells each change of state once."""
        self._changed, self.said = changed, said
        self._state = self._unknown  # begun anew, it knows nothing of what it found before
        changed(self._state)
        while True:
            self.become(await self._live())
            await self._until_next_try()
            self.statistics.count("reconnects")

    def plugged_in(self) -> None:
        """Something was plugged in, perhaps this: do not wait any longer."""
        self.backoff.reset()
        self._plugged_in.set()

    async def _until_next_try(self) -> None:
        """Until the next try: the backoff's delay, or less when something is plugged in meanwhile."""
        self._plugged_in.clear()
        waits = [
            asyncio.ensure_future(self.sleep(self.backoff.delay())),
            asyncio.ensure_future(self._plugged_in.wait()),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _live(self) -> DeviceState:
        """From opening the port to losing it; returns the state that leaves."""
        try:
            await self.port.open()
        except PortUnavailable:
            return self.gone
        opened_at = self.clock()
        try:
            return await self.converse()
        except PortLost:
            self.statistics.count("comm_errors")
            return self.gone
        finally:
            self.statistics.count("seconds_online", int(self.clock() - opened_at))
            await self.port.close()

    @abstractmethod
    async def converse(self) -> DeviceState:
        """The port is open: find out who is there, `backoff.reset()`, `become` its state, watch it.

        Returns the state to tell when it is given up without the port being lost; then the port is opened anew.
        Raises `PortLost`. Whatever it started it ends, also when cancelled.
        """

    async def perform(self, job: Job, report: Report) -> Ending:
        """A device that only answers questions does no jobs."""
        return Ending(Outcome.FAILED, ("job.kind_unknown",))

    async def ask(self, question: str, content: dict[str, Any]) -> dict[str, Any]:
        """Raises `DeviceError` device.question_unknown for what this kind of device cannot be asked."""
        raise DeviceError("device.question_unknown", question=question)

    def watch(self, *, watched: bool) -> None:  # noqa: B027
        """Most devices say the same whoever looks."""

    def become(self, state: DeviceState) -> None:
        """Tell the state if it is a new one."""
        if state != self._state:
            self._state = state
            self._changed(state)
