"""A card used too often, for too much, too soon or by the wrong people is seen, over all tills together."""

from datetime import UTC, datetime

import pytest

from loyalty.accounts.abuse import Limits, set_abuse_limits
from loyalty.accounts.service import open_account, set_staff
from pos.core.ids import new_id
from pos.reports.claims import claims_by_cashier
from pos.reports.misuse import broken_limits, misuse_by_cashier
from tests.documents import Till, line_of
from tests.pos.exchange.builders import NOON
from tests.pos.shopkeeping import a_shop

BY = {"by": None, "at": NOON}
DAYS = {"since": datetime(2026, 1, 5, tzinfo=UTC), "until": datetime(2026, 1, 6, tzinfo=UTC)}


@pytest.fixture
async def shop(addresses):
    async with a_shop(addresses) as shop:
        yield shop


async def an_account(shop, limits, *, staff=None):
    async with shop.database.transaction() as session:
        await set_abuse_limits(session, limits)
        account = await open_account(session, new_id(), outlet=None, **BY)
        if staff is not None:
            await set_staff(session, account.id, staff, **BY)
    return account.id


async def test_the_third_receipt_of_a_card_is_noticed_though_each_till_saw_fewer(shop):
    account = await an_account(shop, Limits(receipts=2, receipts_mode="flag"))
    here, there = Till(), Till(prefix="T2")
    sales = [here.sell(1, account=account), there.sell(1, account=account), here.sell(1, account=account)]

    for till, sale in zip((here, there, here), sales, strict=True):
        await shop.deliver(till, sale)
    await shop.deliver(here, here.refund(sales[0]), here.sell(1))

    assert [row[1:] for row in await shop.findings("abuse.%")] == [("abuse.receipts_a_day", True)]
    async with shop.database.sessions() as session:
        (row,) = await broken_limits(session, **DAYS)
        assert (row.limit, row.account, row.receipt) == ("receipts_a_day", account, sales[2].data["receipt"])
        (sums,) = await misuse_by_cashier(session, **DAYS)
        assert (sums.staff, sums.broken, sums.passed) == (here.staff_id, 1, 0)


async def test_a_receipt_that_arrives_late_shows_that_a_later_one_was_too_many(shop):
    account = await an_account(shop, Limits(receipts=2, receipts_mode="flag", interval_minutes=1, interval_mode="flag"))
    offline, there = Till(), Till(prefix="T2")
    early = [offline.sell(1, account=account), offline.sell(1, account=account)]
    there.at = offline.at + 10_000
    last = there.sell(1, account=account)

    await shop.deliver(there, last)
    await shop.deliver(offline, *early)

    assert set(await shop.findings("abuse.%")) == {
        (early[1].id, "abuse.interval", True),
        (last.id, "abuse.interval", True),
        (last.id, "abuse.receipts_a_day", True),
    }


async def test_too_large_a_sum_and_too_short_an_interval_are_noticed(shop):
    account = await an_account(
        shop, Limits(sum=150_000, sum_mode="flag", interval_minutes=30, interval_mode="pin", own_card="off")
    )
    till = Till()
    first = till.sell(1, account=account)
    till.at += 31 * 60_000
    second = till.sell(1, account=account)
    soon = till.sell(1, account=account)

    await shop.deliver(till, first, second, soon)

    found = await shop.findings("abuse.%")
    assert {(id_, kind) for id_, kind, _ in found} == {(soon.id, "abuse.interval"), (soon.id, "abuse.sum_a_day")}


async def test_what_a_manager_agreed_to_with_a_pin_is_in_the_report_and_no_alarm(shop):
    till = Till()
    account = await an_account(shop, Limits(own_card="pin"), staff=till.staff_id)
    approver = new_id()
    basket = str(new_id())
    agreed = till.write("limit_passed", basket=basket, account=str(account), limit="own_card", approver=str(approver))
    sale = till.sell(1, account=account, change=lambda data: data.update(basket=basket))
    alone = till.sell(1, account=account)

    await shop.deliver(till, agreed, sale, alone)

    found = set(await shop.findings("abuse.%"))
    assert found == {(sale.id, "abuse.own_card", False), (alone.id, "abuse.own_card", True)}
    async with shop.database.sessions() as session:
        rows = await broken_limits(session, **DAYS)
        assert [(row.document, row.approver) for row in rows] == [(alone.id, None), (agreed.id, approver)]
        (sums,) = await misuse_by_cashier(session, **DAYS)
        assert (sums.broken, sums.passed) == (1, 1)


async def test_a_colleague_s_card_is_told_apart_from_ones_own(shop):
    till = Till()
    account = await an_account(shop, Limits(own_card="flag", staff_card="flag"), staff=new_id())
    sale = till.sell(1, account=account)

    await shop.deliver(till, sale)

    assert await shop.findings("abuse.%") == [(sale.id, "abuse.staff_card", True)]


async def test_what_the_till_marked_is_shown_and_other_marks_are_not_misuse(shop):
    account = await an_account(shop, Limits())
    till = Till()
    marks = [{"code": "abuse.after_pay", "rule": None, "detail": ""}, {"code": "points.overdrawn"}, {"code": "abuse.x"}]
    sale = till.sell(1, account=account, change=lambda data: data.update(flags=marks))

    await shop.deliver(till, sale, till.sell(1))

    assert await shop.findings("abuse.%") == [(sale.id, "abuse.after_pay", True)]


async def test_a_mark_is_shown_though_a_nul_stands_in_the_bytes(shop):
    account = await an_account(shop, Limits())
    till = Till()
    marks = [{"code": "abuse.after_pay", "rule": None, "detail": "a\0b"}]
    sale = till.sell(1, account=account, change=lambda data: data.update(flags=marks))
    assert b"\\u0000" in sale.body

    await shop.deliver(till, sale)

    assert await shop.findings("abuse.%") == [(sale.id, "abuse.after_pay", True)]


async def test_limits_that_are_off_notice_nothing(shop):
    till = Till()
    limits = Limits(receipts=1, sum=1, interval_minutes=60, own_card="off", after_pay="off")
    account = await an_account(shop, limits, staff=till.staff_id)

    await shop.deliver(till, *(till.sell(1, account=account) for _ in range(3)))

    assert await shop.findings("abuse.%") == []


async def test_categories_claimed_are_counted_for_each_cashier(shop):
    eager, other = Till(), Till(prefix="T2")
    claimed = {**line_of(1, percent=1_000)}
    claimed["discounts"] = [{**claimed["discounts"][0], "source": "claimed"}]

    def with_claim(data):
        data["lines"][0]["discounts"][0]["source"] = "claimed"

    for till, taps in ((eager, 3), (other, 1)):
        for _ in range(taps):
            await shop.deliver(till, till.write("category_claimed", basket=str(new_id()), category="pensioner"))
    undone = eager.write("category_unclaimed", basket=str(new_id()), category="pensioner")
    await shop.deliver(eager, undone, eager.sell(1, account=new_id(), change=with_claim), eager.sell(1))

    async with shop.database.sessions() as session:
        rows = await claims_by_cashier(session, **DAYS)

    assert [(row.staff, row.claimed, row.unclaimed, row.receipts, row.discounted) for row in rows] == [
        (eager.staff_id, 3, 1, 2, 1),
        (other.staff_id, 1, 0, 0, 0),
    ]
    assert rows[0].amount == claimed["discounts"][0]["amount"]
