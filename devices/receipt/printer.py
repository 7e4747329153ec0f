"""A receipt printer: owns its connection, prints one job at a time, and says of each whether it was printed.

A job is done only when the printer answered the fence behind its last byte. Paper out or an open cover in the middle
is waited for, not timed out, and nothing is sent twice: the printer keeps what it holds and goes on. When the printer
is lost with bytes on the way the job is uncertain, and a person decides.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from devices.device import DeviceError, DeviceState, Ending, Health, Job, Outcome, Power, Report
from devices.driver import PortDriver
from devices.ports.address import port_at
from devices.ports.backoff import Backoff
from devices.ports.port import Port, PortLost
from devices.receipt.config import PrinterConfig
from devices.receipt.drawer import Side, learnt, side
from devices.receipt.errors import ReceiptError
from devices.receipt.link import FellSilent, Link
from devices.receipt.model import PrinterModel
from devices.receipt.printing import ECHO, OFFLINE, SILENT, Printing
from devices.receipt.status import PrinterStatus
from devices.statistics import Counted

MUTE = DeviceState(Power.UNKNOWN, Health.CANNOT_WORK, SILENT)
ECHOING = DeviceState(Power.UNKNOWN, Health.CANNOT_WORK, ECHO)
SILENT_WATCHES = 2


class ReceiptPrinter(PortDriver):
    """Job kinds: "receipt" (content: `devices.receipt.content`), "drawer" (opens it, prints nothing; content: why, see
    `devices.receipt.drawer`) and "test-page" (`devices.receipt.testpage`). Questions: "drawer", "learn-drawer".
    """

    kind = "receipt-printer"
    offline = OFFLINE[0]

    def __init__(
        self,
        config: PrinterConfig,
        *,
        port: Port | None = None,
        backoff: Backoff | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        port = port or port_at(config.address, open_timeout=config.timing.open)
        super().__init__(config.id, port, backoff=backoff, sleep=sleep, clock=clock)
        self._timing = config.timing
        self._printing = Printing(config.model, config.timing, clock, self.statistics)
        self._link: Link | None = None
        self._busy = False
        self._seen = PrinterStatus()
        self._told: Side = "unknown"
        self._levels: dict[str, bool] = {}
        """The drawer's pin as it was learnt with the drawer "open" and "closed"."""

    @property
    def model(self) -> PrinterModel:
        """As it is configured, and what was learnt since."""
        return self._printing.model

    async def perform(self, job: Job, report: Report) -> Ending:
        """Do one job and say how it ended, with the causes. Never raises for anything the device does."""
        try:
            out = self._printing.bytes_of(job)
        except ReceiptError as error:
            return Ending(Outcome.FAILED, (error.code,))
        link = self._link
        if link is None:
            return Ending(Outcome.FAILED, self.state.causes or OFFLINE)
        self._busy = True
        try:
            return await self._printing.perform(link, out, report)
        finally:
            self._busy = False

    async def ask(self, question: str, content: dict[str, Any]) -> dict[str, Any]:
        """ "drawer": {"drawer": "open", "closed" or "unknown"}. "learn-drawer" with {"drawer": "open"} and again with
        {"drawer": "closed"}, once a person has seen to it that it is: the second brings the option to be kept."""
        match question:
            case "drawer":
                return {"drawer": side((await self._fresh_status()).drawer_high, self.model.drawer_open)}
            case "learn-drawer":
                return await self._learn_drawer(content.get("drawer"))
            case _:
                return await super().ask(question, content)

    async def _fresh_status(self) -> PrinterStatus:
        """Raises `DeviceError` printer.offline or printer.silent."""
        link = self._link
        if link is None:
            raise DeviceError(OFFLINE[0])
        try:
            if not self.model.answers or not await link.ask(1, self._timing.reply):
                raise DeviceError(SILENT[0])
        except PortLost:
            raise DeviceError(OFFLINE[0]) from None
        return link.status

    async def _learn_drawer(self, where: object) -> dict[str, Any]:
        if where not in ("open", "closed"):
            raise DeviceError("message.malformed", field="drawer")
        self._levels[str(where)] = bool((await self._fresh_status()).drawer_high)
        if len(self._levels) < 2:
            return {"learnt": False}
        try:
            level = learnt(self._levels["open"], self._levels["closed"])
        except ReceiptError as error:
            raise DeviceError(error.code) from error
        finally:
            self._levels.clear()
        self._printing.model = replace(self.model, drawer_open=level)
        self._look()
        return {"learnt": True, "options": {"drawer_open": level}}

    async def converse(self) -> DeviceState:
        """From an open port to a printer that is lost or given up; returns the state that leaves."""
        link = Link(self.port, self._printing.dialect, self._look, self.statistics.replied, self.clock)
        self._printing.take_over(link)
        listening = asyncio.create_task(link.listen())
        try:
            if not await self._greet(link):
                return MUTE
            if self.model.answers and link.echoes:
                return ECHOING
            self.backoff.reset()
            self._link = link
            self._look()
            await self._watch(link)
            return MUTE
        except FellSilent:
            return MUTE
        finally:
            self._link = None
            listening.cancel()
            link.lose(PortLost("given up"))

    async def _greet(self, link: Link) -> bool:
        """Ask for everything at once; False if the printer does not answer. Raises `PortLost`."""
        if not self.model.answers:
            return True
        link.feed(self._printing.dialect.greeting)
        return await link.inquire(self._timing.reply)

    async def _watch(self, link: Link) -> None:
        """Until the printer falls silent between jobs. Raises `PortLost`."""
        silent = 0
        while silent < SILENT_WATCHES:
            await link.wait_lost(self._timing.watch)
            if self._busy or not self.model.answers:
                continue
            if not link.status.offline:  # an offline printer would only pile these up
                link.feed(self._printing.dialect.greeting)
            silent = 0 if await link.ask(1, self._timing.reply) or self._busy else silent + 1

    def _look(self) -> None:
        """Tell the state that the link adds up to."""
        link = self._link
        if link is None:
            return
        if link.lost is not None:
            self._link = None
            self.become(MUTE if isinstance(link.lost, FellSilent) else self.gone)
        elif not self.model.answers:
            self.become(DeviceState(Power.UNKNOWN, Health.OK))
        else:
            status = link.status
            self._count(status)
            self._tell_drawer(status)
            stopped = status.broken or status.needs_person
            health = Health.CANNOT_WORK if stopped else Health.ATTENTION if status.causes else Health.OK
            self.become(DeviceState(Power.ONLINE, health, status.causes))

    def _count(self, status: PrinterStatus) -> None:
        """Count what has just begun."""
        begun: dict[Counted, tuple[bool, bool]] = {
            "cover_opens": (self._seen.cover_open, status.cover_open),
            "paper_outs": (self._seen.paper_out, status.paper_out),
            "failed_cuts": (self._seen.cutter, status.cutter),
        }
        for what, (before, now) in begun.items():
            if now and not before:
                self.statistics.count(what)
        self._seen = status

    def _tell_drawer(self, status: PrinterStatus) -> None:
        """Say where the drawer stands when that changes."""
        now = side(status.drawer_high, self.model.drawer_open)
        if now != self._told:
            self._told = now
            self.said({"drawer": now})
