"""Points on a real ledger: folding, gifts, merges, the day's work."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from loyalty.accounts.model import Person
from loyalty.accounts.service import open_account
from loyalty.points.daily import pass_day
from loyalty.points.errors import AlreadyMerged, MergeNotFound, PointsDiffer, PointsNotEnough, ProgrammeMalformed
from loyalty.points.gifts import correct_points, give_bonus, give_welcome
from loyalty.points.merge import merge_points, undo_merge_points
from loyalty.points.model import PointsAccount, PointsEntry, PointsNotice
from loyalty.points.programme import programme_in_force, programme_versions
from loyalty.points.service import fold, spendable
from pos.core.ids import new_id
from tests.loyalty.points.builders import (
    MONDAY,
    NOON,
    a_programme,
    earned,
    given_back,
    noon,
    spent,
    standing,
)


async def ledger(session, account) -> int:
    return int(
        await session.scalar(
            select(func.coalesce(func.sum(PointsEntry.amount), 0)).where(PointsEntry.account_id == account)
        )
    )


def later_day(days: int) -> date:
    return MONDAY + timedelta(days=days)


async def test_a_fold_says_what_may_be_spent_what_waits_and_what_ends(session):
    account = new_id()
    await earned(session, account, 100, expires_on=later_day(30))
    await earned(session, account, 40, available_on=later_day(14))
    await spent(session, account, 30)

    row = await standing(session, account)

    assert (row.balance, row.spendable, row.pending, row.overdrawn) == (110, 70, 40, 0)
    assert (row.expiring_on, row.expiring, row.next_on) == (later_day(30), 70, later_day(14))
    assert await spendable(session, account, NOON) == 70


async def test_an_account_that_did_not_change_is_not_told_to_tills_again(session):
    account = new_id()
    await earned(session, account, 100)
    before = (await standing(session, account)).changed_xid
    await session.execute(select(func.pg_current_xact_id()))

    statements: list[str] = []
    await fold(session, [account], at=NOON)
    after = await session.scalar(select(PointsAccount.changed_xid).where(PointsAccount.account_id == account))

    assert (before, statements) == (after, [])


async def test_lots_that_end_are_written_off_once_and_a_late_receipt_puts_some_back(session):
    account = new_id()
    await earned(session, account, 100, expires_on=later_day(10))

    ended = (await standing(session, account, on=later_day(10))).balance
    await standing(session, account, on=later_day(11))
    await spent(session, account, 40, on=later_day(5))
    row = await standing(session, account, on=later_day(12))

    assert (ended, row.balance, row.overdrawn, await ledger(session, account)) == (0, 0, 0, 0)
    query = select(PointsEntry.amount).where(PointsEntry.account_id == account, PointsEntry.kind == "expiry")
    assert sorted(await session.scalars(query)) == [-100, 40]


async def test_a_refund_after_spending_leaves_the_account_owing(session):
    account = new_id()
    sale = await earned(session, account, 50)
    await spent(session, account, 50)
    await given_back(session, account, sale, claw=50)

    row = await standing(session, account)

    assert (row.balance, row.spendable, row.overdrawn) == (-50, 0, 50)


async def test_changing_the_programme_touches_no_point_given_before(session):
    account = new_id()
    await a_programme(session, life="days", life_count=180)
    await give_bonus(session, new_id(), account, 100, reason="opening day", by=None, at=NOON)
    before = (await standing(session, account)).expiring_on

    await a_programme(session, life="never")
    await a_programme(session, life="days", life_count=30)
    row = await standing(session, account, on=later_day(100))

    assert (before, row.expiring_on, row.spendable) == (later_day(180), later_day(180), 100)
    assert [one.version for one in await programme_versions(session)][:3] == sorted(
        [one.version for one in await programme_versions(session)][:3], reverse=True
    )


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"value": 0}, "value"),
        ({"share": 10_001}, "share"),
        ({"life": "days"}, "life_count"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"birthday_before": 32}, "birthday_before"),
    ],
)
async def test_a_programme_that_cannot_be_is_refused_with_its_field(session, given, field):
    with pytest.raises(ProgrammeMalformed) as refused:
        await a_programme(session, **given)

    assert refused.value.fields == {"field": field}


async def test_a_bonus_sent_twice_is_given_once_and_never_changed(session):
    account, bonus = new_id(), new_id()
    for _ in range(2):
        await give_bonus(session, bonus, account, 25, reason="sorry", by=None, at=NOON)

    with pytest.raises(PointsDiffer):
        await give_bonus(session, bonus, account, 26, reason="sorry", by=None, at=NOON)

    assert (await standing(session, account)).balance == 25


async def test_a_correction_takes_no_more_than_may_be_spent(session):
    account, correction = new_id(), new_id()
    await earned(session, account, 30)
    await earned(session, account, 70, available_on=later_day(14))

    with pytest.raises(PointsNotEnough) as refused:
        await correct_points(session, new_id(), account, -31, reason="counted twice", by=None, at=NOON)
    for _ in range(2):
        await correct_points(session, correction, account, -30, reason="counted twice", by=None, at=NOON)

    assert refused.value.fields == {"spendable": 30}
    assert (await standing(session, account)).balance == 70


async def test_welcome_points_are_given_once_in_an_accounts_life(session):
    account = new_id()
    await a_programme(session, welcome=100)

    given = [await give_welcome(session, account, at=NOON) for _ in range(3)]

    assert (given, (await standing(session, account)).balance) == ([True, False, False], 100)


async def test_birthday_points_come_once_a_year_and_end_with_the_window(session):
    await a_programme(session, birthday=50, birthday_before=3, birthday_after=4)
    account = await an_account(session, born_on=date(1960, 1, 7))

    early = (await day_passes(session, account, later_day(-2))).balance
    for day in (-1, 0, 1, 5):
        await day_passes(session, account, later_day(day))
    near = (await standing(session, account, on=later_day(5))).balance
    over = (await day_passes(session, account, later_day(7))).balance
    next_year = (await day_passes(session, account, date(2027, 1, 7))).balance

    assert (early, near, over, next_year) == (0, 50, 0, 50)


@pytest.mark.parametrize("day", [date(2027, 2, 28), date(2028, 2, 29)])
async def test_who_is_born_on_29_february_is_greeted_once_that_day_or_on_the_28th(session, day):
    await a_programme(session, birthday=50)
    account = await an_account(session, born_on=date(1996, 2, 29))

    more = [await pass_day(session, at=noon(day + timedelta(days=n)), batch=1) for n in (-1, 0, 0)]

    assert more == [False, True, False]
    assert (await standing(session, account, on=day)).balance == 50


async def test_a_customer_is_told_once_that_points_end(session):
    await a_programme(session, notice_days=7)
    account = new_id()
    await earned(session, account, 80, expires_on=later_day(10))
    await standing(session, account)

    for day in (2, 3, 4, 10):
        await day_passes(session, account, later_day(day))

    rows = list(await session.scalars(select(PointsNotice).where(PointsNotice.account_id == account)))
    assert [(row.expires_on, row.amount) for row in rows] == [(later_day(10), 80)]


async def test_a_day_makes_waiting_points_spendable_and_ends_others_in_batches(session):
    await a_programme(session)
    accounts = [new_id() for _ in range(5)]
    for account in accounts:
        await earned(session, account, 10, available_on=later_day(3))
        await earned(session, account, 7, expires_on=later_day(3))
        await standing(session, account)

    rounds = 1
    while await pass_day(session, at=noon(later_day(3)), batch=2):
        rounds += 1

    rows = [await session.get(PointsAccount, account, populate_existing=True) for account in accounts]
    assert [(row.spendable, row.pending) for row in rows if row] == [(10, 0)] * 5
    assert rounds == 3


async def test_a_merge_moves_lots_with_their_days_and_refunds_still_find_them(session):
    old, new = new_id(), new_id()
    sale = await earned(session, old, 100, expires_on=later_day(30))
    await earned(session, old, 20, available_on=later_day(9))
    await earned(session, new, 5)

    merge = new_id()
    for _ in range(2):
        await merge_points(session, old, new, merge, at=noon(MONDAY) + timedelta(hours=1))
    moved = await standing(session, new)
    told = (moved.balance, moved.spendable, moved.pending, moved.expiring_on, moved.expiring)
    await given_back(session, old, sale, claw=60, on=later_day(1))  # the paper names the old account
    after = await standing(session, old, on=later_day(1))
    taker = await standing(session, new, on=later_day(1))

    assert told == (125, 105, 20, later_day(30), 100)
    assert (after.balance, after.overdrawn, taker.balance, taker.expiring) == (0, 0, 65, 40)


async def test_a_receipt_that_arrives_for_a_merged_account_is_passed_on(session):
    old, new = new_id(), new_id()
    await earned(session, old, 100)
    await merge_points(session, old, new, new_id(), at=noon(later_day(2)))

    await spent(session, old, 30, on=later_day(1))
    await earned(session, old, 7, on=later_day(1))
    left = (await standing(session, old, on=later_day(3))).balance

    assert (left, (await standing(session, new, on=later_day(3))).balance) == (0, 77)


async def test_a_merge_undone_gives_back_what_is_left(session):
    old, new, merge = new_id(), new_id(), new_id()
    await earned(session, old, 100)
    await earned(session, new, 10)
    await merge_points(session, old, new, merge, at=NOON + timedelta(hours=1))
    await spent(session, new, 40, on=later_day(1))

    await undo_merge_points(session, merge, at=noon(later_day(2)))
    rows = await standing(session, old, on=later_day(2)), await standing(session, new, on=later_day(2))

    assert sum(row.balance for row in rows) == 70
    assert (rows[0].merged_into, await ledger(session, old), await ledger(session, new)) == (
        None,
        rows[0].balance,
        rows[1].balance,
    )
    with pytest.raises(MergeNotFound):
        await undo_merge_points(session, merge, at=noon(later_day(2)))


async def test_points_that_went_elsewhere_do_not_go_twice(session):
    old, new, third = new_id(), new_id(), new_id()
    await merge_points(session, old, new, new_id(), at=NOON)

    for from_, to in ((old, third), (third, old), (third, third)):
        with pytest.raises(AlreadyMerged):
            await merge_points(session, from_, to, new_id(), at=NOON)


async def test_a_merge_of_a_merge_passes_all_the_way(session):
    first, second, third = new_id(), new_id(), new_id()
    await merge_points(session, first, second, new_id(), at=NOON)
    await merge_points(session, second, third, new_id(), at=NOON)

    await earned(session, first, 9, on=later_day(1))
    await standing(session, first, on=later_day(1))

    assert (await standing(session, third, on=later_day(1))).balance == 9


async def an_account(session, born_on: date):
    account = new_id()
    await open_account(session, account, outlet=None, by=None, at=NOON)
    session.add(Person(id=new_id(), account=account, given="Anahit", born_on=born_on))
    await session.flush()
    return account


async def day_passes(session, account, day: date) -> PointsAccount:
    assert await programme_in_force(session)
    while await pass_day(session, at=noon(day)):
        pass
    return await standing(session, account, on=day)
