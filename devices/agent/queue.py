"""One device's line of jobs. Each device has its own task, so a dead printer holds up nobody else's."""

import asyncio
import contextlib
import heapq
import logging
from collections import deque
from collections.abc import Coroutine
from typing import Any

from devices.agent.clock import Clock, milliseconds
from devices.agent.errors import JournalUnavailable
from devices.agent.journal import Journal, Waiting
from devices.agent.rules import QUEUED, SENDING, SENT, out_of_reach
from devices.device import Device, DeviceState, Ending, Job, Outcome, Progress, Said

log = logging.getLogger(__name__)

MOST_WAITING = 500
DISK_PAUSE = 1.0
DRIVER_PAUSE = 5.0


class DeviceQueue:
    """Takes jobs in order of arrival, begins none past its time, journals each step before the next is taken."""

    def __init__(self, device: Device, journal: Journal, clock: Clock) -> None:
        self.device = device
        self.said: Said = lambda what: None
        """Called with what the device said by itself; set before `run`."""
        self.restarts = 0
        self._journal = journal
        self._clock = clock
        self._line: deque[str] = deque()
        self._ends: list[tuple[int, str]] = []
        self._more = asyncio.Event()
        self._ends_changed = asyncio.Event()
        self._state_changed = asyncio.Event()
        self._told: DeviceState | None = None
        self._draining = False
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def full(self) -> bool:
        return len(self._line) >= MOST_WAITING

    def add(self, job_id: str, expires_at: int) -> None:
        """Put a queued job at the end of the line."""
        self._line.append(job_id)
        heapq.heappush(self._ends, (expires_at, job_id))
        self._more.set()
        self._ends_changed.set()

    async def drain(self) -> None:
        """Begin no more jobs, and wait for the one that is being done."""
        self._draining = True
        await self._idle.wait()

    async def run(self) -> None:
        """Drive the device until cancelled; a job on its way then is journaled as what it has become."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._connection())
            tasks.create_task(self._expiry())
            tasks.create_task(self._jobs())

    async def _connection(self) -> None:
        """Let the driver own its connection; one that ends by itself is a bug in it, and is begun anew."""
        while True:
            try:
                await self.device.run(self._changed, self._said)
            except Exception:
                log.exception("the driver of %s broke", self.device.id)
            self.restarts += 1
            await self._clock.sleep(DRIVER_PAUSE)

    def _said(self, what: dict[str, Any]) -> None:
        self.said(what)

    def _changed(self, state: DeviceState) -> None:
        self._state_changed.set()
        if state != self._told:
            self._told = state
            try:
                self._journal.device_changed(self.device.id, state)
            except JournalUnavailable:
                log.info("%s is now %s; the agent is stopping", self.device.id, state)

    async def _expiry(self) -> None:
        """End jobs whose time is over while they stand in line, however long the one before them takes."""
        while True:
            self._ends_changed.clear()
            if not self._ends:
                await self._ends_changed.wait()
                continue
            expires_at, job_id = self._ends[0]
            left = expires_at - milliseconds(self._clock.now())
            if left > 0:
                await _first_of(self._ends_changed.wait(), self._clock.sleep(left / 1_000))
                continue
            try:
                await self._journal.expire(job_id)
            except JournalUnavailable:
                await self._clock.sleep(DISK_PAUSE)
                continue
            self._ends.remove((expires_at, job_id))
            heapq.heapify(self._ends)
            if job_id in self._line and self._line[0] != job_id:
                self._line.remove(job_id)

    async def _jobs(self) -> None:
        while True:
            self._more.clear()
            if not self._line or self._draining:
                await self._more.wait()
                continue
            try:
                settled = await self._attempt(self._line[0])
            except JournalUnavailable:
                await self._clock.sleep(DISK_PAUSE)
                continue
            except Exception:
                log.exception("job %s of %s could not be begun", self._line[0], self.device.id)
                await self._clock.sleep(DRIVER_PAUSE)
                continue
            if settled:
                self._line.popleft()

    async def _attempt(self, job_id: str) -> bool:
        """Do the job if it can be done now; False if it is to be tried again after something changed."""
        self._state_changed.clear()
        waiting = await self._journal.waiting_job(job_id)
        if waiting is None:
            return True
        if waiting.expires_at <= milliseconds(self._clock.now()):
            await self._journal.expire(job_id)
            return True
        state = self.device.state
        if out_of_reach(state):
            await self._journal.progressed(job_id, QUEUED, waiting=True, causes=state.causes)
            await self._change_or_end(waiting)
            return False
        self._idle.clear()
        try:
            return await self._perform(waiting)
        finally:
            self._idle.set()

    async def _change_or_end(self, waiting: Waiting) -> None:
        """Wait until the device says something new or the job's time is over."""
        left = waiting.expires_at - milliseconds(self._clock.now())
        await _first_of(self._state_changed.wait(), self._clock.sleep(max(left, 1) / 1_000))

    async def _perform(self, waiting: Waiting) -> bool:
        reporter = _Reporter(self._journal, waiting.job)
        try:
            ending = await self.device.perform(waiting.job, reporter)
        except asyncio.CancelledError:
            await asyncio.shield(self._cut_off(reporter))
            raise
        except _JobOver:
            return True
        except JournalUnavailable:
            if reporter.nothing_sent:
                raise  # the first byte was not written: the job stays queued
            ending = Ending(Outcome.UNCERTAIN, ("driver.broken",))
        except Exception:
            log.exception("the driver of %s broke on job %s", self.device.id, waiting.job.id)
            ending = Ending(Outcome.FAILED if reporter.nothing_sent else Outcome.UNCERTAIN, ("driver.broken",))
        if ending.outcome is Outcome.FAILED and reporter.nothing_sent and out_of_reach(self.device.state):
            return False
        await self._end(waiting.job, ending)
        return True

    async def _cut_off(self, reporter: "_Reporter") -> None:
        """The agent stops in the middle of a job: what has begun is uncertain, the rest stays queued."""
        if not reporter.nothing_sent:
            await self._journal.ended(reporter.job.id, Ending(Outcome.UNCERTAIN, ("agent.stopped",)))

    async def _end(self, job: Job, ending: Ending) -> None:
        """Write the outcome down, however long the disk takes to have room again."""
        while True:
            try:
                await self._journal.ended(job.id, ending)
                return
            except JournalUnavailable:
                await self._clock.sleep(DISK_PAUSE)


class _JobOver(Exception):
    """The job's time ended while the driver was getting ready: not a byte of it may be written any more."""


class _Reporter:
    """Journals a driver's progress; `nothing_sent` until the driver is about to write its first byte."""

    def __init__(self, journal: Journal, job: Job) -> None:
        self.job = job
        self._journal = journal
        self._stands = QUEUED

    @property
    def nothing_sent(self) -> bool:
        return self._stands == QUEUED

    async def __call__(self, progress: Progress, causes: tuple[str, ...] = ()) -> None:
        match progress:
            case Progress.SENDING if self.nothing_sent:
                await self._begin(causes)
            case Progress.SENDING:
                self._note(waiting=False, causes=causes)
            case Progress.SENT:
                self._stands = SENT
                self._note(waiting=False, causes=causes)
            case Progress.WAITING:
                self._note(waiting=True, causes=causes)

    async def _begin(self, causes: tuple[str, ...]) -> None:
        """The one step that must be on disk before the driver goes on. Raises `JournalUnavailable`, `_JobOver`."""
        self._stands = SENDING
        try:
            still_open = await self._journal.progressed(self.job.id, SENDING, causes=causes)
        except JournalUnavailable:
            self._stands = QUEUED
            raise
        if not still_open:
            self._stands = QUEUED
            raise _JobOver

    def _note(self, *, waiting: bool, causes: tuple[str, ...]) -> None:
        """After the first byte a crash makes the same of the job whatever is noted: the driver need not wait for it."""
        with contextlib.suppress(JournalUnavailable):
            self._journal.note_progress(self.job.id, self._stands, waiting=waiting, causes=causes)


async def _first_of(*waits: Coroutine[Any, Any, Any]) -> None:
    """Wait until one of them is over and drop the others."""
    tasks = [asyncio.create_task(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
