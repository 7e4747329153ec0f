"""A job's content: what is a receipt and what is not, with the place that is wrong."""

import pytest

from devices.receipt.content import Barcode, Cut, Feed, Pair, Qr, Receipt, Rule, Text, receipt_from
from devices.receipt.errors import MalformedContent


def test_every_kind_of_line_is_read():
    content = {
        "language": "hy",
        "drawer": True,
        "lines": [
            {"kind": "text", "text": "Shop", "align": "center", "bold": True, "size": 2, "colour": "ignored"},
            {"kind": "pair", "left": "Milk", "right": "1.29"},
            {"kind": "rule"},
            {"kind": "barcode", "symbology": "ean13", "data": "4006381333931"},
            {"kind": "qr", "data": "https://example.org/r/1"},
            {"kind": "feed", "lines": 3},
            {"kind": "cut"},
        ],
    }

    assert receipt_from(content) == Receipt(
        lines=(
            Text("Shop", "center", bold=True, size=2),
            Pair("Milk", "1.29"),
            Rule(),
            Barcode("ean13", "4006381333931"),
            Qr("https://example.org/r/1"),
            Feed(3),
            Cut(),
        ),
        drawer=True,
        language="hy",
    )


@pytest.mark.parametrize(
    ("lines", "at"),
    [
        (None, "lines"),
        (["text"], "lines[0]"),
        ([{"kind": "cut"}, {"kind": "video"}], "lines[1].kind"),
        ([{"kind": "text"}], "lines[0].text"),
        ([{"kind": "text", "text": 5}], "lines[0].text"),
        ([{"kind": "text", "text": "x", "align": "justify"}], "lines[0].align"),
        ([{"kind": "text", "text": "x", "bold": 1}], "lines[0].bold"),
        ([{"kind": "text", "text": "x", "size": 3}], "lines[0].size"),
        ([{"kind": "text", "text": "x", "size": True}], "lines[0].size"),
        ([{"kind": "text", "text": "x" * 2001}], "lines[0].text"),
        ([{"kind": "feed", "lines": 0}], "lines[0].lines"),
        ([{"kind": "barcode", "symbology": "ean13", "data": "4006381333930"}], "lines[0].data"),
        ([{"kind": "barcode", "symbology": "ean13", "data": "٤٠٠٦٣٨١٣٣٣٩٣١"}], "lines[0].data"),
        ([{"kind": "barcode", "symbology": "code128", "data": "A\x1b1"}], "lines[0].data"),
        ([{"kind": "barcode", "symbology": "pdf417", "data": "1"}], "lines[0].symbology"),
        ([{"kind": "barcode", "symbology": "ean8", "data": "96385075"}], "lines[0].data"),
        ([{"kind": "barcode", "symbology": "code39", "data": "a"}], "lines[0].data"),
        ([{"kind": "barcode", "symbology": "itf", "data": "123"}], "lines[0].data"),
        ([{"kind": "qr", "data": "a\x10\x14\x01b"}], "lines[0].data"),
        ([{"kind": "qr", "data": ""}], "lines[0].data"),
        ([{"kind": "qr", "data": "я" * 500}], "lines[0].data"),
        ([{"kind": "cut"}] * 2001, "lines"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(lines, at):
    with pytest.raises(MalformedContent) as wrong:
        receipt_from({"lines": lines})

    assert wrong.value.fields["at"] == at
    assert wrong.value.code == "receipt.malformed"
