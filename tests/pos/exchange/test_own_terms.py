"""What an account has of its own, as tills hear of it: a beginning or an end takes effect there without another word."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from loyalty.accounts import categories, merge, personal, service
from loyalty.accounts.abuse import Limits, abuse_limits, set_abuse_limits
from loyalty.accounts.errors import BadLimit, BadPeriod, NoSuchProduct, OwnTermDiffers, OwnTermNotFound
from loyalty.accounts.log import account_log
from loyalty.accounts.model import Person
from loyalty.accounts.personal import Period
from pos.core.ids import new_id
from pos.exchange import feed
from tests.pos.exchange.builders import NOON, TODAY, a_product, an_account

BY = {"by": None, "at": NOON}
NEVER = None


def day(number):
    return TODAY + timedelta(days=number)


def days(*numbers):
    return Period(*(None if number is None else day(number) for number in numbers))


async def row_of(session, shop, account, on=0):
    """The account's row as a till hears it on that day."""
    await session.flush()
    told = json.loads(await feed.rows_of(session, shop.outlet, [account.id], at=NOON + timedelta(days=on)))
    return told["accounts"][0]


async def percent(session, account, value, period):
    percent_id = new_id()
    await personal.set_personal_percent(session, percent_id, account.id, value, period, reason="birthday", **BY)
    return percent_id


async def price(session, account, product, value, period):
    price_id = new_id()
    await personal.set_personal_price(session, price_id, account.id, product.seq, value, period, reason="agreed", **BY)
    return price_id


async def test_a_percent_for_a_period_covers_the_standing_one_and_ends_by_itself(session, shop):
    account = await an_account(session, shop, "2900000001008")
    await service.set_personal(session, account.id, 300, **BY)
    await percent(session, account, 1_000, days(0, 7))
    await percent(session, account, 1_500, days(5, 20))
    await percent(session, account, 500, days(30, NEVER))

    row = await row_of(session, shop, account)

    assert row["personal"] == 1_000
    told = [(str(day(number)), value) for number, value in ((5, 1_500), (7, 1_500), (20, 300), (30, 500))]
    assert row["personal_to_come"] == [list(one) for one in told]
    held = {}
    for number in range(40):  # what the till makes of one row is what the server says on each day
        value = row["personal"]
        for begins, following in row["personal_to_come"]:
            value = following if begins <= str(day(number)) else value
        held[number] = value
    assert held == {number: (await row_of(session, shop, account, number))["personal"] for number in range(40)}


async def test_prices_of_its_own_say_until_when_they_hold_and_which_come(session, shop):
    account = await an_account(session, shop, "2900000001015")
    milk, bread = await a_product(session, shop), await a_product(session, shop, "Bread")
    await price(session, account, milk, 45_000, days(-5, 10))
    await price(session, account, milk, 40_000, days(3, 5))
    await price(session, account, bread, 30_000, days(0, NEVER))
    await price(session, account, bread, 20_000, days(-9, -1))

    row = await row_of(session, shop, account)

    assert row["prices"] == [[milk.seq, 45_000, str(day(3))], [bread.seq, 30_000, None]]
    assert row["prices_to_come"] == [
        [str(day(3)), milk.seq, 40_000],
        [str(day(5)), milk.seq, 45_000],
        [str(day(10)), milk.seq, None],
    ]


async def test_what_is_taken_back_is_gone_at_once_and_stays_in_the_history(session, shop):
    account = await an_account(session, shop, "2900000001022")
    milk = await a_product(session, shop)
    a_percent, a_price = (
        await percent(session, account, 700, days(0, 9)),
        await price(session, account, milk, 1, days(0)),
    )
    version = (await row_of(session, shop, account))["version"]

    await personal.end_personal_percent(session, a_percent, account.id, **BY)
    await personal.end_personal_price(session, a_price, account.id, **BY)
    await personal.end_personal_price(session, a_price, account.id, **BY)

    row = await row_of(session, shop, account)
    assert (row["personal"], row["personal_to_come"], row["prices"], row["prices_to_come"]) == (0, [], [], [])
    assert row["version"] == version + 2
    assert [
        (old.percent, old.reason, old.ended_at) for old in await personal.personal_percents(session, account.id)
    ] == [(700, "birthday", NOON)]
    assert [old.price for old in await personal.personal_prices(session, account.id)] == [1]
    assert [event.kind for event in await account_log(session, account.id)] == [
        "personal_price_ended",
        "personal_percent_ended",
        "personal_price",
        "personal_percent",
    ]


async def test_own_terms_that_cannot_be_are_refused(session, shop):
    account, other = await an_account(session, shop, "2900000001039"), await an_account(session, shop, "2900000001046")
    milk = await a_product(session, shop)
    known = await price(session, account, milk, 45_000, days(0, 9))

    with pytest.raises(BadPeriod):
        await percent(session, account, 500, days(3, 3))
    with pytest.raises(NoSuchProduct):
        await personal.set_personal_price(session, new_id(), account.id, 2**31 - 1, 1, days(0), reason="x", **BY)
    with pytest.raises(OwnTermDiffers):
        await personal.set_personal_price(session, known, account.id, milk.seq, 44_000, days(0, 9), reason="x", **BY)
    with pytest.raises(OwnTermNotFound):
        await personal.end_personal_price(session, known, other.id, **BY)
    await personal.set_personal_price(session, known, account.id, milk.seq, 45_000, days(0, 9), reason="x", **BY)
    assert len(await personal.personal_prices(session, account.id)) == 1


async def test_tags_birthday_staff_and_the_survivor_are_in_the_row(session, shop):
    account, survivor = (
        await an_account(session, shop, "2900000001053"),
        await an_account(session, shop, "2900000001060"),
    )
    staff = new_id()
    await service.set_tags(session, account.id, ["press", "allergic"], **BY)
    await service.set_staff(session, account.id, staff, **BY)
    person = (await session.scalars(text("SELECT id FROM person WHERE account = :id"), {"id": account.id})).one()
    (await session.get_one(Person, person)).born_on = TODAY.replace(year=1960, month=2, day=29)

    row = await row_of(session, shop, account)
    assert (row["tags"], row["staff"], row["birthday"], row["merged_into"]) == (
        ["allergic", "press"],
        str(staff),
        "02-29",
        None,
    )

    await merge.merge_accounts(session, new_id(), account.id, survivor.id, **BY)
    gone, left = await row_of(session, shop, account), await row_of(session, shop, survivor)
    assert (gone["merged_into"], gone["cards"], gone["staff"]) == (str(survivor.id), [], None)
    assert (len(left["cards"]), left["staff"], left["tags"]) == (2, str(staff), ["allergic", "press"])


async def test_a_change_of_own_terms_or_of_limits_is_told(session, shop):
    account = await an_account(session, shop, "2900000001077")
    milk = await a_product(session, shop)
    await session.commit()
    snapshot = json.loads(await feed.snapshot(session, shop.outlet, shop.register, at=NOON))
    assert snapshot["abuse_limits"]["own_card"] == "flag"
    await price(session, account, milk, 45_000, days(0, 9))
    await percent(session, account, 500, days(0, 9))
    await set_abuse_limits(session, Limits(receipts=5, receipts_mode="pin"))
    await session.commit()

    told = json.loads(await feed.changes(session, shop.outlet, snapshot["cursor"], at=NOON))
    await session.commit()

    assert [(row["id"], row["personal"]) for row in told["accounts"]] == [(str(account.id), 500)]
    assert told["abuse_limits"]["receipts"] == {"most": 5, "mode": "pin"}
    assert (await abuse_limits(session)).receipts == 5


@pytest.mark.parametrize(
    "limits", [Limits(receipts_mode="flag"), Limits(receipts=0), Limits(interval_minutes=1_441), Limits(sum=2**53)]
)
async def test_limits_that_cannot_be_are_refused(session, shop, limits):
    with pytest.raises(BadLimit):
        await set_abuse_limits(session, limits)


async def test_a_card_that_is_nobody_s_yet_is_told_apart_from_an_unknown_one(session, shop):
    number, digest = "2900000001084", bytes(range(16))
    await session.execute(
        text("INSERT INTO card (id, number, digest, state, issued_at) VALUES (:id, :number, :digest, 'blank', now())"),
        {"id": new_id(), "number": number, "digest": digest},
    )

    blank = json.loads(await feed.lookup(session, shop.outlet, card=digest.hex(), at=NOON))
    unknown = json.loads(await feed.lookup(session, shop.outlet, card="0" * 32, at=NOON))

    assert blank == {"accounts": [], "card": {"state": "blank", "reason": None}}
    assert unknown == {"accounts": [], "card": None}
    await session.rollback()


async def test_categories_that_end_soon_are_listed_and_every_proof_is_remembered(session, shop):
    account, other = await an_account(session, shop, "2900000001091"), await an_account(session, shop, "2900000001107")
    for holder, end in ((account, 20), (other, 10)):
        await categories.grant_category(session, holder.id, "pensioner", proved_on=day(-300), expires_on=day(end), **BY)
    await session.flush()

    soon = await categories.expiring_categories(session, since=TODAY, until=day(21))
    assert [(row.account, row.expires_on) for row in soon] == [(other.id, day(10)), (account.id, day(20))]
    following = await categories.expiring_categories(session, since=TODAY, until=day(21), after=(day(10), other.id))
    assert [row.account for row in following] == [account.id]
    assert await categories.expiring_categories(session, since=TODAY, until=day(10)) == []

    await categories.grant_category(session, account.id, "pensioner", proved_on=TODAY, expires_on=day(400), **BY)
    await categories.end_category(session, account.id, "pensioner", **BY)
    await session.flush()
    history = await categories.category_history(session, account.id)
    assert [(row.kind, row.detail.get("expires_on")) for row in history] == [
        ("category_ended", None),
        ("category_granted", str(day(400))),
        ("category_granted", str(day(20))),
    ]
    await session.rollback()
