"""ZPL: the bytes of a label, and that no text in one is a command."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.labels.content import Size
from devices.labels.gate_check import foreign_commands
from devices.labels.zpl.commands import scan
from devices.labels.zpl.encode import field, zpl_of
from tests.devices.labels.builders import HOSTILE, a_label


def test_a_label_is_these_bytes():
    """Source: ZPL II Programming Guide for each command; the guide's own EAN-13 example is `^BEN,100,Y,N^FD123456789012`."""
    data = zpl_of(a_label(name="Milk & co", copies=3), Size(58, 40), "en")

    assert data == (
        b"^XA^CI28^MNY^PW464^LL320^LH0,0^LS0^PON^FWN\n"
        b"^FO12,12^A0N,36,32^FH^FDMilk _26 co^FS\n"
        b"^FO12,127^A0N,91,81^FH^FD1_2E29 EUR^FS\n"
        b"^FO45,224^BY3,3,64^BEN,64,Y,N^FH^FD460123456789^FS\n"
        b"^PQ3,0,1,Y^XZ\n"
    )


def test_what_the_printers_font_may_lack_is_a_picture_and_latin_is_text():
    latin, russian, armenian = (zpl_of(a_label(name=name), Size(), "en") for name in ("Crème", "Молоко", "Կաթ"))

    assert "^FDCrème^FS".encode() in latin
    assert b"^GFA," not in latin
    for name, data in (("Молоко", russian), ("Կաթ", armenian)):
        assert name.encode() not in data
        assert data.count(b"^GFA,") == 1


def test_a_printer_whose_font_lacks_even_latin_gets_pictures_of_every_text():
    data = zpl_of(a_label(), Size(), "en", pictures=True)

    assert [command.name for command in scan(data)].count("^GF") == 2
    assert b"^A0" not in data


def test_a_picture_is_as_long_as_it_says():
    data = zpl_of(a_label(name="Կաթ"), Size(), "hy")
    total, again, across, dots = next(each.rest for each in scan(data) if each.name == "^GF").split(b",")[1:]

    assert total == again
    assert len(dots) == 2 * int(total)
    assert int(total) % int(across) == 0


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_is_no_command(text):
    assert foreign_commands(text) == []


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_no_text_is_a_command(text):
    assert not set(field(text)) & set('^~\\"\r\n')
    assert foreign_commands(text) == []


def test_codes_with_hexadecimal_escapes_say_what_was_meant():
    assert field("a^b~c_d") == "a_5Eb_7Ec_5Fd"
