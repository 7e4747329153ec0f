"""Encoders of others, read by our decoder: the text, the symbols, the cut and the drawer must come out as they went in.

The symbols are drawn from the decoded bytes and read by zxing-cpp, so that a wrong module or a lost byte is seen.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import zxingcpp
from escpos.printer import Dummy
from PIL import Image

from devices.receipt.content import receipt_from
from devices.receipt.decoder import Bars, Cutting, Printed, Pulse, QrCode, decode
from devices.receipt.dialect import printout
from devices.receipt.model import PAPER_80
from devices.receipt.render import render_png
from tests.oracles.programs import answer

EAN, LINK = "4006381333931", "https://till.example/r/A1-2-42"
CARD = "A1-2-000042"
TEXTS = ("Milk 1 l", "Молоко, хлеб и №5", "Total 1 234.50", "Ёлка")
RECEIPT: list[dict[str, Any]] = [
    *({"kind": "text", "text": text, "bold": at == 2} for at, text in enumerate(TEXTS)),
    {"kind": "ean13", "data": EAN},
    {"kind": "qr", "data": LINK},
    {"kind": "drawer"},
    {"kind": "cut"},
]


async def receipt_printer_encoder_is_read_back() -> str:
    data = await answer("encode.cjs", {"with": "encoder", "printer": "epson-tm-t88vi", "receipt": RECEIPT})
    printed = decode(data)
    assert printed.errors == [], printed.errors[:3]
    for text in TEXTS:
        assert text in printed.text, f"{text!r} not in {printed.text!r}"
    assert [item.data for item in printed.items if isinstance(item, Bars)] == [EAN]
    assert [item.data for item in printed.items if isinstance(item, QrCode)] == [LINK.encode()]
    assert _kinds(printed, Pulse) == 1
    assert _kinds(printed, Cutting) == 1
    return f"{len(data)} bytes: text, bars, QR, drawer, cut"


async def receiptline_is_read_back() -> str:
    markup = (
        f"Milk | 1.20\nМолоко | 2.40\n^TOTAL | 3.60\n{{code:{EAN};option:ean,hri}}\n{{code:{LINK};option:qrcode,6,m}}\n"
    )
    options = {"cpl": 42, "encoding": "cp866", "command": "escpos", "cutting": True}
    data = await answer("encode.cjs", {"with": "receiptline", "markup": markup, "options": options})
    printed = decode(data)
    assert printed.errors == [], printed.errors[:3]
    lines = [line.split() for line in printed.text.splitlines()]
    for wanted in (["Milk", "1.20"], ["Молоко", "2.40"], ["TOTAL", "3.60"]):
        assert wanted in lines, f"{wanted} not in {lines}"
    assert symbols(data) >= {("EAN-13", EAN), ("QR Code", LINK)}, symbols(data)
    return f"{len(data)} bytes: text in two columns, bars, a QR code drawn as a picture"


async def python_escpos_is_read_back() -> str:
    printer = Dummy(profile="TM-T88V")
    for text in TEXTS:
        printer.text(text + "\n")
    printer.barcode(EAN, "EAN13", height=80, width=3)
    printer.qr(LINK, native=True, size=6)
    printer.cashdraw(2)
    printer.cut()
    data = printer.output
    printed = decode(data)
    assert printed.errors == [], printed.errors[:3]
    assert [line for line in printed.text.splitlines() if line in TEXTS] == list(TEXTS), printed.text
    assert symbols(data) >= {("EAN-13", EAN), ("QR Code", LINK)}, symbols(data)
    assert (_kinds(printed, Pulse), _kinds(printed, Cutting)) == (1, 1)
    return f"{len(data)} bytes: text, bars, QR, drawer, cut"


async def symbols_on_our_own_receipt_are_scanned() -> str:
    lines = [
        {"kind": "text", "text": "Խանութ"},
        {"kind": "barcode", "symbology": "ean13", "data": EAN},
        {"kind": "barcode", "symbology": "code128", "data": CARD},
        {"kind": "qr", "data": LINK},
        {"kind": "cut"},
    ]
    out = printout(receipt_from({"lines": lines}), PAPER_80)
    found = symbols(b"".join(part.data for part in out.parts))
    assert found == {("EAN-13", EAN), ("Code 128", CARD), ("QR Code", LINK)}, found
    return "EAN-13, Code 128 and QR"


def symbols(data: bytes) -> set[tuple[str, str]]:
    """What zxing-cpp reads on our picture of the printed receipt."""
    picture = Image.open(BytesIO(render_png(data))).convert("L")
    return {(str(each.format), each.text) for each in zxingcpp.read_barcodes(picture)}


def _kinds(printed: Printed, kind: type) -> int:
    return sum(isinstance(item, kind) for item in printed.items)


ORACLES: Sequence[Any] = (
    receipt_printer_encoder_is_read_back,
    receiptline_is_read_back,
    python_escpos_is_read_back,
    symbols_on_our_own_receipt_are_scanned,
)
