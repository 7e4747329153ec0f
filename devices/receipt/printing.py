"""One job at a time on an open link: from the question whether the printer can to the certainty that it did."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from devices.device import Ending, Job, Outcome, Progress, Report
from devices.ports.port import PortLost
from devices.receipt.config import Timing
from devices.receipt.content import receipt_from
from devices.receipt.dialect import dialect_of, printout
from devices.receipt.drawer import reason_from, side
from devices.receipt.errors import MalformedContent
from devices.receipt.escpos import centred
from devices.receipt.link import FellSilent, Link
from devices.receipt.logo import GOT_IT, KEPT, LIST_KEYS, MORE_TO_COME, Logo, keys_in, print_stored, store
from devices.receipt.model import PrinterModel
from devices.receipt.printout import Part, Printout
from devices.receipt.testpage import test_page_from
from devices.statistics import Statistics

EQUAL_STATUSES = 3
OFFLINE, SILENT, RESUMED, STUCK = ("printer.offline",), ("printer.silent",), ("printer.resumed",), ("drawer.stuck",)
ECHO = ("printer.echo",)


@dataclass(frozen=True, slots=True)
class _Waited:
    """`hindered`: why it was given up, empty if it was not. `resumed`: a person had to help."""

    hindered: tuple[str, ...]
    resumed: bool = False


class Printing:
    """The jobs of one printer, over all its links."""

    def __init__(
        self, model: PrinterModel, timing: Timing, clock: Callable[[], float], statistics: Statistics | None = None
    ) -> None:
        self.model, self.dialect = model, dialect_of(model)
        self._timing, self._clock = timing, clock
        self._statistics = statistics or Statistics()
        self._look_every = min(timing.poll, self.dialect.looks_every)
        self._link: Link | None = None
        self._token = 0
        self._logo: bytes | None = None
        """What prints the logo on this link; None: not known yet."""

    def take_over(self, link: Link) -> None:
        """A link was opened: what the one before left unanswered may still be answered on it."""
        if self._link is not None:
            link.fences_asked = max(0, self._link.fences_asked - self._link.fences_answered)
        self._link, self._logo = link, None

    def bytes_of(self, job: Job) -> Printout:
        """What to write for a job. Raises `ReceiptError`."""
        match job.kind:
            case "drawer":
                reason_from(job.content)
                return Printout(self.dialect.pulse(self.model))
            case "receipt":
                return printout(receipt_from(job.content), self.model, copy=job.copy)
            case "test-page":
                return printout(test_page_from(job.content, self.model), self.model)
            case _:
                raise MalformedContent(at="kind", why="receipt, drawer or test-page")

    async def perform(self, link: Link, out: Printout, report: Report) -> Ending:
        """Write the job and find out how it ended; never raises for anything the printer does."""
        written, changes = False, link.pin_changes
        pulse = out.pulse
        try:
            hindered = await self._awake(link)
            if hindered:
                return Ending(Outcome.FAILED, hindered)
            if pulse and link.status.needs_person:
                if self.model.real_time_pulse:
                    await report(Progress.SENDING, ())
                    link.feed(self.dialect.real_time_pulse(self.model))
                    written, out = True, replace(out, pulse=b"")
                    if not await link.ask(1, self._timing.reply):
                        return Ending(Outcome.UNCERTAIN, SILENT)
                    if not out.parts:
                        await report(Progress.SENT, ())
                        return await self._with_drawer(link, out, Ending(Outcome.DONE), changes)
                elif not out.parts:
                    return Ending(Outcome.FAILED, link.status.needs_person)  # it must not spring open later
            hindered = await self._ready(link, report)
            if hindered:
                return Ending(Outcome.UNCERTAIN if written else Outcome.FAILED, hindered)
            parts = await self._parts(link, out)
            if not written:
                await report(Progress.SENDING, ())
            token = self._feed(link, parts[0])
        except PortLost:
            return Ending(Outcome.UNCERTAIN if written else Outcome.FAILED, OFFLINE)
        try:
            ending = await self._finish(link, parts, token, report)
        except PortLost as lost:
            return Ending(Outcome.UNCERTAIN, SILENT if isinstance(lost, FellSilent) else OFFLINE)
        return await self._with_drawer(link, out, ending, changes) if pulse else ending

    async def _parts(self, link: Link, out: Printout) -> tuple[Part, ...]:
        """What is to be written, pulse and logo in front. Raises `PortLost`."""
        first, *others = out.parts or (Part(b""),)
        logo = await self._logo_bytes(link) if out.logo else b""
        return (replace(first, data=out.pulse + logo + first.data), *others)

    async def _logo_bytes(self, link: Link) -> bytes:
        """What prints the logo: its key if the printer holds it, else its dots. Raises `PortLost`."""
        logo = self.model.logo
        if logo is None:
            return b""
        if self._logo is None:
            may_ask = self.model.store_logo and self.model.answers and self.model.dialect == "escpos"
            kept = may_ask and await self._keeps_logo(link, logo)
            self._logo = centred(print_stored(logo)) if kept else self.dialect.picture(logo.image)
        return self._logo

    async def _keeps_logo(self, link: Link, logo: Logo) -> bool:
        """Whether the printer holds the logo; it is stored if it does not, and it has memory for it."""
        keys = await self._kept_keys(link)
        if keys is None:
            return False
        if logo.key in keys:
            return True
        link.feed(store(logo))
        return logo.key in (await self._kept_keys(link) or ())

    async def _kept_keys(self, link: Link) -> list[bytes] | None:
        """The keys of the pictures that the printer holds; None if it does not say. Raises `PortLost`."""
        link.stored.clear()
        link.feed(LIST_KEYS)
        read = 0
        while True:
            link.moved.clear()
            if link.lost is not None:
                raise link.lost
            if len(link.stored) > read:
                read += 1
                link.feed(GOT_IT)
                if link.stored[read - 1][len(KEPT) : len(KEPT) + 1] != MORE_TO_COME:
                    return [key for block in link.stored for key in keys_in(block)]
            elif not await link.wait(self._timing.reply):
                return None

    async def _with_drawer(self, link: Link, out: Printout, ending: Ending, changes: int) -> Ending:
        """The ending, after a look at whether the drawer opened; it is pushed again while it is known to be closed."""
        if ending.outcome is not Outcome.DONE:
            return ending
        try:
            opened = await self._opened(link, changes)
        except PortLost:
            opened = None
        if opened is not False:
            self._statistics.count("drawer_opens")
            return ending
        self._statistics.count("failed_drawer_opens")
        if out.parts:
            return replace(ending, causes=(*ending.causes, *STUCK))
        return Ending(Outcome.FAILED, STUCK)

    async def _opened(self, link: Link, changes: int) -> bool | None:
        """None if nobody can know. Raises `PortLost`."""
        if not self.model.answers or self.model.drawer_open == "unknown":
            return None
        for push in range(self.model.drawer_pulses):
            if push:
                link.feed(self.dialect.pulse(self.model))
            deadline = self._clock() + self._timing.drawer
            while not (self._is_open(link) or link.pin_changes > changes) and self._clock() < deadline:
                link.moved.clear()
                await link.wait(self._timing.drawer / 5)
                if not await link.ask(1, self._timing.reply):
                    return None
            if self._is_open(link) or link.pin_changes > changes:
                return True
        return False

    def _is_open(self, link: Link) -> bool:
        return side(link.status.drawer_high, self.model.drawer_open) == "open"

    async def _awake(self, link: Link) -> tuple[str, ...]:
        """Make sure that it answers and that its state is known; else the causes. Raises `PortLost`."""
        if not self.model.answers:
            return ()
        link.listen_for_echo()
        if not await link.ask(1, self._timing.reply):
            return self._silent(link)
        doubtful = link.status.offline or link.may_echo
        if doubtful and not await link.inquire(self._timing.reply):
            return self._silent(link)
        if doubtful and link.echoes:
            self._silent(link)
            return ECHO
        return ()

    async def _ready(self, link: Link, report: Report) -> tuple[str, ...]:
        """Wait for the person it needs, until it can start; else the causes why not. Raises `PortLost`."""
        if not self.model.answers:
            return ()
        waited = await self._attend(
            link,
            report,
            lambda: not link.status.needs_person and not link.status.broken,
            lambda: link.wait(self._look_every),
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
        without automatic status), when no answer came for as long as the printer may take; one with it is only late.
        Raises `PortLost`.
        """
        if link.fences_asked == link.fences_answered:
            return True
        before = link.fences_answered
        link.fences_asked = max(link.fences_asked, before) + 1
        link.equal_statuses = 0
        link.feed(self.dialect.in_step)
        waited = await self._attend(
            link,
            report,
            lambda: link.fences_answered >= link.fences_asked or link.equal_statuses >= EQUAL_STATUSES,
            lambda: link.wait(self._look_every),
            self._timing.fence,
        )
        some = link.fences_answered > before
        if waited.hindered and (waited.hindered != SILENT or not some or link.tells_by_itself):
            return False
        link.fences_asked = link.fences_answered
        return True

    def _feed(self, link: Link, part: Part) -> bytes:
        """Feed a part and its fence; returns the fence's token. Raises `PortLost`: then nothing of it was written."""
        if not self.model.answers:
            link.feed(part.data)
            return b""
        self._token += 1
        token = b"%04d" % (self._token % 10_000)
        link.feed(part.data + self.dialect.fence(self.model, token))
        link.fences_asked += part.fences + (self.model.fence == "gs_r" or self.model.dialect == "star")
        return token

    async def _finish(self, link: Link, parts: tuple[Part, ...], token: bytes, report: Report) -> Ending:
        """From the first byte fed to the end of the job. Raises `PortLost`."""
        resumed = False
        for at, part in enumerate(parts):
            if at:
                token = self._feed(link, part)
            allowance = len(part.data) / self._timing.slowest
            written = await self._write_out(link, report, self._timing.write + allowance)
            if written.hindered:
                return await self._given_up(link, written.hindered)
            if at == len(parts) - 1:
                await report(Progress.SENT, ())
            fenced = await self._fenced(link, report, token, self._timing.fence + allowance)
            if fenced.hindered:
                return await self._given_up(link, fenced.hindered)
            resumed = resumed or written.resumed or fenced.resumed
            self._statistics.count("lines_printed", part.lines)
            self._statistics.count("cuts", part.cuts)
        if not self.model.answers:
            return Ending(Outcome.SENT_UNCONFIRMED)
        return Ending(Outcome.DONE, RESUMED if resumed else ())

    async def _fenced(self, link: Link, report: Report, token: bytes, allowance: float) -> _Waited:
        """Until everything that was asked is answered."""
        if not self.model.answers:
            return _Waited(())
        return await self._attend(
            link, report, lambda: self._is_fenced(link, token), lambda: link.wait(self._look_every), allowance
        )

    async def _write_out(self, link: Link, report: Report, allowance: float) -> _Waited:
        """Until the port has taken everything. No question is asked meanwhile: it would stand behind the data."""
        written = False

        async def pause() -> bool:
            nonlocal written
            written = await link.flush(self._timing.poll)
            return True

        return await self._attend(link, report, lambda: written, pause, allowance)

    def _is_fenced(self, link: Link, token: bytes) -> bool:
        echoed = self.model.fence == "gs_r" or self.model.dialect == "star" or token in link.echoed
        return echoed and link.fences_answered >= link.fences_asked

    async def _given_up(self, link: Link, causes: tuple[str, ...]) -> Ending:
        """Leave the printer able to take the next job, or its connection to be opened anew. Raises `PortLost`."""
        if link.status.broken:
            link.feed(self.dialect.clear)
        elif self.model.answers and not await link.ask(1, self._timing.reply):
            self._silent(link)
        return Ending(Outcome.UNCERTAIN, causes)

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
