"""Text in a printer's own fixed fonts, where it is plain and a font is near enough; everything else is dots.

Printers of this kind number their code pages and fonts each in their own way, and quote text by marks that text may hold. So
only letters, digits and a few harmless signs of ASCII are ever written as text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import segno

from devices.labels.layout import QrCode, TextLine
from devices.labels.measure import text_width
from devices.labels.picture import Dots

SAFE = re.compile("[0-9A-Za-z .,:/()%+-]+")
MOST_TIMES = 4


@dataclass(frozen=True, slots=True)
class Font:
    """A fixed font by the printer's name for it; `times` as large both ways."""

    name: str
    width: int
    height: int
    times: int = 1


def font_for(line: TextLine, fonts: Sequence[tuple[str, int, int]]) -> Font | None:
    """The largest font in which the line takes no more room than it was measured to; None where the largest is too small."""
    if not SAFE.fullmatch(line.text):
        return None
    room = min(line.width, text_width(line.text, line.height))
    fitting = [
        Font(name, width, height, times)
        for name, width, height in fonts
        for times in range(1, MOST_TIMES + 1)
        if height * times <= line.height and width * times * len(line.text) <= room
    ]
    best = max(fitting, key=lambda font: font.height * font.times, default=None)
    return best if best and best.height * best.times * 4 >= line.height * 3 else None


def qr_dots(qr: QrCode) -> Dots:
    """The code as dots: not every printer knows a command for it."""
    rows = [[int(dark) for dark in row] for row in segno.make_qr(qr.data, error="m", boost_error=False).matrix]
    lines = ["".join(str(dark) * qr.module for dark in row) for row in rows]
    across = (len(lines[0]) + 7) // 8
    data = b"".join(int(line.ljust(across * 8, "0"), 2).to_bytes(across, "big") * qr.module for line in lines)
    return Dots(across, len(lines) * qr.module, data)


def white_is_one(dots: Dots, obeyed: Sequence[bytes]) -> bytes:
    """The dots as these printers want them, 0 for black. Where they would make one of the sequences that a printer obeys
    wherever they stand, dots of the first byte are left white."""
    data = bytes(byte ^ 0xFF for byte in dots.data)
    for sequence in obeyed:
        data = data.replace(sequence, bytes([sequence[0] | 0x05]) + sequence[1:])
    return data
