"""Receipts as bytes: the exact commands, and the round trip through the decoder."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from devices.receipt.content import receipt_from
from devices.receipt.decoder import Bars, Cutting, Picture, QrCode, TextLine, decode
from devices.receipt.dialect import printout
from devices.receipt.errors import BarcodeTooWide
from devices.receipt.escpos import fence, pulse, raster
from devices.receipt.glyphs import draw_line
from devices.receipt.model import PAPER_58, PAPER_80
from devices.receipt.text_gate import clean
from tests.devices.receipt.builders import a_receipt, figures, words

START = b"\x1b@\x1c.\x1b3\x1e\x1da\xff"


def body(content, model=PAPER_80, **more):
    return b"".join(part.data for part in printout(receipt_from(content), model, **more).parts)


def printed(content, model=PAPER_80):
    return decode(body(content, model), model)


GOLDEN = {
    "text": (words("Milk"), b"Milk\n"),
    "bold and large": (words("Milk", bold=True, size=2), b"\x1bE\x01\x1d!\x11Milk\n"),
    "Cyrillic": (words("Чай"), b"\x1bt\x11" + "Чай".encode("cp866") + b"\n"),
    "a pair": (figures("a", "1.00"), b"a" + b" " * 43 + b"1.00\n"),
    "a rule": ({"kind": "rule"}, b"-" * 48 + b"\n"),
    "EAN-13": (
        {"kind": "barcode", "symbology": "ean13", "data": "4006381333931"},
        b"\x1ba\x01\x1dh\x40\x1dw\x03\x1df\x00\x1dH\x02\x1dkC\x0d4006381333931\x1ba\x00",
    ),
    "CODE128": (
        {"kind": "barcode", "symbology": "code128", "data": "A{1"},
        b"\x1ba\x01\x1dh\x40\x1dw\x03\x1df\x00\x1dH\x02\x1dkI\x06{BA{{1\x1ba\x00",
    ),
    "QR": (
        {"kind": "qr", "data": "hi"},
        b"\x1ba\x01\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x06\x1d(k\x03\x001E1\x1d(k\x05\x001P0hi\x1d(k\x03\x001Q0"
        b"\x1ba\x00",
    ),
    "feed": ({"kind": "feed", "lines": 2}, b"\x1bd\x02"),
    "cut": ({"kind": "cut"}, b"\x1dVB\x00"),
}


@pytest.mark.parametrize(("line", "expected"), GOLDEN.values(), ids=GOLDEN)
def test_each_line_is_these_bytes(line, expected):
    assert body({"lines": [line]}) == START + expected


def test_the_drawers_pulse_and_the_fences():
    assert pulse(PAPER_80) == b"\x1bp\x00\x32\x32"
    assert pulse(replace(PAPER_80, drawer_pin=5, pulse_on_ms=50, pulse_off_ms=500)) == b"\x1bp\x01\x19\xfa"
    assert fence(PAPER_80, b"0001") == b"\x1dr\x01"
    assert fence(replace(PAPER_80, fence="process_id"), b"0001") == b"\x1d(H\x06\x0000" + b"0001"


def test_a_printer_that_cannot_answer_is_not_asked_to():
    assert b"\x1da" not in body(a_receipt(), replace(PAPER_80, answers=False))


@pytest.mark.parametrize("model", [PAPER_80, PAPER_58], ids=["80 mm", "58 mm"])
@pytest.mark.parametrize(
    "lines",
    [
        ["Corner shop", "Milk 1 l", "“Fresh” – 5 €", "Crème brûlée"],
        ["Лавка у дома", "Молоко «Утро» 3,2 %", "Всего: 129.90 руб.", "№ 42 — спасибо!", "Їжак"],
    ],
    ids=["en", "ru"],
)
def test_what_goes_in_as_text_is_printed_as_that_text(lines, model):
    model = replace(model, pages=(*PAPER_80.pages,))

    result = printed({"lines": [words(line) for line in lines]}, model)

    assert result.errors == []
    assert [item.text for item in result.items if isinstance(item, TextLine)] == lines


def test_armenian_is_printed_as_the_picture_of_its_letters():
    line = "Կաթ 1 լ   450 ֏"

    (item, _) = printed({"lines": [words(line)]}).items

    assert isinstance(item, Picture)
    ink = Image.frombytes("1", (item.across, len(item.rows)), b"".join(item.rows)).convert("L")
    drawn = Image.new("L", ink.size, 0)
    drawn.paste(ImageChops.invert(draw_line(line, 12, 24).convert("L")), (0, 0))
    assert ImageChops.difference(ink, drawn).getbbox() is None
    assert ink.getbbox() is not None


def test_every_letter_of_the_three_languages_has_a_shape_of_its_own():
    letters = (
        "".join(map(chr, range(0x561, 0x588))) + "ԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖ֏՝՞։" + "абвгдеёжйщъыьэюяґєії₽"
    )
    shapes = {letter: draw_line(letter, 24, 48).tobytes() for letter in letters}

    assert len(set(shapes.values())) == len(letters)


def test_a_sign_that_no_font_has_is_drawn_as_its_code_and_two_of_them_differ():
    assert draw_line("😀", 24, 48).tobytes() != draw_line("😁", 24, 48).tobytes()


def test_symbols_cut_and_order_survive_the_round_trip():
    content = a_receipt(
        words("Thanks", align="center"),
        {"kind": "barcode", "symbology": "code128", "data": "A1-2-000042 {x}"},
        {"kind": "qr", "data": "https://example.org/чек"},
    )

    result = printed(content)

    assert [type(item) for item in result.items] == [TextLine, Bars, QrCode, Cutting]
    assert result.text.splitlines()[1:3] == ["[code128 A1-2-000042 {x}]", "[qr https://example.org/чек]"]


def test_bars_get_finer_before_they_are_refused():
    barcode = {"kind": "barcode", "symbology": "code128", "data": "x" * 20}
    (bars,) = (item for item in printed({"lines": [barcode]}).items if isinstance(item, Bars))

    assert bars.module == 2
    with pytest.raises(BarcodeTooWide):
        body({"lines": [{**barcode, "data": "x" * 40}]}, PAPER_58)


@pytest.mark.parametrize("spelled", [b"\x10\x04\x01", b"\x10\x14\x01\x00\x01", b"\x10\x05\x02"])
def test_a_picture_never_spells_a_real_time_command(spelled):
    dots = bytes(byte ^ 0xFF for byte in spelled + bytes(8 - len(spelled) % 8))
    image = Image.frombytes("1", (len(dots) * 8, 1), dots)
    image.putpixel((image.width - 1, 0), 0)

    data = raster(image)

    assert spelled[:2] not in data
    assert len(data) == 8 + len(dots)


ANY_LINE = st.one_of(
    st.builds(words, st.text(max_size=60), size=st.sampled_from([1, 2]), bold=st.booleans()),
    st.builds(figures, st.text(max_size=60), st.text(max_size=60)),
)


@settings(deadline=None)
@given(st.lists(ANY_LINE, max_size=6), st.sampled_from([PAPER_80, PAPER_58]))
def test_any_words_print_as_text_and_nothing_else(lines, model):
    result = printed(a_receipt(*lines), model)

    assert result.errors == []
    assert result.pulses == 0
    assert result.commands.get("GS V") == 1
    assert result.commands.keys() <= {
        "ESC @", "FS .", "ESC 3", "GS a", "ESC t", "ESC E", "GS !", "text", "LF", "GS v", "ESC J", "GS V", "GS r",
    }  # fmt: skip


@settings(deadline=None)
@given(st.text(st.characters(codec="cp866", exclude_categories=["Cc", "Zs"]), min_size=1, max_size=200))
def test_any_russian_words_come_back_letter_by_letter(text):
    result = printed({"lines": [words(text)]})

    letters = "".join(item.text for item in result.items if isinstance(item, TextLine))
    assert letters.replace(" ", "") == clean(text).replace(" ", "")
