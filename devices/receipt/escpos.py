"""Receipt content as ESC/POS bytes. Source: Epson's command reference, checked against printers' manuals.

Every command comes from this file; text comes through the gate and can hold none.
"""

import re
from dataclasses import dataclass

from PIL import Image, ImageChops

from devices.receipt import cells
from devices.receipt.content import Barcode, Cut, Feed, Line, Pair, Qr, Receipt, Rule, Text
from devices.receipt.errors import BarcodeTooWide
from devices.receipt.glyphs import draw_line
from devices.receipt.model import PrinterModel
from devices.receipt.text_gate import Raster, TextGate

ESC, FS, GS, DLE = b"\x1b", b"\x1c", b"\x1d", b"\x10"
RESET = ESC + b"@"
WESTERN = FS + b"."
"""Leave the Chinese mode in which many cheap printers start."""
STATUS_BACK_ON = GS + b"a\xff"
PAPER_WHEN_DONE = GS + b"r\x01"
LINE_GAP = 6
BAR_HEIGHT = 64
QUIET_MODULES = 20
REAL_TIME_LEAD = re.compile(rb"\x10(?=[\x04\x05\x14])")
INVERTED = bytes(byte ^ 0xFF for byte in range(256))
COPY_WORD = {"en": "COPY", "ru": "КОПИЯ", "hy": "ՊԱՏՃԵՆ"}


@dataclass(frozen=True, slots=True)
class Printout:
    """What to write for one job: first the drawer's pulse (or nothing), then the receipt, then the fence.

    `fences`: how many are inside the body already.
    """

    pulse: bytes
    body: bytes
    fences: int = 0


def printout(receipt: Receipt, model: PrinterModel, *, copy: int = 0) -> Printout:
    """The bytes of a receipt. A copy says so with its number in the receipt's language, and never opens the drawer.

    Raises `TextNotPrintable`, `BarcodeTooWide`.
    """
    lines = receipt.lines
    if copy:
        word = COPY_WORD.get(receipt.language, COPY_WORD["en"])
        lines = (Text(f"{word} {copy}", "center", bold=True, size=2), *lines)
    writer = _Writer(model)
    for line in lines:
        writer.put(line)
    return Printout(pulse(model) if receipt.drawer and not copy else b"", writer.written(), writer.fences)


def pulse(model: PrinterModel) -> bytes:
    """`ESC p`: current on the drawer's pin for so many 2 ms, then rest."""
    pin = {2: 0, 5: 1}[model.drawer_pin]
    return ESC + b"p" + bytes([pin, min(255, model.pulse_on_ms // 2), min(255, model.pulse_off_ms // 2)])


def real_time_pulse(model: PrinterModel) -> bytes:
    """`DLE DC4`: the same at once, before what the printer holds and while it has no paper; in steps of 100 ms."""
    pin = {2: 0, 5: 1}[model.drawer_pin]
    return DLE + b"\x14\x01" + bytes([pin, max(1, min(8, round(model.pulse_on_ms / 100)))])


def fence(model: PrinterModel, token: bytes) -> bytes:
    """The question that is answered once all before it is done; `token` is four printable bytes, for Epson's own."""
    if model.fence == "process_id":
        return GS + b"(H" + bytes([6, 0, 48, 48]) + token
    return PAPER_WHEN_DONE


class _Writer:
    """Bytes so far and the modes the printer is in after them."""

    def __init__(self, model: PrinterModel) -> None:
        self._model = model
        self._gate = TextGate(model)
        self._out = bytearray(RESET + WESTERN + ESC + b"3" + bytes([model.cell_height + LINE_GAP]))
        if model.answers:
            self._out += STATUS_BACK_ON  # the reset turned it off
        self.fences = 0
        self._lines = 0
        self._page: int = 0
        self._bold, self._size = False, 1

    def written(self) -> bytes:
        return bytes(self._out)

    def put(self, line: Line) -> None:
        match line:
            case Text():
                text, columns = self._gate.prepare(line.text), self._columns(line.size)
                for part in cells.wrap(text, columns):
                    self._print(cells.placed(part, columns, line.align), line.bold, line.size)
            case Pair():
                left, right = self._gate.prepare(line.left), self._gate.prepare(line.right)
                for part in cells.pair(left, right, self._columns(line.size)):
                    self._print(part, line.bold, line.size)
            case Rule():
                self._print("-" * self._model.columns, bold=False, size=1)
            case Barcode():
                self._centred(self._barcode(line))
            case Qr():
                self._centred(_qr(line, self._model))
            case Feed():
                self._out += ESC + b"d" + bytes([line.lines])
            case Cut():
                self._out += self._cut()

    def _columns(self, size: int) -> int:
        return self._model.columns // size

    def _print(self, text: str, bold: bool, size: int) -> None:
        how = self._gate.line(text.rstrip(" "))
        if isinstance(how, Raster):
            self._out += self._picture(how.text, bold, size)
            self._line_done()
            return
        if how.number != self._page:
            self._out += ESC + b"t" + bytes([how.number])
            self._page = how.number
        if bold != self._bold:
            self._out += ESC + b"E" + bytes([bold])
            self._bold = bold
        if size != self._size:
            self._out += GS + b"!" + bytes([0x11 * (size - 1)])
            self._size = size
        self._out += how.data + b"\n"
        self._line_done()

    def _line_done(self) -> None:
        self._lines += 1
        every = self._model.lines_between_fences
        if self._model.answers and every and self._lines % every == 0:
            self._out += PAPER_WHEN_DONE
            self.fences += 1

    def _picture(self, text: str, bold: bool, size: int) -> bytes:
        image = draw_line(text, self._model.cell_width * size, self._model.cell_height * size, bold=bold)
        return (
            raster(image.crop((0, 0, min(image.width, self._model.dots), image.height)))
            + ESC
            + b"J"
            + bytes([LINE_GAP])
        )

    def _centred(self, command: bytes) -> None:
        self._out += ESC + b"a\x01" + command + ESC + b"a\x00"

    def _barcode(self, line: Barcode) -> bytes:
        data = line.data.encode("ascii")
        if line.symbology == "ean13":
            number, payload, modules = 67, data, 95
        else:
            number, payload = 73, b"{B" + data.replace(b"{", b"{{")
            modules = 11 * (len(data) + 2) + 13
        room = self._model.dots // (modules + QUIET_MODULES)
        if room < 1:
            raise BarcodeTooWide(data=line.data)
        shape = GS + b"h" + bytes([BAR_HEIGHT]) + GS + b"w" + bytes([min(3, max(2, room)) if room > 1 else 1])
        return shape + GS + b"f\x00" + GS + b"H\x02" + GS + b"k" + bytes([number, len(payload)]) + payload

    def _cut(self) -> bytes:
        match self._model.cut:
            case "partial":
                return GS + b"VB\x00"  # feeds to the knife first
            case "full":
                return GS + b"VA\x00"
            case "none":
                return ESC + b"d\x04"  # far enough to tear off by hand


def raster(image: Image.Image) -> bytes:
    """`GS v 0` for a picture in mode "1", without the white at its right.

    One dot is added where the dots would spell a real-time command (10 04, 10 05, 10 14): printers obey those even
    inside a picture.
    """
    ink = ImageChops.invert(image.convert("L")).getbbox()
    across = max(1, -(-(ink[2] if ink else 1) // 8))
    padded = Image.new("1", (across * 8, image.height), 1)
    padded.paste(image.crop((0, 0, min(image.width, across * 8), image.height)), (0, 0))
    dots = REAL_TIME_LEAD.sub(b"\x18", padded.tobytes().translate(INVERTED))
    header = GS + b"v0\x00" + across.to_bytes(2, "little") + image.height.to_bytes(2, "little")
    return header + dots


def _qr(line: Qr, model: PrinterModel) -> bytes:
    data = line.data.encode()
    dots = 4 if model.dots < 500 else 6
    if len(data) > 200:
        dots -= 2  # larger symbols have more modules: keep them on the paper
    store = len(data) + 3
    return b"".join(
        (
            _symbol(b"A", b"2\x00"),  # model 2
            _symbol(b"C", bytes([dots])),
            _symbol(b"E", b"1"),  # error correction M
            GS + b"(k" + store.to_bytes(2, "little") + b"1P0" + data,
            _symbol(b"Q", b"0"),
        )
    )


def _symbol(function: bytes, values: bytes) -> bytes:
    return GS + b"(k" + (len(values) + 2).to_bytes(2, "little") + b"1" + function + values
