"""A receipt printer made of software that speaks Star's line mode."""

from devices.receipt.commands import Command
from devices.receipt.simulator import Error, Printer
from devices.receipt.star.commands import scan
from devices.receipt.star.decoder import PULSES, QUERIES

HEADERS = b"\x23\x06"
"""Nine bytes in all; the version."""


class StarSimulator(Printer):
    """As `PrinterSimulator`, in the other language. Its counter of fences is gone with its power."""

    moves_paper = frozenset({"LF", "ESC a", "ESC J", "ESC b", "ESC GS S"})
    cuts = frozenset({"ESC d"})
    unprinted = frozenset(QUERIES | PULSES.keys() | {"ESC BEL"})
    counter = 0
    counted = False

    def forget(self) -> None:
        self.automatic = self.counted = False
        self.counter, self.recent = 0, b""

    def next_command(self, data: bytearray) -> Command | None:
        return scan(data)

    def hear_byte(self, byte: int) -> None:
        """Real-time commands stand between the others, not inside their data."""
        self.recent += bytes([byte])
        command = scan(self.recent)
        if command is None:
            return
        self.recent = b""
        match command.name:
            case "ESC ACK SOH":
                self.say(self._status())
            case "ESC ACK CAN":
                self.errors -= {"cutter", "mechanical"}
                self.clear()
                self.counter, self.counted = 0, False
                self.state_changed()
            case "FS" | "EM":
                self.kick()
            case _:
                pass

    def obey(self, command: Command) -> None:
        match command.name:
            case "BEL" | "SUB":
                self.kick()
            case "ESC RS a":
                self.automatic = command.args[0] % 48 != 0
            case "ESC RS E":
                self.counter, self.counted = 0, False
            case "ETB":
                self.counter, self.counted = (self.counter + 1) % 32, True
                if self.automatic:
                    self.say(self._status())
            case _:
                pass

    def state_changed(self) -> None:
        if self.automatic:
            self.say(self._status())
        self.go_on()

    def _status(self) -> bytes:
        bits: dict[Error, int] = {"mechanical": 0x04, "cutter": 0x08, "unrecoverable": 0x20, "overheated": 0x40}
        printer = self.counted << 1 | self.pin_high << 2 | self.stopped << 3 | self.cover_open << 5
        paper = {"ok": 0, "near end": 0x04, "out": 0x0C}[self.paper]
        count = (self.counter & 0x18) << 2 | (self.counter & 0x07) << 1
        return HEADERS + bytes([printer, sum(bits[error] for error in self.errors), 0, paper, 0, count, 0])
