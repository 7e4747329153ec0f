"""What a display says and in which letters: figures never cut, no question marks, no control bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.device import DeviceError
from devices.displays.content import COLUMNS, Figures, fitted, lines_from
from devices.displays.letters import encoded, spelled

amounts = st.from_regex(r"[1-9]{1,9}\.[0-9]{2}", fullmatch=True)


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ({"name": "Milk 1 l", "price": "1.29", "total": "1.29"}, ("Milk 1 l        1.29", "TOTAL           1.29")),
        ({"name": "Молоко пастеризованное", "quantity": "2", "price": "129.90", "language": "ru", "total": "259.80"},
         ("Молоко па 2 x 129.90", "ИТОГО         259.80")),
        ({"total": "259.80", "saved": "12.00", "language": "ru"}, ("ИТОГО         259.80", "СКИДКА         12.00")),
        ({"total": "259.80", "change": "40.20", "language": "hy"}, ("ԸՆԴԱՄԵՆԸ      259.80", "ՄԱՆՐ           40.20")),
        ({"lines": ["Welcome"]}, ("Welcome", "")),
        ({}, ("", "")),
    ],
)  # fmt: skip
def test_figures_become_two_lines(content, lines):
    assert lines_from(content) == lines


@given(st.text(max_size=60), st.sampled_from(["", "1", "12"]), amounts, amounts, st.sampled_from(["en", "ru", "hy"]))
def test_a_figure_is_never_cut(name, quantity, price, total, language):
    upper, lower = fitted(Figures(name=name, quantity=quantity, price=price, total=total), language)

    assert len(upper) <= COLUMNS
    assert len(lower) <= COLUMNS
    assert (upper + lower).count(total) >= 1
    assert not name or upper.endswith(price)


@pytest.mark.parametrize("content", [{"lines": "x"}, {"lines": [1]}, {"name": 3}, {"total": "9" * 90}])
def test_what_nobody_can_show_is_refused(content):
    with pytest.raises(DeviceError):
        lines_from(content)


@pytest.mark.parametrize(
    ("text", "page", "written"),
    [
        ("Молоко", "cp866", "Молоко"),
        ("Молоко", "cp437", "Moloko"),
        ("Կաթ Աշտարակ", "cp866", "Kat Ashtarak"),
        ("Café 5 €", "cp866", "Cafe 5 EUR"),
        ("100 ₽", "cp866", "100 р"),
        ("茶", "cp866", "*"),
    ],
)
def test_a_letter_that_the_page_lacks_is_written_in_others(text, page, written):
    assert spelled(text, page) == written


@given(
    st.text(st.characters(exclude_characters="?"), max_size=40),
    st.sampled_from(["cp866", "cp437", "cp1251", "latin-1"]),
)
def test_no_text_becomes_a_question_mark_or_a_command(text, page):
    data = encoded(text, page, COLUMNS)

    assert len(data) == COLUMNS
    assert b"?" not in data or any(char in text for char in "？﹖⁇⁈⁉")
    assert all(byte >= 0x20 and byte != 0x7F for byte in data)
