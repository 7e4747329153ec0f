"""Lots: what a ledger of points stands for, told in small examples."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest

from loyalty.points.life import birthday_window, end_of, first_day
from loyalty.points.rules import Book, Entry, replay
from loyalty.points.standing import expiries, standing_of
from tests.loyalty.points import laws

DAY = date(2026, 3, 1)
SALE, OTHER, REFUND = UUID(int=1), UUID(int=2), UUID(int=3)
WELCOME = UUID(int=9)


def entry(source: UUID, kind: str, amount: int, day: int = 0, **more: object) -> Entry:
    """`day` counts from the first of March; within a day the order is that of the sources."""
    on = DAY + timedelta(days=day)
    at = datetime(on.year, on.month, on.day, 9, source.int % 60, tzinfo=UTC)
    return Entry(source, kind, amount, on, at, **more)  # type: ignore[arg-type]  # dates and ids by name


def lot(source: UUID, amount: int, day: int = 0, *, ends: int | None = None, waits: int = 0) -> Entry:
    starts = DAY + timedelta(days=day + waits)
    over = None if ends is None else DAY + timedelta(days=ends)
    return entry(source, "accrual", amount, day, available_on=starts, expires_on=over)


def left(book: Book) -> list[int]:
    return [lot.left for lot in book.lots]


def book(*entries: Entry, today: int = 0) -> Book:
    return replay(entries, DAY + timedelta(days=today))


@pytest.mark.parametrize(
    ("life", "count", "over"),
    [
        pytest.param("never", 0, None, id="never"),
        pytest.param("days", 30, date(2026, 3, 2), id="30 days"),
        pytest.param("month_end", 0, date(2026, 2, 1), id="with this month"),
        pytest.param("month_end", 2, date(2026, 4, 1), id="with the second month after"),
        pytest.param("month_end", 11, date(2027, 1, 1), id="with December"),
        pytest.param("year_end", 0, date(2027, 1, 1), id="with this year"),
        pytest.param("year_end", 1, date(2028, 1, 1), id="with the next year"),
    ],
)
def test_points_of_31_january_end_as_the_programme_says(life, count, over):
    assert end_of(date(2026, 1, 31), life, count) == over


def test_life_counts_from_the_day_points_may_be_spent_so_that_none_ends_waiting():
    starts = first_day(date(2026, 1, 25), 14)

    assert (starts, end_of(starts, "month_end", 0)) == (date(2026, 2, 8), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("today", "window"),
    [
        pytest.param(date(2026, 12, 29), None, id="four days before"),
        pytest.param(date(2026, 12, 30), 2027, id="three days before, in the old year"),
        pytest.param(date(2027, 1, 5), 2027, id="three days after"),
        pytest.param(date(2027, 1, 6), None, id="four days after"),
    ],
)
def test_a_birthday_on_2_january_is_near_for_three_days_around_it(today, window):
    found = birthday_window(date(1960, 1, 2), today, 3, 3)

    assert (found and found[0]) == window


def test_a_birthday_on_29_february_is_on_the_28th_of_a_common_year():
    found = birthday_window(date(1960, 2, 29), date(2026, 2, 28), 0, 0)

    assert found == (2026, date(2026, 2, 28), date(2026, 3, 1))


def test_spending_takes_what_ends_first_and_of_equal_ends_the_older():
    after = book(
        lot(UUID(int=10), 50),
        lot(UUID(int=11), 50, ends=30),
        lot(UUID(int=12), 50, ends=10),
        lot(UUID(int=13), 50, ends=30),
        entry(SALE, "redemption", -120, 1),
        today=1,
    )

    assert left(after) == [50, 0, 0, 30]


def test_points_that_wait_are_not_spent():
    after = book(lot(WELCOME, 100, waits=14), entry(SALE, "redemption", -30, 1), today=1)

    assert (after.spendable(), after.pending(), after.overdrawn()) == (0, 100, 30)


def test_what_is_owed_is_paid_as_soon_as_points_may_be_spent_even_if_they_end_later():
    entries = [lot(WELCOME, 100, waits=14, ends=20), entry(SALE, "redemption", -30, 1)]

    assert (book(*entries, today=14).spendable(), book(*entries, today=14).overdrawn()) == (70, 0)
    assert (book(*entries, today=40).spendable(), book(*entries, today=40).overdrawn()) == (0, 0)


def test_a_sale_does_not_spend_what_it_earns_itself():
    after = book(lot(WELCOME, 10, -1), lot(SALE, 100), entry(SALE, "redemption", -10))

    assert left(after) == [0, 100]


def test_points_end_on_their_day_and_the_ledger_is_told_once():
    entries = [lot(WELCOME, 100, ends=10)]
    written = expiries(book(*entries, today=10), datetime.now(UTC))

    assert book(*entries, today=9).spendable() == 100
    assert [one.amount for one in written] == [-100]
    assert expiries(book(*entries, *written, today=11), datetime.now(UTC)) == []


def test_a_receipt_that_arrives_after_the_end_takes_back_part_of_the_written_expiry():
    entries = [lot(WELCOME, 100, ends=10)]
    written = expiries(book(*entries, today=10), datetime.now(UTC))
    late = entry(SALE, "redemption", -40, 5)

    again = expiries(book(*entries, *written, late, today=12), datetime.now(UTC))

    assert [(one.amount, one.part) for one in again] == [(40, 2)]


def test_a_refund_takes_from_the_lots_of_its_own_sale():
    after = book(lot(WELCOME, 50, -1, ends=5), lot(SALE, 50), entry(REFUND, "accrual", -20, 1, origin=SALE), today=1)

    assert left(after) == [50, 30]


def test_a_refund_of_points_already_spent_takes_others_then_leaves_a_debt():
    after = book(
        lot(SALE, 50),
        entry(OTHER, "redemption", -50, 1),
        lot(WELCOME, 20, 2),
        entry(REFUND, "accrual", -50, 3, origin=SALE),
        today=3,
    )

    assert (left(after), after.overdrawn()) == ([0, 0], 30)


def test_a_refund_of_points_that_have_ended_costs_nothing():
    after = book(lot(SALE, 50, ends=10), lot(WELCOME, 20, 2), entry(REFUND, "accrual", -50, 20, origin=SALE), today=20)

    assert (after.spendable(), after.overdrawn()) == (20, 0)


def test_points_spent_come_back_to_their_lots_last_taken_first():
    entries = [
        lot(UUID(int=10), 30, ends=10),
        lot(UUID(int=11), 30, ends=20),
        entry(SALE, "redemption", -50, 1),
    ]

    half = book(*entries, back(25, 2), today=2)
    whole = book(*entries, back(25, 2), back(25, 3, UUID(int=4)), today=3)

    assert (left(half), left(whole)) == ([5, 30], [30, 30])


def test_points_that_come_back_after_their_end_live_as_long_as_the_refund_says():
    entries = [lot(WELCOME, 30, ends=10), entry(SALE, "redemption", -30, 5), back(30, 12, days=7)]

    alive, over = book(*entries, today=18), book(*entries, today=19)

    assert (alive.spendable(), alive.lots[-1].expires_on) == (30, date(2026, 3, 20))
    assert over.spendable() == 0


def test_a_refund_of_an_overdrawn_sale_forgives_the_debt_first():
    after = book(lot(WELCOME, 30), entry(SALE, "redemption", -50, 1), back(25, 2), today=2)

    assert (after.spendable(), after.overdrawn()) == (5, 0)


def test_buying_and_returning_ten_thousand_times_gains_nothing():
    entries = [lot(WELCOME, 100)]
    for turn in range(10_000):
        sale, refund = UUID(int=1_000 + 2 * turn), UUID(int=1_001 + 2 * turn)
        entries += [lot(sale, 7, 1), entry(sale, "redemption", -60, 1)]
        entries += [entry(refund, "accrual", -7, 1, origin=sale), back(60, 1, refund, of=sale)]

    after = book(*entries, today=1)

    assert (after.spendable(), after.overdrawn(), sum(left(after))) == (100, 0, 100)


def test_an_overdraft_names_the_sale_that_spent_before():
    after = book(lot(WELCOME, 100), entry(SALE, "redemption", -100, 1), entry(OTHER, "redemption", -80, 1), today=1)

    (overdraft,) = after.overdrafts
    assert (overdraft.source, overdraft.before, overdraft.short) == (OTHER, SALE, 80)


def test_documents_in_any_order_give_the_same_lots():
    entries = [
        lot(WELCOME, 40, ends=30),
        lot(SALE, 60, 1, waits=2, ends=40),
        entry(SALE, "redemption", -50, 1),
        entry(OTHER, "redemption", -30, 5),
        entry(REFUND, "accrual", -60, 6, origin=SALE),
        back(50, 6),
    ]

    found = {tuple(laws.lots_of(book(*shuffled, today=10))) for shuffled in permutations(entries)}

    assert len(found) == 1


def test_a_refund_by_a_till_whose_clock_is_behind_still_comes_after_its_sale():
    after = book(lot(SALE, 60, 5), lot(WELCOME, 10), entry(REFUND, "accrual", -60, 1, origin=SALE), today=6)

    assert (after.spendable(), after.overdrawn(), after.overdrafts) == (10, 0, [])


def test_the_standing_says_what_ends_next_and_when_something_changes():
    after = standing_of(book(lot(UUID(int=10), 30, ends=10), lot(SALE, 60, waits=3, ends=10), lot(OTHER, 5)))

    assert (after.balance, after.spendable, after.pending) == (95, 35, 60)
    assert (after.expiring_on, after.expiring) == (DAY + timedelta(days=10), 90)
    assert after.next_on == DAY + timedelta(days=3)


def test_balance_ledger_and_lots_agree_over_random_lives():
    assert laws.main(20_000, seed=1_000_000) == {"operations": 20_000, "failures": 0}


def back(amount: int, day: int, source: UUID = REFUND, *, of: UUID = SALE, days: int = 30) -> Entry:
    """What a refund gives back of the points that `of` spent."""
    on = DAY + timedelta(days=day)
    return entry(source, "redemption", amount, day, origin=of, available_on=on, expires_on=on + timedelta(days=days))
