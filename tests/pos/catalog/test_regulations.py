"""Classes of goods that a law regulates: kept in the catalogue and in the rules, the same in both."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from loyalty.pricing.store import rule_set_at
from pos.catalog.errors import (
    NoName,
    RegulationAgeOutOfRange,
    RegulationCodeMalformed,
    RegulationHoursImpossible,
    RegulationNotFound,
    RegulationPriceMalformed,
    RegulationPricesImpossible,
    RegulationTaken,
)
from pos.catalog.model import RegulationClass
from pos.catalog.regulations import RegulationDraft, add_regulation, change_regulation
from pos.storage.database import Database
from tests.pos.exchange.builders import a_shop

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
NAMES = {"en": "Spirits", "ru": "Крепкий алкоголь", "hy": " "}
SPIRITS = RegulationDraft(NAMES, no_points=True, floor=90_000, age=18, hours=(8 * 60, 0), not_returnable=True)


async def in_force(session, at: datetime) -> dict[str, dict[str, object]]:
    version = await rule_set_at(session, at)
    return {each["code"]: each for each in version.body.get("regulations", [])}


async def test_a_new_class_is_in_the_table_and_in_the_rules_in_force_with_those_there_were(session):
    await a_shop(session)  # with tobacco in its table

    await add_regulation(session, "spirits", SPIRITS, by=None, at=NOON)

    row = await session.get(RegulationClass, "spirits")
    assert (row.names, row.hours_from, row.hours_to) == ({"en": "Spirits", "ru": "Крепкий алкоголь"}, 480, 0)
    assert (row.age, row.not_returnable) == (18, True)
    assert await in_force(session, NOON) == {
        "spirits": {"code": "spirits", "no_points": True, "floor": 90_000},
        "tobacco": {"code": "tobacco", "no_discount": True},
    }


async def test_a_change_that_no_price_depends_on_leaves_the_rules_as_they_are(session):
    await a_shop(session)
    await add_regulation(session, "spirits", SPIRITS, by=None, at=NOON)
    before = (await rule_set_at(session, NOON)).version
    older = RegulationDraft({"en": "Strong"}, no_points=True, floor=90_000, age=21)

    await change_regulation(session, "spirits", older, by=None, at=LATER)

    row = await session.get(RegulationClass, "spirits")
    assert (row.names, row.age, row.hours_from, row.not_returnable) == ({"en": "Strong"}, 21, None, False)
    assert (await rule_set_at(session, LATER)).version == before


async def test_a_class_may_be_left_to_forbid_nothing(session):
    await a_shop(session)

    await change_regulation(session, "tobacco", RegulationDraft({"en": "Tobacco"}), by=None, at=NOON)

    assert await in_force(session, NOON) == {"tobacco": {"code": "tobacco"}}


@pytest.mark.parametrize(
    ("code", "changes", "error", "field"),
    [
        ("Spirits", {}, RegulationCodeMalformed, "code"),
        ("водка", {}, RegulationCodeMalformed, "code"),
        ("tobacco", {}, RegulationTaken, "code"),
        ("spirits", {"names": {"en": " "}}, NoName, None),
        ("spirits", {"floor": -1}, RegulationPriceMalformed, "floor"),
        ("spirits", {"ceiling": 2**53}, RegulationPriceMalformed, "ceiling"),
        ("spirits", {"floor": 2, "ceiling": 1}, RegulationPricesImpossible, "ceiling"),
        ("spirits", {"age": 0}, RegulationAgeOutOfRange, "age"),
        ("spirits", {"age": 121}, RegulationAgeOutOfRange, "age"),
        ("spirits", {"hours": (480, 480)}, RegulationHoursImpossible, "hours"),
        ("spirits", {"hours": (0, 1_440)}, RegulationHoursImpossible, "hours"),
        ("spirits", {"hours": (1_440, 0)}, RegulationHoursImpossible, "hours"),
        ("spirits", {"hours": (0, 1_441)}, RegulationHoursImpossible, "hours"),
    ],
)
async def test_what_no_law_can_say_is_refused_with_its_field(session, code, changes, error, field):
    await a_shop(session)

    with pytest.raises(error) as refused:
        await add_regulation(
            session, code, RegulationDraft(**{"names": {"en": "Spirits"}, **changes}), by=None, at=NOON
        )

    assert refused.value.fields.get("field") == field
    assert list(await session.scalars(select(RegulationClass.code))) == ["tobacco"]


async def test_a_class_that_is_not_there_cannot_be_changed(session):
    await a_shop(session)

    with pytest.raises(RegulationNotFound):
        await change_regulation(session, "spirits", SPIRITS, by=None, at=NOON)


async def test_two_owners_who_add_a_class_at_once_both_find_theirs_in_the_rules(addresses):
    database = await Database.open(addresses.app)
    try:
        async with database.transaction() as session:
            await a_shop(session)

        async def add(code: str) -> None:
            async with database.transaction() as session:
                await add_regulation(session, code, RegulationDraft({"en": code}, floor=1), by=None, at=NOON)
                await asyncio.sleep(0.05)

        await asyncio.gather(*(add(f"class-{n}") for n in range(4)))

        async with database.transaction() as session:
            assert set(await in_force(session, NOON)) == {"tobacco", *(f"class-{n}" for n in range(4))}
    finally:
        await database.close()
