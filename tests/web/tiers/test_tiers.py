"""The ladder over HTTP and on its page: edited, tried out, published, never changed afterwards."""

from datetime import UTC, datetime, timedelta

import pytest

from loyalty.tiers.jobs import midnight
from loyalty.tiers.ledger import chain_zone
from loyalty.tiers.work import HANDLERS
from pos.storage.outbox import Worker
from tests.web.signed_in import a_known_shop, signed_in

LADDER = {"by": "turnover", "window": 365, "rungs": [{"tier": "gold", "at_least": 1_000_000}]}
TYPED = {
    "by": "turnover",
    "counts": "days",
    "window": "365",
    "at_least-gold": "10 000,50",
    "upgrade": "next_receipt",
    "returns": "undo",
    "step_down": "one_rung",
    "review": "every",
    "every": "90",
    "month": "1",
    "day": "1",
    "grace": "14",
    "products": "",
    "active_from": "",
}


@pytest.fixture
async def office(client, database):
    known = await a_known_shop(database)
    await signed_in(client, known)
    client.known = known
    client.headers["accept"] = "text/html"
    return client


async def test_a_ladder_is_tried_out_published_and_kept(office):
    tried = await office.post("/api/v1/tier-ladder/preview", json={"ladder": LADDER})
    before = (await office.get("/api/v1/tier-ladder")).json()
    made = await office.post("/api/v1/tier-ladder", json={"ladder": LADDER})
    after = (await office.get("/api/v1/tier-ladder")).json()

    assert tried.status_code == 201
    shown = tried.json()
    assert (shown["done"], shown["counted"]) == (True, 1)
    assert shown["moves"] == [{"from_tier": "gold", "to_tier": None, "accounts": 1}]
    assert shown["first"][0]["name"] == "Anahit Petrosyan"
    assert before["in_force"] is None
    assert (made.status_code, made.json()["version"]) == (201, 1)
    assert after["in_force"]["ladder"]["rungs"] == LADDER["rungs"]
    assert after["first_day"] > before["first_day"], "what holds today is not changed today"
    assert (await office.get("/api/v1/tier-ladder/versions/1")).json() == made.json()
    assert len((await office.get("/api/v1/tier-ladder/versions")).json()) == 1


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"rungs": []}, "tier_ladder.no_rungs", "rungs"),
        ({"rungs": [{"tier": "iron", "at_least": 1}]}, "tier_ladder.unknown_tier", "rungs[0].tier"),
        ({"window": 0}, "tier_ladder.out_of_range", "window"),
        ({"step_down": "deserved"}, "tier_ladder.review_needed", "review"),
    ],
)
async def test_a_bad_ladder_is_refused_with_code_sentence_and_field(office, body, code, field):
    office.headers["accept"] = "application/json"

    answer = await office.post("/api/v1/tier-ladder", json={"ladder": {**LADDER, **body}})

    told = answer.json()
    assert (answer.status_code, told["code"], told["field"]) == (422, code, field)
    assert told["detail"] != f"error.{code}"
    assert "{" not in told["detail"]
    assert (await office.get("/api/v1/tier-ladder/versions")).json() == []


async def test_a_ladder_begins_neither_in_the_past_nor_at_the_end_of_time(office):
    yesterday = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()

    for day, code in ((yesterday, "tier_ladder.in_the_past"), ("9999-12-31", "tier_ladder.out_of_range")):
        for path in ("/api/v1/tier-ladder", "/api/v1/tier-ladder/preview"):
            answer = await office.post(path, json={"ladder": LADDER, "active_from": day})
            assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_the_page_publishes_what_was_typed_and_starts_the_next_version_from_it(office):
    empty = await office.get("/office/tiers")
    sent = await office.post("/office/tiers", data=TYPED)
    page = await office.get("/office/tiers")

    assert empty.status_code == 200
    assert (sent.status_code, sent.headers["location"]) == (303, "/office/tiers")
    assert 'value="10000.50"' in page.text
    ladder = (await office.get("/api/v1/tier-ladder/versions/1")).json()["ladder"]
    assert ladder["rungs"] == [{"tier": "gold", "at_least": 1_000_050}]
    assert (ladder["review"], ladder["grace_days"], ladder["step_down"]) == ({"every_days": 90}, 14, "one_rung")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"at_least-gold": "a lot"}, "at_least-gold"),
        ({"window": "0"}, "window"),
        ({"review": "yearly", "month": "2", "day": "30"}, "day"),
        ({"products": "7 8"}, "products"),
        ({"at_least-gold": ""}, "at_least"),
        ({"active_from": "2001-01-01"}, "active_from"),
    ],
)
async def test_a_bad_form_comes_back_as_it_was_with_the_sentence_beside_the_field(office, change, field):
    answer = await office.post("/office/tiers", data={**TYPED, **change})

    assert answer.status_code == 422
    assert '<p class="problem" role="alert" id="wrong">' in answer.text
    if field != "at_least":
        (typed,) = [line for line in answer.text.splitlines() if f'name="{field}"' in line]
        assert 'aria-invalid="true"' in typed
        assert change[field] in typed
    assert (await office.get("/api/v1/tier-ladder/versions")).json() == []


async def test_the_preview_is_a_part_of_the_page_and_changes_nothing(office, database):
    shown = await office.post("/office/tiers/preview", data=TYPED)
    refused = await office.post("/office/tiers/preview", data={**TYPED, "window": "0"})

    assert 'data-preview="done"' in shown.text
    assert "Anahit Petrosyan" in shown.text
    assert (refused.status_code, 'role="alert"' in refused.text) == (200, True)
    assert await database.pool.fetchval("SELECT tier FROM account") == "gold"
    assert await database.pool.fetchval("SELECT count(*) FROM tier_ladder") == 0


async def test_tiers_are_added_renamed_and_raised_on_the_page(office):
    await office.post("/office/tiers/names", data={"code": "Platinum", "en": "Platinum", "ru": "Платина"})
    await office.post("/office/tiers/names/gold", data={"en": "Golden"})
    await office.post("/office/tiers/names/gold/raise")

    tiers = (await office.get("/api/v1/tiers")).json()
    assert [(tier["code"], tier["names"]["en"]) for tier in tiers] == [("platinum", "Platinum"), ("gold", "Golden")]


async def test_an_account_says_where_it_stands_and_why(office, database):
    account = office.known.ids["account_id"]
    nowhere = (await office.get(f"/api/v1/accounts/{account}/standing")).json()
    await office.post("/api/v1/tier-ladder", json={"ladder": LADDER})
    await Worker(database, HANDLERS).drain()
    fallen = (await office.get(f"/api/v1/accounts/{account}/standing")).json()
    held = await office.put(f"/api/v1/accounts/{account}/tier", json={"tier": "gold", "reason": "an old friend"})
    stands = (await office.get(f"/api/v1/accounts/{account}/standing")).json()
    released = await office.delete(f"/api/v1/accounts/{account}/tier")

    assert (nowhere["why"], nowhere["changes"]) == ("nothing", [])
    assert (fallen["tier"], fallen["next_tier"], fallen["missing"]) == (None, "gold", 1_000_000)
    assert (held.status_code, held.json()["account"]["tier"]) == (200, "gold")
    assert (stands["why"], stands["reason"]) == ("by_hand", "an old friend")
    assert [change["why"] for change in stands["changes"]] == ["by_hand", "nothing"]
    assert released.json()["account"]["tier"] is None


async def test_the_daily_review_waits_for_midnight_in_the_chains_zone(office, database):
    await office.post("/api/v1/tier-ladder", json={"ladder": LADDER})

    run_at = await database.pool.fetchval("SELECT run_at FROM outbox WHERE kind = 'tiers.daily'")
    async with database.transaction() as session:
        zone = await chain_zone(session)

    assert zone.key == "Asia/Yerevan"
    assert run_at == midnight(run_at.astimezone(zone).date(), zone)
