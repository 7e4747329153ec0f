"""A picture of what ESC/POS bytes print: the receipt as the customer would hold it."""

from io import BytesIO

import segno
from PIL import Image, ImageChops, ImageDraw

from devices.receipt.bars import MODULES
from devices.receipt.decoder import Bars, Cutting, Paper, Picture, Printed, Pulse, QrCode, TextLine, decode
from devices.receipt.glyphs import draw_line
from devices.receipt.model import PAPER_80, PrinterModel
from devices.receipt.star import decoder as star

MARGIN = 24
LINE_GAP = 6
PAPER_COLOUR, EDGE_COLOUR, NOTE_COLOUR = (253, 252, 247), (205, 203, 196), (150, 148, 140)


def render_png(data: bytes, model: PrinterModel = PAPER_80) -> bytes:
    """A PNG of the paper, one dot a pixel; a cut is a dashed line, an opened drawer a note in grey."""
    output = BytesIO()
    picture_of(_read(data, model), model).save(output, "PNG", optimize=True)
    return output.getvalue()


def render_text(data: bytes, model: PrinterModel = PAPER_80) -> str:
    return _read(data, model).text


def _read(data: bytes, model: PrinterModel) -> Printed:
    return star.decode(data, model) if model.dialect == "star" else decode(data, model)


def picture_of(printed: Printed, model: PrinterModel) -> Image.Image:
    """The receipt in colours of paper; needs no decoder errors: what was wrong is not drawn."""
    strips = [strip for item in printed.items if (strip := _strip(item, model)) is not None]
    height = sum(strip.height for strip in strips) + 2 * MARGIN
    paper = Image.new("RGB", (model.dots + 2 * MARGIN, max(height, 3 * MARGIN)), PAPER_COLOUR)
    top = MARGIN
    for strip in strips:
        paper.paste(strip, (MARGIN, top))
        top += strip.height
    ImageDraw.Draw(paper).rectangle((0, 0, paper.width - 1, paper.height - 1), outline=EDGE_COLOUR)
    return paper


def _strip(item: object, model: PrinterModel) -> Image.Image | None:
    match item:
        case TextLine():
            line = draw_line(item.text, model.cell_width * item.size, model.cell_height * item.size, bold=item.bold)
            return _on_paper(line, item.align, model, LINE_GAP)
        case Picture():
            image = Image.frombytes("1", (item.across, len(item.rows)), bytes(b ^ 0xFF for b in b"".join(item.rows)))
            return _on_paper(image, item.align, model, 0)
        case Bars():
            return _on_paper(_bars(item, model), item.align, model, LINE_GAP)
        case QrCode():
            return _on_paper(_qr(item), item.align, model, LINE_GAP)
        case Paper():
            return Image.new("RGB", (model.dots, max(1, item.dots)), PAPER_COLOUR)
        case Cutting():
            return _note(model, "", dashed=True)
        case Pulse():
            return _note(model, f"* drawer, pin {item.pin}, {item.on_ms} ms *", dashed=False)
        case _:
            return None


def _on_paper(image: Image.Image, align: str, model: PrinterModel, gap: int) -> Image.Image:
    strip = Image.new("RGB", (model.dots, image.height + gap), PAPER_COLOUR)
    room = max(0, model.dots - image.width)
    left = {"center": room // 2, "right": room}.get(align, 0)
    ink = Image.new("RGB", image.size, (24, 24, 28))
    strip.paste(ink, (left, 0), ImageChops.invert(image.convert("L")))
    return strip


def _bars(item: Bars, model: PrinterModel) -> Image.Image:
    modules = MODULES[item.symbology](item.data)
    quiet = 10 * item.module
    image = Image.new("1", (len(modules) * item.module + 2 * quiet, item.height + model.cell_height), 1)
    draw = ImageDraw.Draw(image)
    for at, module in enumerate(modules):
        if module == "1":
            left = quiet + at * item.module
            draw.rectangle((left, 0, left + item.module - 1, item.height - 1), fill=0)
    label = draw_line(item.data, model.cell_width, model.cell_height)
    image.paste(label, (max(0, (image.width - label.width) // 2), item.height))
    return image


def _qr(item: QrCode) -> Image.Image:
    output = BytesIO()
    segno.make_qr(item.data, error="m", boost_error=False).save(output, kind="png", scale=item.module, border=4)
    output.seek(0)
    return Image.open(output).convert("1")


def _note(model: PrinterModel, text: str, *, dashed: bool) -> Image.Image:
    strip = Image.new("RGB", (model.dots, model.cell_height + LINE_GAP), PAPER_COLOUR)
    draw = ImageDraw.Draw(strip)
    if dashed:
        for left in range(0, model.dots, 16):
            draw.line((left, strip.height // 2, left + 8, strip.height // 2), fill=NOTE_COLOUR)
    if text:
        line = ImageChops.invert(draw_line(text, model.cell_width, model.cell_height).convert("L"))
        strip.paste(Image.new("RGB", line.size, NOTE_COLOUR), (max(0, (model.dots - line.width) // 2), 0), line)
    return strip
