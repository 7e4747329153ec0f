"""An open conversation with a printer: questions and their answers, status as it comes, fences counted."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable

from devices.ports.port import Port, PortLost
from devices.receipt.status import (
    Automatic,
    Block,
    PrinterStatus,
    Queued,
    RealTime,
    Reply,
    ReplyParser,
    automatic_status,
    with_real_time,
)

DLE_EOT = b"\x10\x04"
PROCESS_ID = b'7"'


class FellSilent(PortLost):
    """The port is there, the printer behind it no longer answers."""


class Link:
    """Lives from one opening of the port to its loss. `changed` is called after every change of
    `status` and at the loss.

    `moved` is set whenever anything is heard or the port is lost, for whoever waits on more than one thing.
    """

    def __init__(self, port: Port, changed: Callable[[], None]) -> None:
        self.status = PrinterStatus()
        self.lost: PortLost | None = None
        self.moved = asyncio.Event()
        self._gone = asyncio.Event()
        self.fences_asked = 0
        self.fences_answered = 0
        self.equal_statuses = 0
        """How many automatic statuses came in a row, all the same, with no fence between them."""
        self.echoed: set[bytes] = set()
        self._port, self._changed = port, changed
        self._parser = ReplyParser()
        self._automatic = b""
        self._asked: deque[tuple[int, asyncio.Future[int]]] = deque()

    async def listen(self) -> None:
        """Hear the printer out until the port is lost; returns then."""
        try:
            while True:
                for reply in self._parser.feed(await self._port.read()):
                    self._hear(reply)
                self.moved.set()
        except PortLost as lost:
            self.lose(lost)
        finally:
            self.lose(PortLost("nobody listens any more"))

    def lose(self, lost: PortLost) -> None:
        """Nothing more will be heard: everyone who waits is told."""
        if self.lost is not None:
            return
        self.lost = lost
        for _, answer in self._asked:
            if not answer.done():
                answer.set_exception(self.lost)
        self._asked.clear()
        self.moved.set()
        self._gone.set()
        self._changed()

    def feed(self, data: bytes) -> None:
        """Raises `PortLost`."""
        if self.lost is not None:
            raise self.lost
        self._port.feed(data)

    async def flush(self, seconds: float) -> bool:
        """As `Port.flush`."""
        return await self._port.flush(seconds)

    async def ask(self, number: int, seconds: float) -> bool:
        """Ask `DLE EOT number` and take the answer into `status`; False if none came within `seconds`.

        Raises `PortLost`.
        """
        self.feed(DLE_EOT + bytes([number]))
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        entry = (number, answer)
        self._asked.append(entry)
        try:
            async with asyncio.timeout(seconds):
                await answer
        except TimeoutError:
            return False
        finally:
            with contextlib.suppress(ValueError):
                self._asked.remove(entry)
        return True

    async def inquire(self, seconds: float) -> bool:
        """Ask for everything, `seconds` for each answer; False at the first that does not come. Raises `PortLost`."""
        for number in (1, 2, 3, 4):
            if not await self.ask(number, seconds):
                return False
        return True

    async def wait_lost(self, seconds: float) -> None:
        """Raises `PortLost` as soon as the port is lost; returns after `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._gone.wait()
        if self.lost is not None:
            raise self.lost

    async def wait(self, seconds: float) -> bool:
        """Until something is heard, the port is lost, or `seconds` pass (then False). Clear `moved` before looking."""
        try:
            async with asyncio.timeout(seconds):
                await self.moved.wait()
        except TimeoutError:
            return False
        return True

    def _hear(self, reply: Reply) -> None:
        match reply:
            case Automatic(data):
                self.equal_statuses = self.equal_statuses + 1 if data == self._automatic else 1
                self._automatic = data
                self._know(automatic_status(data))
            case RealTime(byte):
                self._answered(byte)
            case Queued():
                self.fences_answered += 1
                self.equal_statuses = 0
            case Block(data) if data.startswith(PROCESS_ID):
                self.echoed.add(data[len(PROCESS_ID) :])
            case _:
                pass

    def _answered(self, byte: int) -> None:
        if not self._asked:
            return
        number, answer = self._asked.popleft()
        self._know(with_real_time(self.status, number, byte))
        if not answer.done():
            answer.set_result(byte)

    def _know(self, status: PrinterStatus) -> None:
        if status != self.status:
            self.status = status
            self._changed()
