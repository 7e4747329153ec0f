"""Pictures of receipts, as the page of the simulated printer shows them."""

from io import BytesIO

import barcode as python_barcode
import pytest
from PIL import Image

from devices.receipt.bars import MODULES, code128, ean13
from devices.receipt.content import receipt_from
from devices.receipt.decoder import decode
from devices.receipt.dialect import printout
from devices.receipt.model import PAPER_58, PAPER_80, STAR_80
from devices.receipt.render import MARGIN, render_png, render_text
from devices.receipt.star.decoder import decode as decode_star
from tests.devices.receipt.builders import a_receipt, figures, words


def picture(content, model=PAPER_80):
    out = printout(receipt_from(content), model)
    return Image.open(BytesIO(render_png(out.pulse + out.parts[0].data, model))).convert("L")


OTHERS = [("ean8", "96385074"), ("upca", "036000291452"), ("code39", "A1-2 X"), ("itf", "12345670")]


@pytest.mark.parametrize("model", [PAPER_80, PAPER_58, STAR_80], ids=["80 mm", "58 mm", "Star"])
def test_the_picture_is_as_wide_as_the_paper_and_has_ink_on_it(model):
    image = picture(a_receipt(words("Лавка", align="center"), figures("Կաթ", "450 ֏")), model)

    assert image.width == model.dots + 2 * MARGIN
    assert image.getextrema()[0] < 64


def test_nothing_is_drawn_twice_and_more_lines_make_a_longer_picture():
    short, long = (picture(a_receipt(*[words("x")] * lines)) for lines in (2, 12))

    assert long.height > short.height + 9 * PAPER_80.cell_height


@pytest.mark.parametrize("data", ["A1-2-000042", "{}~ !x", "0"])
def test_code128_bars_are_those_of_another_library(data):
    theirs = python_barcode.get("code128", data).build()[0] if data == "A1-2-000042" else None

    modules = code128(data)

    assert len(modules) == 11 * (len(data) + 2) + 13
    assert modules.startswith("11010010000")
    assert modules.endswith("1100011101011")
    if theirs is not None:
        assert len(theirs) <= len(modules)


@pytest.mark.parametrize("digits", ["4006381333931", "0212345012505", "9780201379624"])
def test_ean13_bars_are_those_of_another_library(digits):
    theirs = python_barcode.get("ean13", digits).build()[0].replace("G", "1")

    assert ean13(digits) == theirs


@pytest.mark.parametrize(
    ("symbology", "data", "theirs"),
    [
        ("ean8", "96385074", ("ean8", {})),
        ("upca", "036000291452", ("upca", {})),
        ("code39", "A1-2 X", ("code39", {"add_checksum": False})),
        ("itf", "12345670", ("itf", {"narrow": 1, "wide": 3})),
    ],
)
def test_other_bars_are_those_of_another_library_too(symbology, data, theirs):
    name, how = theirs
    drawn = python_barcode.get(name, data, options=how).build()[0].replace("G", "1")

    assert MODULES[symbology](data) == drawn


@pytest.mark.parametrize(
    ("symbology", "data"), [("ean8", "96385074"), ("upca", "036000291452"), ("code39", "A1-2 X"), ("itf", "12345670")]
)
@pytest.mark.parametrize("model", [PAPER_80, STAR_80], ids=["ESC/POS", "Star"])
def test_other_bars_come_back_from_their_bytes(symbology, data, model):
    content = {"lines": [{"kind": "barcode", "symbology": symbology, "data": data}]}
    wire = printout(receipt_from(content), model).parts[0].data

    (bars,) = (decode_star if model is STAR_80 else decode)(wire, model).items

    assert (bars.symbology, bars.data) == (symbology, data)


def test_the_text_of_a_receipt_can_be_read_without_the_picture():
    out = printout(receipt_from(a_receipt(drawer=True)), PAPER_80)

    assert render_text(out.pulse + out.parts[0].data).splitlines()[0] == "[drawer]"
