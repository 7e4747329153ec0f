"""What limits that receipts share leave, and what is promised of it."""

from datetime import date

import pytest

from loyalty.limits.rules import Amounts, Left, SharedLimits, granted, left_of, shared_limits


def test_only_rules_with_limits_that_receipts_share_are_read():
    body = {
        "rules": [
            {"id": "plain"},
            {"id": "receipt", "limits": {"receipt": {"times": 1}}},
            {"id": "coffee", "limits": {"account": {"times": 2, "days": 7}}},
            {"id": "launch", "limits": {"all": {"times": 100}, "budget": {"sum": 5_000, "short": "refuse"}}},
        ]
    }

    assert shared_limits(body) == {
        "coffee": SharedLimits(account_times=2, account_days=7),
        "launch": SharedLimits(all_times=100, budget_sum=5_000, short="refuse"),
    }


@pytest.mark.parametrize(
    ("limits", "used", "of_account", "left"),
    [
        (SharedLimits(all_times=10), Amounts(4), None, Left(times=6)),
        (SharedLimits(all_times=10), Amounts(12), None, Left(times=0)),
        (SharedLimits(all_times=10, account_times=2), Amounts(4), 1, Left(times=1)),
        (SharedLimits(all_times=10, account_times=2), Amounts(9), 0, Left(times=1)),
        (SharedLimits(account_times=2), Amounts(9), None, Left()),
        (SharedLimits(budget_sum=1_000, budget_pieces=5_000), Amounts(3, 400, 5_000), 0, Left(None, 600, 0)),
    ],
)
def test_what_is_left_is_the_least_that_any_limit_leaves(limits, used, of_account, left):
    assert left_of(limits, used, of_account) == left


@pytest.mark.parametrize(
    ("short", "given"), [("rest", Amounts(1, 200)), ("refuse", Amounts())], ids=["the rest", "nothing"]
)
def test_a_budget_that_is_short_gives_what_the_owner_said(short, given):
    assert granted(Amounts(1, 300), Left(None, 200), short) == given
    assert granted(Amounts(1, 200), Left(None, 200), short) == Amounts(1, 200)


def test_a_window_of_days_ends_with_today():
    assert SharedLimits(account_days=7).since(date(2026, 3, 10)) == date(2026, 3, 4)
    assert SharedLimits().since(date(2026, 3, 10)) == date.min
