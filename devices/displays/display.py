"""A customer display: shows what it was asked for last. It cannot answer, so what is known is that the bytes were written.

Nothing of it is a job: a line that was on the display a minute ago is worth nothing, must not come back after a restart and
needs no journal. Whoever asks faster than the line writes has the lines in between left out: the latest wins.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from devices.device import DeviceError, DeviceState, Health, Power
from devices.displays.commands import Brightness, Clear, Command, Page, Route, Start
from devices.displays.config import DisplayConfig
from devices.displays.content import COLUMNS, lines_from
from devices.displays.letters import encoded
from devices.driver import PortDriver
from devices.ports.address import port_at
from devices.ports.backoff import Backoff
from devices.ports.port import Port, PortLost

OFFLINE, STUCK = "display.offline", "display.stuck"
READY = DeviceState(Power.UNKNOWN, Health.OK)
NOT_TAKEN = DeviceState(Power.UNKNOWN, Health.CANNOT_WORK, (STUCK,))


class CustomerDisplay(PortDriver):
    """Questions: "show" (content: `devices.displays.content`), "clear", "brightness" ({"level": 1 to 4}), "shown" (the two
    lines as they were written last)."""

    kind = "customer-display"
    offline = OFFLINE

    def __init__(
        self,
        config: DisplayConfig,
        *,
        port: Port | None = None,
        backoff: Backoff | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(
            config.id,
            port or port_at(config.address, open_timeout=config.open_timeout),
            backoff=backoff,
            sleep=sleep,
            clock=clock,
        )
        self.config = config
        self._brightness = config.brightness
        self._wanted: tuple[str, str] | None = None
        self._open = False
        self._wake, self._done = asyncio.Event(), asyncio.Event()

    async def ask(self, question: str, content: dict[str, Any]) -> dict[str, Any]:
        match question:
            case "show":
                return await self._want(lines_from(content))
            case "clear":
                return await self._want(None)
            case "brightness":
                level = content.get("level")
                if type(level) is not int or not 1 <= level <= 4 or not self.config.dialect.dims:
                    raise DeviceError("message.malformed", field="level")
                self._brightness = level
                return await self._want(self._wanted)
            case "shown":
                return {"lines": list(self._wanted or ("", ""))}
            case _:
                return await super().ask(question, content)

    async def _want(self, lines: tuple[str, str] | None) -> dict[str, Any]:
        """Answers once these or later lines were written. Raises `DeviceError` display.offline, display.stuck."""
        self._wanted = lines
        if not self._open:
            raise DeviceError(OFFLINE)
        done = self._done
        self._wake.set()
        try:
            async with asyncio.timeout(2 * self.config.write_timeout):
                await done.wait()
        except TimeoutError:
            raise DeviceError(STUCK) from None
        if not self._open:
            raise DeviceError(OFFLINE)
        return {"lines": list(lines or ("", ""))}

    # the connection

    async def converse(self) -> DeviceState:
        """From an open port to a lost one; what was last wanted is shown at once."""
        gone = asyncio.ensure_future(self._until_gone())
        self._open = True
        try:
            self._feed([Start(), *self._numbered()])
            while True:
                self._wake.clear()
                done, self._done = self._done, asyncio.Event()
                self._feed(self._shown())
                if not await self.port.flush(self.config.write_timeout):
                    return NOT_TAKEN
                done.set()
                self.backoff.reset()
                self.become(READY)
                await self._until_wanted(gone)
        finally:
            self._open = False
            self._wanted = None  # another client may stand there when it comes back
            self._done.set()
            gone.cancel()

    async def _until_gone(self) -> None:
        """Displays say nothing; reading is how a lost port is noticed. Raises `PortLost`."""
        while True:
            await self.port.read()

    async def _until_wanted(self, gone: "asyncio.Future[None]") -> None:
        """Raises `PortLost`."""
        wake = asyncio.ensure_future(self._wake.wait())
        try:
            await asyncio.wait((wake, gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            wake.cancel()
        if gone.done():
            await gone
            raise PortLost("nobody listens any more")

    # bytes

    def _numbered(self) -> list[Command]:
        return [] if self.config.number is None else [Page(self.config.number)]

    def _shown(self) -> list[Command]:
        dimmed: list[Command] = [] if self._brightness is None else [Brightness(self._brightness)]
        if self._wanted is None:
            return [*dimmed, Clear()]
        upper, lower = (encoded(line, self.config.page, COLUMNS) for line in self._wanted)
        return [*dimmed, *self.config.dialect.rows((upper, lower))]

    def _feed(self, commands: list[Command]) -> None:
        """Raises `PortLost`."""
        routed = [Route(2), *commands, Route(1)] if self.config.shared else commands
        self.port.feed(b"".join(map(self.config.dialect.encode, routed)))
