"""An ATOL register behind its web server. Every task has a UUID that the server takes once: what was handed in can be
handed in again without fear, and looked up for as long as the server keeps it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from devices.device import DeviceError, DeviceState, Ending, Health, Job, Outcome, Power, Report, Said
from devices.fiscal.answers import Found, RegisterState, Shift
from devices.fiscal.atol.config import AtolConfig
from devices.fiscal.atol.jobs import Jobs, needs_person
from devices.fiscal.atol.results import (
    BadResult,
    Standing,
    counters,
    moment,
    number,
    part,
    registered,
    shift,
)
from devices.fiscal.atol.server import NotAnswered, Server, Unreachable
from devices.fiscal.atol.tasks import Task, task_of
from devices.fiscal.causes import (
    NOT_READY,
    OFFLINE,
    REPLACE_STORAGE,
    SHIFT_EXPIRED,
    SILENT,
    UNSENT,
)
from devices.fiscal.content import sought_from
from devices.fiscal.errors import FiscalError
from devices.fiscal.russia import SETTLED_AS, local_text
from devices.statistics import Statistics

STORAGE_WARNINGS = ("ofdTimeout", "needReplacement", "memoryOverflow", "resourceExhausted")


class AtolRegister:
    """Job kinds and contents: `devices.fiscal.content`. Questions: `state`, `find`."""

    kind = "fiscal-register"

    def __init__(
        self,
        config: AtolConfig,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        self.id, self.statistics = config.id, Statistics()
        self._config, self._timing = config, config.timing
        self._sleep, self._clock, self._now = sleep, clock, now
        self._server = Server(config, clock, sleep)
        self._state = DeviceState(Power.UNKNOWN, Health.CANNOT_WORK, (OFFLINE,))
        self._changed: Callable[[DeviceState], None] = lambda state: None
        self._serial = ""
        self._jobs = Jobs(self._server, self._timing, clock, sleep, lambda: self._serial)
        self._look_now = asyncio.Event()

    @property
    def state(self) -> DeviceState:
        return self._state

    def watch(self, *, watched: bool) -> None:
        """It says the same whoever looks."""

    async def run(self, changed: Callable[[DeviceState], None], said: Said) -> None:
        """Look at the register now and then and after each job, until cancelled."""
        self._changed = changed
        changed(self._state)
        while True:
            self._look_now.clear()
            self._become(await self._look())
            try:
                async with asyncio.timeout(self._timing.watch):
                    await self._look_now.wait()
            except TimeoutError:
                continue

    def _become(self, state: DeviceState) -> None:
        if state != self._state:
            self._state = state
            self._changed(state)

    async def _look(self) -> DeviceState:
        try:
            if not self._serial:
                self._serial = str(part(await self._server.query("getDeviceInfo"), "deviceInfo", "serial") or "")
            status = await self._server.query("getDeviceStatus")
            warnings = await self._warnings()
        except Unreachable as lost:
            self.statistics.count("comm_errors")
            power = Power.OFFLINE if lost.cause == OFFLINE else Power.UNKNOWN
            return DeviceState(power, Health.CANNOT_WORK, (lost.cause,))
        except (NotAnswered, BadResult) as error:
            cause = error.cause if isinstance(error, NotAnswered) else SILENT
            return DeviceState(Power.ONLINE, Health.CANNOT_WORK, (cause,))
        blocking = _blocking(status)
        health = Health.CANNOT_WORK if blocking else Health.ATTENTION if warnings else Health.OK
        return DeviceState(Power.ONLINE, health, (*blocking, *warnings))

    async def _warnings(self) -> tuple[str, ...]:
        expired = shift(await self._server.query("getShiftStatus")) is Shift.EXPIRED
        storage = await self._server.query("getFnStatus")
        warned = {name: part(storage, "fnStatus", "warnings", name) is True for name in STORAGE_WARNINGS}
        _, since = await self._unsent()
        late = since is not None and since + timedelta(hours=self._config.unsent_hours) < self._now()
        found = {
            SHIFT_EXPIRED: expired,
            UNSENT: late or warned.pop("ofdTimeout"),
            REPLACE_STORAGE: any(warned.values()),
        }
        return tuple(cause for cause, there in found.items() if there)

    async def _unsent(self) -> tuple[int, datetime | None]:
        """How many documents wait for the operator, and since when (the register's local time)."""
        status = await self._server.query("ofdExchangeStatus")
        count, since = number(status, "status", "notSentCount"), part(status, "status", "notSentFirstDocDateTime")
        return count, moment(since).replace(tzinfo=None) if count and isinstance(since, str) else None

    # jobs

    async def perform(self, job: Job, report: Report) -> Ending:
        """Do one job and say how it ended, with the causes and the proof. Never raises for anything it does."""
        try:
            task = task_of(job.kind, job.content, job.id, self._config)
        except FiscalError as error:
            return Ending(Outcome.FAILED, (error.code,), error.fields)
        if task is None:
            return Ending(Outcome.FAILED, ("job.kind_unknown",))
        ending = await self._jobs.perform(task, report)
        self._look_now.set()
        if ending.outcome is Outcome.DONE and ending.result and "sign" in ending.result:
            self.statistics.count("fiscal_documents")
        return ending

    # questions

    async def ask(self, question: str, content: dict[str, Any]) -> dict[str, Any]:
        """`state` or `find`. Raises `DeviceError`."""
        try:
            match question:
                case "state":
                    return (await self._summary()).as_answer()
                case "find":
                    return await self._find(content)
                case _:
                    raise DeviceError("device.question_unknown", question=question)
        except FiscalError as error:
            raise DeviceError(error.code, **error.fields) from error
        except NotAnswered as error:
            raise DeviceError(error.cause, error=error.code, text=error.text) from error
        except Unreachable as lost:
            raise DeviceError(lost.cause) from lost
        except BadResult as error:
            raise DeviceError(SILENT) from error

    async def _summary(self) -> RegisterState:
        status = await self._server.query("getShiftStatus")
        last = number(await self._server.query("getFnStatus"), "fnStatus", "fiscalDocumentNumber")
        count, since = await self._unsent()
        return RegisterState(
            shift(status),
            number(status, "shiftStatus", "number"),
            last,
            count,
            local_text(since) if since else None,
            counters(await self._server.query("getShiftTotals")),
        )

    async def _find(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """By the UUIDs that this document's tasks have: certain for as long as the server keeps them."""
        sought = sought_from(content)
        _, result = await self._jobs.attempt(sought.document)
        if result is None:
            return {"found": Found.ABSENT.value}
        task = Task({}, sought.document, True, SETTLED_AS[sought.operation], sought.total)
        proof = registered(result.value or {}, self._serial, task) if result.standing is Standing.READY else None
        if proof is None:
            return {"found": Found.UNKNOWN.value}
        return {"found": Found.REGISTERED.value, "result": proof.as_result()}


def _blocking(status: Mapping[str, Any]) -> tuple[str, ...]:
    blocked = part(status, "deviceStatus", "blocked") is True
    return (*needs_person(status), *((NOT_READY,) if blocked else ()))
