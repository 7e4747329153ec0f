"""Points over HTTP and on the owner's page: status, body and error code."""

import re
from datetime import UTC, datetime

import pytest

from loyalty.points.programme import programme_in_force
from pos.core.ids import new_id
from tests.web.signed_in import a_known_shop, signed_in
from web.texts import LANGUAGES

PROGRAMME = {"zone": "Asia/Yerevan", "value": 100, "share": 3_000, "life": "year_end", "life_count": 1}
FORM = {
    "running": "true",
    "value": "1",
    "share": "30",
    "least": "10",
    "earn_while_spending": "true",
    "pending_days": "14",
    "life": "days",
    "life_count": "180",
    "restored_days": "30",
    "welcome": "",
    "zone": "Asia/Yerevan",
}


@pytest.fixture
async def office(client, database):
    """The owner's browser in a shop with one account."""
    known = await a_known_shop(database)
    await signed_in(client, known)
    client.account = known.ids["account_id"]
    return client


async def test_points_are_corrected_with_a_reason_and_seen_with_their_lots(office):
    url = f"/api/v1/accounts/{office.account}/points"
    correction, taken = new_id(), new_id()
    await office.put("/api/v1/points/programme", json=PROGRAMME)

    for _ in range(2):
        given = await office.put(f"{url}/corrections/{correction}", json={"amount": 50, "reason": "from paper"})
    too_much = await office.put(f"{url}/corrections/{taken}", json={"amount": -51, "reason": "wrong"})
    silent = await office.put(f"{url}/corrections/{taken}", json={"amount": -20, "reason": " "})
    less = await office.put(f"{url}/corrections/{taken}", json={"amount": -20, "reason": "counted twice"})
    bonus = await office.put(f"{url}/bonuses/{new_id()}", json={"amount": 5, "reason": "sorry"})
    seen = (await office.get(url)).json()

    assert (given.status_code, given.json()["balance"]) == (200, 50)
    assert (too_much.status_code, too_much.json()["code"], too_much.json()["spendable"]) == (
        409,
        "points.not_enough",
        50,
    )
    assert (silent.status_code, silent.json()["code"]) == (422, "points.reason_missing")
    assert (less.json()["spendable"], bonus.json()["spendable"]) == (30, 35)
    assert [lot["left"] for lot in seen["lots"]] == [30, 5]
    assert {lot["expires_on"] for lot in seen["lots"]} == {f"{datetime.now(UTC).year + 2}-01-01"}
    assert [(row["amount"], row["reason"]) for row in seen["history"]] == [
        (5, "sorry"),
        (-20, "counted twice"),
        (50, "from paper"),
    ]


async def test_points_of_nobody_are_not_found(office):
    answer = await office.get(f"/api/v1/accounts/{new_id()}/points")

    assert (answer.status_code, answer.json()["code"]) == (404, "account.not_found")


async def test_a_programme_is_published_as_the_next_version(office):
    none = await office.get("/api/v1/points/programme")
    first = await office.put("/api/v1/points/programme", json=PROGRAMME)
    second = await office.put("/api/v1/points/programme", json=PROGRAMME | {"value": 200})
    wrong = await office.put("/api/v1/points/programme", json=PROGRAMME | {"zone": "Mars"})
    versions = await office.get("/api/v1/points/programme/versions")

    assert (none.status_code, none.json()["code"]) == (404, "points.no_programme")
    assert (first.json()["version"], second.json()["version"]) == (1, 2)
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["field"]) == (
        422,
        "points.programme_malformed",
        "zone",
    )
    assert [row["value"] for row in versions.json()] == [200, 100]


async def test_the_owner_sees_what_all_points_would_cost(office):
    await office.put("/api/v1/points/programme", json=PROGRAMME)
    url = f"/api/v1/accounts/{office.account}/points/bonuses/{new_id()}"
    await office.put(url, json={"amount": 70, "reason": "opening day"})

    answer = await office.get("/api/v1/points/liability")

    assert answer.json() == {"accounts": 1, "spendable": 70, "pending": 0, "overdrawn": 0, "money": 7_000}


async def test_the_page_puts_a_programme_in_force_and_says_it_in_plain_words(office, database):
    before = await office.get("/office/points")
    put = await office.post("/office/points", data=FORM, follow_redirects=False)
    after = await office.get("/office/points")

    async with database.transaction() as session:
        programme = await programme_in_force(session)
    assert (before.status_code, put.status_code, after.status_code) == (200, 303, 200)
    assert programme is not None
    assert (programme.value, programme.share, programme.least, programme.pending_days) == (100, 3_000, 10, 14)
    assert "One point pays" in after.text
    assert "after 14 days" in after.text


@pytest.mark.parametrize(
    ("field", "typed"),
    [("value", "one"), ("value", "0"), ("value", "1.234"), ("share", "101"), ("life_count", "0"), ("zone", "Mars")],
)
async def test_what_cannot_be_a_programme_comes_back_with_the_field_named(office, field, typed):
    answer = await office.post("/office/points", data=FORM | {field: typed})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert f'name="{field}"' in answer.text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_is_whole_in_each_language(office, language):
    await office.put("/api/v1/points/programme", json=PROGRAMME | {"welcome": 5, "birthday": 7, "least": 3})
    office.cookies.set("tillcard_language", language)

    answer = await office.get("/office/points")

    assert answer.status_code == 200
    assert re.findall(r"points\.[a-z_]+", answer.text) == []
