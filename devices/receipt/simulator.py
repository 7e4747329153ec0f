"""A receipt printer made of software: the real protocol over TCP or a pty, at the pace of a real line, with faults.

It has a buffer, stops when the paper ends or the cover opens and goes on where it stopped, answers real-time questions
even then, and forgets everything when its power is cycled. What it printed is kept as bytes: see `receipts`.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from devices.receipt.commands import Command, scan
from devices.receipt.decoder import QUERIES
from devices.receipt.model import PAPER_80, PrinterModel
from devices.receipt.wires import PtyWire, TcpWire, Wire, WireClosed

PIECES_A_SECOND = 250
"""How finely it takes what comes: a byte does not wait for its neighbours longer than one of these."""
MAKER, MODEL = b"TILLCARD", b"SIMULATED"
MOVES_PAPER = {"LF", "ESC d", "ESC J", "GS v", "GS k"}
CUTS = {"GS V", "ESC i", "ESC m"}
BITS_A_BYTE = 10
Paper = Literal["ok", "near end", "out"]


@dataclass(frozen=True, slots=True)
class SimulatedReceipt:
    """The bytes between two cuts, the last one included; questions to the printer are left out."""

    data: bytes
    printed_at: datetime


@dataclass(frozen=True, slots=True)
class Kick:
    """The drawer's pulse: after how many whole receipts, and how many bytes of the next one."""

    kicked_at: datetime
    receipts: int
    bytes: int


class PrinterSimulator:
    """Start it with `start_tcp` or `start_pty`; switch its faults on and off at any time; `stop` it."""

    def __init__(
        self,
        model: PrinterModel = PAPER_80,
        *,
        baud: int = 115_200,
        buffer: int = 4096,
        line_seconds: float = 0.0,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.model = model
        self.receipts: list[SimulatedReceipt] = []
        self.torn: list[bytes] = []
        """What was on the paper of receipts that a power cycle cut short."""
        self.kicks: list[Kick] = []
        self.received = bytearray()
        """Every byte that came over the wire while the power was on."""
        self.unheard = 0
        """How many came while it was off."""
        self._baud, self._buffer_size, self._line_seconds, self._now = baud, buffer, line_seconds, now
        self._sleep = sleep
        self._paper: Paper = "ok"
        self._lines_left: int | None = None
        self._cover_open = self._cutter = self._muted = self._drawer_open = self._feeding = False
        self._powered = True
        self._slowness = 1.0
        self._piece = max(1, min(64, baud // BITS_A_BYTE // PIECES_A_SECOND))
        self._disconnect_in: int | None = None
        self._automatic = False
        self._buffer, self._printed, self._heard = bytearray(), bytearray(), b""
        self._work, self._room, self._moved = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._replies = asyncio.Queue[bytes]()
        self._wire: Wire | None = None
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    # Starting and stopping

    async def start_tcp(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen; returns the address ("tcp://127.0.0.1:9100"). One host at a time, as real printers do."""
        self._server = await asyncio.start_server(self._accept, host, port, limit=self._piece)
        self._start()
        return f"tcp://{host}:{self._server.sockets[0].getsockname()[1]}"

    async def start_pty(self) -> str:
        """Open a pty; returns the address of its other end ("serial:/dev/pts/3?baud=9600")."""
        wire = PtyWire()
        self._start()
        self._spawn(self._serve_always(wire))
        return f"serial:{wire.path}?baud={self._baud}"

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._wire is not None:
            self._wire.close()

    def _start(self) -> None:
        self._spawn(self._work_on())
        self._spawn(self._reply_on())

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Faults

    def set_paper(self, paper: Paper) -> None:
        """ "out" stops it, "ok" lets it go on."""
        self._paper, self._lines_left = paper, None
        self._state_changed()

    def paper_out_after(self, lines: int) -> None:
        """The paper ends after so many more lines."""
        self._lines_left = lines

    def set_cover(self, *, opened: bool) -> None:
        self._cover_open = opened
        self._state_changed()

    def hold_feed(self, *, held: bool) -> None:
        """Its feed button: it is offline and gives no reason that needs paper or a closed cover."""
        self._feeding = held
        self._state_changed()

    def set_cutter_error(self, *, jammed: bool) -> None:
        self._cutter = jammed
        self._state_changed()

    def mute(self, *, muted: bool) -> None:
        """It prints but says nothing."""
        self._muted = muted

    def slow(self, factor: float) -> None:
        """So many times slower than its line and its head; 1 is normal."""
        self._slowness = factor

    def disconnect_after(self, count: int) -> None:
        """Drop the connection once so many more bytes came in."""
        self._disconnect_in = count

    def power_off(self) -> None:
        """The buffer is lost, the paper torn, a TCP connection gone; it hears and says nothing."""
        self._powered = self._automatic = False
        if self._printed:
            self.torn.append(bytes(self._printed))
        self._buffer.clear()
        self._printed.clear()
        self._heard = b""
        self._room.set()
        if isinstance(self._wire, TcpWire):
            self._wire.close()
        self._moved.set()

    def power_on(self) -> None:
        self._powered = True
        self._work.set()

    def close_drawer(self) -> None:
        self._drawer_open = False
        self._state_changed()

    # What it did

    @property
    def unfinished(self) -> bytes:
        """What is printed since the last cut."""
        return bytes(self._printed)

    @property
    def holds(self) -> int:
        """Bytes in the buffer, not yet printed."""
        return len(self._buffer)

    async def until(self, holds: Callable[["PrinterSimulator"], bool]) -> None:
        """Wait until something is true of it; looks after each command, byte and power cut."""
        while not holds(self):
            self._moved.clear()
            await self._moved.wait()

    # The wire

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = TcpWire(reader, writer)
        if self._wire is not None or not self._powered:
            wire.close()
            return
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        await self._serve(wire)

    async def _serve_always(self, wire: Wire) -> None:
        while True:
            await self._serve(wire)

    async def _serve(self, wire: Wire) -> None:
        self._wire = wire
        try:
            while True:
                while len(self._buffer) >= self._buffer_size:
                    self._room.clear()
                    await self._room.wait()
                data = await wire.read(min(self._piece, self._buffer_size - len(self._buffer)))
                await self._pace(len(data))
                self._take(data)
        except WireClosed:
            pass
        finally:
            self._wire = None
            if isinstance(wire, TcpWire):
                wire.close()

    def _take(self, data: bytes) -> None:
        for byte in data:
            if not self._powered:
                self.unheard += 1
                continue
            if self._disconnect_in is not None:
                if self._disconnect_in == 0:
                    self._disconnect_in = None
                    raise WireClosed
                self._disconnect_in -= 1
            self.received.append(byte)
            self._buffer.append(byte)
            self._hear(byte)
        self._work.set()
        self._moved.set()

    def _hear(self, byte: int) -> None:
        """Obey real-time commands as they come in, wherever they stand."""
        self._heard = self._heard[-4:] + bytes([byte])
        match self._heard[-3:]:
            case b"\x10\x04\x01" | b"\x10\x04\x02" | b"\x10\x04\x03" | b"\x10\x04\x04":
                self._say(bytes([self._real_time(byte)]))
            case b"\x10\x05\x01" | b"\x10\x05\x02":
                self._cutter = False
                if byte == 2:
                    self._buffer.clear()
                    self._printed.clear()
                    self._room.set()
                self._state_changed()
            case _:
                pass
        if self._heard[:3] == b"\x10\x14\x01" and len(self._heard) == 5:
            self._kick()

    async def _pace(self, count: int) -> None:
        await self._sleep(count * BITS_A_BYTE / self._baud * self._slowness)

    def _say(self, data: bytes) -> None:
        if self._powered and not self._muted:
            self._replies.put_nowait(data)

    async def _reply_on(self) -> None:
        while True:
            data = await self._replies.get()
            await self._pace(len(data))
            if self._wire is not None:
                with contextlib.suppress(WireClosed):
                    self._wire.write(data)

    # The head

    @property
    def _offline(self) -> bool:
        return self._paper == "out" or self._cover_open or self._cutter or self._feeding

    async def _work_on(self) -> None:
        while True:
            self._work.clear()
            command = scan(self._buffer) if self._powered and not self._offline else None
            if command is None:
                await self._work.wait()
                continue
            del self._buffer[: len(command.raw)]
            self._room.set()
            await self._obey(command)
            self._moved.set()

    async def _obey(self, command: Command) -> None:
        if command.name not in QUERIES and command.name not in ("ESC p", "DLE DC4"):
            self._printed += command.raw
        name, args = command.name, command.args
        if name in MOVES_PAPER:
            await self._sleep(self._line_seconds * self._slowness)
            self._use_line()
        elif name in CUTS:
            self.receipts.append(SimulatedReceipt(bytes(self._printed), self._now()))
            self._printed.clear()
        elif name == "ESC p":
            self._kick()
        elif name == "ESC @":
            self._automatic = False
        elif name == "GS a":
            self._automatic = args[0] != 0
            if self._automatic:
                self._say(self._status())
        elif name == "GS r":
            self._say(bytes([self._queued(args[0])]))
        elif name == "GS I":
            self._say(b"_" + {0x42: MAKER, 0x43: MODEL}.get(args[0], b"") + b"\x00")
        elif name == "GS (" and args[:1] == b"H" and args[3:5] == b"00":
            del self._printed[-len(command.raw) :]
            self._say(b'7"' + args[5:9] + b"\x00")

    def _kick(self) -> None:
        self.kicks.append(Kick(self._now(), len(self.receipts), len(self._printed)))
        self._drawer_open = True
        self._state_changed()

    def _use_line(self) -> None:
        if self._lines_left is not None:
            self._lines_left -= 1
            if self._lines_left <= 0:
                self.set_paper("out")

    # What it says of itself

    def _state_changed(self) -> None:
        if self._automatic:
            self._say(self._status())
        self._work.set()
        self._moved.set()

    def _status(self) -> bytes:
        """The four bytes of an automatic status."""
        printer = 0x10 | self._drawer_open << 2 | self._offline << 3 | self._cover_open << 5 | self._feeding << 6
        paper = {"ok": 0, "near end": 0x03, "out": 0x0F}[self._paper]
        return bytes([printer, self._cutter << 3, paper, 0])

    def _real_time(self, number: int) -> int:
        match number:
            case 1:
                return 0x12 | self._drawer_open << 2 | self._offline << 3
            case 2:
                return (
                    0x12 | self._cover_open << 2 | self._feeding << 3 | (self._paper == "out") << 5 | self._cutter << 6
                )
            case 3:
                return 0x12 | self._cutter << 3
            case _:
                return 0x12 | {"ok": 0, "near end": 0x0C, "out": 0x6C}[self._paper]

    def _queued(self, number: int) -> int:
        if number in (2, 50):
            return int(self._drawer_open)
        return {"ok": 0, "near end": 0x03, "out": 0x0F}[self._paper]
