"""What the owner's page says of a day's money is what the registers say of it."""

from datetime import date
from uuid import UUID

import pytest

from pos.core.ids import new_id
from pos.reports.queries import TenderSum, takings_by_tender
from tests.documents import Made, Till
from tests.pos.shopkeeping import a_shop

MONDAY, TUESDAY = date(2026, 1, 5), date(2026, 1, 6)


@pytest.fixture
async def shop(addresses):
    async with a_shop(addresses) as shop:
        yield shop


def a_debt_paid(till: Till, account: UUID, **amounts: int) -> Made:
    tenders = [
        {"kind": kind, "received": amount, "applied": amount, "change": 0, "reference": None}
        for kind, amount in amounts.items()
    ]
    return till.write("debt_payment", account=str(account), amount=sum(amounts.values()), tenders=tenders)


async def test_debts_paid_are_in_the_day_s_cash_and_card_as_in_the_z_report(shop):
    till = Till()
    sale, on_card = till.sell(1), till.sell(2, tender="card")
    paid = a_debt_paid(till, new_id(), cash=7_000, card=5_000)

    await shop.deliver(till, till.open_shift(), sale, on_card, till.refund(sale), paid)

    async with shop.database.sessions() as session:
        assert await takings_by_tender(session, MONDAY) == [
            TenderSum("card", on_card.data["totals"]["total"] + 5_000),
            TenderSum("cash", 7_000),
        ]
        assert await takings_by_tender(session, TUESDAY) == []
