"""A label printer: owns its connection, prints one job of labels at a time, and says of each whether it was printed.

A job is done only when the printer, asked after the last byte, says that nothing is left. Without paper or with an open
head it is waited for and goes on by itself; nothing is sent twice. Lost with bytes on the way, the job is uncertain.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from devices.device import DeviceState, Ending, Health, Job, Outcome, Power, Progress, Report
from devices.driver import PortDriver
from devices.labels.config import LabelConfig
from devices.labels.content import Labels, labels_from
from devices.labels.errors import LabelError, MalformedLabels
from devices.labels.language import Proof
from devices.labels.line import LabelLine
from devices.labels.sample import sample
from devices.ports.address import port_at
from devices.ports.backoff import Backoff
from devices.ports.port import Port, PortLost

OFFLINE, SILENT, UNSEEN = ("label.offline",), ("label.silent",), ("label.not_seen",)
MUTE = DeviceState(Power.UNKNOWN, Health.CANNOT_WORK, SILENT)


class LabelPrinter(PortDriver):
    """Job kinds: "label" (content: `devices.labels.content`) and "test-page" (a sample; content: {"size"?, "language"?})."""

    kind = "label-printer"
    offline = OFFLINE[0]

    def __init__(
        self,
        config: LabelConfig,
        *,
        port: Port | None = None,
        backoff: Backoff | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        port = port or port_at(config.address, open_timeout=config.timing.open)
        super().__init__(config.id, port, backoff=backoff, sleep=sleep, clock=clock)
        self.config, self._timing = config, config.timing
        self._line: LabelLine | None = None
        self._turn = asyncio.Lock()
        self._proof: Proof | None = None
        self._was_silent = False

    async def perform(self, job: Job, report: Report) -> Ending:
        try:
            labels = labels_of(job)
            data = self.config.language.encode(labels, pictures=self.config.pictures, answers=self.config.answers)
        except LabelError as error:
            return Ending(Outcome.FAILED, (error.code,))
        async with self._turn:
            line = self._line
            if line is None:
                return Ending(Outcome.FAILED, self.state.causes or OFFLINE)
            ending = await self._print(line, labels, data, report)
        if ending.outcome in (Outcome.DONE, Outcome.SENT_UNCONFIRMED):
            self.statistics.count("labels_printed", sum(label.copies for label in labels.labels))
        return ending

    # one job

    async def _print(self, line: LabelLine, labels: Labels, data: bytes, report: Report) -> Ending:
        try:
            hindered = await self._ready(line, report)
            if hindered:
                return Ending(Outcome.FAILED, hindered)
            await report(Progress.SENDING, ())
            line.feed(data)
        except PortLost:
            return Ending(Outcome.FAILED, OFFLINE)
        try:
            return await self._finish(line, labels, len(data), report)
        except PortLost:
            return Ending(Outcome.UNCERTAIN, OFFLINE)
        finally:
            self._proof = None

    async def _ready(self, line: LabelLine, report: Report) -> tuple[str, ...]:
        """Wait until it can begin and holds nothing of others; else why not. Raises `PortLost`."""
        if not self.config.answers:
            return ()
        if not await line.in_step(self._timing.reply):
            self._give_up(line)
            return SILENT
        return await self._attend(line, report, lambda: line.status.idle, self._timing.reply)

    async def _finish(self, line: LabelLine, labels: Labels, count: int, report: Report) -> Ending:
        """From the first byte to the end of the job. Raises `PortLost`."""
        allowance = self._timing.write + count / self._timing.slowest
        if not await line.flush(allowance if not self.config.answers else self._timing.patience + allowance):
            self._give_up(line)
            return Ending(Outcome.UNCERTAIN, SILENT)
        await report(Progress.SENT, ())
        if not self.config.answers:
            return Ending(Outcome.SENT_UNCONFIRMED)
        proof = self._proof = self.config.language.proof(labels)
        hindered = await self._attend(line, report, lambda: proof.done, self._timing.patience)
        if not hindered:
            return Ending(Outcome.DONE)
        if hindered == SILENT:
            self._give_up(line)
        return Ending(Outcome.UNCERTAIN, UNSEEN if hindered == SILENT and line.status.idle else hindered)

    async def _attend(
        self, line: LabelLine, report: Report, done: Callable[[], bool], patience: float
    ) -> tuple[str, ...]:
        """Ask until `done`; tells `WAITING` once for each new set of causes. Else why it was given up: broken, silent for
        `patience` seconds, or without progress although nothing is in its way. Raises `PortLost`."""
        told: tuple[str, ...] = ()
        seen, heard_at, moved_at = line.status, self.clock(), self.clock()
        while True:
            asked_at = self.clock()
            if await line.ask(self.config.language.question, self._timing.reply):
                heard_at = self.clock()
                self.statistics.replied(int((heard_at - asked_at) * 1_000_000))
                self._look(line)
            if done() and heard_at >= asked_at:
                return ()
            now = self.clock()
            if line.status.broken:
                return line.status.causes
            silent = heard_at < asked_at
            if silent and now - heard_at >= patience:
                return SILENT
            needed = SILENT if silent else line.status.needs_person
            if needed and needed != told:
                await report(Progress.WAITING, needed)
            told = needed
            if needed or line.status != seen:
                seen, moved_at = line.status, now
            elif now - moved_at >= self._timing.finish:
                return UNSEEN
            await line.wait_lost(self._timing.look)

    def _give_up(self, line: LabelLine) -> None:
        """It does not answer: the connection is to be opened anew, and the state to say so."""
        self._was_silent = True
        line.lose(PortLost("no answer"))

    # the connection

    async def converse(self) -> DeviceState:
        line = LabelLine(self.port, self.config.language.decoder(), self._heard, self._gone)
        listening = asyncio.create_task(line.listen())
        try:
            if self._was_silent:  # an answer that comes too late must not be taken for one to come
                await line.wait_lost(self._timing.reply)
            self._was_silent = not await self._answers(line)
            if self._was_silent:
                return MUTE
            self.backoff.reset()
            self._line = line
            self._look(line)
            await self._watch(line)
            return MUTE
        except PortLost:
            if self._was_silent:
                return MUTE
            raise
        finally:
            listening.cancel()
            line.lose(PortLost("given up"))

    async def _answers(self, line: LabelLine) -> bool:
        return not self.config.answers or await line.ask(self.config.language.question, self._timing.reply)

    async def _watch(self, line: LabelLine) -> None:
        """Until the printer falls silent between jobs. Raises `PortLost`."""
        while True:
            await line.wait_lost(self._timing.watch)
            if self._turn.locked():
                continue
            async with self._turn:
                if not await self._answers(line):
                    self._was_silent = True
                    return
                self._look(line)

    def _heard(self, value: object) -> None:
        if self._proof is not None:
            self._proof.saw(value)

    def _gone(self) -> None:
        """The line is lost: say so before anybody tries it again."""
        if self._line is not None:
            self._line = None
            self.become(MUTE if self._was_silent else self.gone)

    def _look(self, line: LabelLine) -> None:
        """Tell the state that its last answer adds up to."""
        if not self.config.answers:
            self.become(DeviceState(Power.UNKNOWN, Health.OK))
            return
        causes = line.status.causes
        if "label.paper_out" in causes and "label.paper_out" not in self.state.causes:
            self.statistics.count("paper_outs")
        self.become(DeviceState(Power.ONLINE, Health.CANNOT_WORK if causes else Health.OK, causes))


def labels_of(job: Job) -> Labels:
    """Raises `LabelError`."""
    match job.kind:
        case "label":
            return labels_from(job.content)
        case "test-page":
            return sample(job.content)
        case _:
            raise MalformedLabels(at="kind", why="label or test-page")
