"""Single cells: what each spelling means, and what is refused rather than guessed."""

import contextlib
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.imports.phones import e164, several
from loyalty.imports.rules import Layout, Shop, card, drafted, suggested
from loyalty.imports.values import Unfit, amount, day, digits_cell, percent, plain, points, yes
from pos.core.money import MAX_AMOUNT

SHOP = Shop(2, "29", 13, {"gold": "gold"}, {"pensioner": "pensioner"}, date(2026, 11, 22))


def refused(call, *given, **named) -> str:
    with pytest.raises(Unfit) as unfit:
        call(*given, **named)
    return unfit.value.code


@pytest.mark.parametrize(
    ("written", "country", "phone"),
    [
        ("+374 91 123456", "AM", "+37491123456"),
        ("+374 (91) 12-34-56", "RU", "+37491123456"),
        ("00374 91 12 34 56", "RU", "+37491123456"),
        ("374-91-123456", "AM", "+37491123456"),
        ("+374 (0)91 123456", "AM", "+37491123456"),
        ("091 12-34-56", "AM", "+37491123456"),
        ("(010) 52.35.31", "AM", "+37410523531"),
        ("91123456", "AM", "+37491123456"),
        ("8 (912) 345-67-89", "AM", "+79123456789"),
        ("8 912 345 67 89", "RU", "+79123456789"),
        ("+7 912 345-67-89", "AM", "+79123456789"),
        ("79123456789", "AM", "+79123456789"),
        ("912 345-67-89", "RU", "+79123456789"),
        ("+7 701 123 45 67", "RU", "+77011234567"),
        ("+49 30 901820", "AM", "+4930901820"),
        ("+995 599 12 34 56", "RU", "+995599123456"),
    ],
)
def test_a_phone_in_any_usual_writing_is_one_number(written, country, phone):
    assert e164(written, country) == phone


@pytest.mark.parametrize(
    ("written", "country", "code"),
    [
        ("091 12-34-5", "RU", "phone_unclear"),
        ("091 12-34-56", "RU", "phone_unclear"),
        ("912 345-67-89", "AM", "phone_unclear"),
        ("+374 91 12345", "AM", "phone_unclear"),
        ("+7 912 345 67 8", "RU", "phone_unclear"),
        ("123", "AM", "phone_length"),
        ("091 12 34 56 доб. 3", "AM", "phone_unclear"),
        ("٠٩١١٢٣٤٥٦", "AM", "phone_unclear"),
        ("=1+1", "AM", "phone_unclear"),
        ("", "AM", "phone_unclear"),
    ],
)
def test_a_phone_that_is_not_certain_is_refused(written, country, code):
    assert refused(e164, written, country) == code


def test_a_cell_may_hold_several_phones():
    assert several("091123456, 099112233;\n+7 912 345 67 89/8 912 345 67 00") == [
        "091123456",
        "099112233",
        "+7 912 345 67 89",
        "8 912 345 67 00",
    ]


SPACING = st.sampled_from(["", " ", "-", ".", " (", ") ", "\u00a0", "\u2013"])


@given(st.integers(10_000_000, 99_999_999), st.sampled_from(["+374", "00374", "374", "0", ""]), st.data())
def test_every_armenian_number_is_the_same_however_it_is_spaced(national, prefix, data):
    spaced = prefix + "".join(f"{data.draw(SPACING)}{digit}" for digit in str(national))

    assert e164(spaced, "AM") == f"+374{national}"
    assert e164(e164(spaced, "AM"), "RU") == f"+374{national}"


@given(st.integers(0, 999_999_999), st.sampled_from("3489"), st.sampled_from(["+7", "7", "8", "007", ""]), st.data())
def test_every_russian_number_is_the_same_however_it_is_spaced(rest, first, prefix, data):
    national = f"{first}{rest:09}"
    spaced = prefix + "".join(f"{data.draw(SPACING)}{digit}" for digit in national)

    assert e164(spaced, "RU") == f"+7{national}"


@given(st.text(max_size=30))
def test_any_text_is_a_phone_or_refused(written):
    try:
        phone = e164(written, "AM")
    except Unfit:
        return
    assert phone[0] == "+"
    assert 7 <= len(phone) <= 16


@pytest.mark.parametrize(
    ("written", "minor"),
    [
        ("1234", 123_400),
        ("1 234,50", 123_450),
        ("1\u00a0234,50 ֏", 123_450),
        ("1,234.50 AMD", 123_450),
        ("1.234,50 руб.", 123_450),
        ("1'234.50", 123_450),
        ("1 234 567", 123_456_700),
        ("1,234,567", 123_456_700),
        ("0,5", 50),
        ("0,500", 50),
        ("12.5", 1_250),
        ("1234,560", 123_456),
        ("5 000 դրամ", 500_000),
        ("$99.90", 9_990),
        ("+7", 700),
        (1234.5, 123_450),
        (0.1 + 0.2, 30),
        (7, 700),
    ],
)
def test_an_amount_is_exact_in_any_usual_writing(written, minor):
    assert amount(written, 2, "auto") == minor


@pytest.mark.parametrize(
    ("written", "decimals", "code"),
    [
        ("1,234", "auto", "number_unclear"),
        ("1.234", "auto", "number_unclear"),
        ("12.345,6.7", "auto", "not_a_number"),
        ("1,23,456", "auto", "not_a_number"),
        ("12,345.678", "auto", "number_too_fine"),
        ("1,234", ",", "number_too_fine"),
        ("12.5", ",", "not_a_number"),
        ("-5", "auto", "number_negative"),
        ("(5)", "auto", "number_negative"),
        ("100 bananas", "auto", "not_a_number"),
        ("=SUM(A1:A9)", "auto", "not_a_number"),
        ("1e5", "auto", "not_a_number"),
        ("#N/A", "auto", "cell_error"),
        ("#ЗНАЧ!", "auto", "cell_error"),
        (None, "auto", "cell_error"),
        (True, "auto", "not_a_number"),
        (date(2026, 3, 5), "auto", "not_a_number"),
        (1e300, "auto", "number_too_large"),
        (float(MAX_AMOUNT), "auto", "number_too_large"),
        (1.001, "auto", "number_too_fine"),
    ],
)
def test_an_amount_that_is_not_certain_is_refused(written, decimals, code):
    assert refused(amount, written, 2, decimals) == code


def test_the_owner_may_say_which_mark_separates_decimals():
    assert amount("1,234", 2, ".") == 123_400
    assert amount("1.234", 2, ",") == 123_400
    assert amount("1,23", 2, ",") == 123


@given(st.integers(0, 10**12), st.sampled_from([" ", "\u00a0", "\u202f", "'"]), st.sampled_from(",."), st.booleans())
def test_every_amount_is_read_back_from_its_spellings(minor, thousands, mark, signed):
    whole, coins = divmod(minor, 100)
    written = f"{whole:,}".replace(",", thousands) + f"{mark}{coins:02}" + (" руб." if signed else "")

    assert amount(written, 2, "auto") == minor
    other = "," if mark == "." else "."
    if whole >= 1000:
        assert amount(f"{whole:,}".replace(",", other) + f"{mark}{coins:02}", 2, "auto") == minor
    if minor < 10**11:
        assert amount(float(f"{whole}.{coins:02}"), 2, "auto") == minor


@given(st.text(alphabet="0123456789.,' -+%֏руб()eE", max_size=16))
def test_any_text_is_an_amount_or_refused(written):
    with contextlib.suppress(Unfit):
        assert 0 <= amount(written, 2, "auto") <= MAX_AMOUNT


@pytest.mark.parametrize(
    ("written", "share", "points_"),
    [
        ("7", False, 700),
        ("7%", False, 700),
        ("7,25 %", False, 725),
        (15.0, False, 1_500),
        (0.07, True, 700),
        ("7%", True, 700),
    ],
)
def test_a_percent_is_basis_points(written, share, points_):
    assert percent(written, "auto", share=share) == points_


@pytest.mark.parametrize(
    ("written", "share", "code"),
    [
        (0.07, False, "percent_small"),
        ("101", False, "percent_range"),
        (7, True, "percent_range"),
        ("7.123", False, "number_unclear"),
        (7.123, False, "number_too_fine"),
    ],
)
def test_a_percent_that_is_likely_a_share_is_refused(written, share, code):
    assert refused(percent, written, "auto", share=share) == code


def test_a_column_of_shares_is_recognised_by_its_first_rows():
    layout = Layout(1, {0: "card", 1: "personal"})

    assert suggested(layout, [["1", 0.07], ["2", 0.1], ["3", ""]]).share
    assert not suggested(layout, [["1", 0.07], ["2", 10.0]]).share
    assert not suggested(layout, [["1", "7%"]]).share


def test_points_are_whole():
    assert points("1 200", "auto") == 1_200
    assert refused(points, "1,5", "auto") == "points_whole"


@pytest.mark.parametrize(
    "written",
    [
        *("05.03.1980", "5.3.1980", "5/3/1980", "05-03-1980", "5.3.80", "1980-03-05", "1980/3/5", "19800305"),
        *("5 марта 1980 г.", "5 мар 1980", "5 March 1980", "March 5, 1980", "մարտի 5, 1980", "5 մարտի 1980թ."),
        *("05.03.1980 00:00:00", "1980-03-05T10:00:00Z", date(1980, 3, 5), datetime(1980, 3, 5, 12, tzinfo=UTC)),
    ],
)
def test_a_day_in_any_usual_spelling(written):
    assert day(written, "dmy") == date(1980, 3, 5)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        *(
            (text, "date_unclear")
            for text in ("31.02.1980", "03.25.1980", "soon", "5 марта 1980 и 6 мая", time(5), 29_000.0)
        ),
        *((text, "date_without_year") for text in ("05.03", "5 марта")),
        *((text, "date_outside") for text in ("05.03.1880", "05.03.2280")),
        (None, "cell_error"),
    ],
)
def test_a_day_that_is_none_is_refused(written, code):
    assert refused(day, written, "dmy") == code


def test_american_days_only_where_somebody_says_so():
    assert day("03/25/1980", "mdy") == date(1980, 3, 25)
    assert day("01.01.26", "dmy") == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("cell", "digits"),
    [
        ("0012345", "0012345"),
        (2900000000018.0, "2900000000018"),
        (2900000000018, "2900000000018"),
        ('="0012345"', "0012345"),
        ("'0012345", "0012345"),
        ("2.900000000018E+12", "2900000000018"),
        ("2900000000018.0", "2900000000018"),
        ("2900000000018,00", "2900000000018"),
    ],
)
def test_digits_come_back_where_all_are_there(cell, digits):
    assert digits_cell(cell) == digits


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2.9E+12", "digits_lost"),
        ("2,90000E+12", "digits_lost"),
        (2.9e18, "digits_lost"),
        (1234567890123450.0, "digits_lost"),
        (12345.5, "digits_lost"),
        (-5.0, "digits_lost"),
        (float("nan"), "digits_lost"),
        (date(2026, 1, 1), "digits_wanted"),
        (True, "digits_wanted"),
    ],
)
def test_lost_digits_are_never_made_up(cell, code):
    assert refused(digits_cell, cell) == code


def test_leading_zeros_of_a_card_return_where_that_is_certain():
    zeros = Shop(2, "00", 12, {}, {}, date(2026, 1, 1))

    assert card("000000000018", Layout(), zeros) == "000000000018"
    assert card(1234567897.0, Layout(), zeros) == "001234567897"
    assert card(1234567890.0, Layout(), zeros) == "1234567890", "the check digit does not fit: another system's card"
    assert card(12345.0, Layout(card_digits=8), SHOP) == "00012345"
    assert card("12 34-56 78", Layout(), SHOP) == "12345678"
    assert refused(card, "AB1234", Layout(), SHOP) == "digits_wanted"
    assert refused(card, "123", Layout(), SHOP) == "card_length"


@pytest.mark.parametrize(
    ("word", "meant"),
    [("Да", True), ("այո", True), ("x", True), (1.0, True), ("нет", False), ("ոչ", False), ("", False)],
)
def test_yes_and_no_in_three_languages(word, meant):
    assert yes(word) is meant


def test_a_number_shows_as_people_write_it():
    assert plain(2900000000018.0) == "2900000000018"
    assert plain("  a \n b ") == "a b"


def test_a_row_with_several_faults_names_them_all_with_their_columns():
    layout = Layout(1, {0: "card", 1: "phone", 2: "turnover", 3: "points_until", 4: "given"})

    _, problems = drafted(["2.9E+12", "12", "x", "01.01.2020", "n" * 101], layout, SHOP)

    assert {(problem.column, problem.code) for problem in problems} == {
        (0, "digits_lost"),
        (1, "phone_length"),
        (2, "not_a_number"),
        (3, "period_over"),
        (4, "text_too_long"),
    }


@pytest.mark.parametrize(
    ("name", "field", "given", "family"),
    [
        ("Петросян Ани Арменовна", "family_given", "Ани Арменовна", "Петросян"),
        ("Անի Պետրոսյան", "given_family", "Անի", "Պետրոսյան"),
        ("Ани", "family_given", "Ани", ""),
        ("=HYPERLINK(1)", "given", "=HYPERLINK(1)", ""),
    ],
)
def test_names_come_apart_as_their_column_says(name, field, given, family):
    draft, problems = drafted([name], Layout(1, {0: field}), SHOP)

    assert (draft.given, draft.family, problems) == (given, family, [])
