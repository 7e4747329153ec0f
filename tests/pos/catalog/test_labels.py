"""Templates of scale labels, learnt from a label and what is printed on it."""

import pytest
from biip.checksums import gs1_price_weight_check_digit
from hypothesis import given
from hypothesis import strategies as st

from pos.catalog.errors import LabelNotReadable
from pos.catalog.labels import NextLabel, SeenLabel, Template, deciding, price_check_digit, templates
from pos.catalog.rules import Route, checked_route, ean_check_digit, read_label, unit_size

AMD = 2


def a_label(digits: str) -> str:
    return digits + ean_check_digit(digits)


def shape(template: Template) -> tuple[str, int, bool, int, str]:
    return template.prefix, template.item_digits, template.inner, template.value_digits, template.unit


@pytest.mark.parametrize(
    ("label", "likeliest"),
    [
        (SeenLabel("0212345012505", grams=1_250), ("02", 5, False, 5, "g")),
        (SeenLabel("2312345012500", grams=1_250), ("23", 5, False, 5, "g")),
        (SeenLabel("2100123015009", price=1_500), ("21", 5, False, 5, "minor")),
        (SeenLabel("2100123015009", price=150_000), ("21", 5, False, 5, "major")),
        (SeenLabel("2340119005007", grams=5_000), ("23", 5, False, 5, "10g")),
        (SeenLabel("2340119005007", pieces=500), ("23", 5, False, 5, "piece")),
        (SeenLabel(a_label("28123453" + "1250"), price=1_250), ("28", 5, True, 4, "minor")),
    ],
    ids=["weight 02", "weight 23", "price", "whole drams", "tens of grams", "pieces", "inner check digit"],
)
def test_the_usual_division_of_the_digits_comes_first(label, likeliest):
    assert shape(templates([label], AMD)[0]) == likeliest


def test_what_fits_not_what_is_printed_is_not_proposed():
    assert templates([SeenLabel("2100123015009", grams=1_501)], AMD) == []
    assert all(template.unit != "major" for template in templates([SeenLabel("2100123015009", price=1_500)], 0))


def test_goods_that_are_named_tell_item_from_prefix():
    label = SeenLabel("2100123015009", grams=1_500, numbers=frozenset({"0123"}))

    first = templates([label], AMD)[0]

    assert (shape(first), first.knows_goods) == (("210", 4, False, 5, "g"), True)


def test_the_products_own_number_counts_without_its_zeros():
    label = SeenLabel("2100123015009", grams=1_500, numbers=frozenset({"123"}))

    first = templates([label], AMD)[0]

    assert (first.prefix, first.items, first.knows_goods) == ("21", ("00123",), True)


def test_a_label_with_more_on_it_tells_the_width_of_the_value():
    small = SeenLabel(a_label("2100123" + "01500"), grams=1_500, numbers=frozenset({"00123", "001230"}))
    found = templates([small], AMD)
    assert [shape(each)[1:4] for each in found[:2]] == [(5, False, 5), (6, False, 4)]
    assert deciding(found, AMD) == NextLabel("larger", 10_000, "g")

    large = SeenLabel(a_label("2100123" + "12340"), grams=12_340, numbers=small.numbers)
    assert {each.value_digits for each in templates([small, large], AMD)} == {5}


def test_a_label_of_other_goods_tells_the_prefix():
    first = SeenLabel(a_label("2100123" + "12340"), grams=12_340)
    found = templates([first], AMD)
    assert deciding(found, AMD) == NextLabel("other_goods")

    other = SeenLabel(a_label("2154321" + "12000"), grams=12_000)
    left = templates([first, other], AMD)
    assert {each.prefix for each in left} <= {"2", "21"}


def test_nothing_more_is_asked_for_where_one_is_left():
    assert deciding(templates([SeenLabel("2100123015009", grams=1_500)], AMD)[:1], AMD) is None


@pytest.mark.parametrize(
    ("label", "why"),
    [
        (SeenLabel("4006381333931", grams=1), "code"),
        (SeenLabel("210012301500", grams=1), "code"),
        (SeenLabel("٢100123015009", grams=1), "code"),
        (SeenLabel("2100123015001", grams=1_500), "check"),
        (SeenLabel("2100123015009"), "printed"),
        (SeenLabel("2100123015009", grams=0), "printed"),
    ],
)
def test_what_is_no_label_is_refused_with_the_reason(label, why):
    with pytest.raises(LabelNotReadable) as refused:
        templates([label], AMD)

    assert refused.value.fields["why"] == why


@pytest.mark.parametrize("value", ["0000", "1250", "9999", "01250", "98765", "00001"])
def test_the_inner_check_digit_is_gs1s(value):
    assert int(price_check_digit(value)) == gs1_price_weight_check_digit(value)


@given(
    st.integers(0, 99_999_999_999).map(lambda number: a_label(f"2{number:011}")),
    st.integers(1, 999_999),
    st.sampled_from(["grams", "price", "pieces"]),
    st.sampled_from([0, 2, 3]),
)
def test_every_template_reads_back_what_was_printed(code, printed, what, exponent):
    printed = int(code[7:12]) or printed
    for template in templates([SeenLabel(code, **{what: printed})], exponent):
        route: Route = checked_route(template.route())
        label = read_label(code, route)
        assert label.value * unit_size(label.unit, exponent) == printed
        assert label.item == template.items[0]
        assert route.reads(code)
