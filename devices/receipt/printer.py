"""A receipt printer: owns its connection, prints one job at a time, and says of each whether it was printed.

A job is done only when the printer answered the fence behind its last byte. Paper out or an open cover in the middle
is waited for, not timed out, and nothing is sent twice: the printer keeps what it holds and goes on. When the printer
is lost with bytes on the way the job is uncertain, and a person decides.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from devices.device import DeviceState, Health, Job, Outcome, Power, Progress, Report
from devices.ports.address import port_at
from devices.ports.backoff import Backoff
from devices.ports.port import Port, PortLost, PortUnavailable
from devices.receipt.content import receipt_from
from devices.receipt.errors import MalformedContent, ReceiptError
from devices.receipt.escpos import STATUS_BACK_ON, fence, printout, pulse
from devices.receipt.link import Link
from devices.receipt.model import PAPER_80, PrinterModel

CLEAR_AFTER_ERROR = b"\x10\x05\x02"
"""`DLE ENQ 2`: forget what you hold, then recover."""

OFFLINE, SILENT, RESUMED = ("printer.offline",), ("printer.silent",), ("printer.resumed",)
Ending = tuple[Outcome, tuple[str, ...]]


class FellSilent(PortLost):
    """The port is there, the printer behind it no longer answers."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds, but for `slowest`: bytes a second that the printer takes at worst, to know how long to wait for it."""

    open: float = 3.0
    reply: float = 1.0
    write: float = 5.0
    fence: float = 10.0
    poll: float = 1.0
    watch: float = 5.0
    quiet: float = 0.3
    slowest: float = 900.0
    silent_polls: int = 3


@dataclass(frozen=True, slots=True)
class PrinterConfig:
    """`address`: "tcp://192.168.1.50:9100" or "serial:///dev/ttyS0?baud=19200", see `devices.ports.address`."""

    id: str
    address: str
    model: PrinterModel = PAPER_80
    timing: Timing = field(default_factory=Timing)


class ReceiptPrinter:
    """Job kinds: "receipt" (content: `devices.receipt.content`) and "drawer" (opens it, prints nothing)."""

    kind = "receipt"

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
        self._sleep, self._clock = sleep, clock
        self._link: Link | None = None
        self._state = DeviceState(Power.UNKNOWN, Health.CANNOT_WORK, OFFLINE)
        self._changed: Callable[[DeviceState], None] = lambda state: None
        self._busy = False
        self._suspect = False  # a fence was never answered: its answer may still come
        self._token = 0

    @property
    def state(self) -> DeviceState:
        return self._state

    # The connection

    async def run(self, changed: Callable[[DeviceState], None]) -> None:
        """Own the connection until cancelled: open, watch, reopen with backoff; tells each change of state once."""
        self._changed = changed
        changed(self._state)
        while True:
            away = await self._converse()
            self._become(away)
            await self._sleep(self._backoff.delay())

    async def _converse(self) -> DeviceState:
        """From opening the port to losing it; returns the state that leaves."""
        try:
            await self._port.open()
        except PortUnavailable:
            return DeviceState(Power.OFFLINE, Health.CANNOT_WORK, OFFLINE)
        link = Link(self._port, self._look)
        link.fences_asked = int(self._suspect)
        listening = asyncio.create_task(link.listen())
        try:
            if not await self._greet(link):
                return DeviceState(Power.UNKNOWN, Health.CANNOT_WORK, SILENT)
            self._backoff.reset()
            self._link = link
            self._look()
            await self._watch(link)
            return DeviceState(Power.UNKNOWN, Health.CANNOT_WORK, SILENT)
        except FellSilent:
            return DeviceState(Power.UNKNOWN, Health.CANNOT_WORK, SILENT)
        except PortLost:
            return DeviceState(Power.OFFLINE, Health.CANNOT_WORK, OFFLINE)
        finally:
            self._link = None
            listening.cancel()
            link.lose(PortLost(f"{self._port.name}: given up"))
            await self._port.close()

    async def _greet(self, link: Link) -> bool:
        """Ask for everything at once; False if the printer does not answer. Raises `PortLost`."""
        if not self._model.answers:
            return True
        link.feed(STATUS_BACK_ON)
        return await self._inquire(link)

    async def _inquire(self, link: Link) -> bool:
        for number in (1, 2, 3, 4):
            if not await link.ask(number, self._timing.reply):
                return False
        return True

    async def _watch(self, link: Link) -> None:
        """Until the printer falls silent between jobs. Raises `PortLost`."""
        silent = 0
        while silent < 2:
            await link.wait_lost(self._timing.watch)
            if self._busy or not self._model.answers:
                continue
            if not link.status.offline:  # an offline printer would only pile these up
                link.feed(STATUS_BACK_ON)
            silent = 0 if await link.ask(1, self._timing.reply) or self._busy else silent + 1

    def _look(self) -> None:
        """Tell the state that the link's status adds up to."""
        if self._link is None:
            return
        status, lost = self._link.status, self._link.lost
        if lost is not None:
            self._link = None
            silent = isinstance(lost, FellSilent)
            self._become(
                DeviceState(
                    Power.UNKNOWN if silent else Power.OFFLINE, Health.CANNOT_WORK, SILENT if silent else OFFLINE
                )
            )
        elif not self._model.answers:
            self._become(DeviceState(Power.UNKNOWN, Health.OK))
        elif status.broken or status.needs_person or status.offline:
            self._become(DeviceState(Power.ONLINE, Health.CANNOT_WORK, status.causes))
        else:
            health = Health.ATTENTION if status.causes else Health.OK
            self._become(DeviceState(Power.ONLINE, health, status.causes))

    def _become(self, state: DeviceState) -> None:
        if state != self._state:
            self._state = state
            self._changed(state)

    # Jobs

    async def perform(self, job: Job, report: Report) -> Ending:
        """Do one job and say how it ended, with the causes. Never raises for anything the device does."""
        try:
            data = self._bytes_of(job)
        except ReceiptError as error:
            return Outcome.FAILED, (error.code,)
        link = self._link
        if link is None:
            return Outcome.FAILED, self._state.causes or OFFLINE
        self._busy = True
        try:
            return await self._perform(link, job, data, report)
        finally:
            self._busy = False

    async def _perform(self, link: Link, job: Job, data: bytes, report: Report) -> Ending:
        try:
            hindered = await self._ready(link, job, report)
            if hindered:
                return Outcome.FAILED, hindered
            await report(Progress.SENDING, ())
            self._token += 1
            token = b"%04d" % (self._token % 10_000)
            link.feed(data + fence(self._model, token) if self._model.answers else data)
        except PortLost:
            return Outcome.FAILED, OFFLINE
        try:
            return await self._finish(link, len(data), token, report)
        except PortLost:
            return Outcome.UNCERTAIN, OFFLINE

    def _bytes_of(self, job: Job) -> bytes:
        match job.kind:
            case "drawer":
                return pulse(self._model)
            case "receipt":
                out = printout(receipt_from(job.content), self._model, copy=job.copy)
                return out.pulse + out.body
            case _:
                raise MalformedContent(at="kind", why="receipt or drawer")

    async def _ready(self, link: Link, job: Job, report: Report) -> tuple[str, ...]:
        """Wait until the printer can start; else the causes why not. Raises `PortLost`. Nothing of the job is written.

        A receipt waits for a person (paper, cover); a drawer does not: it must not spring open later.
        """
        if not self._model.answers:
            return ()
        if not await link.ask(1, self._timing.reply):
            return SILENT
        if link.status.offline and not await self._inquire(link):
            return SILENT
        if job.kind == "drawer" and link.status.needs_person:
            return link.status.needs_person
        waited = await self._attend(
            link,
            report,
            lambda: not link.status.needs_person,
            lambda: link.wait(self._timing.poll),
            self._timing.fence,
        )
        if waited.hindered:
            return waited.hindered
        if link.status.offline and not (await self._inquire(link) and not link.status.offline):
            return link.status.causes or OFFLINE
        return () if await self._answers_in_step(link) else SILENT

    async def _answers_in_step(self, link: Link) -> bool:
        """Make sure that no answer to an older fence can be taken for the next one's; False if none comes at all."""
        if link.fences_asked == link.fences_answered or self._model.fence == "process_id":
            return True
        before = link.fences_answered
        link.feed(fence(self._model, b"0000"))
        allowed = self._clock() + self._timing.fence
        while link.fences_answered == before and self._clock() < allowed:
            await self._heard(link, self._timing.poll)
        if link.fences_answered == before:
            return False
        while await self._heard(link, self._timing.quiet):
            pass
        link.fences_asked = link.fences_answered
        self._suspect = False
        return True

    async def _heard(self, link: Link, seconds: float) -> bool:
        if link.lost is not None:
            raise link.lost
        link.moved.clear()
        return await link.wait(seconds)

    async def _finish(self, link: Link, size: int, token: bytes, report: Report) -> Ending:
        """From the first byte fed to the end of the job. Raises `PortLost`."""
        if self._model.answers:
            link.fences_asked += 1
            self._suspect = True
        allowance = size / self._timing.slowest
        written = await self._write_out(link, report, self._timing.write + allowance)
        if written.hindered:
            return await self._given_up(link, written.hindered)
        await report(Progress.SENT, ())
        if not self._model.answers:
            return Outcome.SENT_UNCONFIRMED, ()
        fenced = await self._attend(
            link,
            report,
            lambda: self._is_fenced(link, token),
            lambda: link.wait(self._timing.poll),
            self._timing.fence + allowance,
        )
        if fenced.hindered:
            return await self._given_up(link, fenced.hindered)
        self._suspect = False
        return Outcome.DONE, RESUMED if written.resumed or fenced.resumed else ()

    async def _write_out(self, link: Link, report: Report, allowance: float) -> "_Waited":
        """Until the port has taken everything. No question is asked meanwhile: it would stand behind the data."""
        written = False

        async def pause() -> bool:
            nonlocal written
            written = await link.flush(self._timing.poll)
            return True

        return await self._attend(link, report, lambda: written, pause, allowance)

    def _is_fenced(self, link: Link, token: bytes) -> bool:
        if self._model.fence == "process_id":
            return token in link.echoed
        return link.fences_answered >= link.fences_asked

    async def _given_up(self, link: Link, causes: tuple[str, ...]) -> Ending:
        """Leave the printer able to take the next job, or its connection to be opened anew. Raises `PortLost`."""
        if link.status.broken:
            link.feed(CLEAR_AFTER_ERROR)
        elif self._model.answers and not await link.ask(1, self._timing.reply):
            link.lose(FellSilent(self._port.name))
        return Outcome.UNCERTAIN, causes

    async def _attend(
        self,
        link: Link,
        report: Report,
        done: Callable[[], bool],
        pause: Callable[[], Awaitable[bool]],
        allowance: float,
    ) -> "_Waited":
        """Until `done`; tells `WAITING` once for each new set of causes. `pause` waits a little, and is False if the
        printer said nothing meanwhile: then it is asked.

        Gives up when the printer is broken, or after `allowance` seconds in which no person was needed, or when it
        falls silent while one is. Raises `PortLost`.
        """
        told: tuple[str, ...] = ()
        resumed, silent = False, 0
        deadline = self._clock() + allowance
        while True:
            link.moved.clear()
            if done():
                return _Waited((), resumed)
            if link.lost is not None:
                raise link.lost
            if link.status.broken:
                return _Waited(link.status.broken, resumed)
            needed = link.status.needs_person
            if needed:
                resumed, deadline = True, self._clock() + allowance
                if needed != told:
                    await report(Progress.WAITING, needed)
            elif self._clock() >= deadline:
                return _Waited(SILENT, resumed)
            told = needed
            if await pause():
                silent = 0
            else:
                silent = 0 if await self._inquire(link) else silent + 1
                if needed and silent >= self._timing.silent_polls:
                    return _Waited(SILENT, resumed)


@dataclass(frozen=True, slots=True)
class _Waited:
    hindered: tuple[str, ...]
    resumed: bool
