"""Lines on the paper: nothing is lost, nothing runs over the edge."""

from hypothesis import given, settings
from hypothesis import strategies as st

from devices.receipt.cells import pair, placed, width, wrap

LETTERS = st.text(st.characters(categories=("L", "N", "P", "Mn", "Zs")), max_size=60)


def test_a_long_name_wraps_at_its_spaces():
    assert wrap("Fresh milk from the hills, 1 litre", 12) == ["Fresh milk", "from the", "hills, 1", "litre"]


def test_a_word_longer_than_the_paper_breaks_at_its_letters():
    assert wrap("a" * 7 + " b", 3) == ["aaa", "aaa", "a b"]


def test_a_figure_stands_at_the_right_of_the_last_line_of_a_long_name():
    assert pair("Fresh milk from the hills", "1.29", 16) == ["Fresh milk from", "the hills   1.29"]


def test_a_name_that_just_does_not_fit_beside_its_figure_takes_one_line_more():
    assert pair("twelve cells", "1.29", 16) == ["twelve", "cells       1.29"]


def test_a_figure_that_needs_most_of_the_line_stands_alone():
    assert pair("Total", "1 000 000.00 RUB", 20) == ["Total", "    1 000 000.00 RUB"]


def test_an_indented_name_keeps_its_indent_on_every_line():
    assert pair("  Gold card discount", "-0.10", 16) == ["  Gold card", "  discount -0.10"]


def test_wide_and_combining_letters_are_measured_in_cells():
    assert width("e\u0301") == 1
    assert width("漢字") == 4
    assert wrap("漢字漢字", 5) == ["漢字", "漢字"]


def test_a_centred_line_gets_half_of_the_room():
    assert placed("abcd", 9, "center") == "  abcd"
    assert placed("abcd", 9, "right") == "     abcd"


@settings(deadline=None)
@given(LETTERS, st.integers(4, 48))
def test_wrapping_keeps_every_letter_and_stays_on_the_paper(text, columns):
    lines = wrap(text, columns)

    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width(line) <= columns for line in lines)


@settings(deadline=None)
@given(LETTERS, st.text("0123456789 .,-RUB", max_size=24).map(str.strip), st.integers(12, 48))
def test_a_figure_is_never_lost_and_no_line_runs_over(left, right, columns):
    lines = pair(left, right, columns)

    assert all(width(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == (left + right).replace(" ", "")
    if right and " " not in right and len(right) <= columns:
        assert lines[-1].endswith(right)
