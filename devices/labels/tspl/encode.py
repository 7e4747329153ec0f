"""Labels as TSPL. Source: TSC's TSPL/TSPL2 programming manual. No printer was tried.

`BITMAP` takes 0 for a black dot. Printers obey `ESC !` and `~!` wherever they stand, so pictures must not hold them.
"""

from devices.labels.content import Label, Labels, Size
from devices.labels.layout import Bars, Element, QrCode, Stroke, TextLine, layout
from devices.labels.native import font_for, qr_dots, white_is_one
from devices.labels.picture import Dots, text_dots

FONTS = (("1", 8, 12), ("2", 12, 20), ("3", 16, 24), ("4", 24, 32), ("5", 32, 48))
SYMBOLOGIES = {"ean13": "EAN13", "ean8": "EAN8", "code128": "128"}
OBEYED = (b"\x1b!", b"~!")


def tspl_of(label: Label, size: Size, language: str, *, pictures: bool = False) -> bytes:
    """One label with its copies. Raises `LabelTooSmall`."""
    head = (
        f"SIZE {size.width_mm} mm,{size.height_mm} mm\r\nGAP {size.gap_mm} mm,0 mm\r\n"
        "DIRECTION 1\r\nREFERENCE 0,0\r\nCLS\r\n"
    )
    body = b"".join(_element(each, pictures=pictures) for each in layout(label, size, language))
    return head.encode() + body + f"PRINT 1,{label.copies}\r\n".encode()


def encode(job: Labels, *, pictures: bool) -> bytes:
    """Every label of a job. Raises `LabelTooSmall`."""
    return b"".join(tspl_of(label, job.size, job.language, pictures=pictures) for label in job.labels)


def _element(element: Element, *, pictures: bool) -> bytes:
    match element:
        case TextLine(x, y, _, _, text):
            font = None if pictures else font_for(element, FONTS)
            if font is None:
                return _bitmap(x, y, text_dots(element))
            return f'TEXT {x},{y},"{font.name}",0,{font.times},{font.times},"{text}"\r\n'.encode()
        case Bars(x, y, height, module, symbology, data):
            digits = data if symbology == "code128" else data[:-1]
            kind = SYMBOLOGIES[symbology]
            return f'BARCODE {x},{y},"{kind}",{height},1,0,{module},{module},"{digits}"\r\n'.encode()
        case QrCode(x, y):
            return _bitmap(x, y, qr_dots(element))
        case Stroke(x, y, width, height):
            return f"BAR {x},{y},{width},{height}\r\n".encode()


def _bitmap(x: int, y: int, dots: Dots) -> bytes:
    return f"BITMAP {x},{y},{dots.across},{dots.rows},0,".encode() + white_is_one(dots, OBEYED) + b"\r\n"
