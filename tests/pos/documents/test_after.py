"""What the worker notices about documents after they were stored."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from loyalty.pricing.store import publish_rule_set
from pos.core.ids import new_id
from pos.documents.after import HANDLERS
from pos.documents.links import Gap, gaps
from pos.registers.queries import RegisterKey
from pos.sales.record import Recorder
from pos.storage.database import Addresses, Database
from pos.storage.outbox import Worker
from tests.documents import Made, Till

TIER_GOLD: dict[str, Any] = {
    "rules": [
        {
            "id": "tier-gold",
            "name": "Gold",
            "priority": 1,
            "who": {"tiers": ["gold"]},
            "effect": {"kind": "percent", "value": 1_000},
        }
    ],
}
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


class Shop:
    """A recorder and a worker on one database."""

    def __init__(self, database: Database, recorder: Recorder) -> None:
        self.database, self.recorder = database, recorder

    async def deliver(self, till: Till, *made: Made) -> None:
        for one in made:
            await self.recorder.record(
                RegisterKey(till.register_id, till.epoch, till.outlet_id, False), one.id, one.body
            )
        await Worker(self.database, HANDLERS).drain()

    async def findings(self) -> list[tuple[UUID, str, bool]]:
        rows = await self.database.pool.fetch("SELECT document_id, kind, alarm FROM audit_finding ORDER BY id")
        return [tuple(row) for row in rows]

    async def outbox(self) -> int:
        return await self.database.pool.fetchval("SELECT count(*) FROM outbox")


@pytest.fixture
async def shop(addresses: Addresses) -> AsyncIterator[Shop]:
    database = await Database.open(addresses.app)
    try:
        async with database.transaction() as session:
            await publish_rule_set(session, TIER_GOLD, active_from=LONG_AGO, by=None, at=LONG_AGO)
        async with Recorder(database.pool) as recorder:
            yield Shop(database, recorder)
    finally:
        await database.close()


async def test_sales_priced_as_the_engine_does_raise_nothing(shop):
    till = Till()
    sale = till.sell(3, account=new_id())

    await shop.deliver(till, sale, till.sell(2), till.refund(sale, [1]), till.refund(sale, [2, 3]))

    assert await shop.findings() == []
    assert await shop.outbox() == 0


async def test_a_price_that_the_engine_does_not_give_is_an_alarm(shop):
    till = Till()
    sale = till.sell(1, account=new_id(), change=lambda data: data["inputs"]["terms"].update(tier="silver"))

    await shop.deliver(till, sale)

    assert await shop.findings() == [(sale.id, "audit.engine_differs", True)]


async def test_a_sale_by_rules_that_have_changed_is_a_line_in_the_report(shop):
    till = Till()
    async with shop.database.transaction() as session:
        await publish_rule_set(session, TIER_GOLD, active_from=datetime(2025, 6, 1, tzinfo=UTC), by=None, at=LONG_AGO)
    sale = till.sell(1, account=new_id())

    await shop.deliver(till, sale)

    assert await shop.findings() == [(sale.id, "audit.rules_stale", False)]


async def test_a_rule_set_that_never_was_is_an_alarm(shop):
    till = Till()
    sale = till.sell(1, change=lambda data: data["inputs"].update(rule_set=99))

    await shop.deliver(till, sale)

    assert (sale.id, "audit.rule_set_unknown", True) in await shop.findings()


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
async def test_a_broken_link_is_found_when_its_neighbour_is_there(shop, order):
    till = Till()
    first = till.sell(1)
    till.prev = "ab" * 32
    made = [first, till.sell(1), till.sell(1)]

    await shop.deliver(till, *(made[place] for place in order))

    assert await shop.findings() == [(made[1].id, "chain.broken_link", True)]


async def test_missing_documents_are_a_gap_until_they_arrive(shop):
    till = Till()
    first, second, third, fourth = (till.sell(1) for _ in range(4))
    await shop.deliver(till, first, fourth)

    async with shop.database.transaction() as session:
        before = await gaps(session)
    await shop.deliver(till, third, second)
    async with shop.database.transaction() as session:
        after = await gaps(session)

    assert before == [Gap(till.register_id, 1, 2, 3)]
    assert after == []
    assert await shop.findings() == []


async def test_more_given_back_than_was_sold_is_an_alarm_in_any_order(shop):
    till = Till()
    sale = till.sell(2)
    once, twice = till.refund(sale, [1]), till.refund(sale, [1])

    await shop.deliver(till, once, twice, sale)

    assert await shop.findings() == [(twice.id, "refund.more_than_sold", True)]


async def test_other_bytes_under_a_stored_id_are_an_alarm(shop):
    till = Till()
    sale = till.sell(1)
    forged = Made(sale.id, sale.body.replace(b"Product 1", b"Product 2"), sale.data)

    await shop.deliver(till, sale, forged)

    assert await shop.findings() == [(sale.id, "document.differs", True)]
