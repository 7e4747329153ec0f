"""Text as dots, for what a printer's font lacks, and a whole label as a picture, as a printer would print it."""

from dataclasses import dataclass

import segno
from PIL import Image, ImageDraw

from devices.labels.content import Label, Size
from devices.labels.layout import Bars, QrCode, Stroke, TextLine, layout
from devices.labels.measure import cell
from devices.receipt.bars import MODULES
from devices.receipt.glyphs import draw_line


@dataclass(frozen=True, slots=True)
class Dots:
    """Rows of whole bytes, `across` in a row, the leftmost dot highest; 1 is black."""

    across: int
    rows: int
    data: bytes


def text_dots(line: TextLine) -> Dots:
    """The line in the fonts that come with us, each letter in its cell."""
    image = _text_image(line)
    width = (image.width + 7) // 8 * 8
    whole = Image.new("1", (width, image.height), 1)
    whole.paste(image, (0, 0))
    return Dots(width // 8, image.height, bytes(byte ^ 0xFF for byte in whole.tobytes()))


def _text_image(line: TextLine) -> Image.Image:
    image = draw_line(line.text, cell(line.height), line.height, bold=line.bold)
    return image.crop((0, 0, max(1, min(image.width, line.width)), image.height))


def draw(label: Label, size: Size, language: str) -> Image.Image:
    """The label in black on white (mode "1"), dot for dot. Raises `LabelTooSmall`."""
    image = Image.new("1", (size.width, size.height), 1)
    pen = ImageDraw.Draw(image)
    for element in layout(label, size, language):
        match element:
            case TextLine():
                image.paste(_text_image(element), (element.x, element.y))
            case Bars():
                _draw_bars(image, pen, element, size)
            case QrCode():
                _draw_qr(pen, element)
            case Stroke(x, y, width, height):
                pen.rectangle((x, y, x + width - 1, y + height - 1), fill=0)
    return image


def _draw_bars(image: Image.Image, pen: ImageDraw.ImageDraw, bars: Bars, size: Size) -> None:
    modules = MODULES[bars.symbology](bars.data)
    for at, module in enumerate(modules):
        if module == "1":
            x = bars.x + at * bars.module
            pen.rectangle((x, bars.y, x + bars.module - 1, bars.y + bars.height - 1), fill=0)
    digits = TextLine(bars.x, bars.y + bars.height, len(modules) * bars.module, size.dots(20), bars.data)
    image.paste(_text_image(digits), (digits.x, digits.y + size.dots(3)))


def _draw_qr(pen: ImageDraw.ImageDraw, qr: QrCode) -> None:
    for row, line in enumerate(segno.make_qr(qr.data, error="m", boost_error=False).matrix):
        for column, black in enumerate(line):
            if black:
                x, y = qr.x + column * qr.module, qr.y + row * qr.module
                pen.rectangle((x, y, x + qr.module - 1, y + qr.module - 1), fill=0)
