"""One job at a time on an open link: from the question whether the printer can to the certainty that it did."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from devices.device import Job, Outcome, Progress, Report
from devices.ports.port import PortLost
from devices.receipt.config import Timing
from devices.receipt.content import receipt_from
from devices.receipt.errors import MalformedContent
from devices.receipt.escpos import PAPER_WHEN_DONE, STATUS_BACK_ON, Printout, fence, printout, pulse, real_time_pulse
from devices.receipt.link import FellSilent, Link
from devices.receipt.model import PrinterModel

CLEAR_AFTER_ERROR = b"\x10\x05\x02"
"""`DLE ENQ 2`: forget what you hold, then recover."""

EQUAL_STATUSES = 3
OFFLINE, SILENT, RESUMED = ("printer.offline",), ("printer.silent",), ("printer.resumed",)
Ending = tuple[Outcome, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Waited:
    """`hindered`: why it was given up, empty if it was not. `resumed`: a person had to help."""

    hindered: tuple[str, ...]
    resumed: bool = False


class Printing:
    """The jobs of one printer, over all its links."""

    def __init__(self, model: PrinterModel, timing: Timing, clock: Callable[[], float]) -> None:
        self._model, self._timing, self._clock = model, timing, clock
        self._link: Link | None = None
        self._token = 0

    def take_over(self, link: Link) -> None:
        """A link was opened: what the one before left unanswered may still be answered on it."""
        if self._link is not None:
            link.fences_asked = max(0, self._link.fences_asked - self._link.fences_answered)
        self._link = link

    def bytes_of(self, job: Job) -> Printout:
        """What to write for a job. Raises `ReceiptError`."""
        match job.kind:
            case "drawer":
                return Printout(pulse(self._model), b"")
            case "receipt":
                return printout(receipt_from(job.content), self._model, copy=job.copy)
            case _:
                raise MalformedContent(at="kind", why="receipt or drawer")

    async def perform(self, link: Link, out: Printout, report: Report) -> Ending:
        """Write the job and find out how it ended; never raises for anything the printer does."""
        written = False
        try:
            hindered = await self._awake(link)
            if hindered:
                return Outcome.FAILED, hindered
            if out.pulse and link.status.needs_person:
                if self._model.real_time_pulse:
                    await report(Progress.SENDING, ())
                    link.feed(real_time_pulse(self._model))
                    written = True
                    if not await link.ask(1, self._timing.reply):
                        return Outcome.UNCERTAIN, SILENT
                    if not out.body:
                        await report(Progress.SENT, ())
                        return Outcome.DONE, ()
                    out = replace(out, pulse=b"")
                elif not out.body:
                    return Outcome.FAILED, link.status.needs_person  # it must not spring open later
            hindered = await self._ready(link, report)
            if hindered:
                return (Outcome.UNCERTAIN if written else Outcome.FAILED), hindered
            if not written:
                await report(Progress.SENDING, ())
            token = self._write(link, out)
        except PortLost:
            return (Outcome.UNCERTAIN if written else Outcome.FAILED), OFFLINE
        try:
            return await self._finish(link, len(out.pulse + out.body), token, report)
        except PortLost:
            return Outcome.UNCERTAIN, OFFLINE

    async def _awake(self, link: Link) -> tuple[str, ...]:
        """Make sure that it answers and that its state is known; else the causes. Raises `PortLost`."""
        if not self._model.answers:
            return ()
        if not await link.ask(1, self._timing.reply):
            return self._silent(link)
        if link.status.offline and not await link.inquire(self._timing.reply):
            return self._silent(link)
        return ()

    async def _ready(self, link: Link, report: Report) -> tuple[str, ...]:
        """Wait for the person it needs, until it can start; else the causes why not. Raises `PortLost`."""
        if not self._model.answers:
            return ()
        waited = await self._attend(
            link,
            report,
            lambda: not link.status.needs_person and not link.status.broken,
            lambda: link.wait(self._timing.poll),
            self._timing.fence,
        )
        if waited.hindered:
            return waited.hindered
        return () if await self._answers_in_step(link, report) else self._silent(link)

    def _silent(self, link: Link) -> tuple[str, ...]:
        """It does not answer: the connection is to be opened anew, and the state to say so."""
        link.lose(FellSilent("no answer"))
        return SILENT

    async def _answers_in_step(self, link: Link, report: Report) -> bool:
        """Make sure that no answer to an older fence can be taken for the next one's; False if it falls silent.

        A fence and three requests for automatic status are sent after what is still unanswered. They are in step when
        every fence was answered, or when three equal statuses came in a row: one may have been sent unasked, one may
        stand at the beginning of an older job, but then a fence stands between it and these. Failing both (a printer
        without automatic status), when no answer came for as long as the printer may take. Raises `PortLost`.
        """
        if link.fences_asked == link.fences_answered:
            return True
        before = link.fences_answered
        link.fences_asked = max(link.fences_asked, before) + 1
        link.equal_statuses = 0
        link.feed(PAPER_WHEN_DONE + STATUS_BACK_ON * EQUAL_STATUSES)
        waited = await self._attend(
            link,
            report,
            lambda: link.fences_answered >= link.fences_asked or link.equal_statuses >= EQUAL_STATUSES,
            lambda: link.wait(self._timing.poll),
            self._timing.fence,
        )
        if waited.hindered and (waited.hindered != SILENT or link.fences_answered == before):
            return False
        link.fences_asked = link.fences_answered
        return True

    def _write(self, link: Link, out: Printout) -> bytes:
        """Feed the job and its fence; returns the fence's token. Raises `PortLost`: then nothing was written."""
        data = out.pulse + out.body
        if not self._model.answers:
            link.feed(data)
            return b""
        self._token += 1
        token = b"%04d" % (self._token % 10_000)
        link.feed(data + fence(self._model, token))
        link.fences_asked += out.fences + (self._model.fence == "gs_r")
        return token

    async def _finish(self, link: Link, size: int, token: bytes, report: Report) -> Ending:
        """From the first byte fed to the end of the job. Raises `PortLost`."""
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
        return Outcome.DONE, RESUMED if written.resumed or fenced.resumed else ()

    async def _write_out(self, link: Link, report: Report, allowance: float) -> _Waited:
        """Until the port has taken everything. No question is asked meanwhile: it would stand behind the data."""
        written = False

        async def pause() -> bool:
            nonlocal written
            written = await link.flush(self._timing.poll)
            return True

        return await self._attend(link, report, lambda: written, pause, allowance)

    def _is_fenced(self, link: Link, token: bytes) -> bool:
        echoed = self._model.fence == "gs_r" or token in link.echoed
        return echoed and link.fences_answered >= link.fences_asked

    async def _given_up(self, link: Link, causes: tuple[str, ...]) -> Ending:
        """Leave the printer able to take the next job, or its connection to be opened anew. Raises `PortLost`."""
        if link.status.broken:
            link.feed(CLEAR_AFTER_ERROR)
        elif self._model.answers and not await link.ask(1, self._timing.reply):
            self._silent(link)
        return Outcome.UNCERTAIN, causes

    async def _attend(
        self,
        link: Link,
        report: Report,
        done: Callable[[], bool],
        pause: Callable[[], Awaitable[bool]],
        allowance: float,
    ) -> _Waited:
        """Until `done`; tells `WAITING` once for each new set of causes. `pause` waits a little, and is False if the
        printer said nothing meanwhile: then it is asked.

        Gives up when the printer is broken, or after `allowance` seconds in which no person was needed and no fence
        was answered, or when it falls silent while one is needed. Raises `PortLost`.
        """
        told: tuple[str, ...] = ()
        resumed, silent, answered = False, 0, link.fences_answered
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
            elif link.fences_answered > answered:
                answered, deadline = link.fences_answered, self._clock() + allowance
            elif self._clock() >= deadline:
                return _Waited(SILENT, resumed)
            told = needed
            if await pause():
                silent = 0
            else:
                silent = 0 if await link.inquire(self._timing.reply) else silent + 1
                if needed and silent >= self._timing.silent_polls:
                    return _Waited(SILENT, resumed)
