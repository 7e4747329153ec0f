"""Codes and what they say."""

import pytest

from pos.catalog.errors import BadBarcode, BadScanRoute, NoName, WrongCheckDigit
from pos.catalog.rules import (
    Label,
    Route,
    checked_barcode,
    checked_names,
    checked_route,
    ean_check_digit,
    is_ean,
    overlapping,
    read_label,
    route_for,
)

WEIGHT = Route(1, "weight_label", "22", 13, None, (2, 7), (7, 12), "g")
PRICE = Route(2, "price_label", "23", 13, None, (2, 7), (7, 12), "minor")
CARD = Route(3, "card", "77", 16)
ANYTHING = Route(4, "product", "")


@pytest.mark.parametrize(
    "code",
    ["4006381333931", "96385074", "036000291452", "00012345600012", "5901234123457"],
    ids=["EAN-13", "EAN-8", "UPC-A", "GTIN-14", "EAN-13 of another country"],
)
def test_a_real_barcode_is_known_by_its_check_digit(code):
    assert is_ean(code)
    assert checked_barcode(code) == code


@pytest.mark.parametrize("place", range(13))
def test_any_one_wrong_digit_of_an_ean_is_found(place):
    code = "4006381333931"
    wrong = code[:place] + str((int(code[place]) + 1) % 10) + code[place + 1 :]

    assert not is_ean(wrong)
    with pytest.raises(WrongCheckDigit):
        checked_barcode(wrong)


@pytest.mark.parametrize("code", ["", " 123", "12\n3", "a\x1bb", "ñ", "1" * 201])
def test_a_barcode_is_printable_and_plain(code):
    with pytest.raises(BadBarcode):
        checked_barcode(code)


def test_a_short_code_of_the_shop_needs_no_check_digit():
    assert checked_barcode("10042") == "10042"


def a_label(prefix: str, item: str, value: int) -> str:
    body = f"{prefix}{item}{value:05d}"
    return body + ean_check_digit(body)


def test_a_weight_label_says_item_and_grams():
    assert read_label(a_label("22", "00042", 1_234), WEIGHT) == Label("00042", 1_234, "g")


def test_a_price_label_says_item_and_minor_units():
    assert read_label(a_label("23", "00042", 99_000), PRICE) == Label("00042", 99_000, "minor")


def test_a_damaged_weight_label_is_refused():
    damaged = a_label("22", "00042", 1_234)[:-1] + "x"

    with pytest.raises(WrongCheckDigit):
        read_label(damaged, WEIGHT)


def test_a_card_is_no_label():
    with pytest.raises(BadScanRoute):
        read_label("7700000000000016", CARD)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (a_label("22", "00042", 1), "weight_label"),
        ("2200042", "product"),
        ("7700000000000016", "card"),
        ("7700000000016", "product"),
        ("4006381333931", "product"),
    ],
    ids=["label", "too short for a label", "card", "too short for a card", "goods"],
)
def test_the_longest_prefix_whose_form_fits_reads_the_code(code, kind):
    route = route_for(code, [ANYTHING, WEIGHT, PRICE, CARD])

    assert route is not None
    assert route.kind == kind


def test_no_route_reads_what_none_begins_like():
    assert route_for("4006381333931", [WEIGHT, CARD]) is None


@pytest.mark.parametrize(
    ("route", "clashes"),
    [
        (Route(0, "card", "22", 13), True),
        (Route(0, "card", "22"), True),
        (Route(0, "card", "22", 16), False),
        (Route(0, "card", "222", 13), False),
        (Route(0, "card", "2", 13), False),
    ],
    ids=["same prefix and length", "same prefix, any length", "other length", "longer prefix", "shorter prefix"],
)
def test_two_routes_clash_where_one_code_could_be_both(route, clashes):
    assert (overlapping(route, [WEIGHT, CARD]) is not None) == clashes


def test_a_route_does_not_clash_with_itself():
    assert overlapping(WEIGHT, [WEIGHT, PRICE]) is None


@pytest.mark.parametrize(
    "route",
    [
        Route(0, "weight_label", "22", None, None, (2, 7), (7, 12), "g"),
        Route(0, "weight_label", "22", 13, None, (2, 8), (7, 12), "g"),
        Route(0, "weight_label", "22", 13, None, (2, 7), (7, 14), "g"),
        Route(0, "weight_label", "22", 13, None, (2, 7), (7, 12), "minor"),
        Route(0, "card", "22", 13, None, (2, 7), (7, 12), "g"),
        Route(0, "card", "22", 1),
        Route(0, "card", "22", 13, "("),
    ],
    ids=["no length", "fields overlap", "beyond the end", "wrong unit", "fields of no label", "too short", "pattern"],
)
def test_a_route_that_cannot_work_is_refused(route):
    with pytest.raises(BadScanRoute):
        checked_route(route)


def test_names_are_trimmed_and_empty_ones_left_out():
    assert checked_names({"en": "  Milk   1 l ", "ru": ""}) == {"en": "Milk 1 l"}


@pytest.mark.parametrize("names", [{}, {"en": "  "}, {"fr": "Lait"}])
def test_a_thing_without_a_name_in_our_languages_is_refused(names):
    with pytest.raises(NoName):
        checked_names(names)
