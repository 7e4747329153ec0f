"""Labels as ZPL II. Source: Zebra's ZPL II Programming Guide; tried with zpl-renderer-js, not with a printer.

Text is UTF-8 (`^CI28`) in the printer's scalable font, with `^FH`: every character but letters, digits and blanks is
written as its hexadecimal code, so that no text can begin a command. What that font may lack is a picture of text (`^GFA`).
"""

import re

from devices.labels.content import Label, Labels, Size
from devices.labels.layout import Bars, Element, QrCode, Stroke, TextLine, layout
from devices.labels.picture import Dots, text_dots
from devices.receipt.text_gate import clean

IN_FONT = re.compile("[\u0020-\u007e\u00a1-\u017f€–—‘’“”„…«»]*")
"""What the scalable font 0 holds everywhere: Latin. Not every printer's has Russian, and zpl-renderer-js shows boxes."""
PLAIN = re.compile("[0-9A-Za-z \u00a1-\uffff]")
BAR_COMMANDS = {"ean13": "^BE", "ean8": "^B8", "code128": "^BC"}


def zpl_of(label: Label, size: Size, language: str, *, pictures: bool = False) -> bytes:
    """One label with its copies. `pictures`: every text as dots, for a printer whose font lacks even that.
    Raises `LabelTooSmall`."""
    media = "^MNY" if size.gap_mm else "^MNN"
    head = f"^XA^CI28{media}^PW{size.width}^LL{size.height}^LH0,0^LS0^PON^FWN\n"
    body = "".join(_element(each, pictures=pictures) for each in layout(label, size, language))
    return f"{head}{body}^PQ{label.copies},0,1,Y^XZ\n".encode()


def encode(job: Labels, *, pictures: bool) -> bytes:
    """Every label of a job. Raises `LabelTooSmall`."""
    return b"".join(zpl_of(label, job.size, job.language, pictures=pictures) for label in job.labels)


def _element(element: Element, *, pictures: bool) -> str:
    at = f"^FO{element.x},{element.y}"
    match element:
        case TextLine(height=height, text=text):
            if pictures or not IN_FONT.fullmatch(clean(text)):
                return f"{at}{_picture(text_dots(element))}^FS\n"
            return f"{at}^A0N,{height},{height * 9 // 10}^FH^FD{field(text)}^FS\n"
        case Bars(height=height, module=module, symbology=symbology, data=data):
            digits = data if symbology == "code128" else data[:-1]
            command = f"{BAR_COMMANDS[symbology]}N,{height},Y,N" + (",N" if symbology == "code128" else "")
            return f"{at}^BY{module},3,{height}{command}^FH^FD{field(digits)}^FS\n"
        case QrCode(module=module, data=data):
            return f"{at}^BQN,2,{min(10, module)}^FH^FDMA,{field(data)}^FS\n"
        case Stroke(width=width, height=height):
            return f"{at}^GB{width},{height},{min(width, height)},B,0^FS\n"


def field(text: str) -> str:
    """The text as it may stand behind `^FH^FD`: nothing in it is a command, whatever it says."""
    return "".join(char if PLAIN.fullmatch(char) else "".join(f"_{byte:02X}" for byte in char.encode())
                   for char in clean(text))  # fmt: skip


def _picture(dots: Dots) -> str:
    return f"^GFA,{len(dots.data)},{len(dots.data)},{dots.across},{dots.data.hex().upper()}"
