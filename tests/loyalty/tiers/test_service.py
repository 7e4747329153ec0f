"""Tiers on the real database: folded from documents, held by hand, reviewed at midnight, previewed before publishing."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert, select, text

from loyalty.accounts.model import Account
from loyalty.accounts.service import open_account
from loyalty.pricing.model import Tier
from loyalty.pricing.store import publish_rule_set
from loyalty.tiers.errors import (
    HoldInThePast,
    HoldNeedsReason,
    LadderInThePast,
    RungsOutOfOrder,
    TierOrderIncomplete,
    TierTaken,
    UnknownGoods,
    UnknownRung,
)
from loyalty.tiers.preview import Move, count_part, start_preview, together
from loyalty.tiers.queries import changes_of, ladder_on, standing_of, tier_rows
from loyalty.tiers.rules import Why
from loyalty.tiers.service import checked_ladder, fold_accounts, hold_tier, publish_ladder, release_tier
from loyalty.tiers.tiers import add_tier, order_tiers, raise_tier, rename_tier
from loyalty.tiers.work import HANDLERS as TIER_HANDLERS
from loyalty.tiers.work import review_due
from loyalty.turnover.model import TurnoverEntry
from pos.core.ids import new_id
from pos.documents.after import HANDLERS
from pos.registers.queries import RegisterKey
from pos.sales.record import Recorder
from pos.storage.database import Addresses, Database
from pos.storage.outbox import Worker
from tests.documents import Till

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
TODAY = date(2026, 3, 10)
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
LADDER = {
    "by": "turnover",
    "window": 365,
    "rungs": [{"tier": "bronze", "at_least": 10_000}, {"tier": "silver", "at_least": 50_000}],
    "review": {"every_days": 30},
    "grace_days": 0,
    "step_down": "deserved",
}


async def tiers(session) -> None:
    session.add_all(
        Tier(code=code, names={"en": code}, rank=rank) for rank, code in enumerate(("bronze", "silver", "gold"))
    )
    await session.flush()


async def an_account(session, tier: str | None = None, opened_at: datetime = LONG_AGO) -> UUID:
    account = Account(id=new_id(), tier=tier, opened_at=opened_at)
    session.add(account)
    await session.flush()
    return account.id


async def bought(session, account: UUID, amount: int, at: datetime = NOON, kind: str = "sale") -> None:
    row = {"source_id": new_id(), "account_id": account, "kind": kind, "amount": amount}
    await session.execute(insert(TurnoverEntry).values(**row, occurred_at=at, recorded_at=at))


async def published(session, ladder=LADDER, *, active_from: date = TODAY, at: datetime = NOON) -> int:
    return await publish_ladder(session, ladder, active_from=active_from, by=None, at=at)


async def terms(session, account: UUID) -> tuple[str | None, int]:
    row = await session.execute(select(Account.tier, Account.terms_version).where(Account.id == account))
    return tuple(row.one())


async def test_an_account_is_put_where_its_ledger_says_and_the_move_is_told(session):
    await tiers(session)
    account = await an_account(session, "gold")
    version = await published(session)
    await bought(session, account, 49_000)

    await fold_accounts(session, [account], at=NOON)
    again = await fold_accounts(session, [account], at=NOON)

    assert await terms(session, account) == ("bronze", 2)
    assert again == []
    stands = await standing_of(session, account)
    assert (stands.tier, stands.why, stands.next_tier, stands.missing) == ("bronze", "reached", "silver", 1_000)
    (change,) = await changes_of(session, account)
    assert (change.from_tier, change.to_tier, change.why, change.version) == ("gold", "bronze", "reached", version)
    assert (change.on, change.by) == (TODAY, None)


async def test_before_there_is_a_ladder_tiers_stay_as_they_are(session):
    await tiers(session)
    account = await an_account(session, "gold")
    await published(session, active_from=TODAY + timedelta(days=1))

    await fold_accounts(session, [account], at=NOON)

    assert await terms(session, account) == ("gold", 1)
    assert await session.scalar(text("SELECT count(*) FROM tier_change")) == 0


async def test_days_are_those_of_the_chains_zone(session):
    await tiers(session)
    await session.execute(
        text("INSERT INTO outlet (id, name, zone) VALUES (:id, 'Shop', 'Asia/Yerevan')"), {"id": new_id()}
    )
    account = await an_account(session)
    await published(session, {**LADDER, "window": 1})
    evening = datetime(2026, 3, 10, 20, 30, tzinfo=UTC)  # 00:30 of the 11th in Yerevan
    await bought(session, account, 10_000, datetime(2026, 3, 10, 19, 30, tzinfo=UTC))

    await fold_accounts(session, [account], at=evening)

    stands = await standing_of(session, account)
    assert (stands.tier, stands.measure) == ("bronze", 0), "reached on the 10th, which has left the window"


async def test_goods_left_out_and_everything_inside_a_category_do_not_count(session):
    await tiers(session)
    parent = await session.scalar(text("INSERT INTO category (names, position) VALUES ('{}', 0) RETURNING id"))
    child = await session.scalar(
        text("INSERT INTO category (names, parent, position) VALUES ('{}', :parent, 0) RETURNING id"),
        {"parent": parent},
    )
    account = await an_account(session)
    await published(session, {**LADDER, "leave_out": {"categories": [parent]}})
    sale = await a_sale(session, account, [(1, child, 30_000), (2, None, 12_000)])

    await fold_accounts(session, [account], at=NOON)

    stands = await standing_of(session, account)
    assert (stands.tier, stands.measure) == ("bronze", 12_000), sale


async def a_sale(session, account: UUID, lines) -> UUID:
    """A sale's lines (product, category, amount) and its turnover; lines need no document to be read."""
    sale = new_id()
    for place, (product, category, amount) in enumerate(lines, 1):
        await session.execute(
            text(
                "INSERT INTO sale_line (sale_id, line, product, name, category, quantity, price, gross, net, tax_code,"
                " tax_rate, tax_base, tax_amount) SELECT :sale, :line, :product, '', :category, 1000, paid, paid, paid,"
                " 'vat20', 2000, paid - 100, 100 FROM CAST(:amount AS bigint) paid"
            ),
            {"sale": sale, "line": place, "product": product, "category": category, "amount": amount},
        )
    row = {"source_id": sale, "account_id": account, "kind": "sale", "amount": sum(line[2] for line in lines)}
    await session.execute(insert(TurnoverEntry).values(**row, occurred_at=NOON, recorded_at=NOON))
    return sale


async def test_a_hold_by_hand_has_a_reason_and_an_end_and_can_be_taken_back(session):
    await tiers(session)
    account, manager = await an_account(session), new_id()
    await published(session)

    await hold_tier(session, account, "gold", reason="jubilee", until=date(2026, 4, 1), by=manager, at=NOON)
    held = await terms(session, account)
    stands = await standing_of(session, account)
    await review_due(session, at=datetime(2026, 4, 1, 12, tzinfo=UTC))

    assert held == ("gold", 2)
    assert (stands.why, stands.reason, stands.held_until) == ("by_hand", "jubilee", date(2026, 4, 1))
    assert await terms(session, account) == (None, 3)
    first = (await changes_of(session, account))[-1]
    assert (first.why, first.reason, first.by) == ("by_hand", "jubilee", manager)
    await hold_tier(session, account, "gold", reason="again", by=manager, at=NOON)
    await release_tier(session, account, by=manager, at=NOON)
    assert (await terms(session, account))[0] is None


async def test_a_hold_without_a_reason_or_into_the_past_is_refused(session):
    await tiers(session)
    account = await an_account(session)

    with pytest.raises(HoldNeedsReason):
        await hold_tier(session, account, "gold", reason=" ", by=None, at=NOON)
    with pytest.raises(HoldInThePast):
        await hold_tier(session, account, "gold", reason="x", until=TODAY, by=None, at=NOON)


async def test_a_tier_as_imported_lasts_until_its_day(session):
    await tiers(session)
    account = await an_account(session)
    await published(session)
    await hold_tier(session, account, "silver", reason="1C", until=date(2026, 6, 1), how=Why.IMPORTED, by=None, at=NOON)

    assert (await terms(session, account))[0] == "silver"
    assert await review_due(session, at=datetime(2026, 6, 1, 1, tzinfo=UTC)) == 1
    assert (await terms(session, account))[0] is None


async def test_the_daily_review_takes_who_is_due_and_nobody_else(session):
    await tiers(session)
    steady, gone = await an_account(session), await an_account(session)
    await published(session, {**LADDER, "window": 20})
    await bought(session, steady, 60_000)
    await bought(session, gone, 20_000)
    await fold_accounts(session, [steady, gone], at=NOON)
    await bought(session, steady, 60_000, datetime(2026, 4, 5, tzinfo=UTC))
    await fold_accounts(session, [steady], at=datetime(2026, 4, 5, 12, tzinfo=UTC))

    early = await review_due(session, at=datetime(2026, 3, 15, tzinfo=UTC))
    for day in (date(2026, 3, 30), date(2026, 4, 9)):
        await review_due(session, at=datetime(day.year, day.month, day.day, 1, tzinfo=UTC))

    assert early == 0
    assert [(await terms(session, each))[0] for each in (steady, gone)] == ["silver", None]
    assert (await standing_of(session, gone)).why == "review"


@pytest.mark.parametrize(
    ("ladder", "error", "field"),
    [
        ({"rungs": [{"tier": "iron", "at_least": 1}]}, UnknownRung, "rungs[0].tier"),
        (
            {"rungs": [{"tier": "gold", "at_least": 1}, {"tier": "bronze", "at_least": 2}]},
            RungsOutOfOrder,
            "rungs[1].tier",
        ),
        ({"leave_out": {"products": [987_654]}}, UnknownGoods, "leave_out.products"),
        ({"leave_out": {"categories": [987_654]}}, UnknownGoods, "leave_out.categories"),
    ],
)
async def test_a_ladder_of_what_the_shop_does_not_have_is_refused(session, ladder, error, field):
    await tiers(session)

    with pytest.raises(error) as caught:
        await published(session, {**LADDER, **ladder})

    assert caught.value.fields["field"] == field


async def test_versions_are_numbered_never_in_the_past_and_the_last_begun_holds(session):
    await tiers(session)
    first = await published(session)
    second = await published(session, active_from=TODAY + timedelta(days=5))

    for day in (TODAY, TODAY - timedelta(days=1)):
        with pytest.raises(LadderInThePast):
            await published(session, active_from=day)

    assert (first, second) == (1, 2)
    assert (await ladder_on(session, TODAY)).version == 1
    assert (await ladder_on(session, TODAY + timedelta(days=5))).version == 2
    assert await ladder_on(session, TODAY - timedelta(days=1)) is None


async def test_tiers_are_added_renamed_and_put_in_another_order(session):
    await tiers(session)
    await add_tier(session, "platinum", {"en": "Platinum", "ru": " "})
    await rename_tier(session, "gold", {"en": "Golden"})
    await raise_tier(session, "bronze")

    rows = await tier_rows(session)
    assert [(row.code, row.rank) for row in rows] == [("silver", 1), ("bronze", 2), ("gold", 3), ("platinum", 4)]
    assert (rows[2].names, rows[3].names) == ({"en": "Golden"}, {"en": "Platinum"})
    with pytest.raises(TierTaken):
        await add_tier(session, "gold", {"en": "Gold"})
    with pytest.raises(TierOrderIncomplete):
        await order_tiers(session, ["gold"])


async def a_crowd(session, dice: random.Random, count: int) -> list[UUID]:
    """Accounts with ledgers and holds of every kind, around today."""
    accounts = []
    for _ in range(count):
        account = await an_account(session, dice.choice(("bronze", "silver", "gold", None)))
        accounts.append(account)
        for _ in range(dice.randrange(5)):
            at = NOON - timedelta(days=dice.choice((0, 0, 1, 29, 30, 31, 200, 400)), minutes=dice.randrange(600))
            sale = await a_sale_at(session, account, dice.choice((5_000, 10_000, 49_999, 60_000)), at)
            if dice.random() < 0.3 and at < NOON - timedelta(days=3):
                await given_back(session, account, sale, dice.choice((1, 5_000)), at + timedelta(days=2))
        if dice.random() < 0.2:
            how = dice.choice((Why.BY_HAND, Why.IMPORTED))
            await hold_tier(session, account, dice.choice(("silver", "gold")), reason="x", how=how, by=None, at=NOON)
        if dice.random() < 0.05:
            await release_tier(session, account, by=None, at=NOON)
    return accounts


async def a_sale_at(session, account: UUID, amount: int, at: datetime) -> UUID:
    sale = new_id()
    row = {"source_id": sale, "account_id": account, "kind": "sale", "amount": amount}
    await session.execute(insert(TurnoverEntry).values(**row, occurred_at=at, recorded_at=at))
    return sale


async def given_back(session, account: UUID, sale: UUID, amount: int, at: datetime) -> None:
    refund = new_id()
    await session.execute(
        text(
            "INSERT INTO sale_line (sale_id, line, product, name, quantity, price, gross, net, tax_code, tax_rate,"
            " tax_base, tax_amount, origin_id, origin_line) VALUES (:refund, 1, 1, '', -1000, 0, 0, 0, 'vat20', 0, 0, 0,"
            " :sale, 1)"
        ),
        {"refund": refund, "sale": sale},
    )
    row = {"source_id": refund, "account_id": account, "kind": "refund", "amount": -amount}
    await session.execute(insert(TurnoverEntry).values(**row, occurred_at=at, recorded_at=at))


@pytest.mark.parametrize("by", ["turnover", "receipts"])
@pytest.mark.parametrize("window", [None, 30])
@pytest.mark.parametrize("returns", ["ignore", "count"])
@pytest.mark.parametrize("first", [True, False], ids=["the first ladder, today", "after another one, tomorrow"])
async def test_the_preview_says_what_publishing_then_does(session, by, window, returns, first):
    await tiers(session)
    levels = (0, 10_000, 50_000) if by == "turnover" else (1, 2, 3)
    rungs = [
        {"tier": code, "at_least": level} for code, level in zip(("bronze", "silver", "gold"), levels, strict=True)
    ]
    starts, looked = (TODAY, NOON) if first else (TODAY + timedelta(days=1), NOON + timedelta(days=1))
    if not first:
        await published(session, {**LADDER, "rungs": rungs[:2]}, active_from=TODAY - timedelta(days=20), at=LONG_AGO)
    accounts = await a_crowd(session, random.Random(f"{by} {window} {returns} {first}"), 60)
    await fold_accounts(session, accounts, at=NOON)
    draft = {**LADDER, "by": by, "window": window, "rungs": rungs, "returns": returns}
    ladder = await checked_ladder(session, draft, active_from=starts, today=TODAY)

    shown = await start_preview(session, new_id(), ladder, by=None, at=NOON)
    before = {account: (await terms(session, account))[0] for account in accounts}
    await published(session, draft, active_from=starts)
    await fold_accounts(session, accounts, at=looked)
    after = {account: (await terms(session, account))[0] for account in accounts}

    moved = [(before[each], after[each]) for each in accounts if before[each] != after[each]]
    assert sum(move.accounts for move in shown.moves) == len(moved)
    assert {(move.from_tier, move.to_tier): move.accounts for move in shown.moves} == {
        pair: moved.count(pair) for pair in set(moved)
    }
    assert {row.account for row in shown.first} <= {each for each in accounts if before[each] != after[each]}
    assert (shown.done, shown.counted) == (True, 60)


async def test_a_preview_counted_in_parts_is_the_whole(session):
    await tiers(session)
    await a_crowd(session, random.Random(3), 30)
    ladder = await checked_ladder(session, LADDER, active_from=TODAY, today=TODAY)
    last = await session.scalar(text("SELECT max(seq) FROM account"))

    whole = await count_part(session, ladder, 0, last)
    parts = {}
    for after in range(0, last, 7):
        parts = together(parts, await count_part(session, ladder, after, min(last, after + 7)))

    assert parts["counted"] == whole["counted"] == 30
    assert sorted(parts["moves"], key=str) == sorted(whole["moves"], key=str)
    assert sorted(parts["later"] or [], key=str) == sorted(whole["later"] or [], key=str)


async def test_a_preview_changes_nothing(session):
    await tiers(session)
    account = await an_account(session, "gold")
    ladder = await checked_ladder(session, LADDER, active_from=TODAY, today=TODAY)

    shown = await start_preview(session, new_id(), ladder, by=None, at=NOON)

    assert shown.moves == [Move("gold", None, 1)]
    assert await terms(session, account) == ("gold", 1)


class Shop:
    """A recorder and a worker on one database."""

    def __init__(self, database: Database, recorder: Recorder) -> None:
        self.database, self.recorder = database, recorder

    async def record(self, till: Till, *made) -> None:
        for one in made:
            await self.recorder.record(
                RegisterKey(till.register_id, till.epoch, till.outlet_id, False), one.id, one.body
            )

    async def work(self) -> None:
        await Worker(self.database, {**HANDLERS, **TIER_HANDLERS}).drain()

    async def account(self) -> UUID:
        async with self.database.transaction() as session:
            account = new_id()
            await open_account(session, account, outlet=None, by=None, at=LONG_AGO)
        await self.work()
        return account

    async def tier(self, account: UUID) -> str | None:
        return await self.database.pool.fetchval("SELECT tier FROM account WHERE id = $1", account)


@pytest.fixture
async def shop(addresses: Addresses) -> AsyncIterator[Shop]:
    database = await Database.open(addresses.app)
    try:
        async with database.transaction() as session:
            await publish_rule_set(session, {"rules": []}, active_from=LONG_AGO, by=None, at=LONG_AGO)
            await tiers(session)
            rungs = [{"tier": "bronze", "at_least": 0}, {"tier": "silver", "at_least": 1}]
            ladder = {"by": "turnover", "window": None, "rungs": rungs, "returns": "undo"}
            await publish_ladder(session, ladder, active_from=LONG_AGO.date(), by=None, at=LONG_AGO)
        async with Recorder(database.pool) as recorder:
            yield Shop(database, recorder)
    finally:
        await database.close()


async def test_a_recorded_sale_lifts_and_its_return_takes_it_back(shop):
    till, account = Till(), await shop.account()
    opened = await shop.tier(account)
    sale = till.sell(2, account=account)

    await shop.record(till, sale)
    await shop.work()
    lifted = await shop.tier(account)
    await shop.record(till, till.refund(sale, [1, 2]))
    await shop.work()

    assert (opened, lifted, await shop.tier(account)) == ("bronze", "silver", "bronze")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_documents_in_any_order_end_in_the_same_tier(shop, order):
    till, account = Till(), await shop.account()
    sale = till.sell(1, account=account)
    made = [sale, till.refund(sale, [1])]

    for place in order:
        await shop.record(till, made[place])
        await shop.work()

    assert await shop.tier(account) == "bronze"


async def test_two_who_fold_the_same_account_at_once_lose_nothing(shop):
    till, account = Till(), await shop.account()
    await shop.record(till, *(till.sell(1, account=account) for _ in range(6)))

    async def fold():
        async with shop.database.transaction() as session:
            await fold_accounts(session, [account], at=datetime.now(UTC))

    await asyncio.gather(*(fold() for _ in range(6)))

    summed = await shop.database.pool.fetchval(
        "SELECT sum(amount)::bigint FROM turnover_entry WHERE account_id = $1", account
    )
    assert await shop.database.pool.fetchval("SELECT measure FROM tier_standing WHERE account = $1", account) == summed
    assert await shop.tier(account) == "silver"
    assert await shop.database.pool.fetchval("SELECT count(*) FROM tier_change WHERE account = $1", account) == 2


async def test_publishing_looks_at_everyone_and_plans_the_daily_review_once(shop):
    account = await shop.account()
    async with shop.database.transaction() as session:
        rungs = [{"tier": "gold", "at_least": 0}]
        yesterday = datetime.now(UTC) - timedelta(days=1)
        await publish_ladder(
            session, {"by": "turnover", "rungs": rungs}, active_from=datetime.now(UTC).date(), by=None, at=yesterday
        )
        await session.execute(text("UPDATE outbox SET run_at = now() WHERE kind = 'tiers.everyone'"))

    await shop.work()

    assert await shop.tier(account) == "gold"
    waiting = await shop.database.pool.fetch("SELECT kind, run_at FROM outbox WHERE kind LIKE 'tiers.%'")
    assert [row["kind"] for row in waiting] == ["tiers.daily"]
    assert waiting[0]["run_at"] > datetime.now(UTC)
