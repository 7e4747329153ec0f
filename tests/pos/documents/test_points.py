"""Receipts become lots of points, whatever order they arrive in; spending offline what is not there is shown."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from pos.core.ids import new_id
from pos.documents.after import HANDLERS
from pos.registers.queries import RegisterKey
from pos.sales.record import Recorder
from pos.storage.database import Addresses, Database
from pos.storage.outbox import Worker
from tests.documents import Change, Made, Till

PROGRAMME = {"programme": 3, "value": 100, "share": 3_000, "least": 0, "earn_while_spending": True}


class Shop:
    def __init__(self, database: Database, recorder: Recorder) -> None:
        self.database, self.recorder = database, recorder

    async def deliver(self, till: Till, *made: Made) -> None:
        for one in made:
            key = RegisterKey(till.register_id, till.epoch, till.outlet_id, False)
            await self.recorder.record(key, one.id, one.body)
        await Worker(self.database, HANDLERS).drain()

    async def entries(self) -> list[tuple[Any, ...]]:
        rows = await self.database.pool.fetch(
            "SELECT kind, amount, day, available_on, expires_on, origin_id, programme FROM points_entry"
            " WHERE kind <> 'expiry' ORDER BY occurred_at, kind"
        )
        return [tuple(row) for row in rows]

    async def standing(self, account: UUID) -> tuple[int, int, int]:
        return tuple(
            await self.database.pool.fetchrow(
                "SELECT spendable, pending, overdrawn FROM points_account WHERE account_id = $1", account
            )
        )

    async def overdrafts(self) -> list[tuple[UUID, UUID | None]]:
        rows = await self.database.pool.fetch("SELECT source_id, other_id FROM points_overdraft")
        return [tuple(row) for row in rows]


@pytest.fixture
async def shop(addresses: Addresses) -> AsyncIterator[Shop]:
    database = await Database.open(addresses.app)
    try:
        async with Recorder(database.pool) as recorder:
            yield Shop(database, recorder)
    finally:
        await database.close()


def points(*, earned: int = 0, spent: int = 0, **programme: Any) -> Change:
    """The receipt earns and spends, by the programme of the till."""

    def change(data: dict[str, Any]) -> None:
        data["lines"][0]["points"] = earned
        data["points"] = {"earned": earned, "spent": spent}
        data["inputs"]["settings"]["points"] = {**PROGRAMME, **programme}

    return change


async def test_points_earned_wait_and_end_as_the_receipts_own_programme_says(shop):
    till, account = Till(), new_id()
    sale = till.sell(1, account=account, change=points(earned=40, pending_days=14, life="month_end", life_count=1))

    await shop.deliver(till, sale)

    monday = date(2026, 1, 5)
    assert await shop.entries() == [("accrual", 40, monday, date(2026, 1, 19), date(2026, 3, 1), None, 3)]


async def test_a_refund_names_its_sale_and_says_how_long_points_live_that_come_back(shop):
    till, account = Till(), new_id()
    sale = till.sell(1, account=account, change=points(earned=40, spent=10, restored_days=30))
    refund = till.refund(sale, change=points(earned=-40, spent=-10, restored_days=30))

    await shop.deliver(till, sale, refund)

    monday = date(2026, 1, 5)
    assert await shop.entries() == [
        ("accrual", 40, monday, monday, None, None, 3),
        ("redemption", -10, monday, None, None, None, 3),
        ("accrual", -40, monday, None, None, sale.id, 3),
        ("redemption", 10, monday, monday, date(2026, 2, 4), sale.id, 3),
    ]
    assert await shop.standing(account) == (0, 0, 0)


async def test_a_receipt_of_a_till_whose_clock_is_years_ahead_counts_from_the_day_it_arrived(shop):
    till, account = Till(), new_id()

    def ahead(data: dict[str, Any]) -> None:
        points(earned=40)(data)
        data["business_date"] = "2099-01-01"

    await shop.deliver(till, till.sell(1, account=account, change=ahead))

    ((_, _, day, *_),) = await shop.entries()
    assert day < date(2099, 1, 1)
    assert await shop.standing(account) == (40, 0, 0)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
async def test_two_tills_offline_that_spend_the_same_points_are_shown_with_both_receipts(shop, order):
    account = new_id()
    tills = [Till(), Till(at=Till().at + 60_000), Till(at=Till().at + 120_000)]
    made = [
        tills[0].sell(1, account=account, change=points(earned=100)),
        tills[1].sell(1, account=account, change=points(spent=80)),
        tills[2].sell(1, account=account, change=points(spent=80)),
    ]

    for place in order[:-1]:
        await shop.deliver(tills[place], made[place])
    await shop.deliver(tills[order[-1]], made[order[-1]])

    assert await shop.overdrafts() == [(made[2].id, made[1].id)]
    assert await shop.standing(account) == (0, 0, 60)
