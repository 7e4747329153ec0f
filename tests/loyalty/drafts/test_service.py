"""Drafting rules and putting them in force, on a real database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from loyalty.drafts.errors import ChangedMeanwhile, GroupInUse, NoDraft, PublishedMeanwhile, RuleNotFound
from loyalty.drafts.queries import current_draft, versions
from loyalty.drafts.service import (
    discard_draft,
    fingerprint,
    fresh_id,
    open_draft,
    publish_draft,
    remove_group,
    remove_rule,
    save_group,
    save_rule,
    switch_off,
)
from loyalty.pricing.store import publish_rule_set, rule_set_at
from tests.pos.exchange.builders import a_shop

NOW = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)


def percent(id: str, value: int = 1_000, **parts: Any) -> dict[str, Any]:
    return {"id": id, "name": id, "priority": 50, "effect": {"kind": "percent", "value": value}, **parts}


async def a_draft_with(session, *rules: dict[str, Any]):
    await a_shop(session)
    await open_draft(session, by=None, at=NOW)
    for rule in rules:
        draft = await save_rule(session, rule, {"en": rule["id"]}, was=None, by=None, at=NOW)
    return draft


async def ids_in_force(session, at: datetime = NOW) -> list[str]:
    version = await rule_set_at(session, at)
    return [rule["id"] for rule in version.body["rules"]]


async def test_a_draft_changes_nothing_until_it_is_published(session):
    await a_draft_with(session, percent("milk"))

    assert await ids_in_force(session) == []
    number = await publish_draft(session, active_from=NOW, by=None, at=NOW)

    assert await ids_in_force(session) == ["milk"]
    assert (await rule_set_at(session, NOW)).names == {"milk": {"en": "milk"}}
    assert (await rule_set_at(session, NOW)).version == number
    assert await current_draft(session) is None


async def test_a_version_planned_for_tomorrow_holds_from_tomorrow(session):
    await a_draft_with(session, percent("milk"))

    await publish_draft(session, active_from=TOMORROW, by=None, at=NOW)

    assert await ids_in_force(session, NOW) == []
    assert await ids_in_force(session, TOMORROW) == ["milk"]


async def test_a_draft_is_never_put_in_force_in_the_past(session):
    await a_draft_with(session, percent("milk"))

    await publish_draft(session, active_from=NOW - timedelta(days=3), by=None, at=NOW)

    assert await ids_in_force(session, NOW - timedelta(days=1)) == []
    assert await ids_in_force(session) == ["milk"]


async def test_there_is_one_open_draft_whoever_opens_it(session):
    await a_shop(session)

    first = await open_draft(session, by=None, at=NOW)
    second = await open_draft(session, by=None, at=NOW)

    assert first.id == second.id
    await discard_draft(session, at=NOW)
    assert (await open_draft(session, by=None, at=NOW)).id != first.id


async def test_two_managers_who_save_the_same_rule_do_not_overwrite_each_other(session):
    rule = percent("milk")
    await a_draft_with(session, rule)
    was = fingerprint(rule)
    await save_rule(session, percent("milk", 500), {}, was=was, by=None, at=NOW)

    with pytest.raises(ChangedMeanwhile):
        await save_rule(session, percent("milk", 700), {}, was=was, by=None, at=NOW)


async def test_a_draft_that_has_not_seen_the_newest_version_is_not_published_over_it(session):
    await a_draft_with(session, percent("milk"))
    await publish_rule_set(session, {"rules": [percent("bread")]}, active_from=NOW, by=None, at=NOW)

    with pytest.raises(PublishedMeanwhile):
        await publish_draft(session, active_from=NOW, by=None, at=NOW)

    assert await ids_in_force(session) == ["bread"]


async def test_switching_a_rule_off_is_the_next_version_without_it_today_and_in_what_is_planned(session):
    await a_draft_with(session, percent("milk"), percent("bread"))
    await publish_draft(session, active_from=NOW, by=None, at=NOW)
    await open_draft(session, by=None, at=NOW)
    await save_rule(session, percent("eggs"), {}, was=None, by=None, at=NOW)
    await publish_draft(session, active_from=TOMORROW, by=None, at=NOW)
    later = NOW + timedelta(hours=1)
    draft = await open_draft(session, by=None, at=later)

    await switch_off(session, "milk", by=None, at=later)

    assert await ids_in_force(session, NOW) == ["milk", "bread"]
    assert await ids_in_force(session, later) == ["bread"]
    assert await ids_in_force(session, TOMORROW) == ["bread", "eggs"]
    assert [rule["id"] for rule in draft.body["rules"]] == ["bread"]
    await publish_draft(session, active_from=later, by=None, at=later)  # it has seen them
    with pytest.raises(RuleNotFound):
        await switch_off(session, "milk", by=None, at=later)


async def test_each_version_says_from_when_until_when_it_holds(session):
    await a_draft_with(session, percent("milk"))
    await publish_draft(session, active_from=NOW, by=None, at=NOW)
    await open_draft(session, by=None, at=NOW)
    await publish_draft(session, active_from=NOW, by=None, at=NOW)

    newest, hidden, first = await versions(session)

    assert newest.holds(NOW)
    assert not hidden.ever
    assert first.until == hidden.active_from == NOW


async def test_a_group_with_rules_stays(session):
    await a_shop(session)
    await open_draft(session, by=None, at=NOW)
    await save_group(session, {"id": "sweets"}, by=None, at=NOW)
    await save_rule(session, percent("milk", group="sweets"), {}, was=None, by=None, at=NOW)

    with pytest.raises(GroupInUse):
        await remove_group(session, "sweets", by=None, at=NOW)
    await remove_rule(session, "milk", by=None, at=NOW)
    draft = await remove_group(session, "sweets", by=None, at=NOW)

    assert draft.body["groups"] == []


async def test_without_a_draft_there_is_nothing_to_publish(session):
    await a_shop(session)

    with pytest.raises(NoDraft):
        await publish_draft(session, active_from=NOW, by=None, at=NOW)


@pytest.mark.parametrize(
    ("name", "id"),
    [("Sweet weeks!", "sweet-weeks"), ("Сладкие недели", "n-for-m"), ("3 % off", "3-off"), ("manual", "manual-2")],
)
def test_a_new_rule_gets_an_id_that_no_rule_ever_had(name, id):
    assert fresh_id(name, "n_for_m", frozenset()) == id
    assert fresh_id(name, "n_for_m", frozenset({id})) not in {id, "manual"}
