"""One connection to an HDM with an operator logged in: opened for a job or a question, closed behind it.

Every session is begun anew, so none goes stale; request numbers rise over all of them.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from devices.fiscal.armenia.values import BadAnswer, object_of
from devices.fiscal.causes import OFFLINE, SILENT
from devices.fiscal.hdm.cipher import WrongKey, password_key, session_key
from devices.fiscal.hdm.codes import OK, TEXTS, Operation, cause_of
from devices.fiscal.hdm.config import HdmConfig
from devices.fiscal.hdm.frames import MOST_REQUEST, Answer, Decoder, Request, encode_request
from devices.fiscal.numbers import written
from devices.ports.port import PortLost, PortUnavailable
from devices.ports.tcp import TcpPort


class Lost(Exception):
    """No answer of use came. `cause` is what to tell of the register."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class Refused(Exception):
    """The register answered with a code that is not 200."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code, self.cause = code, cause_of(code)

    @property
    def result(self) -> dict[str, Any]:
        return {"error": self.code, "text": TEXTS.get(self.code, "")}


class TooLong(Exception):
    """More than a register takes in one request."""


class Numbers:
    """Request numbers: each is greater than any before it, also than those before a restart."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> int:
        self._last = max(self._last + 1, int(time.time()))
        return self._last


class Session:
    def __init__(self, config: HdmConfig, port: TcpPort, numbers: Numbers) -> None:
        self._config, self._port, self._numbers = config, port, numbers
        self._decoder = Decoder()
        self._key = password_key(config.password)

    async def operators(self) -> Mapping[str, Any]:
        """Who may work at it, and its departments; nobody need be logged in."""
        return await self._asked(Operation.OPERATORS, {"password": self._config.password})

    async def log_in(self) -> None:
        """Raises `Refused`, `Lost`."""
        config = self._config
        asked = {"password": config.password, "cashier": config.operator, "pin": config.pin}
        answer = await self._asked(Operation.LOGIN, asked)
        try:
            self._key = session_key(str(answer.get("key", "")))
        except WrongKey as error:
            raise Lost(SILENT) from error

    async def ask(
        self, operation: Operation, body: Mapping[str, Any], seconds: float | None = None
    ) -> Mapping[str, Any]:
        """Within the session. Raises `Refused`, `Lost`."""
        self.send(operation, body)
        return await self.answer(seconds or self._config.timing.answer)

    def sealed(self, operation: Operation, body: Mapping[str, Any]) -> bytes:
        """The frame of a request with the next number. Raises `TooLong`."""
        plain = written({"seq": self._numbers.next()} | dict(body)).encode()
        frame = encode_request(Request(self._config.version, operation, self._key.seal(plain)))
        if len(frame) > MOST_REQUEST:
            raise TooLong
        return frame

    def send(self, operation: Operation, body: Mapping[str, Any]) -> None:
        """Raises `Lost`, `TooLong`."""
        self.feed(self.sealed(operation, body))

    def feed(self, frame: bytes) -> None:
        try:
            self._port.feed(frame)
        except PortLost as error:
            raise Lost(OFFLINE) from error

    async def answer(self, seconds: float) -> Mapping[str, Any]:
        """Raises `Refused`, `Lost`."""
        answer = await self._heard(seconds)
        if answer.code != OK:
            raise Refused(answer.code)
        if not answer.body:
            return {}
        try:
            plain = self._key.unseal(answer.body)
            return object_of(plain) if plain else {}
        except (WrongKey, BadAnswer) as error:
            raise Lost(SILENT) from error

    async def _asked(self, operation: Operation, body: Mapping[str, Any]) -> Mapping[str, Any]:
        plain = written(dict(body)).encode()
        self.feed(encode_request(Request(self._config.version, operation, self._key.seal(plain))))
        return await self.answer(self._config.timing.answer)

    async def _heard(self, seconds: float) -> Answer:
        try:
            async with asyncio.timeout(seconds):
                while True:
                    for answer in self._decoder.feed(await self._port.read()):
                        return answer
        except PortLost as error:
            raise Lost(OFFLINE) from error
        except TimeoutError as error:
            raise Lost(SILENT) from error


@asynccontextmanager
async def connected(config: HdmConfig, numbers: Numbers) -> AsyncGenerator[Session]:
    """A connection on which nobody is logged in yet. Raises `Lost`."""
    port = TcpPort(config.host, config.port, open_timeout=config.timing.open)
    try:
        await port.open()
    except PortUnavailable as error:
        raise Lost(OFFLINE) from error
    try:
        yield Session(config, port, numbers)
    finally:
        with contextlib.suppress(PortLost):
            await port.close()
