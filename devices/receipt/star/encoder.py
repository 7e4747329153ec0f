"""Receipt content as bytes of Star's line mode. Source: Star's "Line Mode Command Specifications" and the programmer's
tables of the TSP600, TSP700 and SRP-350 (Star emulation); pictures by `ESC GS S` are of the newer models (TSP650II, mC), as
receiptline sends them: unconfirmed for older ones, which want `raster = false`.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from PIL import Image

from devices.receipt import cells
from devices.receipt.content import Barcode, Cut, Feed, Line, PageSample, Pair, Qr, Rule, Symbology, Text
from devices.receipt.escpos import module_dots, packed
from devices.receipt.glyphs import draw_line
from devices.receipt.model import PrinterModel
from devices.receipt.printout import Part
from devices.receipt.text_gate import Raster, TextGate

ESC, GS, RS = b"\x1b", b"\x1d", b"\x1e"
RESET = ESC + b"@"
STATUS_BY_ITSELF_OFF = ESC + RS + b"a\x00"
STATUS_NOW = ESC + b"\x06\x01"
RESET_NOW = ESC + b"\x06\x18"
FENCE = b"\x17"
"""`ETB`: once everything before it is printed the printer counts one up."""
BAR_NUMBERS: dict[Symbology, int] = {"upca": 1, "ean8": 2, "ean13": 3, "code39": 4, "itf": 5, "code128": 6}
BAR_HEIGHT = 64
LINES_A_PART, BYTES_A_PART = 12, 1_024
REAL_TIME_LEAD = re.compile(rb"\x1b(?=\x06)")


def written(lines: Iterable[Line], model: PrinterModel) -> tuple[Part, ...]:
    """The bytes of these lines, in parts of a few lines. Raises `TextNotPrintable`, `BarcodeTooWide`."""
    writer = _Writer(model)
    for line in lines:
        writer.put(line)
    return writer.parts()


def pulse(model: PrinterModel) -> bytes:
    """How long the current lasts, in steps of 10 ms, then BEL (first drawer) or SUB (second) in its turn."""
    times = (min(127, max(1, time // 10)) for time in (model.pulse_on_ms, model.pulse_off_ms))
    return ESC + b"\x07" + bytes(times) + {2: b"\x07", 5: b"\x1a"}[model.drawer_pin]


def real_time_pulse(model: PrinterModel) -> bytes:
    """FS or EM: the same at once."""
    return {2: b"\x1c", 5: b"\x19"}[model.drawer_pin]


class _Writer:
    """Parts so far, and the modes the printer is in after them."""

    def __init__(self, model: PrinterModel) -> None:
        self._model = model
        self._gate = TextGate(model)
        self._parts: list[Part] = []
        self._part = Part(RESET + STATUS_BY_ITSELF_OFF)
        self._page: int = 0
        self._bold, self._size = False, 1

    def parts(self) -> tuple[Part, ...]:
        return (*self._parts, self._part)

    def put(self, line: Line) -> None:
        match line:
            case Text():
                text, columns = self._gate.prepare(line.text), self._model.columns // line.size
                for part in cells.wrap(text, columns):
                    self._print(cells.placed(part, columns, line.align), line.bold, line.size)
            case Pair():
                left, right = self._gate.prepare(line.left), self._gate.prepare(line.right)
                for part in cells.pair(left, right, self._model.columns // line.size):
                    self._print(part, line.bold, line.size)
            case Rule():
                self._print("-" * self._model.columns, bold=False, size=1)
            case Barcode():
                self._add(centred(_barcode(line, self._model)), 1)
            case Qr():
                self._add(centred(_qr(line, self._model)), 1)
            case Feed():
                self._add(ESC + b"a" + bytes([line.lines]))
            case Cut():
                self._cut()
            case PageSample():
                self._page = line.number
                self._add(ESC + GS + b"t" + bytes([line.number]) + line.data + b"\n", 1)

    def _print(self, text: str, bold: bool, size: int) -> None:
        how = self._gate.line(text.rstrip(" "))
        if isinstance(how, Raster):
            width, height = self._model.cell_width * size, self._model.cell_height * size
            image = draw_line(how.text, width, height, bold=bold)
            self._add(raster(image.crop((0, 0, min(image.width, self._model.dots), image.height))), 1)
            return
        modes = b""
        if how.number != self._page:
            modes += ESC + GS + b"t" + bytes([how.number])
            self._page = how.number
        if bold != self._bold:
            modes += ESC + (b"E" if bold else b"F")
            self._bold = bold
        if size != self._size:
            modes += ESC + b"i" + bytes([size - 1, size - 1])
            self._size = size
        self._add(modes + how.data + b"\n", 1)

    def _cut(self) -> None:
        how = {"partial": ESC + b"d\x03", "full": ESC + b"d\x02", "none": ESC + b"a\x04"}[self._model.cut]
        self._add(how, cuts=self._model.cut != "none")

    def _add(self, data: bytes, lines: int = 0, cuts: int = 0) -> None:
        part = self._part
        if part.lines >= LINES_A_PART or (part.lines and len(part.data) + len(data) > BYTES_A_PART):
            self._parts.append(part)
            part = Part(b"")
        self._part = replace(part, data=part.data + data, lines=part.lines + lines, cuts=part.cuts + cuts)


def centred(command: bytes) -> bytes:
    return ESC + GS + b"a\x01" + command + ESC + GS + b"a\x00"


def raster(image: Image.Image) -> bytes:
    """`ESC GS S 1` for a picture in mode "1", without the white at its right."""
    across, dots = packed(image, REAL_TIME_LEAD, b"\x1f")
    return ESC + GS + b"S\x01" + across.to_bytes(2, "little") + image.height.to_bytes(2, "little") + b"\x00" + dots


def _barcode(line: Barcode, model: PrinterModel) -> bytes:
    """`ESC b`: with its text below; the data ends with RS."""
    data = line.data.encode("ascii")
    payload = b"{B" + data.replace(b"{", b"{{") if line.symbology == "code128" else data
    shape = bytes([BAR_NUMBERS[line.symbology], 2, module_dots(line, model), BAR_HEIGHT])
    return ESC + b"b" + shape + payload + RS


def _qr(line: Qr, model: PrinterModel) -> bytes:
    data = line.data.encode()
    dots = (4 if model.dots < 500 else 6) - (2 if len(data) > 200 else 0)
    symbol = ESC + GS + b"y"
    return b"".join(
        (
            symbol + b"S0\x02",  # model 2
            symbol + b"S1\x01",  # error correction M
            symbol + b"S2" + bytes([dots]),
            symbol + b"D1\x00" + len(data).to_bytes(2, "little") + data,
            symbol + b"P",
        )
    )
