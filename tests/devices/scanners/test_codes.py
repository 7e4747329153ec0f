"""What a scanned code says: symbology, GS1 values, marking codes; nothing made up for a damaged one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.scanners.aim import gtin_holds, symbology
from devices.scanners.scan import Scan, scan_in
from devices.scanners.simulator import MILK as BOTTLE
from devices.scanners.simulator import SHOES as PAIR

TAIL = "\x1d91EE05\x1d92" + "c2lnbmVkLi4u" + "A" * 32
SHOES = "0104623091234503215G+mgsHw<DiLN" + TAIL
KEG = "010487021676000721qKkdi+S\x1d93U3g5"
MILK = '010487021676000721abc"de/\x1d93zWx1\x1d3103000930'
BLOCK = "010487021676000721AbCdEfG\x1d8005123000\x1d93U3g5"
PACK = "04780101164394TF&csaNNW1kK0tL"


@pytest.mark.parametrize(
    ("aim", "name"),
    [
        ("]E0", "ean13"),
        ("]E4", "ean8"),
        ("]C0", "code128"),
        ("]C1", "gs1_128"),
        ("]d1", "datamatrix"),
        ("]d2", "gs1_datamatrix"),
        ("]Q1", "qr"),
        ("]Q3", "gs1_qr"),
        ("]A0", "code39"),
        ("]I1", "itf"),
        ("]L2", "pdf417"),
        ("]z0", "aztec"),
        ("]e0", "gs1_databar"),
        ("]Z9", "unknown"),
        (None, "unknown"),
    ],
)
def test_the_identifier_names_the_symbology(aim, name):
    assert symbology(aim) == name


@pytest.mark.parametrize(
    "code",
    ["0212345012505", "2312345012500", "2100123015009", "2340119005007", "4006381333931", "96385074", "04623091234503"],
)
def test_check_digits(code):
    assert gtin_holds(code)
    assert not gtin_holds(code[:-1] + str((int(code[-1]) + 1) % 10))


def test_the_identifier_is_taken_off_the_code():
    assert scan_in(b"]E04006381333931") == Scan("]E0", b"4006381333931")


@pytest.mark.parametrize(
    "damaged",
    [b"", b"   ", b"]E0", b"]E04006381333932", b"]E496385075", b"40063\x0081333931", b"4006\x7f381"],
    ids=["nothing", "blanks", "identifier alone", "EAN-13", "EAN-8", "NUL", "DEL"],
)
def test_what_was_damaged_on_the_way_is_no_scan(damaged):
    assert scan_in(damaged) is None


def gs1(text: str, aim: str | None) -> dict[str, str] | None:
    return Scan(aim, text.encode()).read().gs1


@pytest.mark.parametrize("aim", ["]C1", "]d2", "]e0", "]Q3"])
def test_weight_price_expiry_and_lot_of_a_gs1_code(aim):
    text = "0104623091234503310300125017270131" + "10LOT-7\x1d3922125000"

    assert gs1(text, aim) == {
        "01": "04623091234503",
        "3103": "001250",
        "17": "270131",
        "10": "LOT-7",
        "3922": "125000",
    }


@pytest.mark.parametrize("text", ["2100123015001", "2100123015009", "4006381333931"])
@pytest.mark.parametrize("aim", ["]E0", None])
def test_an_article_number_is_never_taken_for_gs1_values(text, aim):
    assert gs1(text, aim) is None


@pytest.mark.parametrize(
    "text",
    [
        "0104623091234504" + "3103001250",
        "0104623091234503" + "10LOT-7" + "3922125000" + "17270131",
        "0104623091234503" + "3103001250" + "3103001251",
        "0104623091234503" + "9",
        "01",
        "]",
        "0104623091234503" + "21" + "5" * 13 + "91EE0592" + "1" * 44,
    ],
    ids=["check digit", "no separator", "two weights", "half a value", "half a number", "sign", "marking run together"],
)
def test_a_broken_gs1_code_has_no_values(text):
    assert gs1(text, "]d2") is None


@pytest.mark.parametrize("aim", [None, "]d1"])
def test_without_the_symbols_word_only_what_begins_with_a_gtin_is_read_as_gs1(aim):
    assert gs1(SHOES, aim)
    assert gs1("2112345678", aim) is None
    assert gs1("0104623091234504" + "21abc", aim) is None
    assert gs1(SHOES, "]Q1") is None


@pytest.mark.parametrize(
    ("text", "form", "gtin", "serial", "tail"),
    [
        (SHOES, "gs1", "04623091234503", "5G+mgsHw<DiLN", {"91": "EE05", "92": "c2lnbmVkLi4u" + "A" * 32}),
        ("\x1d" + KEG, "gs1", "04870216760007", "qKkdi+S", {"93": "U3g5"}),
        (MILK, "gs1", "04870216760007", 'abc"de/', {"93": "zWx1", "3103": "000930"}),
        (BLOCK, "gs1", "04870216760007", "AbCdEfG", {"8005": "123000", "93": "U3g5"}),
        (PACK, "tobacco", "04780101164394", "TF&csaN", {"price": "NW1k", "check": "K0tL"}),
    ],
    ids=["signed", "checked", "with weight", "block of tobacco", "pack of tobacco"],
)
@pytest.mark.parametrize("aim", [None, "]d1", "]d2"])
def test_a_marking_code_is_split_and_its_bytes_are_kept(text, form, gtin, serial, tail, aim):
    read = Scan(aim, text.encode()).read()

    assert read.marking
    assert (read.marking.form, read.marking.gtin, read.marking.serial) == (form, gtin, serial)
    assert (read.marking.tail, read.marking.whole) == (tail, True)
    assert read.as_said()["raw"] == text


@pytest.mark.parametrize("text", [SHOES, KEG])
def test_a_marking_code_that_lost_its_separators_is_known_but_not_whole(text):
    read = Scan(None, text.replace("\x1d", "").encode()).read()

    assert read.marking
    assert (read.marking.gtin, read.marking.whole) == (text[2:16], False)


@pytest.mark.parametrize(
    "text",
    ["0104623091234503215G+mgsHw<DiLN", "04780101164395TF&csaNNW1kK0tL", "04780101164394" + "1" * 15, "4006381333931"],
    ids=["serial without proof", "check digit", "digits only", "article number"],
)
def test_other_codes_are_no_marking_codes(text):
    assert Scan(None, text.encode()).read().marking is None


def test_what_is_said_has_the_code_as_a_typing_scanner_would_type_it():
    said = Scan("]d2", SHOES.encode()).read().as_said()

    assert said["code"] == SHOES.replace("\x1d", "")
    assert set(said) == {"code", "symbology", "aim", "gs1", "marking", "raw"}


def test_the_simulators_codes_are_valid():
    assert all(scan_in(scan.sent) == scan for scan in (BOTTLE, PAIR))


@given(st.binary(max_size=200), st.sampled_from([None, "]C1", "]d2", "]d1", "]E0"]))
def test_any_bytes_are_read_without_an_exception(data, aim):
    said = Scan(aim, data).read().as_said()

    assert isinstance(said["raw"], str)


@given(st.text(alphabet="0123456789\x1d21AbZ/", max_size=60))
def test_gs1_values_always_stand_in_the_code(rest):
    found = gs1("0104623091234503" + rest, "]d2")

    assert found is None or all(number + value in "0104623091234503" + rest for number, value in found.items())
