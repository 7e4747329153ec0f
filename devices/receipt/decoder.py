"""ESC/POS bytes read back into what they print: lines of cells, pictures, symbols, cuts, drawer pulses.

Strict: what it does not know is an error with its place, never skipped in silence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from devices.receipt.commands import Command, scan_all
from devices.receipt.content import CHECKED, SHAPES, check_digit
from devices.receipt.model import EPSON_PAGES, PrinterModel

QUERIES = {"DLE EOT", "DLE ENQ", "GS a", "GS r", "GS I"}
SILENT = {"FS .", "ESC R", "ESC M", "ESC 2", "ESC 3", "ESC  ", "GS L", "GS W", "GS f", "GS P", "GS b", "ESC =", "ESC {",
          "ESC V", "ESC -", "FS -", "FS S", "FS C", "FS !", "ESC G", "GS B", "ESC c", "ESC U", "CAN", "CR"}  # fmt: skip
"""Commands that change no cell, or a look that the picture leaves out."""
BAR_KINDS = {
    0: "upca", 2: "ean13", 3: "ean8", 4: "code39", 5: "itf",
    65: "upca", 67: "ean13", 68: "ean8", 69: "code39", 70: "itf", 73: "code128",
}  # fmt: skip
BAR_DIGITS = {"upca": 12, "ean13": 13, "ean8": 8}


@dataclass(frozen=True, slots=True)
class TextLine:
    """One printed line: its text without spaces at the right. `size` is the larger of its width and height factors."""

    text: str
    bold: bool
    size: int
    align: str = "left"


@dataclass(frozen=True, slots=True)
class Picture:
    """`rows` of packed dots, the highest bit at the left, 1 is black."""

    across: int
    rows: tuple[bytes, ...]
    align: str = "left"


@dataclass(frozen=True, slots=True)
class Bars:
    symbology: str
    data: str
    align: str
    height: int
    module: int


@dataclass(frozen=True, slots=True)
class QrCode:
    data: bytes
    align: str
    module: int


@dataclass(frozen=True, slots=True)
class Paper:
    """Paper moved on by so many dots without printing."""

    dots: int


@dataclass(frozen=True, slots=True)
class Cutting:
    pass


@dataclass(frozen=True, slots=True)
class Pulse:
    pin: int
    on_ms: int
    off_ms: int


Item = TextLine | Picture | Bars | QrCode | Paper | Cutting | Pulse


@dataclass(frozen=True, slots=True)
class Wrong:
    """Bytes that are no command known here, at their place in the data."""

    at: int
    raw: bytes
    why: str


@dataclass(slots=True)
class Printed:
    """What the bytes print, in order; `commands` counts every command by name, text and line feeds included."""

    items: list[Item] = field(default_factory=list[Item])
    errors: list[Wrong] = field(default_factory=list[Wrong])
    commands: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def text(self) -> str:
        """The printed text lines; a picture is "[picture]", a symbol its data in brackets."""
        return "\n".join(line for item in self.items if (line := _as_text(item)) is not None)

    @property
    def pulses(self) -> int:
        return sum(isinstance(item, Pulse) for item in self.items)


def decode(data: bytes, model: PrinterModel | None = None) -> Printed:
    """Read the bytes as a printer with this model's code pages would print them (default: Epson's)."""
    pages = {number: name for name, number in (model.pages if model else EPSON_PAGES)}
    reader = _Reader(pages, model.cell_width if model else 12)
    at = 0
    for command in scan_all(data):
        reader.obey(command, at)
        at += len(command.raw)
    reader.end_line(at_end=True)
    return reader.printed


class PaperReader:
    """What a reader of either language has: the line in hand, and the paper it goes to."""

    def __init__(self) -> None:
        self.printed = Printed()
        self._line, self._bold, self._size, self._align = "", False, 1, "left"

    def end_line(self, *, at_end: bool = False) -> None:
        """The line is printed; `at_end`: only if there is something on it."""
        if self._line or not at_end:
            self._add(TextLine(self._line.rstrip(" "), self._bold, self._size, self._align))
        self._line = ""

    def _add(self, item: Item) -> None:
        self.printed.items.append(item)

    def _wrong(self, at: int, raw: bytes, why: str) -> None:
        self.printed.errors.append(Wrong(at, raw, why))


class _Reader(PaperReader):
    def __init__(self, pages: Mapping[int, str], cell_width: int) -> None:
        super().__init__()
        self._pages, self._cell_width = pages, cell_width
        self._qr = b""
        self._stored: Picture | None = None
        self._reset()

    def _reset(self) -> None:
        self._page, self._bold, self._size, self._align = 0, False, 1, "left"
        self._line = ""
        self._bar_height, self._bar_module, self._qr_module = 162, 3, 3

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
            case "ESC $":
                self._line = self._line.ljust(int.from_bytes(args, "little") // self._cell_width)
            case "ESC t":
                self._page = args[0]
            case "ESC E":
                self._bold = bool(args[0] & 1)
            case "ESC !":
                self._bold, self._size = bool(args[0] & 8), 2 if args[0] & 0x30 else 1
            case "GS !":
                self._size = max(args[0] >> 4, args[0] & 7) + 1
            case "ESC a":
                self._align = {0: "left", 1: "center", 2: "right"}.get(args[0] % 48, "left")
            case "ESC d":
                self.end_line(at_end=True)
                self._add(Paper(args[0] * 30))
            case "ESC J":
                self.end_line(at_end=True)
                self._add(Paper(args[0]))
            case "ESC p" | "DLE DC4":
                self._pulse(command)
            case "GS V" | "ESC i" | "ESC m":
                self.end_line(at_end=True)
                self._add(Cutting())
            case "GS v":
                self._picture(args, at, command.raw)
            case "GS h":
                self._bar_height = args[0]
            case "GS w":
                self._bar_module = args[0]
            case "GS H":
                pass
            case "GS k":
                self._bars(args, at, command.raw)
            case "ESC \\":
                self._move(int.from_bytes(args, "little", signed=True))
            case "FS (" if args[:1] == b"A":
                pass  # which font the Chinese characters have
            case "GS (" if args[:1] == b"L":
                self._graphics(args[3:], at, command.raw)
            case "GS 8" if args[:1] == b"L":
                self._graphics(args[5:], at, command.raw)
            case "GS (":
                self._extended(args, at, command.raw)
            case _:
                self._wrong(at, command.raw, name)

    def _text(self, command: Command, at: int) -> None:
        page = self._pages.get(self._page)
        if page is None:
            self._wrong(at, command.raw, f"no code page {self._page}")
            page = "ascii"
        try:
            self._line += command.args.decode(page)
        except UnicodeDecodeError:
            self._wrong(at, command.raw, f"not in {page}")
            self._line += command.args.decode(page, "replace")

    def _pulse(self, command: Command) -> None:
        args = command.args
        if command.name == "ESC p":
            self._add(Pulse({0: 2, 1: 5}.get(args[0] % 48, 0), args[1] * 2, args[2] * 2))
        elif args[0] == 1:
            self._add(Pulse({0: 2, 1: 5}.get(args[1], 0), args[2] * 100, args[2] * 100))

    def _picture(self, args: bytes, at: int, raw: bytes) -> None:
        across, down = int.from_bytes(args[2:4], "little"), int.from_bytes(args[4:6], "little")
        if args[1] % 48 > 3:
            self._wrong(at, raw[:8], "GS v 0 mode")
            return
        self.end_line(at_end=True)
        dots = args[6:]
        rows = tuple(dots[row * across : (row + 1) * across] for row in range(down))
        self._add(Picture(across * 8, rows, self._align))

    def _move(self, dots: int) -> None:
        """The next character stands so many dots further on; never back over what is printed."""
        self._line = self._line.ljust(len(self._line) + dots // self._cell_width)

    def _graphics(self, body: bytes, at: int, raw: bytes) -> None:
        """`GS ( L` and `GS 8 L`: a picture is stored by function 112 and printed by function 50."""
        match body[:2]:
            case b"0p" if len(body) >= 10 and body[2:3] == b"0" and body[3:5] == b"\x01\x01":
                across, down = int.from_bytes(body[6:8], "little"), int.from_bytes(body[8:10], "little")
                wide = (across + 7) // 8
                rows = tuple(body[10 + row * wide : 10 + (row + 1) * wide] for row in range(down))
                if sum(map(len, rows)) != wide * down:
                    self._wrong(at, raw[:12], "a picture with too few dots")
                    return
                self._stored = Picture(wide * 8, rows)
            case b"02" | b"0\x02" if self._stored is not None:
                self.end_line(at_end=True)
                self._add(replace(self._stored, align=self._align))
                self._stored = None
            case _:
                self._wrong(at, raw[:12], "graphics function")

    def _bars(self, args: bytes, at: int, raw: bytes) -> None:
        kind = BAR_KINDS.get(args[0])
        payload = args[1:-1] if args[0] <= 6 else args[2:]
        if kind == "code128" and payload[:2] == b"{B":
            payload = payload[2:].replace(b"{{", b"{")
        elif kind is None or kind == "code128":
            self._wrong(at, raw, f"barcode {args[0]}")
            return
        data = payload.decode("ascii", "replace")
        if kind in CHECKED and data.isdigit() and len(data) == BAR_DIGITS[kind] - 1:
            data += check_digit(data)  # the printer completes it
        if not drawable(kind, data):
            self._wrong(at, raw, f"not {kind}")
            return
        self._add(Bars(kind, data, self._align, self._bar_height, self._bar_module))

    def _extended(self, args: bytes, at: int, raw: bytes) -> None:
        family, body = args[:1], args[3:]
        if family == b"H" and body[:2] == b"00":
            return  # the process id: a query
        if family != b"k" or body[:1] != b"1" or len(body) < 3:
            self._wrong(at, raw, "GS ( " + family.decode("latin-1"))
            return
        match body[1]:
            case 0x41 | 0x45:
                pass
            case 0x43:
                self._qr_module = body[2]
            case 0x50:
                self._qr = body[3:]
            case 0x51:
                self._add(QrCode(self._qr, self._align, self._qr_module))
            case _:
                self._wrong(at, raw, f"QR function {body[1]}")


def drawable(kind: str, data: str) -> bool:
    return any(kind == symbology and shape.fullmatch(data) for symbology, (shape, _) in SHAPES.items())


def _as_text(item: Item) -> str | None:
    match item:
        case TextLine(text=text):
            return text
        case Picture():
            return "[picture]"
        case Bars(data=data):
            return f"[{item.symbology} {data}]"
        case QrCode(data=data):
            return f"[qr {data.decode('utf-8', 'replace')}]"
        case Cutting():
            return "- - - - -"
        case Pulse():
            return "[drawer]"
        case Paper():
            return None
