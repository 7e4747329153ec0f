"""Lines of text drawn in the printer's own cells, for what its code pages lack and for pictures of receipts."""

from functools import lru_cache
from importlib.resources import files
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from devices.receipt.cells import clusters, width

FONTS = {
    False: ("DejaVuSansMono.ttf", "NotoSansArmenian-Regular.woff"),
    True: ("DejaVuSansMono-Bold.ttf", "NotoSansArmenian-Bold.woff"),
}
NO_SUCH_CHARACTER = "\U0010fffe"
CELL_OF_FONT = 0.602
"""Width of a DejaVu Sans Mono cell as a share of the font size."""


def draw_line(text: str, cell_width: int, cell_height: int, *, bold: bool = False) -> Image.Image:
    """One line in black on white (mode "1"), as wide as its cells; every letter stands in its own cell.

    A letter that no font has is drawn as a box with its code, so that it can be seen and looked up.
    """
    image = Image.new("1", (max(1, width(text)) * cell_width, cell_height), 1)
    column = 0
    for letter in clusters(text):
        cells = max(1, width(letter))
        if not letter.isspace():
            image.paste(_letter(letter, cells * cell_width, cell_height, bold), (column * cell_width, 0))
        column += cells
    return image


@lru_cache(maxsize=8192)
def _letter(letter: str, across: int, height: int, bold: bool) -> Image.Image:
    image = Image.new("1", (across, height), 1)
    draw = ImageDraw.Draw(image)
    draw.fontmode = "1"
    size = min(across / CELL_OF_FONT, height * 0.84)
    for name in FONTS[bold]:
        if _has(name, letter):
            font = _font(name, size)
            while font.getlength(letter) > across + 1 and size > 6:
                size *= 0.9
                font = _font(name, size)
            left = (across - font.getlength(letter)) / 2
            draw.text((left, round(height * 0.78)), letter, font=font, fill=0, anchor="ls")
            return image
    _draw_code(draw, ord(letter[0]), across, height)
    return image


def _draw_code(draw: ImageDraw.ImageDraw, code: int, across: int, height: int) -> None:
    draw.rectangle((1, 2, across - 2, height - 3), outline=0)
    digits = f"{code:04X}"
    half = (len(digits) + 1) // 2
    font = _font(FONTS[False][0], (across - 4) / half / CELL_OF_FONT)
    for row, part in enumerate((digits[:-half], digits[-half:])):
        draw.text((across / 2, height * (0.36 + 0.32 * row)), part, font=font, fill=0, anchor="mm")


@lru_cache(maxsize=4096)
def _has(name: str, letter: str) -> bool:
    return all(_shape(name, char) != _shape(name, NO_SUCH_CHARACTER) for char in letter)


@lru_cache(maxsize=1024)
def _shape(name: str, char: str) -> bytes:
    image = Image.new("1", (48, 48), 1)
    ImageDraw.Draw(image).text((12, 32), char, font=_font(name, 20.0), fill=0, anchor="ls")
    return image.tobytes()


@lru_cache(maxsize=64)
def _font(name: str, size: float) -> ImageFont.FreeTypeFont:
    # The basic layout places one letter at a time, which is all that cells need, and is there on every platform.
    return ImageFont.truetype(BytesIO(_font_file(name)), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4)
def _font_file(name: str) -> bytes:
    return (files("devices.receipt.fonts") / name).read_bytes()
