"""When a weight may be sold, what it counts and how it is shown."""

from dataclasses import replace

import pytest

from devices.scales.reading import Reading, Unit
from devices.scales.rules import SaleRules, grams, refusal, shown, still_lies

KILO = Reading(1_250, 3, Unit.KILOGRAM, stable=True)
POUND = Reading(100, 2, Unit.POUND, stable=True)
RULES = SaleRules(least_grams=20)


@pytest.mark.parametrize(
    ("reading", "weight", "text"),
    [
        (KILO, 1_250, "1.250 kg"),
        (replace(KILO, digits=5), 5, "0.005 kg"),
        (replace(KILO, digits=-50), -50, "-0.050 kg"),
        (replace(KILO, digits=0), 0, "0.000 kg"),
        (replace(KILO, digits=None), None, ""),
        (Reading(850, 0, Unit.GRAM, stable=True), 850, "850 g"),
        (Reading(85, -1, Unit.GRAM, stable=True), 850, "850 g"),
        (Reading(124, 1, Unit.GRAM, stable=True), 12, "12.4 g"),
        (Reading(125, 1, Unit.GRAM, stable=True), 13, "12.5 g"),
        (Reading(-125, 1, Unit.GRAM, stable=True), -13, "-12.5 g"),
        (POUND, 454, "1.00 lb"),
        (Reading(160, 1, Unit.OUNCE, stable=True), 454, "16.0 oz"),
    ],
)
def test_a_weight_counts_whole_grams_and_is_shown_as_the_scale_shows_it(reading, weight, text):
    assert (grams(reading), shown(reading)) == (weight, text)


@pytest.mark.parametrize(
    ("reading", "age", "code"),
    [
        (KILO, 0, None),
        (KILO, 499, None),
        (KILO, 500, "scale.stale"),
        (replace(KILO, digits=20), 0, None),
        (replace(KILO, digits=19), 0, "scale.empty"),
        (Reading(199, 1, Unit.GRAM, stable=True), 0, "scale.empty"),
        (replace(KILO, zero=True), 0, "scale.empty"),
        (replace(KILO, stable=False), 0, "scale.unstable"),
        (replace(KILO, digits=None), 0, "scale.unstable"),
        (replace(KILO, digits=None, zero=True), 0, "scale.empty"),
        (replace(KILO, digits=None, over=True, stable=False), 0, "scale.over"),
        (replace(KILO, digits=-5), 0, "scale.under"),
        (replace(KILO, under=True), 0, "scale.under"),
        (POUND, 0, "scale.unit"),
    ],
)
def test_only_a_fresh_steady_weight_within_the_scales_bounds_may_be_sold(reading, age, code):
    assert refusal(reading, age, RULES, None) == code


def test_pounds_may_be_sold_where_the_shop_sells_by_them():
    assert refusal(POUND, 0, SaleRules(units=frozenset({Unit.POUND})), None) is None


def test_half_a_gram_alone_is_nothing_to_sell_even_without_a_least_weight():
    assert refusal(Reading(4, 1, Unit.GRAM, stable=True), 0, SaleRules(least_grams=0), None) == "scale.empty"


@pytest.mark.parametrize(
    ("now", "lies"),
    [
        (KILO, True),
        (replace(KILO, digits=1_255), False),
        (replace(KILO, stable=False), False),
        (replace(KILO, digits=0, zero=True), False),
        (replace(KILO, digits=None), False),
        (replace(KILO, digits=1_250_000, decimals=3, unit=Unit.GRAM), True),
    ],
)
def test_the_pan_has_moved_once_the_scale_said_motion_another_weight_or_nothing(now, lies):
    assert still_lies(KILO, now, RULES) is lies
    assert (refusal(now, 0, RULES, KILO) == "scale.same") is lies
