"""A new shop can join a till on its first day."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from pos.exchange.feed import snapshot
from pos.registers.model import Outlet
from pos.registers.queries import register_list
from web.setup.first_shop import CurrencyUnknown, set_up_shop

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def a_new_shop(session, currency="AMD"):
    return await set_up_shop(
        session, name="Corner shop", zone="Asia/Yerevan", currency=currency, language="hy", at=NOON
    )


@pytest.mark.parametrize(("currency", "cash_step"), [("AMD", 1_000), ("RUB", 1)])
async def test_its_till_can_take_a_full_copy(session, currency, cash_step):
    outlet = await a_new_shop(session, currency)
    [register] = await register_list(session)

    told = await snapshot(session, outlet.id, register.id, at=NOON)

    assert f'"currency" : "{currency}"' in told
    assert f'"cash_step" : {cash_step}' in told
    assert '"prefix" : "A-"' in told


async def test_starting_again_makes_no_second_shop(session):
    first = await a_new_shop(session)

    assert (await a_new_shop(session)).id == first.id
    assert await session.scalar(select(func.count()).select_from(Outlet)) == 1


async def test_a_currency_without_known_steps_is_refused_by_name(session):
    with pytest.raises(CurrencyUnknown) as refused:
        await a_new_shop(session, "XYZ")

    assert refused.value.fields["known"] == "AMD, RUB, EUR, USD"
