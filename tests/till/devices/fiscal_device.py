"""A fiscal register for the till's tests, behind the real agent: it registers, refuses, loses its answers and dies on demand."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from devices.agent.agent import Agent
from devices.agent.config import AgentConfig, RegisterAccess
from devices.device import DeviceError, DeviceState, Ending, Health, Job, Outcome, Power, Progress, Report, Said
from devices.fiscal.content import Correction, cash_move_from, cashier_from, correction_from, receipt_from
from devices.statistics import Statistics
from tests.till.shop import REGISTER

WELL = DeviceState(Power.ONLINE, Health.OK)
AWAY = DeviceState(Power.OFFLINE, Health.CANNOT_WORK, ("fiscal.offline",))
TOKEN = "token-of-the-till"


class FiscalDevice:
    """Reads each job as strictly as the drivers do. `does` says what becomes of the next receipts.

    `register`; `refuse`; `lose`: registered, but nobody hears of it; `swallow`: not registered, and nobody hears of it; `hold`:
    neither until `go`. `knows` False: asked about a lost receipt it cannot say.
    """

    kind = "fiscal-register"

    def __init__(self) -> None:
        self.id = "kkt"
        self.statistics = Statistics()
        self.does = "register"
        self.cause = "fiscal.refused"
        """Why it refuses."""
        self.knows = True
        self.shift = "closed"
        self.shift_number = 6
        self.registered: dict[str, dict[str, Any]] = {}
        """By document: the content of its receipt, `number` among it."""
        self.jobs: list[Job] = []
        self.moves = {"cash_in": 0, "cash_out": 0}
        self.corrections: list[Correction] = []
        self.beyond = 0
        """Receipts that somebody made past the till."""
        self.go = asyncio.Event()
        self._state = WELL
        self._changed: Callable[[DeviceState], None] = lambda state: None

    @property
    def state(self) -> DeviceState:
        return self._state

    def become(self, state: DeviceState) -> None:
        self._state = state
        self._changed(state)

    async def run(self, changed: Callable[[DeviceState], None], said: Said) -> None:
        self._changed = changed
        changed(self._state)
        await asyncio.Event().wait()

    def watch(self, *, watched: bool) -> None:
        pass

    def done(self, *kinds: str) -> list[str]:
        return [job.kind.removeprefix("fiscal.") for job in self.jobs if not kinds or job.kind in kinds]

    async def perform(self, job: Job, report: Report) -> Ending:
        self.jobs.append(job)
        await report(Progress.SENDING, ())
        if job.kind == "fiscal.receipt":
            return await self._receipt(job, report)
        cashier_from(job.content)
        if job.kind == "fiscal.correction":
            self.corrections.append(correction_from(job.content))
            if self.does == "refuse":
                return Ending(Outcome.FAILED, (self.cause,), {"error": 115, "text": "command not allowed"})
        if job.kind in {"fiscal.cash_in", "fiscal.cash_out"}:
            self.moves[job.kind.removeprefix("fiscal.")] += cash_move_from(job.content).amount
        if job.kind == "fiscal.open_shift":
            self.shift, self.shift_number = "open", self.shift_number + 1
        if job.kind == "fiscal.z_report":
            self.shift = "closed"
        return Ending(Outcome.DONE, result={"shift": self.shift_number, "number": 100 + len(self.jobs)})

    async def _receipt(self, job: Job, report: Report) -> Ending:
        receipt = receipt_from(job.content)
        await report(Progress.SENT, ())
        does = self.does
        if does == "hold":
            await report(Progress.WAITING, ("fiscal.paper_out",))
            await self.go.wait()
        if does == "refuse":
            return Ending(Outcome.FAILED, (self.cause,), {"error": 115, "text": "command not allowed"})
        if does != "swallow":
            assert receipt.document not in self.registered, "registered twice"
            self.registered[receipt.document] = {**job.content, "number": 40 + len(self.registered)}
        if does in {"lose", "swallow"}:
            return Ending(Outcome.UNCERTAIN, ("fiscal.unknown",))
        return Ending(Outcome.DONE, result=self._result(receipt.document))

    def _result(self, document: str) -> dict[str, Any]:
        number = self.registered[document]["number"]
        return {
            "number": number,
            "shift": self.shift_number,
            "at": "2026-11-22T09:30:00",
            "device": "0012345",
            "storage": "9999078900000001",
            "sign": f"30876{number}",
            "qr": f"t=20261122T0930&i={number}",
        }

    async def ask(self, question: str, content: dict[str, Any]) -> dict[str, Any]:
        if self._state.power is Power.OFFLINE:
            raise DeviceError("fiscal.offline")
        if question == "state":
            return {
                "shift": self.shift,
                "shift_number": self.shift_number,
                "last_document": 1,
                "counters": self._counters(),
            }
        assert question == "find"
        if not self.knows:
            return {"found": "unknown"}
        document = content["document"]
        if document in self.registered:
            return {"found": "registered", "result": self._result(document)}
        return {"found": "absent"}

    def _counters(self) -> dict[str, Any]:
        def of(operation: str) -> dict[str, int]:
            sums = [each["total"] for each in self.registered.values() if each["operation"] == operation]
            return {"count": len(sums), "sum": sum(sums)}

        sales = of("sale")
        return {
            "sales": {"count": sales["count"] + self.beyond, "sum": sales["sum"]},
            "returns": of("return"),
            **self.moves,
            "cash": 0,
        }


class AgentBeside:
    """The agent of the till's PC, which can be stopped and started again on its port; it knows `registers` without a code."""

    def __init__(self, folder: Path, origin: str, *devices: Any) -> None:
        self.folder, self.origin, self.devices = folder, origin, devices
        self.registers = (RegisterAccess(REGISTER, TOKEN),)
        self.port = 0
        self.agent: Agent | None = None

    async def start(self) -> None:
        origins = frozenset({self.origin})
        config = AgentConfig(self.folder, port=self.port, origins=origins, registers=self.registers)
        self.agent = Agent(config, self.devices)
        await self.agent.__aenter__()
        self.port = self.agent.port or 0

    async def stop(self) -> None:
        if self.agent:
            await self.agent.__aexit__(None, None, None)
            self.agent = None

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/agent"


@asynccontextmanager
async def an_agent(folder: Path, origin: str, *devices: Any):
    beside = AgentBeside(folder, origin, *devices)
    await beside.start()
    try:
        yield beside
    finally:
        await beside.stop()


class AgentInAThread:
    """The same for tests that drive the browser without an event loop of their own."""

    def __init__(self, folder: Path, origin: str, *devices: Any) -> None:
        self.beside = AgentBeside(folder, origin, *devices)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "AgentInAThread":
        self._thread.start()
        self.run(self.beside.start())
        return self

    def __exit__(self, *_: object) -> None:
        self.run(self.beside.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, Any]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def call(self, work: Callable[..., object], *given: object) -> None:
        """In the agent's own thread."""
        self._loop.call_soon_threadsafe(work, *given)
