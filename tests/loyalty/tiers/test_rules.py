"""How accounts climb the ladder, step down from it, and are held on it."""

from dataclasses import replace

import pytest

from loyalty.tiers.rules import (
    Anniversary,
    DayOfYear,
    EveryDays,
    Measure,
    NextTier,
    Returns,
    Rung,
    StepDown,
    ToStay,
    Why,
    review_after,
)
from tests.loyalty.tiers.builders import START, a_ladder, bought, by_hand, gave_back, on, standing, tier

YEARLY = {"review": DayOfYear(7, 1), "down": StepDown.DESERVED}


@pytest.mark.parametrize(("amount", "reached"), [(9_999, "bronze"), (10_000, "silver"), (50_000, "gold")])
def test_a_threshold_is_inclusive(amount, reached):
    assert tier(a_ladder(), [bought(amount, on(2, 1))], on(2, 1)) == reached


def test_a_rung_from_nothing_is_everyones_and_without_one_there_is_no_tier():
    assert tier(a_ladder(), [], START) == "bronze"
    assert standing(a_ladder(Rung("silver", 1)), [], START).tier is None
    assert standing(a_ladder(), [], on(12, 31, 2025)).why is Why.NOTHING


def test_the_distance_to_the_next_tier_is_what_is_missing():
    stands = standing(a_ladder(), [bought(9_950, on(2, 1))], on(2, 3))

    assert stands.next == NextTier("silver", 50)
    assert standing(a_ladder(), [bought(99_000, on(2, 1))], on(2, 3)).next is None


def test_a_window_is_so_many_whole_local_days():
    ladder = a_ladder(window=30)
    entries = [bought(5_000, on(2, 1)), bought(5_000, on(3, 2))]

    assert tier(ladder, entries, on(3, 2)) == "silver", "30 days with both ends"
    assert tier(ladder, [entries[0], bought(5_000, on(3, 3))], on(3, 3)) == "bronze", "31 days"
    assert standing(ladder, entries[:1], on(3, 2)).next == NextTier("silver", 5_000)
    assert standing(ladder, entries[:1], on(3, 3)).next == NextTier("silver", 10_000)


def test_a_purchase_that_arrives_late_counts_from_the_day_it_was_made():
    ladder = a_ladder(window=30, review=EveryDays(30), down=StepDown.DESERVED)
    late, known = bought(10_000, on(2, 1)), [bought(1_000, on(2, 20))]

    assert tier(ladder, known, on(2, 21)) == "bronze"
    assert tier(ladder, [*known, late], on(2, 21)) == "silver"
    assert standing(ladder, [*known, late], on(2, 21)).since == on(2, 1)


def test_what_happens_later_does_not_change_an_earlier_day():
    entries = [bought(10_000, on(2, 1)), bought(40_000, on(5, 1))]

    assert [tier(a_ladder(), entries, day) for day in (on(1, 31), on(2, 1), on(4, 30), on(5, 1))] == [
        "bronze",
        "silver",
        "silver",
        "gold",
    ]


@pytest.mark.parametrize(
    ("down", "after"), [(StepDown.NEVER, "gold"), (StepDown.ONE_RUNG, "silver"), (StepDown.DESERVED, "bronze")]
)
def test_a_review_that_finds_too_little_steps_down_as_the_ladder_says(down, after):
    review = None if down is StepDown.NEVER else EveryDays(90)
    ladder = a_ladder(window=60, review=review, down=down)
    entries = [bought(50_000, on(2, 1))]

    assert tier(ladder, entries, on(5, 1)) == "gold"
    assert tier(ladder, entries, on(5, 2)) == after


def test_one_rung_at_a_time_takes_a_review_each():
    ladder = a_ladder(window=30, review=EveryDays(90), down=StepDown.ONE_RUNG)
    entries = [bought(50_000, on(1, 1))]

    assert [tier(ladder, entries, day) for day in (on(3, 31), on(4, 1), on(6, 29), on(6, 30))] == [
        "gold",
        "silver",
        "silver",
        "bronze",
    ]


def test_grace_gives_time_and_a_purchase_within_it_saves_the_tier():
    ladder = a_ladder(window=100, grace=14, **YEARLY)
    entries = [bought(10_000, on(2, 1))]

    in_grace = standing(ladder, entries, on(7, 1))
    saved = [*entries, bought(10_000, on(7, 14))]

    assert (in_grace.tier, in_grace.grace_until) == ("silver", on(7, 15))
    assert in_grace.to_stay == ToStay(10_000, on(7, 15))
    assert tier(ladder, entries, on(7, 14)) == "silver"
    assert tier(ladder, entries, on(7, 15)) == "bronze"
    assert (tier(ladder, saved, on(7, 15)), standing(ladder, saved, on(7, 15)).review_on) == ("silver", on(7, 1, 2027))


def test_what_is_needed_to_stay_is_exact():
    ladder = a_ladder(window=100, **YEARLY)
    entries = [bought(12_000, on(2, 1)), bought(3_000, on(5, 1))]

    needed = standing(ladder, entries, on(5, 2)).to_stay

    assert needed == ToStay(7_000, on(7, 1))
    assert tier(ladder, [*entries, bought(7_000, on(6, 30))], on(7, 1)) == "silver"
    assert tier(ladder, [*entries, bought(6_999, on(6, 30))], on(7, 1)) == "bronze"


def test_goods_given_back_leave_the_window_with_their_purchase():
    ladder = a_ladder(window=30)
    purchase = bought(10_000, on(1, 5))
    entries = [purchase, gave_back(10_000, purchase, on(2, 10)), bought(9_000, on(2, 10), hour=9)]

    assert standing(ladder, entries, on(2, 10)).measure == 9_000


@pytest.mark.parametrize(("returns", "after"), [("ignore", "silver"), ("count", "silver"), ("undo", "bronze")])
def test_goods_given_back_undo_a_rise_where_the_ladder_says_so(returns, after):
    ladder = a_ladder(returns=Returns(returns))
    purchase = bought(10_000, on(2, 1))

    stands = standing(ladder, [purchase, gave_back(1, purchase, on(2, 3))], on(2, 3))

    assert stands.tier == after
    assert stands.why is (Why.RETURNED if after == "bronze" else Why.REACHED)
    assert stands.measure == (10_000 if returns == "ignore" else 9_999)


def test_a_return_does_not_hurry_a_review_that_would_have_lowered_anyway():
    ladder = a_ladder(window=30, returns=Returns.UNDO, **YEARLY)
    purchase, small = bought(10_000, on(2, 1)), bought(500, on(4, 1))

    assert tier(ladder, [purchase, small, gave_back(500, small, on(4, 2))], on(4, 2)) == "silver"


def test_receipts_are_counted_and_one_given_back_whole_is_none():
    ladder = a_ladder(Rung("bronze", 2), Rung("silver", 3), by=Measure.RECEIPTS)
    first, second, third = (bought(100, on(2, day)) for day in (1, 2, 3))
    gifts_alone = replace(bought(700, on(2, 4)), left_out={1: 700})

    assert tier(ladder, [first, second, third], on(2, 3)) == "silver"
    assert standing(ladder, [first, second, gifts_alone], on(2, 5)).next == NextTier("silver", 1)
    assert standing(ladder, [first, second, third, gave_back(100, third, on(2, 4))], on(2, 4)).measure == 2
    assert standing(ladder, [first, second, third, gave_back(99, third, on(2, 4))], on(2, 4)).measure == 3


def test_receipts_go_with_an_account_that_was_made_one_with_another():
    ladder = a_ladder(Rung("bronze", 2), by=Measure.RECEIPTS)
    entries = [bought(100, on(2, 1)), bought(0, on(2, 1), kind="merge_in_sale"), bought(9, on(2, 1), kind="merge_in")]

    assert tier(ladder, entries, on(2, 1)) == "bronze"
    assert tier(ladder, [*entries, bought(0, on(2, 1), kind="merge_out_sale", hour=14)], on(2, 2)) == "bronze"
    assert standing(ladder, [*entries, bought(0, on(2, 1), kind="merge_out_sale")], on(2, 2)).measure == 1


def test_goods_left_out_do_not_count():
    entry = replace(bought(10_000, on(2, 1)), left_out={1: 4_000})

    assert standing(a_ladder(), [entry], on(2, 1)).next == NextTier("silver", 4_000)


def test_a_hold_by_hand_is_exactly_its_tier_while_it_lasts():
    entries = [bought(50_000, on(2, 10))]
    holds = [by_hand("silver", on(2, 1), on(3, 1))]

    assert [tier(a_ladder(), entries, day, holds) for day in (on(1, 31), on(2, 1), on(2, 28), on(3, 1))] == [
        "bronze",
        "silver",
        "silver",
        "gold",
    ]
    stands = standing(a_ladder(), entries, on(2, 28), holds)
    assert (stands.why, stands.held_until, stands.due_on, stands.next) == (Why.BY_HAND, on(3, 1), on(3, 1), None)


def test_a_tier_as_imported_may_be_climbed_above_and_ends():
    holds = [by_hand("silver", on(2, 1), on(3, 1), how=Why.IMPORTED)]

    assert standing(a_ladder(), [], on(2, 28), holds).why is Why.IMPORTED
    assert standing(a_ladder(), [], on(2, 28), holds).next == NextTier("gold", 50_000)
    assert tier(a_ladder(), [bought(50_000, on(2, 5))], on(2, 5), holds) == "gold"
    assert tier(a_ladder(), [bought(9_000, on(2, 5))], on(3, 1), holds) == "bronze"


def test_the_last_hold_made_decides_and_may_take_the_others_back():
    first, second = by_hand("gold", on(2, 1)), by_hand("silver", on(2, 5), made=2)
    released = replace(by_hand(None, on(2, 9), made=3), how=None)

    assert [tier(a_ladder(), [], day, [released, second, first]) for day in (on(2, 4), on(2, 5), on(2, 9))] == [
        "gold",
        "silver",
        "bronze",
    ]


def test_a_new_version_lifts_at_once_and_lowers_only_at_a_review():
    first = a_ladder()
    lower = a_ladder(Rung("bronze", 0), Rung("silver", 5_000), version=2, active_from=on(3, 1))
    higher = a_ladder(Rung("bronze", 0), Rung("silver", 20_000), version=2, active_from=on(3, 1), **YEARLY)

    assert tier([lower, first], [bought(6_000, on(2, 1))], on(3, 1)) == "silver"
    assert [tier([first, higher], [bought(10_000, on(2, 1))], day) for day in (on(3, 1), on(7, 1))] == [
        "silver",
        "bronze",
    ]


def test_a_tier_that_a_new_version_lacks_is_left_for_what_is_deserved():
    without_gold = a_ladder(Rung("bronze", 0), Rung("silver", 70_000), version=2, active_from=on(3, 1))

    stands = standing([a_ladder(), without_gold], [bought(50_000, on(2, 1))], on(3, 1))

    assert (stands.tier, stands.why, stands.version) == ("bronze", Why.LADDER, 2)


def test_of_two_versions_of_one_day_the_higher_holds():
    generous = a_ladder(Rung("gold", 0), version=1)
    strict = a_ladder(Rung("gold", 90_000), version=2)

    assert tier([generous, strict], [], START) is None


@pytest.mark.parametrize(
    ("review", "after", "expected"),
    [
        (EveryDays(30), on(1, 31), on(3, 2)),
        (DayOfYear(7, 1), on(6, 30), on(7, 1)),
        (DayOfYear(7, 1), on(7, 1), on(7, 1, 2027)),
        (DayOfYear(2, 29), on(1, 1), on(3, 1)),
        (DayOfYear(2, 29), on(1, 1, 2028), on(2, 29, 2028)),
        (Anniversary(of_account=True), on(5, 1), on(1, 1, 2027)),
        (Anniversary(of_account=False), on(5, 1), on(4, 9, 2027)),
    ],
    ids=str,
)
def test_reviews_fall_on_their_days(review, after, expected):
    assert review_after(review, after, since=on(4, 9), opened_on=START) == expected


def test_the_day_to_look_again_is_the_first_on_which_anything_may_change():
    ladder = a_ladder(window=30, **YEARLY)

    assert standing(ladder, [bought(100, on(2, 1))], on(2, 3)).due_on == on(3, 3), "the purchase leaves the window"
    assert standing(ladder, [bought(50_000, on(2, 1))], on(2, 3)).due_on == on(7, 1), "the review"
    assert standing(a_ladder(), [bought(100, on(2, 1))], on(2, 3)).due_on is None
    assert standing(a_ladder(), [bought(100, on(2, 9))], on(2, 3)).due_on == on(2, 9), "a till's clock runs ahead"
