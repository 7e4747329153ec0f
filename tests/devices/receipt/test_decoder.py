"""The decoder reads what other encoders write, and says what it does not know."""

import pytest
from escpos.printer import Dummy
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.receipt.commands import scan, scan_all
from devices.receipt.decoder import Bars, Cutting, Picture, Pulse, QrCode, TextLine, decode
from tests.devices.receipt.builders import a_receipt


@pytest.fixture
def foreign():
    """python-escpos, an encoder that is not ours."""
    return Dummy(profile="TM-T88V")


def test_text_of_another_encoder_is_read_in_its_code_pages(foreign):
    foreign.text("Milk 1 l\n")
    foreign.text("Молоко\n")

    printed = decode(foreign.output)

    assert printed.text == "Milk 1 l\nМолоко"
    assert printed.errors == []


def test_styles_symbols_cut_and_drawer_of_another_encoder_are_read(foreign):
    foreign.set(align="center", bold=True, double_height=True, double_width=True)
    foreign.text("Total\n")
    foreign.barcode("4006381333931", "EAN13")
    foreign.barcode("{BA-1", "CODE128", function_type="B")
    foreign.qr("hello", native=True, size=4)
    foreign.cashdraw(2)
    foreign.cut()

    printed = decode(foreign.output)

    kinds = [type(item) for item in printed.items if isinstance(item, TextLine | Bars | QrCode | Pulse | Cutting)]
    assert [kind for kind in kinds if kind is not TextLine] == [Bars, Bars, QrCode, Pulse, Cutting]
    assert printed.items[0] == TextLine("Total", bold=True, size=2, align="center")
    assert [item.data for item in printed.items if isinstance(item, Bars)] == ["4006381333931", "A-1"]
    assert [item.data for item in printed.items if isinstance(item, QrCode)] == [b"hello"]
    assert printed.errors == []


def test_a_picture_of_another_encoder_is_read_dot_by_dot(foreign):
    from PIL import Image

    image = Image.new("1", (16, 2), 1)
    image.putpixel((0, 0), 0)
    image.putpixel((15, 1), 0)
    foreign.image(image, impl="bitImageRaster")

    (picture,) = [item for item in decode(foreign.output).items if isinstance(item, Picture)]

    assert picture == Picture(16, (b"\x80\x00", b"\x00\x01"), picture.align)


def test_a_stored_picture_is_printed_where_the_printer_is_told_to():
    dots = b"\x80\x00\x00\x01"
    stored = b"0p0\x01\x011" + bytes([16, 0, 2, 0]) + dots
    long = b"\x1d8L" + len(stored).to_bytes(4, "little") + stored
    short = b"\x1d(L" + len(stored).to_bytes(2, "little") + stored

    for store in (long, short):
        printed = decode(store + b"one\n\x1ba\x01\x1d(L\x02\x0002")

        assert printed.errors == []
        assert printed.items == [TextLine("one", False, 1), Picture(16, (b"\x80\x00", b"\x00\x01"), "center")]


@pytest.mark.parametrize("data", [b"\x1d(L\x02\x0002", b"\x1d(L\x0a\x000p0\x01\x011\x10\x00\x02\x00"])
def test_a_picture_that_was_not_stored_or_not_whole_is_an_error(data):
    assert decode(data).errors[0].at == 0


def test_words_stand_where_another_encoder_moves_them():
    assert decode(b"Milk\x1b$\xfc\x00\x1b\\\xcc\x001.20\n").text == "Milk" + " " * 34 + "1.20"


@pytest.mark.parametrize(
    ("data", "at"),
    [(b"ok\n\x1bZ", 3), (b"\x01", 0), (b"\x1dQ1", 0), (b"\x10\x07", 0), (b"a\x1b", 1), (b"\x1bt\xee\x80x", 3)],
)
def test_what_it_does_not_know_is_an_error_with_its_place(data, at):
    assert decode(data).errors[0].at == at


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_to_the_end_and_none_is_lost(data):
    commands = scan_all(data)

    assert b"".join(command.raw for command in commands) == data
    decode(data)


def test_a_command_is_not_taken_before_its_last_byte_is_there():
    from devices.receipt.content import receipt_from
    from devices.receipt.dialect import printout
    from devices.receipt.model import PAPER_80

    content = a_receipt({"kind": "qr", "data": "hello"}, {"kind": "barcode", "symbology": "code128", "data": "A1"})
    data = printout(receipt_from(content), PAPER_80).parts[0].data
    at = 0
    for command in scan_all(data):
        if command.name != "text":
            for length in range(len(command.raw)):
                assert scan(data[at : at + length]) is None, command
        at += len(command.raw)
