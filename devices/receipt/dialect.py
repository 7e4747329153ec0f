"""The two languages of receipt printers, as the driver uses them: what to send, and how to read what comes back.

`greeting` is sent to a printer when its port was opened and now and then while it idles; `clear` makes one that is broken
forget what it holds; `in_step` goes after fences that were never answered, see `Printing`. `questions` are the numbers of
all real-time questions. `looks_every`: seconds between looks at a printer that has a job, at most.
"""

from collections.abc import Sequence

from PIL.Image import Image

from devices.receipt import escpos
from devices.receipt.content import Line, Receipt, Text
from devices.receipt.model import PrinterModel
from devices.receipt.printout import Part, Printout
from devices.receipt.replies import ReplyParser
from devices.receipt.star import encoder as star
from devices.receipt.star.replies import StarReplyParser

COPY_WORD = {"en": "COPY", "ru": "КОПИЯ", "hy": "ՊԱՏՃԵՆ"}


class EscPos:
    """Status comes by itself (ASB) and in real time (`DLE EOT`); a fence is `GS r 1` or `GS ( H`."""

    greeting = escpos.STATUS_BACK_ON
    clear = b"\x10\x05\x02"
    in_step = escpos.PAPER_WHEN_DONE + escpos.STATUS_BACK_ON * 3
    questions = (1, 2, 3, 4)
    looks_every = 5.0

    def parser(self) -> ReplyParser:
        return ReplyParser()

    def question(self, number: int) -> bytes:
        return b"\x10\x04" + bytes([number])

    def written(self, lines: Sequence[Line], model: PrinterModel) -> tuple[Part, ...]:
        return escpos.written(lines, model)

    def pulse(self, model: PrinterModel) -> bytes:
        return escpos.pulse(model)

    def real_time_pulse(self, model: PrinterModel) -> bytes:
        return escpos.real_time_pulse(model)

    def picture(self, image: Image) -> bytes:
        return escpos.centred(escpos.raster(image))

    def fence(self, model: PrinterModel, token: bytes) -> bytes:
        return escpos.fence(model, token)


class Star:
    """Status is only asked for (`ESC ACK SOH`), as its manual forbids that question while status comes by itself; a fence is
    `ETB`, whose count stands in the status. So a receipt goes out in parts that fit the printer's buffer, each once the
    fence of the one before was seen in the status."""

    greeting = star.STATUS_BY_ITSELF_OFF
    clear = star.RESET_NOW
    in_step = star.FENCE
    questions = (1,)
    looks_every = 0.1

    def parser(self) -> StarReplyParser:
        return StarReplyParser()

    def question(self, number: int) -> bytes:
        return star.STATUS_NOW

    def written(self, lines: Sequence[Line], model: PrinterModel) -> tuple[Part, ...]:
        return star.written(lines, model)

    def pulse(self, model: PrinterModel) -> bytes:
        return star.pulse(model)

    def real_time_pulse(self, model: PrinterModel) -> bytes:
        return star.real_time_pulse(model)

    def picture(self, image: Image) -> bytes:
        return star.centred(star.raster(image))

    def fence(self, model: PrinterModel, token: bytes) -> bytes:
        return star.FENCE


Dialect = EscPos | Star


def dialect_of(model: PrinterModel) -> Dialect:
    return Star() if model.dialect == "star" else EscPos()


def printout(receipt: Receipt, model: PrinterModel, *, copy: int = 0) -> Printout:
    """The bytes of a receipt. A copy says so with its number in the receipt's language, and never opens the drawer.

    Raises `TextNotPrintable`, `BarcodeTooWide`.
    """
    lines = receipt.lines
    if copy:
        word = COPY_WORD.get(receipt.language, COPY_WORD["en"])
        lines = (Text(f"{word} {copy}", "center", bold=True, size=2), *lines)
    dialect = dialect_of(model)
    pulse = dialect.pulse(model) if receipt.drawer and not copy else b""
    return Printout(pulse, dialect.written(lines, model), logo=receipt.logo)
