"""A bad ladder is refused with the field that must be changed."""

from datetime import date

import pytest

from loyalty.tiers.errors import (
    LadderMalformed,
    LadderOutOfRange,
    NoRungs,
    NoSuchDay,
    ReviewNeeded,
    ReviewWithoutStep,
    RungRepeated,
    ThresholdsNotRising,
)
from loyalty.tiers.form import read_ladder, written
from pos.core.errors import Malformed

GOOD = {
    "by": "turnover",
    "window": 365,
    "rungs": [{"tier": "silver", "at_least": 0}, {"tier": "gold", "at_least": 5_000_000}],
    "upgrade": "this_receipt",
    "review": {"month": 1, "day": 31},
    "grace_days": 14,
    "step_down": "one_rung",
    "returns": "undo",
    "leave_out": {"products": [7], "categories": [3, 1]},
}


def test_what_is_written_is_what_was_read():
    ladder = read_ladder(GOOD, version=3, active_from=date(2026, 1, 1))

    again = read_ladder(written(ladder), version=3, active_from=date(2026, 1, 1))

    assert again == ladder
    assert (ladder.window, ladder.grace, ladder.categories) == (365, 14, frozenset({1, 3}))


@pytest.mark.parametrize(
    ("change", "error", "field"),
    [
        ({"rungs": []}, NoRungs, "rungs"),
        ({"rungs": None}, LadderMalformed, "rungs"),
        ({"rungs": [{"tier": "gold"}]}, LadderMalformed, "rungs[0].at_least"),
        ({"rungs": [{"tier": "gold", "at_least": True}]}, LadderMalformed, "rungs[0].at_least"),
        ({"rungs": [{"tier": "gold", "at_least": -1}]}, LadderOutOfRange, "rungs[0].at_least"),
        ({"rungs": [{"tier": "gold", "at_least": 2**53}]}, LadderOutOfRange, "rungs[0].at_least"),
        (
            {"rungs": [{"tier": "a", "at_least": 5}, {"tier": "b", "at_least": 5}]},
            ThresholdsNotRising,
            "rungs[1].at_least",
        ),
        ({"rungs": [{"tier": "a", "at_least": 5}, {"tier": "a", "at_least": 6}]}, RungRepeated, "rungs[1].tier"),
        ({"window": 0}, LadderOutOfRange, "window"),
        ({"window": 1.5}, LadderMalformed, "window"),
        ({"by": "points"}, LadderMalformed, "by"),
        ({"review": None}, ReviewNeeded, "review"),
        ({"review": {"every_days": 0}}, LadderOutOfRange, "review.every_days"),
        ({"review": {"month": 2, "day": 30}}, NoSuchDay, "review.day"),
        ({"review": {"month": 2, "day": 3, "every_days": 9}}, LadderMalformed, "review"),
        ({"step_down": "never"}, ReviewWithoutStep, "review"),
        ({"step_down": "never", "review": None}, ReviewWithoutStep, "grace_days"),
        ({"grace_days": -1}, LadderOutOfRange, "grace_days"),
        ({"leave_out": {"brands": []}}, LadderMalformed, "leave_out.brands"),
        ({"leave_out": {"products": [0]}}, LadderOutOfRange, "leave_out.products[0]"),
        ({"stars": 5}, LadderMalformed, "stars"),
    ],
    ids=str,
)
def test_a_bad_ladder_names_its_field(change, error, field):
    with pytest.raises(Malformed) as caught:
        read_ladder({**GOOD, **change}, version=1, active_from=date(2026, 1, 1))

    assert (type(caught.value), caught.value.fields["field"]) == (error, field)
