"""What documents took of limits, coupons, gift cards and debts: written down, given back, shown where it was too much."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from loyalty.coupons.model import Coupon, CouponBatch
from loyalty.coupons.rules import code_of
from loyalty.coupons.service import BatchTerms, make_batch, referral_code
from loyalty.debts.queries import debtors
from loyalty.debts.service import set_debt_limit
from loyalty.giftcards.model import GiftCard
from loyalty.giftcards.service import correct_gift_card
from loyalty.limits.daily import pass_day
from loyalty.limits.rules import Amounts
from loyalty.limits.service import fold_uses, limits_at, rules_left
from loyalty.pricing.model import RuleSetVersion
from loyalty.reservations.errors import ReservationNotFound, ReservationSettled
from loyalty.reservations.rules import Asked
from loyalty.reservations.service import release, reserve
from pos.core.ids import new_id
from pos.exchange.feed import lookup
from pos.exchange.sections import section_texts
from pos.registers.queries import RegisterKey
from pos.sales.record import Recorder
from pos.storage.database import Addresses, Database
from pos.storage.outbox import Worker
from tests.documents import MONDAY_NOON, Made, Till, taking
from tests.pos.exchange.builders import Shop, a_shop, an_account
from web.worker import HANDLERS

NOW = datetime.fromtimestamp(MONDAY_NOON / 1000, UTC)
TODAY = date(2026, 1, 5)
CARD = "2900000000018"
RULES: dict[str, Any] = {
    "schema": 2,
    "rules": [
        {"id": "launch", "limits": {"all": {"times": 3}, "budget": {"sum": 1_000, "short": "rest"}}},
        {"id": "coffee", "limits": {"account": {"times": 1, "days": 7}}},
    ],
}
CODE = code_of("CP", 31)


class Corner:
    """A shop with a recorder and a worker, one account and a till that knows both."""

    def __init__(self, database: Database, recorder: Recorder, shop: Shop, account: UUID) -> None:
        self.database, self.recorder, self.shop, self.account = database, recorder, shop, account
        self.till = Till(register_id=shop.register, outlet_id=shop.outlet)

    async def deliver(self, *made: Made, till: Till | None = None) -> None:
        till = till or self.till
        for one in made:
            key = RegisterKey(till.register_id, till.epoch, till.outlet_id, False)
            await self.recorder.record(key, one.id, one.body)
        await Worker(self.database, HANDLERS).drain()

    async def findings(self) -> list[tuple[str, list[str]]]:
        rows = await self.database.pool.fetch(
            "SELECT kind, detail ->> 'receipts' AS receipts FROM audit_finding WHERE kind ~ '^(limit|coupon|gift|debt|ref)'"
            " ORDER BY id"
        )
        return [(row["kind"], row["receipts"]) for row in rows]

    async def value(self, query: str, *values: object) -> Any:
        return await self.database.pool.fetchval(query, *values)

    async def reserve(self, asked: Asked, id_: UUID | None = None, at: datetime = NOW, register: UUID | None = None):
        async with self.database.transaction() as session:
            held, _ = await reserve(session, id_ or new_id(), register or self.shop.register, asked, today=TODAY, at=at)
        return held


@pytest.fixture
async def corner(addresses: Addresses) -> AsyncIterator[Corner]:
    database = await Database.open(addresses.app)
    try:
        async with database.transaction() as session:
            shop = await a_shop(session)
            account = await an_account(session, shop, CARD)
            session.add(RuleSetVersion(version=2, body=RULES, active_from=NOW - timedelta(days=9), made_at=NOW))
        async with Recorder(database.pool) as recorder:
            yield Corner(database, recorder, shop, account.id)
    finally:
        await database.close()


async def a_coupon(corner: Corner, **terms: Any) -> None:
    async with corner.database.transaction() as session:
        session.add(
            CouponBatch(
                **{"code": "spring", "name": "Spring", "prefix": "CP", "size": 1, "uses": 1, **terms}, made_at=NOW
            )
        )
        await session.flush()
        session.add(Coupon(code=CODE, batch="spring", made_at=NOW))


async def a_gift_card(corner: Corner, *, sold: int = 0, **more: Any) -> UUID:
    card = new_id()
    async with corner.database.transaction() as session:
        session.add(
            GiftCard(**{"id": card, "number": f"GC{card.hex[:20]}", "order_id": new_id(), "made_at": NOW, **more})
        )
    if sold:
        await corner.deliver(corner.till.sell(1, change=taking(sold_cards={card: sold})))
    return card


async def test_what_a_rule_gave_is_told_to_tills_and_given_back_once_the_sale_is_returned_whole(corner):
    use = {"rule": "launch", "sum": 600, "pieces": 2_000}
    sale = corner.till.sell(2, account=corner.account, change=taking(uses=[use, {"rule": "coffee"}]))
    await corner.deliver(sale)
    told = await told_of(corner)

    await corner.deliver(corner.till.refund(sale, [1]))
    after_one_line = await told_of(corner)
    await corner.deliver(corner.till.refund(sale, [2]))

    assert told == ('{"launch":{"times":2,"sum":400}}', {"coffee": 1})
    assert after_one_line == told
    assert await told_of(corner) == ('{"launch":{"times":3,"sum":1000}}', {})
    assert await corner.value("SELECT count(*) FROM rule_use WHERE kind = 'release'") == 2


async def told_of(corner: Corner) -> tuple[str, dict[str, int]]:
    """What tills learn: what is left over all, and what the account used."""
    async with corner.database.transaction() as session:
        sections = await section_texts(session, frozenset({"limits"}), corner.shop.outlet, at=NOW)
        row = json.loads(await lookup(session, corner.shop.outlet, phone="4312", at=NOW))["accounts"][0]
    return sections["limits"].replace(" ", ""), row["used"]


async def test_a_refund_gives_back_what_its_document_says(corner):
    sale = corner.till.sell(2, change=taking(uses=[{"rule": "launch", "sum": 600}]))
    back = taking(uses=[{"rule": "launch", "times": 0, "sum": -250}])

    await corner.deliver(sale, corner.till.refund(sale, [1], change=back))

    assert await corner.value("SELECT sum FROM rule_left WHERE rule = 'launch'") == 350


async def test_uses_of_old_days_are_summed_once_and_still_counted(corner):
    for days in (40, 20, 0):
        then = NOW - timedelta(days=days)
        sale = corner.till.sell(1, change=taking(uses=[{"rule": "launch", "sum": 100}]))
        async with Recorder(corner.database.pool, clock=lambda then=then: then) as recorder:
            await recorder.record(
                RegisterKey(corner.till.register_id, 1, corner.shop.outlet, False), sale.id, sale.body
            )
        async with corner.database.transaction() as session:
            await fold_uses(session, [sale.id], at=then)
    async with corner.database.transaction() as session:
        limits = {rule: one for rule, one in (await limits_at(session, NOW)).items() if rule == "launch"}
        left = await rules_left(session, limits, account=None, today=TODAY, at=NOW)

    assert (left["launch"].times, left["launch"].sum) == (0, 700)
    assert await corner.value("SELECT closed_sum FROM rule_left WHERE rule = 'launch'") == 200
    assert await corner.value("SELECT sum FROM rule_left WHERE rule = 'launch'") == 300


async def test_uses_that_came_in_behind_what_was_summed_are_counted_from_the_next_day_on(corner):
    use = taking(uses=[{"rule": "launch", "sum": 100}])
    await corner.deliver(corner.till.sell(1, change=use))
    ahead = datetime.now(UTC) + timedelta(days=3)
    async with corner.database.transaction() as session:
        await fold_uses(session, [await corner.value("SELECT source_id FROM rule_use")], at=ahead)

    await corner.deliver(corner.till.sell(1, change=use))
    async with corner.database.transaction() as session:
        await pass_day(session, today=TODAY, at=NOW)

    assert await corner.value("SELECT sum FROM rule_left WHERE rule = 'launch'") == 200


async def test_more_than_a_budget_and_more_than_an_accounts_share_is_shown_with_every_receipt(corner):
    took = taking(uses=[{"rule": "launch", "sum": 700}, {"rule": "coffee"}])
    first = corner.till.sell(1, account=corner.account, change=took)
    second = corner.till.sell(1, account=corner.account, change=took)

    await corner.deliver(first)
    nothing = await corner.findings()
    await corner.deliver(second)

    assert nothing == []
    assert sorted(await corner.findings()) == [
        ("limit.account_passed", '["T1-1-2", "T1-1-1"]'),
        ("limit.passed", '["T1-1-2", "T1-1-1"]'),
    ]


async def test_a_coupon_used_at_two_tills_is_recorded_twice_and_shown_with_both_receipts(corner):
    await a_coupon(corner)
    shown = taking(coupons={CODE: "spring"})
    other = Till(prefix="T2", at=MONDAY_NOON + 3_600_000)

    await corner.deliver(other.sell(1, change=shown), till=other)
    await corner.deliver(corner.till.sell(1, change=shown))

    assert await corner.findings() == [("coupon.used_again", '["T2-1-1", "T1-1-1"]')]
    assert await corner.value("SELECT sum(times) FROM coupon_use") == 2


async def test_a_coupon_may_be_used_again_once_its_sale_came_back_whole(corner):
    await a_coupon(corner)
    sale = corner.till.sell(2, change=taking(coupons={CODE: "spring"}))
    await corner.deliver(sale, corner.till.refund(sale, [1]))
    still_used = (await corner.reserve(Asked(coupons=(CODE,)))).coupons[0].reason

    await corner.deliver(corner.till.refund(sale, [2]))

    assert still_used == "used"
    assert (await corner.reserve(Asked(coupons=(CODE,)))).coupons[0].reason is None


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({}, None),
        ({"valid_from": date(2026, 1, 6)}, "not_yet"),
        ({"valid_until": TODAY}, "over"),
        ({"stopped_at": NOW}, "stopped"),
        ({"whom": "account"}, "account"),
        ({"per_account": 1}, "account"),
    ],
)
async def test_a_coupon_says_why_it_does_not_count(corner, terms, reason):
    await a_coupon(corner, **terms)

    held = await corner.reserve(Asked(coupons=(CODE, "CPNOTHING")))

    assert [coupon.reason for coupon in held.coupons] == [reason, "unknown"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["sale first", "return first"])
async def test_a_friends_bonus_is_taken_back_when_the_newcomer_returns_everything(corner, order):
    async with corner.database.transaction() as session:
        terms = BatchTerms(name="Friends", size=0, kind="referral", uses=None, bonus=50)
        await make_batch(session, "friends", terms, by=None, at=NOW)
        newcomer = (await an_account(session, corner.shop, "2900000000026")).id
        code = await referral_code(session, corner.account, at=NOW)
    sale = corner.till.sell(2, account=newcomer, change=taking(coupons={code: "friends"}))
    half, rest = corner.till.refund(sale, [1]), corner.till.refund(sale, [2])
    points = "SELECT balance FROM points_account WHERE account_id = $1"

    await corner.deliver(*[(sale, half)[place] for place in order])
    before = await corner.value(points, corner.account)
    await corner.deliver(rest)
    await corner.deliver(rest)

    assert before == 50
    assert await corner.value(points, corner.account) == 0
    assert await corner.value("SELECT count(*) FROM points_entry WHERE account_id = $1", corner.account) == 2
    assert [kind for kind, _ in await corner.findings()] == []


async def test_a_friends_code_counts_once_for_a_newcomer_and_gives_its_owner_points(corner):
    async with corner.database.transaction() as session:
        terms = BatchTerms(name="Friends", size=0, kind="referral", uses=None, bonus=50)
        await make_batch(session, "friends", terms, by=None, at=NOW)
        newcomer = (await an_account(session, corner.shop, "2900000000026")).id
        code = await referral_code(session, corner.account, at=NOW)
        assert await referral_code(session, corner.account, at=NOW) == code
    shown = taking(coupons={code: "friends"})
    own = (await corner.reserve(Asked(account=corner.account, coupons=(code,)))).coupons[0].reason
    new = (
        (await corner.reserve(Asked(account=newcomer, coupons=(code,)), at=NOW - timedelta(hours=1))).coupons[0].reason
    )

    await corner.deliver(corner.till.sell(1, account=newcomer, change=shown))
    again = (await corner.reserve(Asked(account=newcomer, coupons=(code,)))).coupons[0].reason
    await corner.deliver(corner.till.sell(1, account=newcomer, change=shown))
    await corner.deliver(corner.till.sell(1, account=corner.account, change=shown))

    assert (own, new, again) == ("own_code", None, "not_new")
    assert await corner.value("SELECT count(*) FROM referral") == 1
    assert await corner.value("SELECT spendable FROM points_account WHERE account_id = $1", corner.account) == 50
    assert [kind for kind, _ in await corner.findings()] == ["referral.not_a_newcomer"] * 2


async def test_a_gift_card_is_sold_pays_in_parts_and_takes_money_back(corner):
    card = await a_gift_card(corner, sold=10_000)
    sale = corner.till.sell(1, change=taking(gift_cards={card: 7_000}))

    await corner.deliver(sale, corner.till.refund(sale, change=taking(gift_cards={card: -2_000})))

    assert await corner.value("SELECT sum(amount) FROM gift_card_entry WHERE card_id = $1", card) == 5_000
    assert (await corner.reserve(Asked(gift_cards=((card, 9_000),)))).gift_cards == ((card, 5_000),)
    assert await corner.findings() == []


async def test_selling_a_gift_card_is_an_advance_and_moves_neither_turnover_nor_stock(corner):
    card = await a_gift_card(corner)
    plain, with_card = (
        corner.till.sell(1, account=corner.account),
        corner.till.sell(1, account=corner.account, change=taking(sold_cards={card: 10_000})),
    )

    await corner.deliver(plain, with_card)

    assert await corner.value("SELECT count(DISTINCT amount) FROM turnover_entry") == 1
    assert await corner.value("SELECT count(*) FROM stock_movement") == 2


async def test_a_card_overdrawn_offline_is_recorded_and_shown_with_both_receipts(corner):
    card = await a_gift_card(corner, sold=10_000)

    await corner.deliver(corner.till.sell(1, change=taking(gift_cards={card: 7_000})))
    await corner.deliver(corner.till.sell(1, change=taking(gift_cards={card: 7_000})))

    assert await corner.findings() == [("gift_card.overdrawn", '["T1-1-3", "T1-1-2"]')]
    assert await corner.value("SELECT sum(amount) FROM gift_card_entry") == -4_000


async def test_an_unknown_and_a_blocked_gift_card_are_shown(corner):
    card = await a_gift_card(corner, sold=10_000, blocked="stolen")

    await corner.deliver(corner.till.sell(1, change=taking(gift_cards={card: 1})))
    await corner.deliver(corner.till.sell(1, change=taking(sold_cards={new_id(): 5_000})))

    assert [kind for kind, _ in await corner.findings()] == ["gift_card.blocked_paid", "gift_card.unknown"]
    assert (await corner.reserve(Asked(gift_cards=((card, 1),)))).gift_cards == ((card, 0),)


async def test_what_is_left_on_a_card_ends_with_its_time(corner):
    card = await a_gift_card(corner, sold=10_000, expires_on=TODAY)

    for _ in range(2):
        async with corner.database.transaction() as session:
            await pass_day(session, today=TODAY, at=NOW)

    assert await corner.value("SELECT sum(amount) FROM gift_card_entry WHERE card_id = $1", card) == 0


async def test_a_debt_grows_with_sales_and_falls_with_payments_and_its_oldest_part_tells_its_age(corner):
    async with corner.database.transaction() as session:
        await set_debt_limit(session, corner.account, 20_000, 10)
    till = corner.till
    first = till.sell(1, account=corner.account, change=taking(on_account=9_000))
    till.at += 5 * 86_400_000
    second = till.sell(1, account=corner.account, change=taking(on_account=8_000))
    paid = till.write(
        "debt_payment",
        account=str(corner.account),
        amount=9_000,
        tenders=[{"kind": "cash", "received": 9_000, "applied": 9_000, "change": 0, "reference": None}],
    )

    await corner.deliver(first, second, paid)

    async with corner.database.transaction() as session:
        (debtor,) = await debtors(session)
    assert (debtor.owed, debtor.name) == (8_000, "Anahit Petrosyan")
    assert debtor.since is not None
    assert debtor.since.date() == date(2026, 1, 10)
    assert await corner.value("SELECT owed FROM debt_account") == 8_000
    assert (await corner.reserve(Asked(account=corner.account, on_account=99_000))).on_account == 12_000


async def test_a_debt_over_its_limit_is_recorded_and_shown(corner):
    async with corner.database.transaction() as session:
        await set_debt_limit(session, corner.account, 10_000, 10)

    for _ in range(2):
        await corner.deliver(corner.till.sell(1, account=corner.account, change=taking(on_account=6_000)))

    assert await corner.findings() == [("debt.over_limit", '["T1-1-2", "T1-1-1"]')]


async def test_a_sale_on_account_that_arrives_late_shows_the_later_one_that_was_too_much(corner):
    async with corner.database.transaction() as session:
        await set_debt_limit(session, corner.account, 10_000, 10)
    early, later = (
        corner.till.sell(1, account=corner.account, change=taking(on_account=6_000, uses=[{"rule": "coffee"}]))
        for _ in range(2)
    )

    await corner.deliver(later)
    await corner.deliver(early)

    assert await corner.findings() == [
        ("limit.account_passed", '["T1-1-2", "T1-1-1"]'),
        ("debt.over_limit", '["T1-1-2", "T1-1-1"]'),
    ]


async def test_a_gift_card_corrected_before_a_late_receipt_arrived_names_that_receipt(corner):
    card = await a_gift_card(corner, sold=10_000)
    late = corner.till.sell(1, change=taking(gift_cards={card: 8_000}))
    made_at = datetime.fromtimestamp(corner.till.at / 1000, UTC) + timedelta(minutes=1)
    async with corner.database.transaction() as session:
        await correct_gift_card(session, card, new_id(), -5_000, "lost and found", by=None, at=made_at)

    await corner.deliver(late)

    assert await corner.findings() == [("gift_card.overdrawn", '["T1-1-2"]')]


async def test_a_reservation_is_replaced_by_the_same_id_released_and_ends_with_its_time(corner):
    card, mine = await a_gift_card(corner, sold=10_000), new_id()
    others = Asked(gift_cards=((card, 10_000),))

    first = await corner.reserve(Asked(gift_cards=((card, 8_000),)), mine)
    replaced = await corner.reserve(Asked(gift_cards=((card, 9_000),)), mine)
    left = await corner.reserve(others)
    async with corner.database.transaction() as session:
        await release(session, mine, corner.shop.register, at=NOW)
    rest = await corner.reserve(others)
    later = await corner.reserve(others, at=NOW + timedelta(minutes=11))

    assert [one.gift_cards[0][1] for one in (first, replaced, left, rest, later)] == [
        8_000,
        9_000,
        1_000,
        9_000,
        10_000,
    ]


async def test_a_document_settles_its_reservation_and_no_register_touches_anothers(corner):
    card, mine = await a_gift_card(corner, sold=10_000), new_id()
    await corner.reserve(Asked(gift_cards=((card, 8_000),)), mine)
    with pytest.raises(ReservationNotFound):
        await corner.reserve(Asked(), mine, register=new_id())

    await corner.deliver(corner.till.sell(1, change=taking(gift_cards={card: 3_000}, reservation=mine)))
    left = await corner.reserve(Asked(gift_cards=((card, 10_000),)))

    assert left.gift_cards == ((card, 7_000),)
    with pytest.raises(ReservationSettled):
        await corner.reserve(Asked(), mine)


async def test_rules_are_promised_within_what_all_and_the_account_have(corner):
    asked = Asked(
        account=corner.account, rules=(("launch", Amounts(1, 900)), ("coffee", Amounts(2)), ("free", Amounts(5)))
    )

    first, second = await corner.reserve(asked), await corner.reserve(asked)

    assert dict(first.rules) == {"launch": Amounts(1, 900), "coffee": Amounts(1), "free": Amounts(5)}
    assert dict(second.rules) == {"launch": Amounts(1, 100), "coffee": Amounts(0), "free": Amounts(5)}


async def test_a_batch_of_a_hundred_thousand_codes_is_made_of_different_ones(corner):
    async with corner.database.transaction() as session:
        await make_batch(session, "mass", BatchTerms(name="Mass", size=100_000), by=None, at=NOW)
        await make_batch(session, "mass", BatchTerms(name="Mass", size=100_000), by=None, at=NOW)

    assert await corner.value("SELECT count(DISTINCT code) FROM coupon WHERE batch = 'mass'") == 100_000
