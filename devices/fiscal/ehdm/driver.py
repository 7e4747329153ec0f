"""The tax service's electronic register."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from devices.device import DeviceError, DeviceState, Ending, Health, Job, Outcome, Power, Report
from devices.fiscal.armenia.goods import unrounded
from devices.fiscal.armenia.watching import WatchedRegister
from devices.fiscal.causes import OFFLINE
from devices.fiscal.content import cash_move_from, cashier_from, receipt_from, sought_from
from devices.fiscal.ehdm.client import YES, Client, Lost, Reply
from devices.fiscal.ehdm.config import EhdmConfig
from devices.fiscal.ehdm.flow import Flow
from devices.fiscal.ehdm.search import Search
from devices.fiscal.errors import FiscalError


class EhdmRegister(WatchedRegister):
    """Job kinds and contents: `devices.fiscal.content`. Questions: `state`, `find`."""

    def __init__(
        self,
        config: EhdmConfig,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(config.id, config.book, config.timing.watch)
        self._client = Client(config)
        self._flow = Flow(config, self._client, Search(config, self._client, clock, sleep), now)

    async def look(self) -> DeviceState:
        try:
            reply = await self._there()
        except Lost as lost:
            self.statistics.count("comm_errors")
            power = Power.OFFLINE if lost.cause == OFFLINE else Power.UNKNOWN
            return DeviceState(power, Health.CANNOT_WORK, (lost.cause,))
        if reply.code != YES:
            return DeviceState(Power.ONLINE, Health.CANNOT_WORK, (reply.cause,))
        return DeviceState(Power.ONLINE, Health.OK)

    async def _there(self) -> Reply:
        """It has no number, so it disturbs none."""
        return await self._client.post("checkConnection", {})

    async def done(self, job: Job, report: Report) -> Ending:
        match job.kind:
            case "fiscal.receipt":
                return await self._flow.register(unrounded(receipt_from(job.content)), report)
            case "fiscal.cash_in" | "fiscal.cash_out":
                amount = cash_move_from(job.content).amount
                return await self._flow.move(amount if job.kind == "fiscal.cash_in" else -amount)
            case "fiscal.open_shift":
                cashier_from(job.content)
                return await self._flow.open_shift()
            case "fiscal.x_report":
                cashier_from(job.content)
                return self._flow.x_report()
            case "fiscal.z_report":
                cashier_from(job.content)
                return await self._flow.z_report()
            case _:
                return Ending(Outcome.FAILED, ("job.kind_unknown",))

    async def ask(self, question: str, content: dict[str, Any]) -> dict[str, Any]:
        """Raises `DeviceError`."""
        try:
            async with self.turn:
                match question:
                    case "state":
                        return await self._asked_state()
                    case "find":
                        document = sought_from(content).document
                        return self.found(content, await self._flow.known(document, 0.0))
                    case _:
                        raise DeviceError("device.question_unknown", question=question)
        except FiscalError as error:
            raise DeviceError(error.code, **error.fields) from error
        except Lost as lost:
            raise DeviceError(lost.cause) from lost

    async def _asked_state(self) -> dict[str, Any]:
        reply = await self._there()
        if reply.code != YES:
            raise DeviceError(reply.cause, **reply.refusal)
        return self.summary()
