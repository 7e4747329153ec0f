"""TSPL and EPL2: plain text in the printer's fonts, everything else as dots, in bytes that nothing in a text can change."""

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from devices.labels.content import Size
from devices.labels.epl2.commands import scan as scan_epl2
from devices.labels.epl2.encode import epl2_of
from devices.labels.layout import QrCode, TextLine
from devices.labels.native import font_for, qr_dots, white_is_one
from devices.labels.picture import Dots, draw
from devices.labels.tspl.commands import scan as scan_tspl
from devices.labels.tspl.encode import FONTS, OBEYED, tspl_of
from tests.devices.labels.builders import a_label


def test_a_tspl_label_is_these_commands():
    """Source: the examples of each command in TSC's programming manual."""
    commands = scan_tspl(tspl_of(a_label(copies=3, currency=""), Size(58, 40), "en"))

    assert [command.line for command in commands if command.name != "BITMAP"] == [
        b"SIZE 58 mm,40 mm", b"GAP 2 mm,0 mm", b"DIRECTION 1", b"REFERENCE 0,0", b"CLS", b'TEXT 12,90,"3",0,4,4,"1.29"',
        b'BARCODE 45,224,"EAN13",64,1,0,3,3,"460123456789"', b"PRINT 1,3",
    ]  # fmt: skip


def test_an_epl2_label_is_these_commands():
    """Source: the examples of each command in Zebra's EPL Programming Guide."""
    commands = scan_epl2(epl2_of(a_label(copies=3, unit_price="1.29 / l"), Size(58, 40), "en"))

    assert [command.line for command in commands if command.name != "GW"] == [
        b"", b"N", b"q464", b"Q320,16", b'A12,12,0,2,2,2,N,"Milk 1 l"',
        b'A12,101,0,3,4,4,N,"1.29 EUR"', b'A12,198,0,3,1,1,N,"1.29 / l"', b'B45,224,0,E30,3,6,64,B,"460123456789"', b"P3",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ['say "9"', "a\\b", "Молоко", "կաթ", "a~!b", "x^@"])
def test_text_that_could_mean_something_is_never_written_as_text(text):
    line = TextLine(0, 0, 400, 20, text)

    assert font_for(line, FONTS) is None


def test_a_font_that_is_much_too_small_is_not_taken():
    assert font_for(TextLine(0, 0, 400, 20, "Milk"), FONTS) is not None
    assert font_for(TextLine(0, 0, 400, 19, "Milk"), FONTS) is None


@given(st.lists(st.sampled_from([0x1B, 0x21, 0x7E, 0x00, 0xFF]), min_size=1, max_size=40))
def test_dots_never_make_what_a_printer_obeys(wanted):
    data = white_is_one(Dots(1, len(wanted), bytes(byte ^ 0xFF for byte in wanted)), OBEYED)

    assert len(data) == len(wanted)
    assert not any(sequence in data for sequence in OBEYED)
    assert all(made | before == made for made, before in zip(data, wanted, strict=True))


def test_a_qr_code_of_dots_is_read():
    qr = QrCode(0, 0, 3, "https://example.org/p/104")
    dots = qr_dots(qr)
    image = Image.frombytes("1", (dots.across * 8, dots.rows), bytes(byte ^ 0xFF for byte in dots.data))
    framed = Image.new("L", (image.width + 40, image.height + 40), 255)
    framed.paste(image, (20, 20))

    assert [found.text for found in zxingcpp.read_barcodes(framed)] == [qr.data]


@pytest.mark.parametrize("size", [Size(58, 40), Size(40, 25), Size(100, 60, 300)])
def test_bars_and_code_of_a_drawn_label_are_read(size):
    label = a_label(name="Молоко, կաթ", qr="https://example.org/4")
    if size.width_mm == 40:
        label = a_label(name="Молоко")
    found = {each.text for each in zxingcpp.read_barcodes(draw(label, size, "ru").convert("L"))}

    assert found == {each for each in (label.ean, label.qr) if each}
