"""A receipt printer: owns its connection, prints one job at a time, and says of each whether it was printed.

A job is done only when the printer answered the fence behind its last byte. Paper out or an open cover in the middle
is waited for, not timed out, and nothing is sent twice: the printer keeps what it holds and goes on. When the printer
is lost with bytes on the way the job is uncertain, and a person decides.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from devices.device import DeviceState, Health, Job, Outcome, Power, Report
from devices.ports.address import port_at
from devices.ports.backoff import Backoff
from devices.ports.port import Port, PortLost, PortUnavailable
from devices.receipt.config import PrinterConfig
from devices.receipt.errors import ReceiptError
from devices.receipt.escpos import STATUS_BACK_ON
from devices.receipt.link import FellSilent, Link
from devices.receipt.printing import OFFLINE, SILENT, Ending, Printing

GONE = DeviceState(Power.OFFLINE, Health.CANNOT_WORK, OFFLINE)
MUTE = DeviceState(Power.UNKNOWN, Health.CANNOT_WORK, SILENT)
SILENT_WATCHES = 2


class ReceiptPrinter:
    """Job kinds: "receipt" (content: `devices.receipt.content`) and "drawer" (opens it, prints nothing)."""

    kind = "receipt-printer"

    def __init__(
        self,
        config: PrinterConfig,
        *,
        port: Port | None = None,
        backoff: Backoff | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.id = config.id
        self._model, self._timing = config.model, config.timing
        self._port = port or port_at(config.address, open_timeout=config.timing.open)
        self._backoff = backoff or Backoff()
        self._sleep = sleep
        self._printing = Printing(config.model, config.timing, clock)
        self._link: Link | None = None
        self._state = DeviceState(Power.UNKNOWN, Health.CANNOT_WORK, OFFLINE)
        self._changed: Callable[[DeviceState], None] = lambda state: None
        self._busy = False

    @property
    def state(self) -> DeviceState:
        return self._state

    async def perform(self, job: Job, report: Report) -> Ending:
        """Do one job and say how it ended, with the causes. Never raises for anything the device does."""
        try:
            out = self._printing.bytes_of(job)
        except ReceiptError as error:
            return Outcome.FAILED, (error.code,)
        link = self._link
        if link is None:
            return Outcome.FAILED, self._state.causes or OFFLINE
        self._busy = True
        try:
            return await self._printing.perform(link, out, report)
        finally:
            self._busy = False

    async def run(self, changed: Callable[[DeviceState], None]) -> None:
        """Own the connection until cancelled: open, watch, reopen with backoff; tells each change of state once."""
        self._changed = changed
        changed(self._state)
        while True:
            self._become(await self._converse())
            await self._sleep(self._backoff.delay())

    async def _converse(self) -> DeviceState:
        """From opening the port to losing it; returns the state that leaves."""
        try:
            await self._port.open()
        except PortUnavailable:
            return GONE
        link = Link(self._port, self._look)
        self._printing.take_over(link)
        listening = asyncio.create_task(link.listen())
        try:
            if not await self._greet(link):
                return MUTE
            self._backoff.reset()
            self._link = link
            self._look()
            await self._watch(link)
            return MUTE
        except FellSilent:
            return MUTE
        except PortLost:
            return GONE
        finally:
            self._link = None
            listening.cancel()
            link.lose(PortLost("given up"))
            await self._port.close()

    async def _greet(self, link: Link) -> bool:
        """Ask for everything at once; False if the printer does not answer. Raises `PortLost`."""
        if not self._model.answers:
            return True
        link.feed(STATUS_BACK_ON)
        return await link.inquire(self._timing.reply)

    async def _watch(self, link: Link) -> None:
        """Until the printer falls silent between jobs. Raises `PortLost`."""
        silent = 0
        while silent < SILENT_WATCHES:
            await link.wait_lost(self._timing.watch)
            if self._busy or not self._model.answers:
                continue
            if not link.status.offline:  # an offline printer would only pile these up
                link.feed(STATUS_BACK_ON)
            silent = 0 if await link.ask(1, self._timing.reply) or self._busy else silent + 1

    def _look(self) -> None:
        """Tell the state that the link adds up to."""
        link = self._link
        if link is None:
            return
        if link.lost is not None:
            self._link = None
            self._become(MUTE if isinstance(link.lost, FellSilent) else GONE)
        elif not self._model.answers:
            self._become(DeviceState(Power.UNKNOWN, Health.OK))
        else:
            status = link.status
            stopped = status.broken or status.needs_person
            health = Health.CANNOT_WORK if stopped else Health.ATTENTION if status.causes else Health.OK
            self._become(DeviceState(Power.ONLINE, health, status.causes))

    def _become(self, state: DeviceState) -> None:
        if state != self._state:
            self._state = state
            self._changed(state)
