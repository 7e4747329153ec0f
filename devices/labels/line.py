"""An open conversation with a label printer: what it says, and questions of which each waits for its own answer."""

import asyncio
import contextlib
from collections.abc import Callable

from devices.conformance.spec import Decoder
from devices.labels.language import status_of
from devices.labels.status import LabelStatus
from devices.ports.port import Port, PortLost


class LabelLine:
    """Lives from one opening of the port to its loss. `heard` is called with every value the printer said,
    `gone` once it is lost."""

    def __init__(self, port: Port, decoder: Decoder, heard: Callable[[object], None], gone: Callable[[], None]) -> None:
        self.status = LabelStatus()
        self.lost: PortLost | None = None
        self.unanswered = 0
        """Questions to which no answer came yet."""
        self._port, self._decoder, self._heard, self._told_gone = port, decoder, heard, gone
        self._moved, self._gone = asyncio.Event(), asyncio.Event()
        self._answers = 0

    async def listen(self) -> None:
        """Hear the printer out until the port is lost; returns then."""
        try:
            while True:
                for value in self._decoder.feed(await self._port.read()):
                    self._take(value)
                self._moved.set()
        except PortLost as lost:
            self.lose(lost)
        finally:
            self.lose(PortLost("nobody listens any more"))

    def lose(self, lost: PortLost) -> None:
        """Nothing more will be heard: whoever waits is told."""
        if self.lost is None:
            self.lost = lost
            self._gone.set()
            self._told_gone()
            self._moved.set()

    def _take(self, value: object) -> None:
        status = status_of(value)
        if status is not None:
            self.status = status
            self._answers += 1
            self.unanswered = max(0, self.unanswered - 1)
        self._heard(value)

    def feed(self, data: bytes) -> None:
        """Raises `PortLost`."""
        if self.lost is not None:
            raise self.lost
        self._port.feed(data)

    async def flush(self, seconds: float) -> bool:
        """As `Port.flush`."""
        return await self._port.flush(seconds)

    async def ask(self, question: bytes, seconds: float) -> bool:
        """False if no answer came in time; an answer to an older question counts. Raises `PortLost`."""
        before = self._answers
        self.feed(question)
        self.unanswered += 1
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._until(lambda: self._answers > before)
        return self._answers > before

    async def in_step(self, seconds: float) -> bool:
        """Whether every question was answered, so that no old answer can be taken for a new one. Raises `PortLost`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._until(lambda: not self.unanswered)
        return not self.unanswered

    async def wait_lost(self, seconds: float) -> None:
        """Raises `PortLost` as soon as the port is lost; returns after `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._gone.wait()
        if self.lost is not None:
            raise self.lost

    async def _until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            if self.lost is not None:
                raise self.lost
            self._moved.clear()
            await self._moved.wait()
