"""What the law says of goods reaches every rule set that holds or will, on a real database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from loyalty.drafts.queries import current_draft, versions
from loyalty.drafts.regulations import publish_regulations
from loyalty.drafts.service import open_draft, publish_draft, save_rule
from loyalty.pricing.rules import Regulation
from loyalty.pricing.store import publish_rule_set, rule_set_at
from loyalty.pricing.wire_rules import FloorAboveCeiling
from tests.pos.exchange.builders import a_shop

NOW = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
SOON = NOW + timedelta(hours=1)
TOMORROW = NOW + timedelta(days=1)
TOBACCO = Regulation("tobacco", no_discount=True, no_points=True)
SPIRITS = Regulation("spirits", floor=90_000)
WRITTEN = {"code": "tobacco", "no_discount": True, "no_points": True}


def percent(id: str) -> dict[str, Any]:
    return {"id": id, "name": id, "priority": 50, "effect": {"kind": "percent", "value": 1_000}}


async def a_version_with(session, rule: str, at: datetime = NOW) -> int:
    await open_draft(session, by=None, at=NOW)
    await save_rule(session, percent(rule), {"en": rule.title()}, was=None, by=None, at=NOW)
    return await publish_draft(session, active_from=at, by=None, at=NOW)


async def laws(session, at: datetime) -> list[dict[str, Any]]:
    return (await rule_set_at(session, at)).body.get("regulations", [])


async def test_a_class_is_in_force_at_once_in_what_is_planned_and_in_the_draft_and_nothing_else_changes(session):
    await a_shop(session)
    first = await a_version_with(session, "milk")
    planned = await a_version_with(session, "bread", TOMORROW)
    draft = await open_draft(session, by=None, at=NOW)
    await save_rule(session, percent("eggs"), {}, was=None, by=None, at=NOW)

    published = await publish_regulations(session, [TOBACCO], by=None, at=SOON)

    assert published == [planned + 1, planned + 2]
    assert (await laws(session, NOW), await laws(session, SOON)) == ([], [WRITTEN])
    assert await laws(session, TOMORROW) == [WRITTEN]
    told = {version.number: version for version in await versions(session)}
    for old, new in ((first, planned + 1), (planned, planned + 2)):
        left_out = {"version": None, "regulations": None}
        assert {**told[old].body, **left_out} == {**told[new].body, **left_out}
        assert told[old].names == told[new].names
    assert told[planned + 2].active_from == TOMORROW
    assert [rule["id"] for rule in draft.body["rules"]] == ["milk", "eggs"]
    assert draft.body["regulations"] == [WRITTEN]
    await publish_draft(session, active_from=SOON, by=None, at=SOON)  # its author has seen them
    assert await laws(session, SOON) == [WRITTEN]


async def test_an_author_who_had_not_seen_the_newest_version_is_still_told_of_it(session):
    await a_shop(session)
    draft = await open_draft(session, by=None, at=NOW)
    foreign = await publish_rule_set(session, {"rules": [percent("bread")]}, active_from=NOW, by=None, at=NOW)

    await publish_regulations(session, [TOBACCO], by=None, at=SOON)

    assert draft.seen < foreign


async def test_what_the_engine_knows_already_is_not_published_again(session):
    await a_shop(session)
    body = {"schema": 2, "rules": [], "regulations": [{**WRITTEN, "floor": None}, {"code": "spirits", "floor": 90_000}]}
    number = await publish_rule_set(session, body, active_from=NOW, by=None, at=NOW)
    draft = await open_draft(session, by=None, at=NOW)

    published = await publish_regulations(session, [SPIRITS, TOBACCO], by=None, at=SOON)

    assert published == []
    assert (await rule_set_at(session, SOON)).version == number
    assert (draft.updated_at, draft.seen) == (NOW, number)


async def test_rules_of_form_1_stay_of_form_1(session):
    await a_shop(session)  # its first rule set is of form 1, without regulations
    await publish_rule_set(session, {"rules": [percent("milk")]}, active_from=NOW, by=None, at=NOW)

    [number] = await publish_regulations(session, [SPIRITS], by=None, at=SOON)

    assert (await rule_set_at(session, SOON)).body == {
        "schema": 1,
        "version": number,
        "rules": [percent("milk")],
        "regulations": [{"code": "spirits", "floor": 90_000}],
    }


async def test_a_draft_begun_from_an_old_version_has_the_law_of_today(session):
    await a_shop(session)
    old = await a_version_with(session, "milk")
    await publish_regulations(session, [TOBACCO], by=None, at=SOON)

    draft = await open_draft(session, by=None, at=SOON, version=old)

    assert draft.body["regulations"] == [WRITTEN]
    await publish_draft(session, active_from=TOMORROW, by=None, at=SOON)
    assert await laws(session, TOMORROW) == [WRITTEN]


async def test_a_draft_is_published_with_the_law_of_that_moment_whatever_it_holds(session):
    await a_shop(session)
    await publish_regulations(session, [TOBACCO], by=None, at=NOW)
    draft = await open_draft(session, by=None, at=NOW)
    draft.body = {**draft.body, "regulations": []}

    await publish_draft(session, active_from=SOON, by=None, at=SOON)

    assert await laws(session, SOON) == [WRITTEN]


async def test_what_the_engine_cannot_read_is_refused_and_nothing_published(session):
    await a_shop(session)

    with pytest.raises(FloorAboveCeiling):
        await publish_regulations(session, [Regulation("spirits", floor=2, ceiling=1)], by=None, at=SOON)

    assert await laws(session, SOON) == []
    assert await current_draft(session) is None
