"""A Shtrih-M register: owns its connection, does one job at a time, answers what it has counted."""

import asyncio
import contextlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from devices.device import DeviceError, DeviceState, Ending, Health, Job, Outcome, Power, Report
from devices.driver import PortDriver
from devices.fiscal.answers import Found
from devices.fiscal.causes import (
    COVER_OPEN,
    NOT_READY,
    OFFLINE,
    PAPER_OUT,
    REPLACE_STORAGE,
    SHIFT_EXPIRED,
    SILENT,
    STORAGE,
    UNSENT,
)
from devices.fiscal.content import Sought, sought_from
from devices.fiscal.errors import FiscalError
from devices.fiscal.shtrih import commands as c
from devices.fiscal.shtrih.answers import FULL, OPERATOR_LATE, SOON, URGENT, State, Storage, Unsent
from devices.fiscal.shtrih.codes import Mode, SubMode
from devices.fiscal.shtrih.config import ShtrihConfig
from devices.fiscal.shtrih.errors import LinkLost, Refusal
from devices.fiscal.shtrih.flow import USABLE, Flow
from devices.fiscal.shtrih.register import Register
from devices.fiscal.shtrih.search import search
from devices.fiscal.shtrih.talk import Exchange, Exchange1, Exchange2, NoAnswer, code_of
from devices.fiscal.shtrih.work import work_of
from devices.ports.address import port_at
from devices.ports.backoff import Backoff
from devices.ports.port import Port, PortLost

MUTE = DeviceState(Power.UNKNOWN, Health.CANNOT_WORK, (SILENT,))
MOST_REMEMBERED = 1_000


class ShtrihRegister(PortDriver):
    """Job kinds and contents: `devices.fiscal.content`. Questions: `state`, `find`."""

    kind = "fiscal-register"
    offline = OFFLINE

    def __init__(
        self,
        config: ShtrihConfig,
        *,
        port: Port | None = None,
        backoff: Backoff | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        port = port or port_at(config.address, open_timeout=config.timing.open)
        super().__init__(config.id, port, backoff=backoff, sleep=sleep, clock=clock)
        self._config, self._timing, self._now = config, config.timing, now
        self._register = Register(self._give, config)
        self._flow = Flow(
            self._register,
            config.timing,
            clock=clock,
            sleep=sleep,
            reached=self._reached,
            noted=self._noted,
        )
        self._exchange: Exchange | None = None
        self._there, self._fell_silent, self._finished = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._turn = asyncio.Lock()
        self._busy = False
        self._seen: tuple[Storage, Unsent] | None = None
        self._numbers: OrderedDict[int, str] = OrderedDict()
        """Fiscal numbers that are known to be of a document, newest last."""

    async def perform(self, job: Job, report: Report) -> Ending:
        """Do one job and say how it ended, with the causes and the proof. Never raises for anything it does."""
        try:
            work = work_of(job.kind, job.content, self._config)
        except FiscalError as error:
            return Ending(Outcome.FAILED, (error.code,), error.fields)
        if work is None:
            return Ending(Outcome.FAILED, ("job.kind_unknown",))
        self._busy = True
        try:
            ending = await self._flow.perform(work, report)
        finally:
            self._busy = False
            self._finished.set()
        self._remember(job, ending)
        return ending

    def _remember(self, job: Job, ending: Ending) -> None:
        if ending.outcome is Outcome.DONE and ending.result and "sign" in ending.result:
            self.statistics.count("fiscal_documents")
            self._numbers[ending.result["number"]] = str(job.content.get("document", ""))
            if len(self._numbers) > MOST_REMEMBERED:
                self._numbers.popitem(last=False)

    async def ask(self, question: str, content: dict[str, Any]) -> dict[str, Any]:
        """`state` or `find`. Raises `DeviceError`."""
        try:
            match question:
                case "state":
                    return (await self._register.summary()).as_answer()
                case "find":
                    return await self._find(sought_from(content))
                case _:
                    return await super().ask(question, content)
        except FiscalError as error:
            raise DeviceError(error.code, **error.fields) from error
        except Refusal as refusal:
            raise DeviceError(refusal.cause, **refusal.result) from refusal
        except LinkLost as lost:
            raise DeviceError(lost.cause) from lost

    async def _find(self, sought: Sought) -> dict[str, Any]:
        found, registered = await search(self._register, sought, self._numbers)
        answer: dict[str, Any] = {"found": found.value}
        if found is Found.REGISTERED and registered:
            answer["result"] = registered.as_result()
        return answer

    # the connection

    async def converse(self) -> DeviceState:
        """From an open port to a register that is lost or given up; returns the state that leaves."""
        kind = Exchange1 if self._config.protocol == 1 else Exchange2
        exchange = kind(self.port, self._timing.turn)
        listening = asyncio.create_task(exchange.listen())
        self._fell_silent.clear()
        try:
            await exchange.greet()
            self._exchange = exchange
            self.backoff.reset()
            self._there.set()
            return await self._watch(exchange)
        except NoAnswer:
            return MUTE
        finally:
            self._exchange = None
            self._there.clear()
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening

    async def _watch(self, exchange: Exchange) -> DeviceState:
        """Look now and then and after each job, until it is lost or silent. Raises `PortLost`."""
        while True:
            self._finished.clear()
            if not self._busy:
                with contextlib.suppress(LinkLost, Refusal):
                    await self._look()
            if await self._left(exchange):
                return MUTE

    async def _left(self, exchange: Exchange) -> bool:
        """When it is time to look again False, as soon as it fell silent True. Raises `PortLost`."""
        events = (exchange.gone, self._fell_silent, self._finished)
        waits = [asyncio.create_task(event.wait()) for event in events]
        try:
            await asyncio.wait(waits, timeout=self._timing.watch, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        if exchange.gone.is_set():
            raise PortLost(f"{self.port.name}: lost")
        return self._fell_silent.is_set()

    async def _reached(self, seconds: float) -> bool:
        """Whether the register is there, at the latest after so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._there.wait()
        except TimeoutError:
            return False
        return True

    async def _give(self, command: bytes, *, question: bool) -> bytes:
        """Raises `Refusal`, `LinkLost`; after the latter the port is opened anew."""
        async with self._turn:
            exchange = self._exchange
            if exchange is None:
                raise LinkLost((self.state.causes or (OFFLINE,))[0])
            answer = await self._answered(exchange, command, question=question)
        code = code_of(command)
        data = answer[len(code) :]
        if not data:
            raise LinkLost(SILENT)
        if data[0]:
            raise Refusal(data[0])
        return data[1:]

    async def _answered(self, exchange: Exchange, command: bytes, *, question: bool) -> bytes:
        began, tries = self.clock(), exchange.tries if question else 1
        seconds = self._timing.answer if question else self._seconds(command)
        try:
            for left in reversed(range(tries)):
                try:
                    answer = await exchange.give(command, seconds)
                except NoAnswer:
                    if not left:
                        raise
                else:
                    self.statistics.replied(int((self.clock() - began) * 1_000_000))
                    return answer
            raise NoAnswer
        except NoAnswer:
            self._lose(MUTE)
            self._fell_silent.set()
            raise LinkLost(SILENT) from None
        except PortLost:
            self._lose(self.gone)
            raise LinkLost(OFFLINE) from None

    def _seconds(self, command: bytes) -> float:
        about_a_mark = int.from_bytes(code_of(command), "big") in (c.CHECK_MARK, c.BIND_MARK)
        return self._timing.mark if about_a_mark else self._timing.work

    def _lose(self, left: DeviceState) -> None:
        self._exchange = None
        self._there.clear()
        self.become(left)

    # the state

    async def _look(self) -> None:
        state = await self._register.state()
        self._seen = await self._register.storage(), await self._register.unsent()
        self._noted(state)

    def _noted(self, state: State) -> None:
        blocking, warning = self._blocking(state), self._warnings(state)
        health = Health.CANNOT_WORK if blocking else Health.ATTENTION if warning else Health.OK
        self.become(DeviceState(Power.ONLINE, health, (*blocking, *warning)))

    def _blocking(self, state: State) -> tuple[str, ...]:
        found = {
            PAPER_OUT: not state.paper or state.submode in (SubMode.NO_PAPER, SubMode.STOPPED),
            COVER_OPEN: state.cover_open,
            NOT_READY: state.mode not in (*USABLE, Mode.DOCUMENT_OPEN, Mode.LONG_REPORT),
            STORAGE: self._seen is not None and not self._seen[0].fiscal,
        }
        return tuple(cause for cause, there in found.items() if there)

    def _warnings(self, state: State) -> tuple[str, ...]:
        warnings = self._seen[0].warnings if self._seen else 0
        found = {
            SHIFT_EXPIRED: state.mode is Mode.SHIFT_EXPIRED,
            UNSENT: bool(warnings & OPERATOR_LATE) or self._waits_long(),
            REPLACE_STORAGE: bool(warnings & (URGENT | SOON | FULL)),
        }
        return tuple(cause for cause, there in found.items() if there)

    def _waits_long(self) -> bool:
        """Whether a document has waited longer than `unsent_hours` by this computer's clock."""
        since = self._seen[1].since if self._seen else None
        return since is not None and since + timedelta(hours=self._config.unsent_hours) < self._now()
