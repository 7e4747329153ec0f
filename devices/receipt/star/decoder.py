"""Bytes of Star's line mode read back into what they print. Strict, as `devices.receipt.decoder`."""

from devices.receipt.commands import Command
from devices.receipt.decoder import (
    Bars,
    Cutting,
    Paper,
    PaperReader,
    Picture,
    Printed,
    Pulse,
    QrCode,
    drawable,
)
from devices.receipt.model import STAR_80, PrinterModel
from devices.receipt.star.commands import scan_all
from devices.receipt.star.encoder import BAR_NUMBERS

QUERIES = frozenset({"ETB", "ESC ACK SOH", "ESC ACK CAN", "ESC RS a", "ESC RS E", "ENQ", "EOT"})
PULSES = {"BEL": 2, "FS": 2, "SUB": 5, "EM": 5}
SILENT = {"ESC z", "ESC 0", "ESC R", "ESC  ", "CR", "CAN", "ESC RS F", "ESC GS ETX", "ESC I", "ESC l", "ESC Q", "ESC 4", "ESC 5",
          "ESC -", "ESC _", "SI", "DC2", "ESC GS y I"}  # fmt: skip
ALIGNED = ("left", "center", "right")


def decode(data: bytes, model: PrinterModel = STAR_80) -> Printed:
    """Read the bytes as a printer with this model's code pages would print them."""
    reader = _Reader(model)
    at = 0
    for command in scan_all(data):
        reader.obey(command, at)
        at += len(command.raw)
    reader.end_line(at_end=True)
    return reader.printed


class _Reader(PaperReader):
    def __init__(self, model: PrinterModel) -> None:
        super().__init__()
        self._pages = {number: name for name, number in model.pages}
        self._qr, self._on, self._off = b"", 200, 200
        self._reset()

    def _reset(self) -> None:
        self._page, self._bold, self._size, self._align = 0, False, 1, "left"
        self._line, self._module = "", 3

    def obey(self, command: Command, at: int) -> None:
        counts = self.printed.commands
        counts[command.name] = counts.get(command.name, 0) + 1
        name, args = command.name, command.args
        if name in QUERIES or name in SILENT:
            return
        match name:
            case "text":
                self._text(command, at)
            case "LF":
                self.end_line()
            case "HT":
                self._line += " " * (8 - len(self._line) % 8)
            case "ESC @":
                self._reset()
            case "ESC GS t":
                self._page = args[0]
            case "ESC E" | "ESC F":
                self._bold = name == "ESC E"
            case "ESC i":
                self._size = max(args) % 48 + 1
            case "ESC W" | "ESC h":
                self._size = args[0] % 48 + 1
            case "SO" | "DC4":
                self._size = 2 if name == "SO" else 1
            case "ESC GS a":
                self._align = ALIGNED[min(2, args[0] % 48)]
            case "ESC a" | "ESC J":
                self.end_line(at_end=True)
                self._add(Paper(args[0] * (30 if name == "ESC a" else 2)))
            case "ESC BEL":
                self._on, self._off = args[0] * 10, args[1] * 10
            case "BEL" | "FS" | "SUB" | "EM":
                self._add(Pulse(PULSES[name], self._on, self._off))
            case "ESC d":
                self.end_line(at_end=True)
                self._add(Cutting())
            case "ESC GS S":
                self._picture(args)
            case "ESC b":
                self._bars(args, at, command.raw)
            case "ESC GS y S":
                self._module = args[1] if args[:1] == b"2" else self._module
            case "ESC GS y D 1":
                self._qr = args[3:]
            case "ESC GS y P":
                self._add(QrCode(self._qr, self._align, self._module))
            case _:
                self._wrong(at, command.raw, name)

    def _text(self, command: Command, at: int) -> None:
        page = self._pages.get(self._page)
        try:
            self._line += command.args.decode(page or "ascii")
        except UnicodeDecodeError:
            self._wrong(at, command.raw, f"not in {page or self._page}")
            self._line += command.args.decode(page or "ascii", "replace")

    def _picture(self, args: bytes) -> None:
        across, down = int.from_bytes(args[1:3], "little"), int.from_bytes(args[3:5], "little")
        self.end_line(at_end=True)
        rows = tuple(args[6:][row * across : (row + 1) * across] for row in range(down))
        self._add(Picture(across * 8, rows, self._align))

    def _bars(self, args: bytes, at: int, raw: bytes) -> None:
        kinds = {number: symbology for symbology, number in BAR_NUMBERS.items()}
        kind, payload = kinds.get(args[0] % 48), args[4:-1]
        if kind == "code128" and payload[:2] == b"{B":
            payload = payload[2:].replace(b"{{", b"{")
        data = payload.decode("ascii", "replace")
        if kind is None or not drawable(kind, data):
            self._wrong(at, raw, f"barcode {args[0]}")
            return
        self._add(Bars(kind, data, self._align, args[3], args[2]))
