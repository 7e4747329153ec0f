"""One ATOL job at a time: handed in under its own UUID until the server has it, looked at until it is over."""

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from devices.device import Ending, Outcome, Progress, Report
from devices.fiscal.answers import Counters, Shift
from devices.fiscal.atol.config import Timing
from devices.fiscal.atol.results import (
    OVER,
    BadResult,
    Result,
    Standing,
    counters,
    number,
    part,
    refusal_of,
    registered,
    shift,
)
from devices.fiscal.atol.server import CREATED, KNOWN, NotAnswered, Server, Unreachable, task_id
from devices.fiscal.atol.tasks import Task
from devices.fiscal.causes import (
    COVER_OPEN,
    FOUND,
    PAPER_OUT,
    PRINT_UNFINISHED,
    REFUSED,
    RESUMED,
    SHIFT_EXPIRED,
    SILENT,
    UNKNOWN,
)
from devices.fiscal.errors import FiscalError, MarkingUnsupported

MOST_ATTEMPTS = 10
TOO_OLD = ("1.0", "1.05", "1.1")
"""Formats of fiscal data that know no marking codes as these tasks tell them; names as in the maker's own scripts."""
UNCERTAIN = Ending(Outcome.UNCERTAIN, (UNKNOWN,))


class Jobs:
    """The jobs of one register; `serial` gives its number once it is known."""

    def __init__(
        self,
        server: Server,
        timing: Timing,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        serial: Callable[[], str],
    ) -> None:
        self._server, self._timing, self._clock, self._sleep, self._serial = server, timing, clock, sleep, serial

    async def perform(self, task: Task, report: Report) -> Ending:
        try:
            id, standing = await self.attempt(task.base)
            before = await self._prepare(task, report) if standing is None else None
        except Unreachable as lost:
            return Ending(Outcome.FAILED, (lost.cause,))
        except NotAnswered as error:
            return Ending(Outcome.FAILED, (error.cause,), {"error": error.code, "text": error.text})
        except BadResult:
            return Ending(Outcome.FAILED, (SILENT,))
        except FiscalError as error:
            return Ending(Outcome.FAILED, (error.code,), error.fields or None)
        await report(Progress.SENDING, ())
        return await self._see_through(id, task, report, standing is not None, before)

    async def attempt(self, base: str) -> tuple[str, Result | None]:
        """The first attempt that did not fail, with where it stands; or the next one, which was never made."""
        for attempt in range(MOST_ATTEMPTS):
            id = task_id(base, attempt)
            result = await self._server.look(id)
            if result is None or result.standing not in OVER:
                return id, result
        raise NotAnswered(REFUSED)

    async def _prepare(self, task: Task, report: Report) -> Counters | None:
        """Wait for paper; refuse what an expired shift or an old format of fiscal data forbids; the counters before they
        are closed. Raises `FiscalError` for the shift and the format."""
        waiting = False
        while hindered := needs_person(await self._server.query("getDeviceStatus")):
            if not waiting:
                await report(Progress.WAITING, hindered)
            waiting = True
            await self._sleep(self._timing.poll)
        if task.shift and shift(await self._server.query("getShiftStatus")) is Shift.EXPIRED:
            raise _ShiftExpired
        if task.marked:
            await self._must_know_marks()
        return await self._counters() if task.request["type"] == "closeShift" else None

    async def _must_know_marks(self) -> None:
        """A server that cannot say it refuses the receipt. Raises `MarkingUnsupported`."""
        with contextlib.suppress(NotAnswered):
            known = part(await self._server.query("getRegistrationInfo"), "device", "ffdVersion")
            if known in TOO_OLD:
                raise MarkingUnsupported(ffd=known)

    async def _counters(self) -> Counters:
        return counters(await self._server.query("getShiftTotals"))

    async def _see_through(self, id: str, task: Task, report: Report, known: bool, before: Counters | None) -> Ending:
        """Hand it in until the server has it, then look until it is over."""
        longer = self._timing.mark * len(task.marked)
        deadline, told, found, waited = self._clock() + self._timing.resolve + longer, known, known, False
        while self._clock() < deadline:
            try:
                if not known:
                    answer = await self._server.post(id, task.request)
                    if answer.status not in (*CREATED, KNOWN):
                        if answer.status >= 500:
                            raise Unreachable(SILENT)
                        code, text = refusal_of(answer)
                        return Ending(Outcome.FAILED, (REFUSED,), {"error": code, "text": text})
                    known, found = True, found or answer.status == KNOWN
                if not told:
                    told = True
                    await report(Progress.SENT, ())
                result = await self._server.look(id)
            except Unreachable:
                await self._sleep(self._timing.poll)
                continue
            if result is None:
                return UNCERTAIN  # it had it and has forgotten it
            if result.standing is Standing.READY:
                causes = (FOUND,) if found else ()
                return await self._done(result, task, (*causes, *((RESUMED,) if waited else ())), before)
            if result.standing in OVER:
                return Ending(Outcome.FAILED, (result.cause,), _refusal(result, task))
            if result.standing is Standing.BLOCKED:
                deadline = self._clock() + self._timing.resolve
                if not waited:
                    await report(Progress.WAITING, (result.cause,))
                waited = True
                await self._go_on()
            await self._sleep(self._timing.poll)
        return UNCERTAIN

    async def _go_on(self) -> None:
        """Ask it to go on printing; while paper is out it refuses, and is asked again at the next look."""
        try:
            await self._server.query("continuePrint")
        except (Unreachable, NotAnswered):
            return

    async def _done(self, result: Result, task: Task, causes: tuple[str, ...], before: Counters | None) -> Ending:
        value = result.value or {}
        try:
            proof = registered(value, self._serial(), task)
        except BadResult:
            return UNCERTAIN
        if part(value, "warnings", "notPrinted") is True:
            causes = (*causes, PRINT_UNFINISHED)
        if proof is None and task.total is not None:
            return UNCERTAIN  # it says that it is done and shows no document
        if proof:
            more = {"counters": before.as_answer()} if before else {}
            return Ending(Outcome.DONE, causes, proof.as_result() | more)
        return Ending(Outcome.DONE, causes, await self._without_document())

    async def _without_document(self) -> dict[str, Any]:
        """What can be said of an X report or cash moved: it leaves no fiscal document."""
        try:
            shift_number = number(await self._server.query("getShiftStatus"), "shiftStatus", "number")
            found = (await self._counters()).as_answer()
            return {"device": self._serial(), "shift": shift_number, "counters": found}
        except (Unreachable, NotAnswered, BadResult):
            return {"device": self._serial()}


class _ShiftExpired(FiscalError):
    code = SHIFT_EXPIRED


def _refusal(result: Result, task: Task) -> dict[str, str | int]:
    """The register's own words; of a marking code also whose it is."""
    if result.mark is None:
        return {"error": result.code, "text": result.text}
    names = task.marked[result.mark : result.mark + 1] or task.marked
    said: dict[str, str | int] = {"text": f"{', '.join(names)}: {result.text}"}
    return said | ({"error": result.code} if result.code else {})


def needs_person(status: Mapping[str, Any]) -> tuple[str, ...]:
    found = {
        PAPER_OUT: part(status, "deviceStatus", "paperPresent") is False,
        COVER_OPEN: part(status, "deviceStatus", "coverOpened") is True,
    }
    return tuple(cause for cause, there in found.items() if there)
