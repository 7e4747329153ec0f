"""What every simulator has in common: it answers over TCP or a pty, at the pace of its line, with faults to switch on.

A protocol's simulator says what it answers to the bytes it hears; line, pace and faults are here. ptys know no baud
rate: without this pace every test of a time limit would be a lie.
"""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import ClassVar

from devices.simulation.faults import GARBAGE, Faults, damaged
from devices.simulation.wires import PtyWire, TcpWire, Wire, WireClosed

SPLIT_PAUSE = 0.002
SPLIT_PAUSES = 100
"""So many bytes of a long reply come with a pause between them, the rest without: a page of text is not held up for seconds."""
MOST_AT_ONCE = 64


class Simulator(ABC):
    """Start it with `start_tcp` or `start_pty`; set `faults` at any time; `stop` it.

    `baud` and `bits_a_byte` (10 for 8N1 and 7E1, 11 for 8E1) set the pace; `baud` 0 is a line without one (TCP).
    """

    parity: ClassVar[bool] = False
    """The line has a parity bit, and the other end checks it."""
    bits: ClassVar[int] = 7
    """Of a byte on a line with parity."""

    def __init__(
        self,
        *,
        baud: int = 9600,
        bits_a_byte: int = 10,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.baud, self.bits_a_byte = baud, bits_a_byte
        self.faults = Faults()
        self.heard = bytearray()
        """Every byte that came over the wire."""
        self.connections = 0
        self.answering = True
        """Connections are taken; off, they are dropped at once."""
        self._sleep = sleep
        self._kept_back = b""
        self._wire: Wire | None = None
        self._replies = asyncio.Queue[bytes]()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @abstractmethod
    def hear(self, data: bytes) -> None:
        """Take what came over the wire (any split) and `say` what it is answered."""

    def connected(self) -> None:  # noqa: B027
        """Somebody opened the line (TCP only): forget a half-heard request."""

    async def room(self) -> int:
        """How many bytes it can take now, at least one; waits while its buffer is full."""
        return MOST_AT_ONCE

    def say(self, reply: bytes) -> None:
        """Put a reply at the end of what goes out, with the faults that are on."""
        if self.faults.silent or not reply:
            return
        if self.faults.damaged:
            reply = damaged(reply, parity=self.parity, bits=self.bits)
        if self.faults.garbage:
            reply = GARBAGE + reply
        if self.faults.merged:
            self._kept_back, reply = (b"", self._kept_back + reply) if self._kept_back else (reply, b"")
        if reply:
            self._replies.put_nowait(reply)

    def let_go(self) -> None:
        """Say now what the fault `merged` keeps back."""
        late, self._kept_back = self._kept_back, b""
        self._replies.put_nowait(late)

    def verbs(self) -> Mapping[str, Callable[..., object]]:
        """What a person can do to it, by the word that is typed ("put 1250"); arguments are `int` or `str`, and the
        first line of the docstring is the help."""
        return {}

    def person(self, asked: str) -> None:  # noqa: B027
        """Do what a person does whom `verify` asks for something: put goods on the pan, scan a code."""

    # starting and stopping

    async def start_tcp(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen; returns the address ("tcp://127.0.0.1:9100"). One host at a time, as real devices do."""
        self._server = await asyncio.start_server(self._accept, host, port, limit=MOST_AT_ONCE)
        self.spawn(self._reply_on())
        return f"tcp://{host}:{self._server.sockets[0].getsockname()[1]}"

    async def start_pty(self, line: str = "") -> str:
        """Open a pty; returns the address of its other end, `line` added ("serial:/dev/pts/3?baud=9600&parity=E")."""
        wire = PtyWire()
        self.spawn(self._reply_on())
        self.spawn(self._serve_always(wire))
        return f"serial:{wire.path}?baud={self.baud}{'&' if line else ''}{line}"

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._wire is not None:
            self._wire.close()

    def spawn(self, work: Coroutine[object, object, None]) -> None:
        """Run something beside, until `stop`."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def disconnect(self) -> None:
        """Drop a TCP connection now; a pty has none to drop."""
        if isinstance(self._wire, TcpWire):
            self._wire.close()

    # the wire

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = TcpWire(reader, writer)
        if self._wire is not None or not self.answering:
            wire.close()
            return
        self._wire = wire
        self.connections += 1
        self.connected()
        self.spawn(self._serve(wire))

    async def _serve_always(self, wire: Wire) -> None:
        while True:
            await self._serve(wire)

    async def _serve(self, wire: Wire) -> None:
        self._wire = wire
        try:
            while True:
                data = await wire.read(await self.room())
                await self._pace(len(data))
                self._take(data)
        except WireClosed:
            pass
        finally:
            self._wire = None
            if isinstance(wire, TcpWire):
                wire.close()

    def _take(self, data: bytes) -> None:
        left = self.faults.disconnect_after
        if left is not None:
            data = data[:left]
            self.faults.disconnect_after = left - len(data)
        self.heard += data
        if self.faults.echo:
            self._replies.put_nowait(data)
        if data:
            self.hear(data)
        if left is not None and self.faults.disconnect_after == 0:
            self.faults.disconnect_after = None
            raise WireClosed

    async def _reply_on(self) -> None:
        while True:
            reply = await self._replies.get()
            cut = self.faults.cut_reply_after
            if cut is not None:
                reply, self.faults.cut_reply_after = reply[:cut], None
            pieces = [reply[i : i + 1] for i in range(len(reply))] if self.faults.split else [reply]
            for number, piece in enumerate(pieces):
                await self._pace(len(piece))
                if self.faults.split and number < SPLIT_PAUSES:
                    await self._sleep(SPLIT_PAUSE)
                if self._wire is not None and piece:
                    with contextlib.suppress(WireClosed):
                        self._wire.write(piece)
            if cut is not None:
                await self._sleep(SPLIT_PAUSE)
                self.disconnect()

    async def _pace(self, count: int) -> None:
        if self.baud:
            await self._sleep(count * self.bits_a_byte / self.baud * self.faults.slow)
