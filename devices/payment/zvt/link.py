"""An open line to a ZVT terminal: messages out, messages in, and a whole conversation as one value.

The one who may speak is handed over: the till begins with a command, the terminal says 80 00 and has the word until it says
06 0F (done) or 06 1E (broken off); each of its messages is answered with 80 00. On a serial line each frame is acknowledged
below that. A frame that the terminal refused (NAK) is said again; one it did not acknowledge is not: it may have been heard,
and nothing says that a second authorisation would be taken for the first.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from devices.payment.config import Timing
from devices.payment.zvt import apdu as kinds
from devices.payment.zvt import fields as f
from devices.payment.zvt.apdu import ACCEPTED, Apdu, ApduDecoder
from devices.payment.zvt.serial_frame import Acknowledged, SerialDecoder, frame
from devices.payment.zvt.slips import Slips, printed_block, printed_line
from devices.payment.zvt.transaction import Transaction, text_of, transaction
from devices.ports.port import Port, PortLost

TRIES: Final = 3
ANSWERS: Final = (0x80, 0x84)
MOST_MESSAGES: Final = 1_000
"""More than any conversation has: a terminal that never ends is as good as silent."""


class FellSilent(PortLost):
    """The port is there, the terminal behind it no longer answers."""


class End(Enum):
    """How a conversation ended."""

    COMPLETED = auto()
    """06 0F."""
    ABORTED = auto()
    """06 1E, `code` says why."""
    REFUSED = auto()
    """84 xx to the command itself: nothing was begun."""
    LOST = auto()
    """The line is gone or the terminal fell silent: nobody knows."""


@dataclass(slots=True)
class Conversation:
    """What a terminal made of one command. `taken`: it said that it begins."""

    end: End = End.LOST
    code: int | None = None
    taken: bool = False
    transaction: Transaction | None = None
    slips: Slips = field(default_factory=Slips)
    text: str = ""


Told = Callable[[int], None]
"""Called with each intermediate state's code."""
Taken = Callable[[], Awaitable[None]]
"""Called once the terminal has taken the command."""


class Link:
    """Lives from one opening of the port to its loss; `serial` says which of the two framings it speaks."""

    def __init__(self, port: Port, timing: Timing, *, serial: bool) -> None:
        self.lost: PortLost | None = None
        self.gone = asyncio.Event()
        self.talking = False
        self._port, self._timing, self._serial = port, timing, serial
        self._decoder = SerialDecoder() if serial else ApduDecoder()
        self._heard = asyncio.Queue[Apdu | None]()
        self._acknowledged = asyncio.Queue[bool]()

    async def listen(self) -> None:
        """Hear the terminal out until the port is lost; returns then."""
        try:
            while True:
                data = await self._port.read()
                before = self._decoder.damaged
                for said in self._decoder.feed(data):
                    self._hear(said)
                if self._serial and self._decoder.damaged > before:
                    self._port.feed(Acknowledged(good=False).encode())
        except PortLost as lost:
            self.lose(lost)
        finally:
            self.lose(PortLost("nobody listens any more"))

    def lose(self, lost: PortLost) -> None:
        """Nothing more will be heard: everyone who waits is told."""
        if self.lost is None:
            self.lost = lost
            self._heard.put_nowait(None)
            self.gone.set()

    def abort(self) -> None:
        """Ask the terminal to give up what it does; it may be too late for that. Raises `PortLost`."""
        self._feed(Apdu(kinds.ABORT))

    async def talk(
        self, command: Apdu, step: float, told: Told = lambda code: None, taken: Taken | None = None
    ) -> Conversation:
        """One command and all that comes of it, `step` seconds at most between its messages. Never raises."""
        conversation = Conversation()
        self.talking = True
        try:
            await self._say(command)
            if await self._taken(conversation) and taken:
                await taken()
            if conversation.taken:
                await self._hear_out(conversation, step, told)
        except PortLost as lost:
            conversation.end = End.LOST
            self.lose(lost)
        finally:
            self.talking = False
        return conversation

    async def _taken(self, conversation: Conversation) -> bool:
        """Wait for 80 00 or 84 xx to the command. Raises `PortLost`."""
        while not conversation.taken:
            said = await self._receive(self._timing.reply)
            if said.refused is not None:
                conversation.end, conversation.code = End.REFUSED, said.refused
                return False
            conversation.taken = said.control == kinds.POSITIVE
            if not conversation.taken:
                await self._say(ACCEPTED)  # the tail of what was said before
        return True

    async def _hear_out(self, conversation: Conversation, step: float, told: Told) -> None:
        """The terminal has the word until it says that it is done. Raises `PortLost`."""
        for _ in range(MOST_MESSAGES):
            said = await self._receive(step)
            if said.control >> 8 in ANSWERS:
                continue  # to an abort of ours; what came of it is told by the end
            await self._say(ACCEPTED)
            self._note(said, conversation, told)
            if said.control in (kinds.COMPLETION, kinds.ABORTED):
                return
        raise FellSilent("it does not come to an end")

    def _note(self, said: Apdu, conversation: Conversation, told: Told) -> None:
        match said.control:
            case kinds.COMPLETION:
                conversation.end = End.COMPLETED
            case kinds.ABORTED:
                conversation.end, conversation.code = End.ABORTED, said.data[0] if said.data else None
                conversation.text = conversation.text or text_of(f.fields(said.data[1:]).get(f.TEXT, b""))
            case kinds.STATUS_INFORMATION:
                conversation.transaction = transaction(said.data)
            case kinds.INTERMEDIATE_STATUS if said.data:
                told(said.data[0])
            case kinds.PRINT_LINE:
                conversation.slips.add(printed_line(said.data))
            case kinds.PRINT_TEXT:
                conversation.slips.add(printed_block(said.data))
            case _:
                pass  # it was acknowledged; nothing here hangs on it

    async def _receive(self, seconds: float) -> Apdu:
        """Raises `PortLost`, `FellSilent` after `seconds`."""
        if self.lost is not None and self._heard.empty():
            raise self.lost
        try:
            async with asyncio.timeout(seconds):
                said = await self._heard.get()
        except TimeoutError:
            raise FellSilent(f"no answer in {seconds} s") from None
        if said is None:
            raise self.lost or PortLost("gone")
        return said

    async def _say(self, message: Apdu) -> None:
        """Raises `PortLost`."""
        for _ in range(TRIES):
            while not self._acknowledged.empty():
                self._acknowledged.get_nowait()
            self._feed(message)
            if not await self._port.flush(self._timing.write):
                raise FellSilent("it takes nothing")
            if not self._serial or await self._not_refused():
                return
        raise FellSilent("it refuses every frame")

    async def _not_refused(self) -> bool:
        """False if the terminal asks for the frame again; silence is no such wish."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._timing.acknowledge):
                return await self._acknowledged.get()
        return True

    def _feed(self, message: Apdu) -> None:
        if self.lost is not None:
            raise self.lost
        self._port.feed(frame(message) if self._serial else message.encode())

    def _hear(self, said: Apdu | Acknowledged) -> None:
        if isinstance(said, Acknowledged):
            self._acknowledged.put_nowait(said.good)
            return
        if self._serial:
            self._port.feed(Acknowledged(good=True).encode())
        if self.talking:
            self._heard.put_nowait(said)
        elif said.control >> 8 not in ANSWERS:
            self._feed(ACCEPTED)
