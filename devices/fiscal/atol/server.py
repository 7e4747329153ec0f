"""The web server as the driver sees it: tasks posted and looked at, each request on a connection of its own."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from devices.fiscal.atol.config import AtolConfig
from devices.fiscal.atol.results import OVER, BadResult, Result, Standing, result_of
from devices.fiscal.causes import OFFLINE, REFUSED, SILENT
from devices.fiscal.http import HttpAnswer, answered, request
from devices.fiscal.numbers import written
from devices.ports.port import PortLost, PortUnavailable
from devices.ports.tcp import TcpPort

CREATED, KNOWN, NOT_FOUND = (200, 201), 409, 404


class Unreachable(Exception):
    """No answer of use came: whether a task arrived is not known. `cause` is what to tell of the register."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class NotAnswered(Exception):
    """The register was asked and answered with an error, or its queue stands still."""

    def __init__(self, cause: str, code: int = 0, text: str = "") -> None:
        super().__init__(cause)
        self.cause, self.code, self.text = cause, code, text


def task_id(base: str, attempt: int) -> str:
    """The UUID of a job's first attempt is its own, of each further one made from it: what was tried can always be
    looked up, also after this program was started anew."""
    return base if attempt == 0 else str(uuid5(NAMESPACE_URL, f"{base}/{attempt}"))


class Server:
    """One request at a time."""

    def __init__(
        self, config: AtolConfig, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._config, self._clock, self._sleep = config, clock, sleep
        self._turn = asyncio.Lock()

    async def post(self, id: str, task: Mapping[str, Any]) -> HttpAnswer:
        """Hand in a task. The same UUID again is answered 409 and not done again. Raises `Unreachable`."""
        return await self._request("POST", "", written({"uuid": id, "request": dict(task)}).encode())

    async def look(self, id: str) -> Result | None:
        """Where a task stands, None if the server does not know it. Raises `Unreachable`."""
        answer = await self._request("GET", f"/{id}")
        if answer.status == NOT_FOUND:
            return None
        if answer.status not in CREATED:
            raise Unreachable(SILENT)
        try:
            return result_of(answer)
        except BadResult as error:
            raise Unreachable(SILENT) from error

    async def query(self, kind: str) -> Mapping[str, Any]:
        """Ask the register something. Raises `Unreachable`, `NotAnswered`."""
        id = str(uuid4())
        answer = await self.post(id, {"type": kind})
        if answer.status not in CREATED:
            raise NotAnswered(REFUSED, answer.status)
        deadline = self._clock() + self._config.timing.reply
        while self._clock() < deadline:
            result = await self.look(id)
            if result and result.standing is Standing.READY:
                return result.value or {}
            if result and result.standing in (*OVER, Standing.BLOCKED):
                raise NotAnswered(result.cause, result.code, result.text)
            await self._sleep(self._config.timing.poll)
        raise Unreachable(SILENT)

    async def _request(self, method: str, target: str, body: bytes = b"") -> HttpAnswer:
        config = self._config
        data = request(method, config.path + target, f"{config.host}:{config.port}", body)
        port = TcpPort(config.host, config.port, open_timeout=config.timing.open)
        async with self._turn:
            try:
                await port.open()
                port.feed(data)
                async with asyncio.timeout(config.timing.reply):
                    return await answered(port)
            except (PortUnavailable, PortLost) as error:
                raise Unreachable(OFFLINE) from error
            except TimeoutError as error:
                raise Unreachable(SILENT) from error
            finally:
                with contextlib.suppress(PortLost):
                    await port.close()
