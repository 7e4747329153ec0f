"""One conversation on an open port: what came in, value by value, and the two ways of giving a command."""

import asyncio
from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from devices.fiscal.shtrih import frames1, frames2
from devices.fiscal.shtrih.frames1 import Control, Message
from devices.fiscal.shtrih.frames2 import Frame
from devices.ports.port import Port, PortLost

T = TypeVar("T", covariant=True)
V = TypeVar("V")
TRIES = 3
STRANGERS = 8
"""Frames that are no answer to this command, before it is given up."""


class NoAnswer(Exception):
    """The port is there; what was awaited did not come, or came damaged every time."""


class Heard(Protocol[T]):
    """A decoder of one protocol version."""

    damaged: int

    def feed(self, data: bytes) -> Sequence[T]: ...


class Talk(Generic[V]):
    """Lives from one opening of the port to its loss. `decoder` makes a fresh decoder."""

    def __init__(self, port: Port, decoder: type[Heard[V]]) -> None:
        self.damaged = 0
        self.gone = asyncio.Event()
        self._port, self._make = port, decoder
        self._decoder = decoder()
        self._values: asyncio.Queue[V | PortLost] = asyncio.Queue()

    async def listen(self) -> None:
        """Hear the register out until the port is lost; returns then."""
        try:
            while True:
                data = await self._port.read()
                before = self._decoder.damaged
                for value in self._decoder.feed(data):
                    self._values.put_nowait(value)
                self.damaged += self._decoder.damaged - before
        except PortLost as lost:
            self._values.put_nowait(lost)
        finally:
            self.gone.set()

    def say(self, data: bytes) -> None:
        """Raises `PortLost`."""
        self._port.feed(data)

    async def hear(self, seconds: float) -> V:
        """The next value. Raises `NoAnswer` after `seconds`, `PortLost`; a half-heard frame is then forgotten."""
        try:
            async with asyncio.timeout(seconds):
                value = await self._values.get()
        except TimeoutError:
            self._decoder = self._make()
            raise NoAnswer from None
        if isinstance(value, PortLost):
            self._values.put_nowait(value)
            raise value
        return value

    def forget(self) -> None:
        """Drop what was heard and not asked for."""
        kept = [value for value in self._drained() if isinstance(value, PortLost)]
        for value in kept:
            self._values.put_nowait(value)

    def _drained(self) -> list[V | PortLost]:
        return [self._values.get_nowait() for _ in range(self._values.qsize())]


class Exchange(Protocol):
    """One protocol version on one open port. `seconds` is how long the register may work on a command."""

    tries: int
    """How often a question may be asked before the register counts as silent."""

    @property
    def gone(self) -> asyncio.Event:
        """Set when the port is lost."""
        ...

    async def listen(self) -> None:
        """Hear the register out until the port is lost; run it beside."""
        ...

    async def greet(self) -> None:
        """Find out that a register is there. Raises `NoAnswer`, `PortLost`."""
        ...

    async def give(self, command: bytes, seconds: float) -> bytes:
        """Give a command once; returns the answer. Raises `NoAnswer`: then nobody knows whether it was carried out;
        `PortLost`."""
        ...


class _Exchange(Generic[V]):
    """What both versions share: the talk and its end."""

    def __init__(self, port: Port, decoder: type[Heard[V]], turn: float) -> None:
        self.talk: Talk[V] = Talk(port, decoder)
        self._turn = turn

    @property
    def gone(self) -> asyncio.Event:
        return self.talk.gone

    async def listen(self) -> None:
        await self.talk.listen()


class Exchange1(_Exchange[frames1.Value]):
    """Version 1. The register holds its answer until it is acknowledged, so an answer lost on the line is asked for
    again by ENQ; a frame is sent a second time only if the register said NAK to it.

    `turn`: seconds within which a control byte comes.
    """

    tries = 2

    def __init__(self, port: Port, turn: float) -> None:
        super().__init__(port, frames1.Decoder, turn)
        self._damaged = 0

    async def greet(self) -> None:
        for _ in range(TRIES):
            if await self._is_idle():
                return
        raise NoAnswer

    async def give(self, command: bytes, seconds: float) -> bytes:
        await self.greet()
        for _ in range(TRIES):
            self.talk.say(frames1.encode(Message(command)))
            match await self._control():
                case Control.ACK:
                    return await self._answer(command, seconds)
                case Control.NAK:
                    continue
                case _:
                    return await self._asked_again(command)
        raise NoAnswer

    async def _is_idle(self) -> bool:
        """ENQ: NAK means that it waits for a command; an old answer is taken and thrown away."""
        self.talk.forget()
        self.talk.say(frames1.encode(Control.ENQ))
        match await self._control():
            case Control.NAK:
                return True
            case Control.ACK:
                await self._old_answer()
            case _:
                pass
        return False

    async def _old_answer(self) -> None:
        try:
            if isinstance(await self.talk.hear(self._turn), Message):
                self.talk.say(frames1.encode(Control.ACK))
        except NoAnswer:
            self.talk.say(frames1.encode(Control.NAK))

    async def _control(self) -> Control | None:
        """The next control byte, None if none comes. Raises `PortLost`."""
        try:
            value = await self.talk.hear(self._turn)
        except NoAnswer:
            return None
        return value if isinstance(value, Control) else None

    async def _answer(self, command: bytes, seconds: float) -> bytes:
        try:
            value = await self.talk.hear(seconds)
        except NoAnswer:
            return await self._asked_again(command)
        return self._taken(value, command) or await self._asked_again(command)

    async def _asked_again(self, command: bytes) -> bytes:
        """The answer was damaged (NAK) or never came: after ENQ it is said again, if the register still holds it."""
        for _ in range(TRIES):
            if self.talk.damaged != self._damaged:
                self._damaged = self.talk.damaged
                self.talk.say(frames1.encode(Control.NAK))
            self.talk.forget()
            self.talk.say(frames1.encode(Control.ENQ))
            match await self._control():
                case Control.ACK:
                    try:
                        answer = self._taken(await self.talk.hear(self._turn), command)
                    except NoAnswer:
                        continue
                    if answer:
                        return answer
                case Control.NAK:
                    raise NoAnswer
                case _:
                    continue
        raise NoAnswer

    def _taken(self, value: frames1.Value, command: bytes) -> bytes:
        """The answer if it is one to this command, acknowledged; else nothing."""
        if not isinstance(value, Message):
            return b""
        self.talk.say(frames1.encode(Control.ACK))
        return value.data if value.data.startswith(code_of(command)) else b""


class Exchange2(_Exchange[Frame]):
    """Version 2: frames are numbered, the answer has the number of its command."""

    tries = 1

    def __init__(self, port: Port, turn: float) -> None:
        super().__init__(port, frames2.Decoder, turn)
        self._number = 0

    async def greet(self) -> None:
        for _ in range(TRIES):
            self.talk.forget()
            self.talk.say(frames2.encode(Frame(None)))
            try:
                frame = await self.talk.hear(self._turn)
            except NoAnswer:
                continue
            if frame.number is not None and not frame.data:
                self._number = (frame.number + 1) % frames2.NUMBERS
                return
        raise NoAnswer

    async def give(self, command: bytes, seconds: float) -> bytes:
        self.talk.forget()
        number, self._number = self._number, (self._number + 1) % frames2.NUMBERS
        self.talk.say(frames2.encode(Frame(number, command)))
        for _ in range(STRANGERS):
            frame = await self.talk.hear(seconds)
            if frame.number == number and frame.data.startswith(code_of(command)):
                return frame.data
        raise NoAnswer


def code_of(command: bytes) -> bytes:
    """One byte, or two of which the first is FF."""
    return command[:2] if command[:1] == b"\xff" else command[:1]
