"""Receipt content as ESC/POS bytes. Source: Epson's command reference, checked against printers' manuals.

Every command comes from this file; text comes through the gate and can hold none.
"""

import re
from collections.abc import Iterable

from PIL import Image, ImageChops

from devices.receipt import cells
from devices.receipt.bars import MODULES
from devices.receipt.content import Barcode, Cut, Feed, Line, PageSample, Pair, Qr, Rule, Symbology, Text
from devices.receipt.errors import BarcodeTooWide
from devices.receipt.glyphs import draw_line
from devices.receipt.model import PrinterModel
from devices.receipt.printout import Part
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
BAR_NUMBERS: dict[Symbology, int] = {"upca": 65, "ean13": 67, "ean8": 68, "code39": 69, "itf": 70, "code128": 73}
"""Function B of `GS k`. Source: Epson's command reference."""


def written(lines: Iterable[Line], model: PrinterModel) -> tuple[Part]:
    """The bytes of these lines: one part, with a fence after every so many lines in it.

    Raises `TextNotPrintable`, `BarcodeTooWide`.
    """
    writer = _Writer(model)
    for line in lines:
        writer.put(line)
    return (writer.part(),)


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
        self._fences = self._lines = self._cuts = 0
        self._page: int = 0
        self._bold, self._size = False, 1

    def part(self) -> Part:
        return Part(bytes(self._out), self._fences, self._lines, self._cuts)

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
                self._cuts += self._model.cut != "none"
            case PageSample():
                self._out += ESC + b"t" + bytes([line.number]) + line.data + b"\n" + ESC + b"t\x00"
                self._page = 0
                self._line_done()

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
            self._fences += 1

    def _picture(self, text: str, bold: bool, size: int) -> bytes:
        image = draw_line(text, self._model.cell_width * size, self._model.cell_height * size, bold=bold)
        return (
            raster(image.crop((0, 0, min(image.width, self._model.dots), image.height)))
            + ESC
            + b"J"
            + bytes([LINE_GAP])
        )

    def _centred(self, command: bytes) -> None:
        self._out += centred(command)

    def _barcode(self, line: Barcode) -> bytes:
        data = line.data.encode("ascii")
        payload = b"{B" + data.replace(b"{", b"{{") if line.symbology == "code128" else data
        module = module_dots(line, self._model)
        shape = GS + b"h" + bytes([BAR_HEIGHT]) + GS + b"w" + bytes([module]) + GS + b"f\x00" + GS + b"H\x02"
        return shape + GS + b"k" + bytes([BAR_NUMBERS[line.symbology], len(payload)]) + payload

    def _cut(self) -> bytes:
        match self._model.cut:
            case "partial":
                return GS + b"VB\x00"  # feeds to the knife first
            case "full":
                return GS + b"VA\x00"
            case "none":
                return ESC + b"d\x04"  # far enough to tear off by hand


def centred(command: bytes) -> bytes:
    return ESC + b"a\x01" + command + ESC + b"a\x00"


def module_dots(line: Barcode, model: PrinterModel) -> int:
    """How wide the finest bar may be, 1 to 3 dots. Raises `BarcodeTooWide`."""
    room = model.dots // (len(MODULES[line.symbology](line.data)) + QUIET_MODULES)
    if room < 1:
        raise BarcodeTooWide(data=line.data)
    return min(3, room)


def raster(image: Image.Image) -> bytes:
    """`GS v 0` for a picture in mode "1", without the white at its right."""
    across, dots = packed(image, REAL_TIME_LEAD, b"\x18")
    return GS + b"v0\x00" + across.to_bytes(2, "little") + image.height.to_bytes(2, "little") + dots


def packed(image: Image.Image, real_time: re.Pattern[bytes], instead: bytes) -> tuple[int, bytes]:
    """Bytes across, and the dots row by row (1 is black), without the white at the right.

    A dot is added where they would spell the beginning of a real-time command: printers obey those even in a picture.
    """
    ink = ImageChops.invert(image.convert("L")).getbbox()
    across = max(1, -(-(ink[2] if ink else 1) // 8))
    padded = Image.new("1", (across * 8, image.height), 1)
    padded.paste(image.crop((0, 0, min(image.width, across * 8), image.height)), (0, 0))
    return across, real_time.sub(instead, padded.tobytes().translate(INVERTED))


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
