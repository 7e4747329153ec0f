"""The service as the driver sees it: one request, one answer, each on a connection of its own.

Source: four open clients (neetrino/borboraqua.am, a Python package e_hdm, two in TypeScript and JavaScript) that quote
the service's manual of November 2024: `POST .../api/v1.0/{method}`, a client certificate, header `language`, answers
`{code, message, errorMessage, result}` of which code 0 is yes. 104 and 403 are one client's.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from devices.fiscal.armenia.values import BadAnswer, must, object_of, text, whole
from devices.fiscal.causes import LOGIN_REFUSED, OFFLINE, REFUSED, SEQUENCE, SILENT
from devices.fiscal.ehdm.config import EhdmConfig
from devices.fiscal.http import HttpAnswer, answered, request
from devices.fiscal.numbers import written
from devices.ports.port import PortLost, PortUnavailable
from devices.ports.tcp import TcpPort

YES, WRONG_SEQ, STRANGER = 0, 104, 403
KEPT_OUT = (401, 403, 404)
"""HTTP states with which the service's door says no before it looks at the request."""
CAUSES = {WRONG_SEQ: SEQUENCE, STRANGER: LOGIN_REFUSED}


class Lost(Exception):
    """No answer of use came. `sent`: the request may have arrived all the same."""

    def __init__(self, cause: str, *, sent: bool) -> None:
        super().__init__(cause)
        self.cause, self.sent = cause, sent


@dataclass(frozen=True, slots=True)
class Reply:
    code: int
    text: str
    result: Mapping[str, Any]

    @property
    def cause(self) -> str:
        return CAUSES.get(self.code, REFUSED)

    @property
    def doubtful(self) -> bool:
        """Trouble of its own: no source says whether the document was registered."""
        return self.code >= 500

    @property
    def refusal(self) -> dict[str, Any]:
        return {"error": self.code, "text": self.text}


class Client:
    def __init__(self, config: EhdmConfig) -> None:
        self._config = config

    async def post(self, method: str, body: Mapping[str, Any]) -> Reply:
        """Raises `Lost`."""
        config = self._config
        text = written({"crn": config.crn} | dict(body)).encode()
        head = {"language": config.language}
        data = request("POST", f"{config.path}/{method}", f"{config.host}:{config.port}", text, head)
        return _reply(await self._answer(data))

    async def _answer(self, data: bytes) -> HttpAnswer:
        config = self._config
        port = TcpPort(config.host, config.port, open_timeout=config.timing.open, tls=config.tls)
        try:
            await port.open()
        except PortUnavailable as error:
            raise Lost(OFFLINE, sent=False) from error
        try:
            port.feed(data)
            async with asyncio.timeout(config.timing.reply):
                return await answered(port)
        except PortLost as error:
            raise Lost(OFFLINE, sent=True) from error
        except TimeoutError as error:
            raise Lost(SILENT, sent=True) from error
        finally:
            with contextlib.suppress(PortLost):
                await port.close()


def _reply(answer: HttpAnswer) -> Reply:
    try:
        value = object_of(answer.body)
        code = must(whole(value.get("code")), "code")
    except BadAnswer as error:
        if answer.status in KEPT_OUT:
            return Reply(STRANGER, f"HTTP {answer.status}", {})
        raise Lost(SILENT, sent=True) from error
    said = text(value.get("errorMessage")) or text(value.get("message"))
    result = value.get("result")
    return Reply(code, said, cast(Mapping[str, Any], result) if isinstance(result, Mapping) else {})
