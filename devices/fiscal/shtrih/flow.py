"""One job at a time: from the question whether the register can to the certainty that it did.

Nothing that registers is given twice. Where an answer is lost the register is asked: what stands in its storage since
the job began, what document is open. An open one is cancelled, which is also a fence: what was still on its way can
no longer register anything.
"""

import contextlib
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass, replace

from devices.device import Ending, Outcome, Progress, Report
from devices.fiscal.answers import Counters, Registered
from devices.fiscal.causes import (
    FOUND,
    LINK_LOST,
    MARKING,
    NOT_READY,
    PAPER_OUT,
    PRINT_UNFINISHED,
    RESUMED,
    SHIFT_CLOSED,
    SHIFT_EXPIRED,
    SHIFT_OPEN,
    STORAGE,
    STUCK,
    UNKNOWN,
)
from devices.fiscal.russia import Mark, local_text, qr_text
from devices.fiscal.shtrih import commands as c
from devices.fiscal.shtrih import marks
from devices.fiscal.shtrih.answers import State, Storage, Stored
from devices.fiscal.shtrih.codes import Mode, SubMode
from devices.fiscal.shtrih.config import Timing
from devices.fiscal.shtrih.errors import NO_PAPER, PRINTING, WAITS_CONTINUE, LinkLost, MarkRefused, Refusal
from devices.fiscal.shtrih.register import Register, understood
from devices.fiscal.shtrih.work import Needs, Work

PASSING = (NO_PAPER, PRINTING, WAITS_CONTINUE)
MOST_TRIES = 20
Happened = Callable[[], Awaitable[bool]]
USABLE = (Mode.WORKING, Mode.SHIFT_OPEN, Mode.SHIFT_EXPIRED, Mode.SHIFT_CLOSED)


class NotNow(Exception):
    """The job cannot begin; nothing of it was sent."""

    def __init__(self, cause: str, **result: int | str) -> None:
        super().__init__(cause)
        self.cause, self.result = cause, result


class Stuck(Exception):
    """It has been printing for too long."""


@dataclass(frozen=True, slots=True)
class Before:
    """What the register said before the first command of a job. `codes_first`: a marking code comes before its line."""

    storage: Storage
    serial: int
    count: int = 0
    counters: Counters | None = None
    codes_first: bool = False


class Flow:
    """The jobs of one register. `reached` waits until the register is there, False after so many seconds; `noted` is
    told each state that was seen."""

    def __init__(
        self,
        register: Register,
        timing: Timing,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        reached: Callable[[float], Awaitable[bool]],
        noted: Callable[[State], None],
    ) -> None:
        self._register, self._timing, self._clock, self._sleep = register, timing, clock, sleep
        self._reached, self._noted = reached, noted

    async def perform(self, work: Work, report: Report) -> Ending:
        """Do it and say how it ended; never raises for anything the register does."""
        try:
            before = await self._prepare(work, report)
        except NotNow as hindered:
            return Ending(Outcome.FAILED, (hindered.cause,), hindered.result or None)
        except Stuck:
            return Ending(Outcome.FAILED, (STUCK,))
        except Refusal as refusal:
            return Ending(Outcome.FAILED, (refusal.cause,), dict(refusal.result))
        except LinkLost as lost:
            return Ending(Outcome.FAILED, (lost.cause,))
        await report(Progress.SENDING, ())
        try:
            await self._carry_out(work, before, report)
            await report(Progress.SENT, ())
            return await self._settled(work, before, report, Ending(Outcome.UNCERTAIN, (UNKNOWN,)))
        except Refusal as refusal:
            refused = Ending(Outcome.FAILED, (refusal.cause,), dict(refusal.result))
            return await self._settle(work, before, report, refused)
        except Stuck:
            return await self._settle(work, before, report, Ending(Outcome.FAILED, (STUCK,)))
        except LinkLost:
            return await self._settle(work, before, report, Ending(Outcome.FAILED, (LINK_LOST,)))

    # before the first byte

    async def _prepare(self, work: Work, report: Report) -> Before:
        state = await self._idle(report, None)
        if state.mode is Mode.DOCUMENT_OPEN:
            await self._order(c.CANCEL, b"", report, None)
            state = await self._idle(report, None)
        storage = await self._register.storage()
        if storage.open_document:
            await self._register.order(c.CANCEL_STORED)
        _check(state, storage, work.needs)
        long = await self._register.long_state()
        count = await self._register.count(work.counter) if work.counter else 0
        counters = await self._register.counters() if work.needs is Needs.TO_CLOSE else None
        codes_first = bool(work.checks) and await self._ready_for_marks(report)
        return Before(storage, long.serial, count, counters, codes_first)

    async def _ready_for_marks(self, report: Report) -> bool:
        """Whether a code comes before its line. What an earlier receipt left of its codes is forgotten. Raises `NotNow`
        where the register says that its format of fiscal data is too old; one that does not say it refuses the codes."""
        codes_first = await self._register.model() in marks.CODES_FIRST
        if not codes_first:
            with contextlib.suppress(Refusal):
                found = marks.FORMATS.get(await self._register.data_format(), marks.NEEDED)
                if found != marks.NEEDED:
                    raise NotNow(MARKING, ffd=found)
        await self._decide(marks.FORGET, report)
        return codes_first

    async def _decide(self, lot: bytes, report: Report) -> None:
        """Reject or forget; a register that has nothing of the kind may refuse."""
        with contextlib.suppress(Refusal, Stuck):
            await self._order(c.DECIDE_MARK, lot, report, None)

    async def _carry_out(self, work: Work, before: Before, report: Report) -> None:
        if work.needs is Needs.OPEN and not before.storage.shift_open:
            await self._order(c.OPEN_SHIFT, b"", report, Progress.SENDING)
        orders = work.codes_first() if before.codes_first else work.orders
        *opening, (code, data) = orders
        bound = iter(work.checks)
        for at, (first, its_data) in enumerate(opening):
            with _about(next(bound)[0]) if first == c.BIND_MARK else contextlib.nullcontext():
                await self._order(first, its_data, report, Progress.SENDING)
            if at == 0:
                await self._check_marks(work, report)

        async def happened() -> bool:
            return await self._looked_up(work, before) is not None

        await self._order(code, data, report, Progress.SENDING, happened)

    async def _check_marks(self, work: Work, report: Report) -> None:
        """Each code of the receipt, which is open. Raises `MarkRefused` for the first that is not to be sold."""
        for mark, data in work.checks:
            with _about(mark):
                answer = await self._order(c.CHECK_MARK, data, report, Progress.SENDING)
                if fault := understood(marks.checked, answer).fault:
                    await self._decide(marks.REJECT, report)
                    raise MarkRefused(mark.name, mark.field, fault)
                answer = await self._order(c.DECIDE_MARK, marks.TAKE, report, Progress.SENDING)
                if fault := marks.fault_of(understood(marks.taken, answer)):
                    raise MarkRefused(mark.name, mark.field, fault)

    async def _order(
        self, code: int, data: bytes, report: Report, at: Progress | None, happened: Happened | None = None
    ) -> bytes:
        """Give a command; one that is refused because of paper or printing was not carried out and is given again
        once that has passed, unless it `happened` for all that. Returns what it answered."""
        for _ in range(MOST_TRIES):
            try:
                return await self._register.order(code, data)
            except Refusal as refusal:
                if refusal.code not in PASSING:
                    raise
            await self._idle(report, at)
            if happened and await happened():
                return b""
        raise Stuck

    async def _idle(self, report: Report, at: Progress | None) -> State:
        """Until it prints nothing and has paper; told to go on where it waits for that. Raises `Stuck`.

        The wait for paper has no end. `at` is told again when it is over.
        """
        deadline, waiting = self._clock() + self._timing.printing, False
        while True:
            state = await self._register.state()
            self._noted(state)
            match state.submode:
                case SubMode.READY if state.mode is not Mode.LONG_REPORT:
                    if waiting and at:
                        await report(at, ())
                    return state
                case SubMode.WAITS_CONTINUE:
                    await self._go_on()
                case SubMode.NO_PAPER | SubMode.STOPPED:
                    deadline = self._clock() + self._timing.printing
                    if not waiting:
                        await report(Progress.WAITING, (PAPER_OUT,))
                    waiting = True
                case _ if self._clock() > deadline:
                    raise Stuck
                case _:
                    pass
            await self._sleep(self._timing.poll)

    async def _go_on(self) -> None:
        try:
            await self._register.order(c.CONTINUE)
        except Refusal as refusal:
            if refusal.code not in PASSING:
                raise

    # after the answer, or instead of it

    async def _settle(self, work: Work, before: Before, report: Report, otherwise: Ending) -> Ending:
        """Find out how it ended; `otherwise` if the register says that nothing was registered."""
        for _ in range(MOST_TRIES):
            if not await self._reached(self._timing.resolve):
                break
            try:
                ending = await self._settled(work, before, report, otherwise)
            except LinkLost:
                continue
            except (Refusal, Stuck):
                break
            if ending.outcome is Outcome.DONE:
                return replace(ending, causes=(FOUND, *ending.causes))
            return ending
        return Ending(Outcome.UNCERTAIN, (UNKNOWN,))

    async def _settled(self, work: Work, before: Before, report: Report, otherwise: Ending) -> Ending:
        """How it ended as the register tells it. Raises `LinkLost`, `Refusal`, `Stuck`."""
        ending = await self._looked_up(work, before)
        if ending is None:
            await self._clear(work, report)
            ending = await self._looked_up(work, before)
        if ending is None:
            return otherwise
        if ending.outcome is Outcome.DONE:
            return await self._printed(ending, report)
        return ending

    async def _clear(self, work: Work, report: Report) -> None:
        """Cancel what the job has left open."""
        state = await self._register.state()
        if state.mode is Mode.DOCUMENT_OPEN:
            await self._idle(report, Progress.SENDING)
            await self._order(c.CANCEL, b"", report, Progress.SENDING)
        elif (await self._register.storage()).open_document:
            await self._register.order(c.CANCEL_STORED)
        if work.checks:
            await self._decide(marks.FORGET, report)

    async def _looked_up(self, work: Work, before: Before) -> Ending | None:
        """Done if it is in the storage or was counted, uncertain if something else is; None if nothing is."""
        if work.counter:
            return await self._counted(work.counter, before)
        last = (await self._register.storage()).last
        foreign = last - before.storage.last > MOST_TRIES
        for number in range(last, before.storage.last, -1) if not foreign else ():
            document = await self._register.stored(number)
            if work.is_in(document):
                return Ending(Outcome.DONE, (), await self._proof(document, before))
            foreign = foreign or document.total is not None
        return Ending(Outcome.UNCERTAIN, (UNKNOWN,)) if foreign else None

    async def _counted(self, counter: int, before: Before) -> Ending | None:
        count = await self._register.count(counter)
        if count == before.count:
            return None
        if count != (before.count + 1) % 0x1_0000:
            return Ending(Outcome.UNCERTAIN, (UNKNOWN,))
        long, shift = await self._register.long_state(), await self._register.shift()
        counters = await self._register.counters()
        result = {"number": long.document, "shift": shift.number, "at": local_text(long.now)}
        return Ending(Outcome.DONE, (), result | {"device": str(before.serial), "counters": counters.as_answer()})

    async def _proof(self, document: Stored, before: Before) -> dict[str, object]:
        shift = document.shift or (await self._register.shift()).number
        return proof(document, shift, before.serial, before.storage.serial, before.counters).as_result()

    async def _printed(self, ending: Ending, report: Report) -> Ending:
        """It is registered: wait for its paper, as long as the register is there to say so."""
        waited: list[tuple[str, ...]] = []

        async def note(progress: Progress, causes: tuple[str, ...]) -> None:
            waited.append(causes)
            await report(progress, causes)

        try:
            await self._idle(note, Progress.SENT)
        except (LinkLost, Refusal):
            return replace(ending, causes=(*ending.causes, PRINT_UNFINISHED))
        except Stuck:
            return replace(ending, causes=(*ending.causes, STUCK))
        return replace(ending, causes=(*ending.causes, RESUMED)) if waited else ending


@contextlib.contextmanager
def _about(mark: Mark) -> Generator[None]:
    """What the register refuses inside is about this code."""
    try:
        yield
    except MarkRefused:
        raise
    except Refusal as refusal:
        raise MarkRefused(mark.name, mark.field, refusal.text_of(refusal.code), refusal) from refusal


def _check(state: State, storage: Storage, needs: Needs) -> None:
    """Raises `NotNow`."""
    if not storage.fiscal:
        raise NotNow(STORAGE)
    if state.mode not in USABLE:
        raise NotNow(NOT_READY, mode=int(state.mode))
    if state.mode is Mode.SHIFT_EXPIRED and needs in (Needs.OPEN, Needs.NOT_EXPIRED):
        raise NotNow(SHIFT_EXPIRED)
    if needs is Needs.CLOSED and storage.shift_open:
        raise NotNow(SHIFT_OPEN)
    if needs is Needs.TO_CLOSE and not storage.shift_open:
        raise NotNow(SHIFT_CLOSED)


def proof(document: Stored, shift: int, device: int, storage: str, counters: Counters | None = None) -> Registered:
    """A document of the storage in the words of an answer; a QR code only where there is a sum."""
    sign = str(document.sign)
    qr = None
    if document.operation is not None and document.total is not None:
        qr = qr_text(document.at, document.total, storage, document.number, sign, document.operation)
    return Registered(
        document.number, shift, local_text(document.at), str(device), sign, storage, qr, counters=counters
    )
