"""A receipt printer made of software: the real protocol over TCP or a pty, at the pace of a real line, with faults.

It has a buffer, stops when the paper ends or the cover opens and goes on where it stopped, answers real-time questions
even then, and forgets everything but its stored pictures when its power is cycled. What it printed is kept as bytes:
see `receipts`.
"""

import asyncio
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Literal

from devices.receipt.commands import Command, scan
from devices.receipt.decoder import QUERIES
from devices.receipt.logo import printed_from
from devices.receipt.model import PAPER_80, PrinterModel
from devices.simulation.simulator import MOST_AT_ONCE, Simulator

PIECES_A_SECOND = 250
"""How finely it takes what comes: a byte does not wait for its neighbours longer than one of these."""
MAKER, MODEL = b"TILLCARD", b"SIMULATED"
Paper = Literal["ok", "near end", "out"]
Error = Literal["cutter", "mechanical", "unrecoverable", "overheated"]


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


class Printer(Simulator):
    """What printers of both languages have in common. `wired_high`: its drawer's pin is high while it is open.
    `jams`: the drawer stays shut at so many pulses to come."""

    moves_paper: ClassVar[frozenset[str]]
    cuts: ClassVar[frozenset[str]]
    unprinted: ClassVar[frozenset[str]]

    def __init__(
        self,
        model: PrinterModel = PAPER_80,
        *,
        baud: int = 115_200,
        buffer: int = 4096,
        line_seconds: float = 0.0,
        wired_high: bool = True,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(baud=baud, sleep=sleep)
        self.model, self.wired_high = model, wired_high
        self.receipts: list[SimulatedReceipt] = []
        self.torn: list[bytes] = []
        """What was on the paper of receipts that a power cycle cut short."""
        self.kicks: list[Kick] = []
        self.jams = 0
        self.received = bytearray()
        """Every byte that came over the wire while the power was on."""
        self.errors: set[Error] = set()
        self.can_store = True
        """It has memory for pictures; off: it does not know the commands."""
        self.stored: dict[bytes, bytes] = {}
        """The pictures in its memory by their keys, as they were sent; they outlast a power cut."""
        self.stores = 0
        """How often its memory was written."""
        self.automatic = False
        """It tells its status by itself."""
        self.recent = b""
        """The last bytes it heard."""
        self.drawer_open = False
        self.feeding = self.wants_button = self.cover_open = False
        self.paper: Paper = "ok"
        self._buffer_size, self._line_seconds, self._now = buffer, line_seconds, now
        self._lines_left: int | None = None
        self._piece = max(1, min(MOST_AT_ONCE, baud // self.bits_a_byte // PIECES_A_SECOND)) if baud else MOST_AT_ONCE
        self._buffer, self._printed = bytearray(), bytearray()
        self._work, self._room, self._moved = asyncio.Event(), asyncio.Event(), asyncio.Event()

    # what differs between the languages

    @abstractmethod
    def hear_byte(self, byte: int) -> None:
        """Obey real-time commands as they come in, wherever they stand."""

    @abstractmethod
    def next_command(self, data: bytearray) -> Command | None:
        """The first whole command in the buffer."""

    @abstractmethod
    def obey(self, command: Command) -> None:
        """Do what is not paper, cut or text."""

    @abstractmethod
    def state_changed(self) -> None:
        """Tell it, if it tells such things by itself; then `went_on`."""

    @abstractmethod
    def forget(self) -> None:
        """Its power is gone."""

    # starting

    async def start_tcp(self, host: str = "127.0.0.1", port: int = 0) -> str:
        self.spawn(self._work_on())
        return await super().start_tcp(host, port)

    async def start_pty(self, line: str = "") -> str:
        self.spawn(self._work_on())
        return await super().start_pty(line)

    # faults

    def set_paper(self, paper: Paper) -> None:
        """ "out" stops it, "ok" lets it go on."""
        self.paper, self._lines_left = paper, None
        self.state_changed()

    def paper_out_after(self, lines: int) -> None:
        """The paper ends after so many more lines."""
        self._lines_left = lines

    def set_cover(self, *, opened: bool) -> None:
        self.cover_open = opened
        self.state_changed()

    def hold_feed(self, *, held: bool) -> None:
        """Its feed button."""
        self.feeding = held
        self.state_changed()

    def want_button(self, *, wanted: bool) -> None:
        """It waits for its feed button before it goes on."""
        self.wants_button = wanted
        self.state_changed()

    def set_error(self, error: Error, *, present: bool) -> None:
        (self.errors.add if present else self.errors.discard)(error)
        self.state_changed()

    def power_off(self) -> None:
        """The buffer is lost, the paper torn, a TCP connection gone; it hears and says nothing."""
        self.answering = False
        if self._printed:
            self.torn.append(bytes(self._printed))
        self._buffer.clear()
        self._printed.clear()
        self.forget()
        self._room.set()
        self.disconnect()
        self._moved.set()

    def power_on(self) -> None:
        self.answering = True
        self._work.set()

    def set_drawer(self, *, opened: bool) -> None:
        """By hand or with its key."""
        self.drawer_open = opened
        self.state_changed()

    def verbs(self) -> Mapping[str, Callable[..., object]]:
        return {"paper": self._paper_verb, "cover": self._cover_verb, "jam": self._jam_verb, "power": self._power_verb,
                "drawer": self._drawer_verb}  # fmt: skip

    def _paper_verb(self, how: str) -> None:
        """out, low or ok"""
        self.set_paper("out" if how == "out" else "near end" if how == "low" else "ok")

    def _cover_verb(self, how: str) -> None:
        """open or closed"""
        self.set_cover(opened=how == "open")

    def _jam_verb(self, how: str) -> None:
        """on or off: the cutter"""
        self.set_error("cutter", present=how == "on")

    def _power_verb(self, how: str) -> None:
        """on or off"""
        self.power_on() if how == "on" else self.power_off()

    def _drawer_verb(self, how: str) -> None:
        """open or closed, by hand"""
        self.set_drawer(opened=how == "open")

    # what it did

    @property
    def unfinished(self) -> bytes:
        """What is printed since the last cut."""
        return bytes(self._printed)

    @property
    def holds(self) -> int:
        """Bytes in the buffer, not yet printed."""
        return len(self._buffer)

    @property
    def unheard(self) -> int:
        """How many bytes came while its power was off."""
        return len(self.heard) - len(self.received)

    @property
    def stopped(self) -> bool:
        return self.paper == "out" or self.cover_open or bool(self.errors) or self.feeding or self.wants_button

    @property
    def pin_high(self) -> bool:
        return self.drawer_open == self.wired_high

    async def until(self, holds: "Callable[[Printer], bool]") -> None:
        """Wait until something is true of it; looks after each command, byte and power cut."""
        while not holds(self):
            self._moved.clear()
            await self._moved.wait()

    # the wire

    async def room(self) -> int:
        while len(self._buffer) >= self._buffer_size:
            self._room.clear()
            await self._room.wait()
        return min(self._piece, self._buffer_size - len(self._buffer))

    def hear(self, data: bytes) -> None:
        if self.answering:
            for byte in data:
                self.received.append(byte)
                self._buffer.append(byte)
                self.hear_byte(byte)
            self._work.set()
        self._moved.set()

    def say(self, reply: bytes) -> None:
        if self.answering:
            super().say(reply)

    # the head

    async def _work_on(self) -> None:
        while True:
            self._work.clear()
            command = self.next_command(self._buffer) if self.answering and not self.stopped else None
            if command is None:
                await self._work.wait()
                continue
            del self._buffer[: len(command.raw)]
            self._room.set()
            if command.name not in self.unprinted:
                self._printed += command.raw
            if command.name in self.moves_paper:
                await self._sleep(self._line_seconds * self.faults.slow)
                self._use_line()
            elif command.name in self.cuts:
                self.receipts.append(SimulatedReceipt(bytes(self._printed), self._now()))
                self._printed.clear()
            else:
                self.obey(command)
            self._moved.set()

    def _use_line(self) -> None:
        if self._lines_left is not None:
            self._lines_left -= 1
            if self._lines_left <= 0:
                self.set_paper("out")

    def kick(self) -> None:
        """A pulse for the drawer."""
        self.kicks.append(Kick(self._now(), len(self.receipts), len(self._printed)))
        if self.jams:
            self.jams -= 1
        else:
            self.drawer_open = True
        self.state_changed()

    def go_on(self) -> None:
        """Look again whether there is something to do."""
        self._room.set()
        self._work.set()
        self._moved.set()

    def clear(self) -> None:
        """Forget what is in the buffer and on the unfinished receipt."""
        self._buffer.clear()
        self._printed.clear()

    def unprint(self, command: Command) -> None:
        """It was a question and is not on the paper."""
        del self._printed[-len(command.raw) :]


class PrinterSimulator(Printer):
    """An ESC/POS printer. Start it with `start_tcp` or `start_pty`; switch its faults on and off at any time; `stop` it."""

    moves_paper = frozenset({"LF", "ESC d", "ESC J", "GS v", "GS k"})
    cuts = frozenset({"GS V", "ESC i", "ESC m"})
    unprinted = frozenset(QUERIES | {"ESC p", "DLE DC4"})

    def forget(self) -> None:
        self.automatic = False
        self.recent = b""

    def next_command(self, data: bytearray) -> Command | None:
        return scan(data)

    def hear_byte(self, byte: int) -> None:
        self.recent = self.recent[-4:] + bytes([byte])
        match self.recent[-3:]:
            case b"\x10\x04\x01" | b"\x10\x04\x02" | b"\x10\x04\x03" | b"\x10\x04\x04":
                self.say(bytes([self._real_time(byte)]))
            case b"\x10\x05\x01" | b"\x10\x05\x02":
                self.errors -= {"cutter", "mechanical"}
                if byte == 2:
                    self.clear()
                self.state_changed()
            case _:
                pass
        if self.recent[:3] == b"\x10\x14\x01" and len(self.recent) == 5:
            self.kick()

    def obey(self, command: Command) -> None:
        name, args = command.name, command.args
        if name == "ESC p":
            self.kick()
        elif name == "ESC @":
            self.automatic = False
        elif name == "GS a":
            self.automatic = args[0] != 0
            if self.automatic:
                self.say(self._status())
        elif name == "GS r":
            self.say(bytes([self._queued(args[0])]))
        elif name == "GS I":
            self.say(b"_" + {0x42: MAKER, 0x43: MODEL}.get(args[0], b"") + b"\x00")
        elif name == "GS (" and args[:1] == b"H" and args[3:5] == b"00":
            self.unprint(command)
            self.say(b'7"' + args[5:9] + b"\x00")
        elif name == "GS (" and args[:1] == b"L" and len(args) > 5:
            self._pictures(command, args[4], args[5:])

    def _pictures(self, command: Command, function: int, values: bytes) -> None:
        if not self.can_store:
            return
        if function == 0x40:
            self.unprint(command)
            self.say(b"7r@" + b"".join(self.stored) + b"\x00")
        elif function == 0x42:
            self.unprint(command)
            self.stored.pop(values[:2], None)
        elif function == 0x43:
            self.unprint(command)
            self.stored[values[1:3]] = command.raw
            self.stores += 1
        elif function == 0x45 and values[:2] in self.stored:
            self.unprint(command)
            self._printed += printed_from(self.stored[values[:2]])

    def state_changed(self) -> None:
        if self.automatic:
            self.say(self._status())
        self.go_on()

    def _status(self) -> bytes:
        """The four bytes of an automatic status."""
        printer = 0x10 | self.pin_high << 2 | self.stopped << 3 | self.cover_open << 5 | self.feeding << 6
        paper = {"ok": 0, "near end": 0x03, "out": 0x0F}[self.paper]
        return bytes([printer, self._error_bits() | self.wants_button, paper, 0])

    def _error_bits(self) -> int:
        bits: dict[Error, int] = {"mechanical": 0x04, "cutter": 0x08, "unrecoverable": 0x20, "overheated": 0x40}
        return sum(bits[error] for error in self.errors)

    def _real_time(self, number: int) -> int:
        match number:
            case 1:
                return 0x12 | self.pin_high << 2 | self.stopped << 3 | self.wants_button << 5
            case 2:
                paper, error = self.paper == "out", bool(self.errors)
                return 0x12 | self.cover_open << 2 | self.feeding << 3 | paper << 5 | error << 6
            case 3:
                return 0x12 | self._error_bits()
            case _:
                return 0x12 | {"ok": 0, "near end": 0x0C, "out": 0x6C}[self.paper]

    def _queued(self, number: int) -> int:
        if number in (2, 50):
            return int(self.pin_high)
        return {"ok": 0, "near end": 0x03, "out": 0x0F}[self.paper]
