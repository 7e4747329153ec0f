"""Labels as EPL2. Source: Zebra's EPL Programming Guide (N, q, Q, A, B, LO, GW, P). No printer was tried.

`GW` takes 0 for a black dot. Commands behind a caret (`^@` reset, `^ee`) are obeyed wherever they stand, so pictures must not
hold them.
"""

from devices.labels.content import Label, Labels, Size
from devices.labels.layout import Bars, Element, QrCode, Stroke, TextLine, layout
from devices.labels.native import font_for, qr_dots, white_is_one
from devices.labels.picture import Dots, text_dots

FONTS = {
    203: (("1", 8, 12), ("2", 10, 16), ("3", 12, 20), ("4", 14, 24)),
    300: (("1", 12, 20), ("2", 16, 28), ("3", 20, 36), ("4", 24, 44)),
}
SYMBOLOGIES = {"ean13": "E30", "ean8": "E80", "code128": "1"}
OBEYED = (b"^@", b"^e", b"^d")


def epl2_of(label: Label, size: Size, language: str, *, pictures: bool = False) -> bytes:
    """One label with its copies. Raises `LabelTooSmall`."""
    head = f"\nN\nq{size.width}\nQ{size.height},{size.dots(size.gap_mm * 10)}\n".encode()
    fonts = () if pictures else FONTS.get(size.dpi, ())
    body = b"".join(_element(each, fonts) for each in layout(label, size, language))
    return head + body + f"P{label.copies}\n".encode()


def encode(job: Labels, *, pictures: bool) -> bytes:
    """Every label of a job. Raises `LabelTooSmall`."""
    return b"".join(epl2_of(label, job.size, job.language, pictures=pictures) for label in job.labels)


def _element(element: Element, fonts: tuple[tuple[str, int, int], ...]) -> bytes:
    match element:
        case TextLine(x, y, _, _, text):
            font = font_for(element, fonts)
            if font is None:
                return _graphics(x, y, text_dots(element))
            return f'A{x},{y},0,{font.name},{font.times},{font.times},N,"{text}"\n'.encode()
        case Bars(x, y, height, module, symbology, data):
            digits = data if symbology == "code128" else data[:-1]
            return f'B{x},{y},0,{SYMBOLOGIES[symbology]},{module},{2 * module},{height},B,"{digits}"\n'.encode()
        case QrCode(x, y):
            return _graphics(x, y, qr_dots(element))
        case Stroke(x, y, width, height):
            return f"LO{x},{y},{width},{height}\n".encode()


def _graphics(x: int, y: int, dots: Dots) -> bytes:
    return f"GW{x},{y},{dots.across},{dots.rows},".encode() + white_is_one(dots, OBEYED) + b"\n"
