"""The open port of one scale: it is always listened to, so nothing old waits there to be taken for an answer."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from devices.conformance.spec import Decoder
from devices.device import DeviceError
from devices.ports.port import Port, PortLost

CALM_SECONDS = 0.05
MOST_CALMS = 10


class ScaleLine:
    """Lives from one opening of the port to its loss; `changed` is called at the loss."""

    def __init__(self, port: Port, clock: Callable[[], float], changed: Callable[[], None]) -> None:
        self.lost: PortLost | None = None
        self.dropped = 0
        """Bytes that came while nothing was asked."""
        self._port, self._clock, self._changed = port, clock, changed
        self._talk: Conversation | None = None
        self._clean = True
        self._heard = asyncio.Event()

    async def listen(self) -> None:
        """Until the port is lost; returns then."""
        try:
            while True:
                self._take(await self._port.read())
        except PortLost as lost:
            self.lose(lost)
        finally:
            self.lose(PortLost("nobody listens any more"))

    def lose(self, lost: PortLost) -> None:
        """Nothing more will be heard: whoever waits is told."""
        if self.lost is not None:
            return
        self.lost = lost
        self._heard.set()
        if self._talk is not None:
            self._talk.lose(lost)
        self._changed()

    @asynccontextmanager
    async def talk(self, decoder: Decoder) -> "AsyncGenerator[Conversation, None]":
        """A conversation, one at a time, with everything that came before it thrown away.

        After one that did not end well it first waits until the line is quiet, so that an answer that comes too late
        is not taken for the answer to the next question. Raises `PortLost`.
        """
        if not self._clean:
            await self._calm()
        await asyncio.sleep(0)  # what the system already has is heard before the question is asked
        if self.lost is not None:
            raise self.lost
        self._clean = False
        self._talk = Conversation(self._port, decoder, self._clock)
        try:
            yield self._talk
            self._clean = True
        finally:
            self._talk = None

    def _take(self, data: bytes) -> None:
        self._heard.set()
        if self._talk is None:
            self.dropped += len(data)
        else:
            self._talk.take(data)

    async def _calm(self) -> None:
        for _ in range(MOST_CALMS):
            self._heard.clear()
            try:
                async with asyncio.timeout(CALM_SECONDS):
                    await self._heard.wait()
            except TimeoutError:
                return
            if self.lost is not None:
                return


class Conversation:
    """The `Talk` of a dialect. An echo of what was sent, as some adapters and two-wire lines make, is left out."""

    def __init__(self, port: Port, decoder: Decoder, clock: Callable[[], float]) -> None:
        self.began_at = 0.0
        """When the first byte of the value last heard came in, by the clock; never later than that."""
        self._port, self._decoder, self._clock = port, decoder, clock
        self._values: deque[tuple[object, float]] = deque()
        self._moved = asyncio.Event()
        self._lost: PortLost | None = None
        self._sent = self._echo = b""
        self._first: float | None = None
        self._anything = False

    def send(self, data: bytes, *, echoes: bool = True) -> None:
        """Ask; what came before and was not heard is no answer to it."""
        self._values.clear()
        self._sent, self._echo, self._first = data if echoes else b"", b"", None
        self._port.feed(data)

    async def hear(self, seconds: float) -> object:
        try:
            async with asyncio.timeout(seconds):
                while not self._values:
                    if self._lost is not None:
                        raise self._lost
                    self._moved.clear()
                    await self._moved.wait()
        except TimeoutError:
            raise DeviceError("scale.damaged" if self._anything else "scale.silent") from None
        value, self.began_at = self._values.popleft()
        return value

    def take(self, data: bytes) -> None:
        data = self._without_echo(data)
        if not data:
            return
        now = self._clock()
        self._anything = True
        first = now if self._first is None else self._first
        values = self._decoder.feed(data)
        self._values.extend((value, first) for value in values)
        self._first = now if values else first
        self._moved.set()

    def lose(self, lost: PortLost) -> None:
        self._lost = lost
        self._moved.set()

    def _without_echo(self, data: bytes) -> bytes:
        """What is left once the whole of what was sent came back; no answer begins with its whole question,
        or `send` was told so."""
        if not self._sent:
            return data
        came = self._echo + data
        if came.startswith(self._sent):
            self._sent, self._echo, rest = b"", b"", came[len(self._sent) :]
            return rest
        if self._sent.startswith(came):
            self._echo = came
            return b""
        self._sent = self._echo = b""
        return came
