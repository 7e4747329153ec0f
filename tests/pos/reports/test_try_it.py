"""A draft tried on past receipts by the real worker, in processes of its own, on a real database."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from loyalty.drafts.service import open_draft, save_rule
from loyalty.pricing.store import publish_rule_set
from pos.catalog.model import Product
from pos.core.ids import new_id
from pos.registers.queries import RegisterKey
from pos.reports.discounts import Period, costs_by_rule, takers_by_account, takers_by_cashier, whole_period
from pos.reports.try_it import work
from pos.reports.try_it.errors import PeriodBackwards, RunUnderWay
from pos.reports.try_it.model import TryRun
from pos.reports.try_it.queries import top_accounts
from pos.reports.try_it.rules import Sums, replay, trial, without_dates
from pos.reports.try_it.service import cancel_run, start_run
from pos.sales.record import Recorder
from pos.storage.database import Addresses, Database
from pos.storage.outbox import Worker
from tests.documents import MONDAY_NOON, Till, line_of
from tests.pos.exchange.builders import LONG_AGO, a_product, a_shop

NOW = datetime.fromtimestamp(MONDAY_NOON / 1000, tz=UTC) + timedelta(days=3)
MONDAY, TUESDAY = date(2026, 1, 5), date(2026, 1, 6)
CARD = {
    "id": "card",
    "name": "Card",
    "priority": 50,
    "who": {"card": True},
    "effect": {"kind": "percent", "value": 1_000},
}
EVERYONE = {"id": "all", "name": "All", "priority": 60, "effect": {"kind": "percent", "value": 500}}
RECEIPTS, WITH_CARD = 12, 4
CARD_OFF = 16_600
"""10 % of two at 410.00 and two at 420.00."""
EVERYONE_OFF = 8_200
"""5 % of the same, each unit on the price step: 20.00 and 21.00."""


@dataclass(frozen=True)
class Past:
    database: Database
    till: Till
    account: UUID


@pytest.fixture
async def past(addresses: Addresses) -> AsyncIterator[Past]:
    """Twelve sales of a Monday, every third on one account's card; the card's rule in force, a draft with one for all."""
    database = await Database.open(addresses.app)
    account, till = new_id(), Till()
    made = [till.sell(2, account=account if n % 3 == 0 else None) for n in range(RECEIPTS)]
    async with database.transaction() as session:
        shop = await a_shop(session)
        await a_product(session, shop)
        await publish_rule_set(session, {"rules": [CARD]}, active_from=LONG_AGO, by=None, at=LONG_AGO)
        await open_draft(session, by=None, at=NOW)
        await save_rule(session, EVERYONE, {"en": "All"}, was=None, by=None, at=NOW)
    async with Recorder(database.pool) as recorder:
        key = RegisterKey(till.register_id, till.epoch, till.outlet_id, False)
        for document in made:
            await recorder.record(key, document.id, document.body)
    await database.pool.execute("DELETE FROM outbox")
    yield Past(database, till, account)
    await database.close()


async def started(past: Past, **more) -> UUID:
    async with past.database.transaction() as session:
        run = await start_run(session, starts_on=MONDAY, ends_on=TUESDAY, by=None, at=NOW, **more)
        return run.id


async def worked(past: Past) -> None:
    await Worker(past.database, work.HANDLERS).drain()


async def found(past: Past, run_id: UUID) -> tuple[TryRun, Sums]:
    async with past.database.sessions() as session:
        run = await session.get_one(TryRun, run_id)
        return run, Sums.of(run.result)


async def test_a_run_says_what_the_draft_would_have_cost_beside_todays_rules(past):
    run_id = await started(past)

    await worked(past)

    run, sums = await found(past, run_id)
    assert (run.state, run.total, run.done) == ("done", RECEIPTS, RECEIPTS)
    assert sums.receipts == RECEIPTS
    assert sums.sold.discount == sums.today.discount == WITH_CARD * CARD_OFF
    assert sums.draft.discount == WITH_CARD * CARD_OFF + (RECEIPTS - WITH_CARD) * EVERYONE_OFF
    assert sums.changed == sums.cheaper == RECEIPTS - WITH_CARD
    assert (sums.rules["all"].today, sums.rules["all"].draft_receipts) == (0, RECEIPTS - WITH_CARD)
    assert sums.rules["card"].today == sums.rules["card"].draft == WITH_CARD * CARD_OFF
    assert len(sums.largest) == RECEIPTS - WITH_CARD
    assert sums.draft.gross == sums.draft.net + sums.draft.discount


async def test_who_would_have_got_what_is_kept_by_account(past):
    async with past.database.transaction() as session:
        await save_rule(
            session,
            {**CARD, "id": "more", "effect": {"kind": "percent", "value": 2_000}},
            {},
            was=None,
            by=None,
            at=NOW,
        )
    run_id = await started(past)

    await worked(past)

    async with past.database.sessions() as session:
        (row,) = await top_accounts(session, run_id)
    assert (row.account_id, row.receipts, row.today) == (past.account, WITH_CARD, WITH_CARD * CARD_OFF)
    assert row.draft == 2 * row.today


async def test_receipts_are_read_and_never_changed(past):
    everything = "SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {} t"
    before = [
        await past.database.pool.fetchval(everything.format(table))
        for table in ("document", "sale", "sale_line", "line_discount")
    ]
    await started(past)

    await worked(past)

    after = [
        await past.database.pool.fetchval(everything.format(table))
        for table in ("document", "sale", "sale_line", "line_discount")
    ]
    assert before == after


async def test_the_margin_counts_goods_with_a_known_cost_alone(past):
    async with past.database.transaction() as session:
        known = await session.scalar(select(Product.seq).order_by(Product.seq).limit(1))
        await session.execute(update(Product).values(cost=20_000))
    assert known == 1
    run_id = await started(past)

    await worked(past)

    _, sums = await found(past, run_id)
    assert sums.today.cost == sums.draft.cost == RECEIPTS * 2 * 20_000
    assert 0 < sums.draft.known_net < sums.draft.net
    assert sums.draft.margin < sums.today.margin


async def test_a_run_that_is_stopped_keeps_what_it_found_and_goes_no_further(past, monkeypatch):
    monkeypatch.setattr(work, "CHUNK", 2)
    monkeypatch.setattr(work, "TURN", 0.0)
    run_id = await started(past)
    await work.one_turn(past.database, run_id)  # a turn of no time does nothing
    async with past.database.transaction() as session:
        await cancel_run(session, run_id, at=NOW)

    await worked(past)

    run, sums = await found(past, run_id)
    assert (run.state, run.done, sums.receipts) == ("cancelled", 0, 0)


async def test_a_batch_done_twice_by_two_workers_counts_once(past):
    run_id = await started(past)
    run, _ = await found(past, run_id)
    twin, _ = await found(past, run_id)
    async with past.database.sessions() as session:
        rows = await work.next_receipts(session, run, 5)
    asked = await asked_of(past, run)
    batch = replay(trial(asked.today, asked.draft, {}, as_if_held=True, on="2026-01-08"), [body for _, _, body in rows])

    first = await work.stored(past.database, run, batch, rows[-1][1], rows[-1][0], 5)
    second = await work.stored(past.database, twin, batch, rows[-1][1], rows[-1][0], 5)

    assert (first, second) == (True, False)
    assert (await found(past, run_id))[1].receipts == 5
    await worked(past)
    run, sums = await found(past, run_id)
    assert (run.state, sums.receipts) == ("done", RECEIPTS)


async def asked_of(past: Past, run: TryRun):
    async with past.database.sessions() as session:
        return await work.what_is_asked(session, run)


async def test_another_run_waits_for_the_first_and_a_period_runs_forward(past):
    await started(past)

    with pytest.raises(RunUnderWay):
        await started(past)
    with pytest.raises(PeriodBackwards):
        async with past.database.transaction() as session:
            await start_run(session, starts_on=TUESDAY, ends_on=MONDAY, by=None, at=NOW)


async def test_only_the_chosen_outlet_and_days_are_tried(past):
    run_id = await started(past, outlets=[new_id()])
    await worked(past)

    run, sums = await found(past, run_id)

    assert (run.state, run.total, sums.receipts) == ("done", 0, 0)


def test_rules_are_tried_without_their_dates_and_without_those_that_are_over():
    body = {
        "rules": [
            {"id": "over", "when": {"until": "2026-01-08"}},
            {"id": "planned", "when": {"from": "2026-02-01", "weekdays": [6]}},
            {"id": "always"},
        ]
    }

    assert without_dates(body, "2026-01-08")["rules"] == [
        {"id": "planned", "when": {"weekdays": [6]}},
        {"id": "always"},
    ]


def test_a_receipt_that_cannot_be_priced_is_counted_and_the_rest_go_on():
    sale = Till().sell(1)

    batch = replay(trial({"rules": [CARD]}, {"rules": []}, {}, as_if_held=True, on="2026-01-08"), [b"{}", sale.body])

    assert (batch.sums.receipts, batch.sums.skipped) == (1, {"input.malformed": 1})
    assert json.loads(json.dumps(batch.sums.to_json())) == batch.sums.to_json()
    assert Sums.of(batch.sums.to_json()) == batch.sums


async def test_the_report_of_discounts_agrees_with_itself_however_it_is_cut(past):
    period = Period(MONDAY, TUESDAY)
    async with past.database.transaction() as session:
        await session.execute(update(Product).values(cost=20_000))
    async with past.database.sessions() as session:
        whole = await whole_period(session, period)
        rules = await costs_by_rule(session, period)
        accounts = await takers_by_account(session, period)
        cashiers = await takers_by_cashier(session, period)

    assert whole.discount == WITH_CARD * CARD_OFF
    assert (whole.sales, whole.discounted) == (RECEIPTS, WITH_CARD)
    assert sum(row.amount for row in rules) == sum(row.amount for row in cashiers) == whole.discount
    assert [(row.id, row.amount, row.receipts) for row in accounts] == [(str(past.account), whole.discount, WITH_CARD)]
    assert 0 < (rules[0].given or 0) < rules[0].amount  # without tax, of the one product with a known cost
    assert rules[0].given_share


async def test_the_report_holds_the_dearest_lines(past):
    def dear(data):
        line = line_of(1, percent=1_000, price=8_000_000_000)
        data["lines"] = [{**line, "points": 0}]
        data["totals"] |= {"gross": line["gross"], "discount": line["gross"] - line["net"], "tax": line["tax_amount"]}
        data["totals"] |= {"net": line["net"], "total": line["net"]}
        data["tenders"][0] |= {"received": line["net"], "applied": line["net"], "change": 0}

    sold = past.till.sell(1, account=past.account, change=dear)
    async with Recorder(past.database.pool) as recorder:
        key = RegisterKey(past.till.register_id, past.till.epoch, past.till.outlet_id, False)
        await recorder.record(key, sold.id, sold.body)
    async with past.database.transaction() as session:
        await session.execute(update(Product).values(cost=20_000))

    async with past.database.sessions() as session:
        (rule,) = await costs_by_rule(session, Period(MONDAY, TUESDAY))

    assert rule.amount == WITH_CARD * CARD_OFF + 1_600_000_000
    assert (rule.given or 0) > 1_300_000_000


async def test_a_refund_takes_its_discount_out_of_the_report(past):
    sold = past.till.sell(2, account=past.account)
    refund = past.till.refund(sold)
    async with Recorder(past.database.pool) as recorder:
        key = RegisterKey(past.till.register_id, past.till.epoch, past.till.outlet_id, False)
        for document in (sold, refund):
            await recorder.record(key, document.id, document.body)

    async with past.database.sessions() as session:
        rules = await costs_by_rule(session, Period(MONDAY, TUESDAY))

    assert rules[0].amount == WITH_CARD * CARD_OFF
