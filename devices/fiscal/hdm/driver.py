"""An HDM: looked at now and then, one conversation at a time."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from devices.device import DeviceError, DeviceState, Ending, Health, Job, Outcome, Power, Report
from devices.fiscal.armenia.goods import unrounded
from devices.fiscal.armenia.values import text, whole
from devices.fiscal.armenia.watching import WatchedRegister
from devices.fiscal.causes import OFFLINE
from devices.fiscal.content import cash_move_from, cashier_from, receipt_from, sought_from
from devices.fiscal.errors import FiscalError
from devices.fiscal.hdm.config import HdmConfig
from devices.fiscal.hdm.flow import Flow
from devices.fiscal.hdm.session import Lost, Refused

MOST_LISTED = 1_000


class HdmRegister(WatchedRegister):
    """Job kinds and contents: `devices.fiscal.content`, and `fiscal.synchronise`. Questions: `state`, `find`,
    `departments`."""

    def __init__(
        self,
        config: HdmConfig,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(config.id, config.book, config.timing.watch)
        self._flow = Flow(config, clock, sleep, now)

    async def look(self) -> DeviceState:
        """Its list of operators needs no session, so a look disturbs nobody who is logged in."""
        try:
            async with self._flow.stranger() as session:
                await session.operators()
        except Lost as lost:
            self.statistics.count("comm_errors")
            power = Power.OFFLINE if lost.cause == OFFLINE else Power.UNKNOWN
            return DeviceState(power, Health.CANNOT_WORK, (lost.cause,))
        except Refused as refused:
            return DeviceState(Power.ONLINE, Health.CANNOT_WORK, (refused.cause,))
        return DeviceState(Power.ONLINE, Health.OK)

    async def done(self, job: Job, report: Report) -> Ending:
        match job.kind:
            case "fiscal.receipt":
                return await self._flow.register(unrounded(receipt_from(job.content)), report)
            case "fiscal.cash_in" | "fiscal.cash_out":
                amount = cash_move_from(job.content).amount
                return await self._flow.move(amount if job.kind == "fiscal.cash_in" else -amount, report)
            case "fiscal.open_shift":
                cashier_from(job.content)
                return await self._flow.open_shift()
            case "fiscal.x_report":
                cashier_from(job.content)
                return await self._flow.x_report(report)
            case "fiscal.z_report":
                cashier_from(job.content)
                return await self._flow.z_report(report)
            case "fiscal.synchronise":
                return await self._flow.synchronise()
            case _:
                return Ending(Outcome.FAILED, ("job.kind_unknown",))

    # questions

    async def ask(self, question: str, content: dict[str, Any]) -> dict[str, Any]:
        """Raises `DeviceError`."""
        try:
            async with self.turn:
                match question:
                    case "state":
                        return await self._asked_state()
                    case "find":
                        return await self._find(content)
                    case "departments":
                        return await self._departments()
                    case _:
                        raise DeviceError("device.question_unknown", question=question)
        except FiscalError as error:
            raise DeviceError(error.code, **error.fields) from error
        except Refused as refused:
            raise DeviceError(refused.cause, **refused.result) from refused
        except Lost as lost:
            raise DeviceError(lost.cause) from lost

    async def _asked_state(self) -> dict[str, Any]:
        """That the register is there is asked all the same."""
        async with self._flow.stranger() as session:
            await session.operators()
        return self.summary()

    async def _find(self, content: Mapping[str, Any]) -> dict[str, Any]:
        return self.found(content, await self._flow.known(sought_from(content).document, 0.0))

    async def _departments(self) -> dict[str, Any]:
        """Operators with their departments, and departments with how they are taxed (1 VAT, 2 none, 3 turnover, 7
        micro), as the register lists them."""
        async with self._flow.stranger() as session:
            answer = await session.operators()
        return {
            "operators": [
                {"id": whole(found.get("id")) or 0, "name": text(found.get("name")), "departments": _numbers(found)}
                for found in _listed(answer, "c")
            ],
            "departments": [
                {
                    "id": whole(found.get("id")) or 0,
                    "name": text(found.get("name")),
                    "tax": whole(found.get("type")) or 0,
                }
                for found in _listed(answer, "d")
            ],
        }


def _listed(answer: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    inside = answer.get("list", answer)
    found: object = cast(Mapping[str, Any], inside).get(name) if isinstance(inside, Mapping) else None
    rows = cast(list[object], found)[:MOST_LISTED] if isinstance(found, list) else []
    return [cast(Mapping[str, Any], row) for row in rows if isinstance(row, Mapping)]


def _numbers(operator: Mapping[str, Any]) -> list[int]:
    found: object = operator.get("deps")
    numbers = [whole(one) for one in cast(list[object], found)[:MOST_LISTED]] if isinstance(found, list) else []
    return [number for number in numbers if number is not None]
