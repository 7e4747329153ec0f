"""How long a guesser waits, and which PINs are refused."""

from datetime import UTC, datetime, timedelta

import pytest

from pos.staff.rules import Tries, after_try, may_try, pin_is_fit

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_guesser_gets_at_most_ten_tries_in_an_hour():
    tries, taken, now = Tries(), 0, NOON

    while now < NOON + timedelta(hours=1):
        if may_try(tries, now):
            taken += 1
            tries = after_try(tries, now)
        now += timedelta(seconds=1)

    assert taken == 10


def test_four_slips_cost_no_waiting():
    tries = Tries()

    for second in range(4):
        tries = after_try(tries, NOON + timedelta(seconds=second))

    assert may_try(tries, NOON + timedelta(seconds=5))


def test_a_day_without_a_try_forgets_the_wrong_ones():
    tries = Tries(failures=9, locked_until=NOON, last_at=NOON)

    assert after_try(tries, NOON + timedelta(days=1)) == Tries(1, None, NOON + timedelta(days=1))


@pytest.mark.parametrize(
    ("pin", "fit"),
    [
        ("2580", True),
        ("48216903", True),
        ("258", False),
        ("123456789", False),
        ("1111", False),
        ("1234", False),
        ("8765", False),
        ("25a0", False),
        ("٢٥٨٠", False),
        ("", False),
    ],
)
def test_a_pin_is_four_to_eight_digits_that_are_not_guessed_first(pin, fit):
    assert pin_is_fit(pin) is fit
