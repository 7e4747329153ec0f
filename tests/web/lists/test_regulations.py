"""Goods under a law: a class made in the back office holds for goods, prices, rules to come and tills at once."""

from datetime import UTC, datetime, timedelta

import pytest

from loyalty.drafts.queries import current_draft
from loyalty.drafts.service import open_draft, publish_draft, save_rule
from pos.core.ids import new_id
from pos.staff.rules import Role
from pos.staff.service import add_staff
from tests.web.lists.test_lists import known as known  # a shop, its owner and its till
from tests.web.lists.test_lists import office as office
from tests.web.lists.test_lists import snapshot
from tests.web.signed_in import token_of
from web.auth import SESSION_COOKIE

LISTS = "/office/lists/regulations"
SPIRITS = {"code": "Spirits", "en": "Spirits", "ru": "Крепкий алкоголь", "hy": ""}
LAW = {
    "no_discount": "true",
    "no_points": "true",
    "floor": "1 900,5",
    "ceiling": "",
    "age": "18",
    "hours_from": "08:00",
    "hours_to": "23:30",
}
WRITTEN = {"code": "spirits", "no_discount": True, "no_points": True, "floor": 190_050}
TEN_PERCENT = {"id": "ten", "name": "Ten", "priority": 50, "effect": {"kind": "percent", "value": 1_000}}
ELEVEN = {**TEN_PERCENT, "id": "eleven", "effect": {"kind": "percent", "value": 1_100}}


async def rules_in_force_and_planned(database) -> None:
    """Ten percent off everything now, eleven from tomorrow, and a draft begun."""
    now = datetime.now(UTC)
    async with database.transaction() as session:
        for rule, begins in ((TEN_PERCENT, now), (ELEVEN, now + timedelta(days=1))):
            await open_draft(session, by=None, at=now)
            await save_rule(session, rule, {}, was=None, by=None, at=now)
            await publish_draft(session, active_from=begins, by=None, at=now)
        await open_draft(session, by=None, at=now)


def named(classes: list[dict], code: str) -> dict | None:
    return next((each for each in classes if each["code"] == code), None)


async def test_from_the_owners_form_to_goods_prices_planned_rules_the_draft_and_tills(office, known, database):
    await rules_in_force_and_planned(database)
    product = f"/api/v1/products/{known.ids['product_id']}"
    goods = (await office.get(product)).json()
    asked = {"lines": [{"product": goods["seq"], "quantity": 1_000}]}
    before = (await office.post("/api/pricing/quote", json=asked)).json()["quote"]

    added = await office.post(LISTS, data=SPIRITS | LAW)
    wanted = {key: goods[key] for key in ("names", "category", "unit", "tax_code", "minimum", "tile")}
    changed = await office.post(f"{product}/change", json={**wanted, "regulation": "spirits"})
    after = (await office.post("/api/pricing/quote", json=asked)).json()["quote"]
    told = await snapshot(office, known)

    assert (added.status_code, added.headers["location"]) == (303, "/office/lists#regulations")
    assert changed.json()["regulation"] == "spirits"
    assert (before["totals"]["discount"], before["totals"]["total"]) == (5_000, 45_000)
    assert (after["totals"]["discount"], after["totals"]["total"]) == (0, 50_000)
    assert after["rule_set"] == told["rule_set"]["version"] > before["rule_set"]
    assert named(told["rule_set"]["body"]["regulations"], "spirits") == WRITTEN
    assert [rule["id"] for rule in told["rule_set"]["body"]["rules"]] == ["ten"]
    planned = told["rule_sets_to_come"][-1]
    assert planned["version"] == told["rule_set"]["version"] + 1
    assert named(planned["body"]["regulations"], "spirits") == WRITTEN
    assert [rule["id"] for rule in planned["body"]["rules"]] == ["ten", "eleven"]
    assert named(told["regulations"], "spirits") == {
        "code": "spirits",
        "names": {"en": "Spirits", "ru": "Крепкий алкоголь"},
        "no_discount": True,
        "no_points": True,
        "floor": 190_050,
        "ceiling": None,
        "age": 18,
        "hours": [480, 1_410],
        "not_returnable": False,
    }
    assert [each["code"] for each in (await office.get("/api/v1/regulations")).json()] == ["spirits", "tobacco"]
    async with database.transaction() as session:
        draft = await current_draft(session)
        assert named(draft.body["regulations"], "spirits") == WRITTEN
        assert draft.seen == planned["version"]


async def test_a_change_that_no_price_depends_on_makes_no_version_and_one_that_does_makes_one(office, known):
    await office.post(LISTS, data=SPIRITS | LAW)
    first = (await snapshot(office, known))["rule_set"]

    await office.post(f"{LISTS}/spirits", data=LAW | {"en": "Strong", "age": "21", "not_returnable": "true"})
    second = await snapshot(office, known)
    await office.post(f"{LISTS}/spirits", data={"en": "Strong", "ceiling": "2500"})
    third = await snapshot(office, known)

    assert second["rule_set"] == first
    mine = named(second["regulations"], "spirits")
    assert (mine["names"], mine["age"], mine["not_returnable"]) == ({"en": "Strong"}, 21, True)
    assert third["rule_set"]["version"] == first["version"] + 1
    assert named(third["rule_set"]["body"]["regulations"], "spirits") == {"code": "spirits", "ceiling": 250_000}
    emptied = named(third["regulations"], "spirits")
    assert (emptied["age"], emptied["hours"], emptied["no_discount"]) == (None, None, False)


async def test_the_versions_say_what_the_law_changed_and_the_draft_does_not_claim_it(office, known, database):
    await rules_in_force_and_planned(database)
    await office.post(LISTS, data=SPIRITS | LAW)
    version = (await snapshot(office, known))["rule_set"]["version"]
    await office.post(f"{LISTS}/spirits", data={"en": "Spirits", "ceiling": "2500"})

    made = (await office.get(f"/office/rules/versions/{version}?against={version - 1}")).text
    changed = (await office.get(f"/office/rules/versions/{version + 2}?against={version}")).text
    listed = (await office.get("/office/rules/versions")).text
    drafted = (await office.get("/office/rules/draft")).text

    assert "Goods under a law: Spirits" in made
    assert "no discount below" in made
    assert "Forbidden: Discounts; Points: giving and paying with them" in changed
    assert "not above" in changed
    assert listed.count("goods under a law") > 1
    assert "Goods under a law" not in drafted
    assert "Somebody published meanwhile" not in drafted


async def test_the_form_begins_with_what_was_typed(office):
    await office.post(LISTS, data=SPIRITS | LAW)

    shown = (await office.get("/office/lists")).text

    assert 'name="floor" inputmode="decimal" maxlength="20" autocomplete="off" value="1900.5"' in shown
    assert 'name="hours_from" value="08:00"' in shown
    assert "08:00–23:30" in shown
    assert "from 18" in shown


async def test_a_manager_reads_the_classes_and_cannot_change_them(office, known, database):
    async with database.transaction() as session:
        manager = await add_staff(session, new_id(), name="Manager", role=Role.MANAGER)
        token = await token_of(session, manager, "manager", at=datetime.now(UTC))
    office.cookies.set(SESSION_COOKIE, token)

    shown = (await office.get("/office/lists")).text
    refused = await office.post(LISTS, data=SPIRITS | LAW)

    assert 'data-regulation="tobacco"' in shown
    assert f'action="{LISTS}' not in shown
    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("address", "data", "code"),
    [
        ("", {**SPIRITS, "code": "a b"}, "regulation.code_malformed"),
        ("", {**SPIRITS, "code": "tobacco"}, "regulation.taken"),
        ("", {**SPIRITS, "en": " ", "ru": ""}, "catalog.no_name"),
        ("", {**SPIRITS, "floor": "1.234"}, "regulation.price_malformed"),
        ("", {**SPIRITS, "ceiling": "much"}, "regulation.price_malformed"),
        ("", {**SPIRITS, "floor": "999999999999999"}, "regulation.price_malformed"),
        ("", {**SPIRITS, "floor": "2", "ceiling": "1"}, "regulation.prices_impossible"),
        ("", {**SPIRITS, "age": "18.5"}, "regulation.age_out_of_range"),
        ("", {**SPIRITS, "age": "200"}, "regulation.age_out_of_range"),
        ("", {**SPIRITS, "hours_from": "08:00"}, "regulation.hours_impossible"),
        ("", {**SPIRITS, "hours_from": "25:00", "hours_to": "08:00"}, "regulation.hours_impossible"),
        ("", {**SPIRITS, "hours_from": "08:00", "hours_to": "08:00"}, "regulation.hours_impossible"),
        ("/none", {"en": "x"}, "regulation.not_found"),
    ],
)
async def test_what_cannot_be_is_said_and_nothing_is_written(office, known, address, data, code):
    before = await snapshot(office, known)

    refused = await office.post(f"{LISTS}{address}", data=data)

    assert refused.json()["code"] == code
    after = await snapshot(office, known)
    assert (after["regulations"], after["rule_set"]) == (before["regulations"], before["rule_set"])
