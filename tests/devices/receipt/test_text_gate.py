"""The gate: what may reach a printer, and as what."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.receipt.errors import TextNotPrintable
from devices.receipt.model import PAPER_58, PAPER_80
from devices.receipt.text_gate import Encoded, Raster, TextGate, clean

COMMAND_BYTES = re.compile(rb"[\x00-\x1f\x7f]")


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Milk\x1bp\x00\x19\x19", "Milkp"),
        ("one\r\ntwo\nthree\tfour", "one two three    four"),
        ("a\u202eb\u2066c\u200bd\ufeffe", "abcde"),
        ("\x85next\x9bcsi\x7f", " nextcsi"),
        ("e\u0301", "é"),
        ("\ud800lone", "lone"),
        ("soft\u00adhyphen", "softhyphen"),
        ("Молоко «Утро» 3,2 %", "Молоко «Утро» 3,2 %"),
    ],
)
def test_only_plain_characters_pass(text, cleaned):
    assert clean(text) == cleaned


@settings(deadline=None)
@given(st.text(max_size=80))
def test_no_text_whatever_becomes_a_command(text):
    gate = TextGate(PAPER_80)

    how = gate.line(gate.prepare(text))

    if isinstance(how, Encoded):
        assert not COMMAND_BYTES.search(how.data)
        assert b"?" not in how.data or "?" in text
    else:
        assert clean(how.text) == how.text


@pytest.mark.parametrize(
    ("text", "number"),
    [("Milk", 0), ("Молоко", 17), ("«Утро» — №1", 46), ("Їжак і ґава", 46), ("Crème brûlée", 0), ("Łódź", 18)],
)
def test_a_line_goes_out_whole_in_the_first_page_that_holds_it(text, number):
    how = TextGate(PAPER_80).line(text)

    assert isinstance(how, Encoded)
    assert how.number == number


def test_the_numbers_of_the_pages_are_the_printers_own():
    how = TextGate(PAPER_58).line("Молоко")

    assert isinstance(how, Encoded)
    assert (how.number, how.data.decode("cp866")) == (59, "Молоко")


def test_the_page_in_use_is_kept_while_it_holds_the_lines():
    gate = TextGate(PAPER_80)

    numbers = [how.number for how in map(gate.line, ("№1", "Milk", "Молоко", "«x»—")) if isinstance(how, Encoded)]

    assert numbers == [17, 17, 17, 46]


@pytest.mark.parametrize(("text", "printed"), [("2 шт × 129,90", "2 шт x 129,90"), ("−5 % на чай", "-5 % на чай")])
def test_a_sign_that_the_lines_page_lacks_gives_way_to_one_as_wide(text, printed):
    how = TextGate(PAPER_80).line(text)

    assert isinstance(how, Encoded)
    assert how.data.decode(dict(map(reversed, PAPER_80.pages))[how.number]) == printed


def test_spaces_that_do_not_break_are_printed_as_spaces():
    how = TextGate(PAPER_80).line("1\u00a0299,00\u202fруб.")

    assert isinstance(how, Encoded)
    assert how.data.decode("cp866") == "1 299,00 руб."


def test_armenian_goes_out_as_a_picture():
    assert TextGate(PAPER_80).line("Կաթ 1 լ") == Raster("Կաթ 1 լ")


def test_signs_that_no_page_holds_are_spelled_out():
    assert TextGate(PAPER_80).prepare("129.90 ₽ … x") == "129.90 руб. … x"
    few = replace(PAPER_80, pages=(("cp437", 0),))
    assert TextGate(few).prepare("5 € — “so”…") == '5 EUR - "so"...'


def test_without_pictures_a_line_that_no_page_holds_is_refused_and_named():
    with pytest.raises(TextNotPrintable) as refused:
        TextGate(replace(PAPER_80, raster=False)).line("Կաթ")

    assert refused.value.fields == {"text": "Կաթ"}
