"""Accounts over HTTP: what the office and the till ask, refused with a sentence where it cannot be."""

from datetime import UTC, date, datetime, timedelta

import pytest

from loyalty.accounts.rules import card_number
from pos.core.ids import new_id
from tests.web.signed_in import a_known_shop, signed_in

API = "/api/v1"
TODAY = datetime.now(UTC).date()


@pytest.fixture
async def known(client, database):
    known = await a_known_shop(database)
    await signed_in(client, known)
    return known


async def ok(answer):
    assert answer.status_code < 300, answer.text
    return answer.json() if answer.content else None


async def test_an_account_gets_own_terms_with_a_period_and_a_reason(client, known):
    account, product = known.ids["account_id"], int(known.ids["code"][1:])
    at = f"{API}/accounts/{account}"
    period = {"from_on": str(TODAY), "until_on": str(TODAY + timedelta(days=9)), "reason": "birthday"}

    await ok(await client.put(f"{at}/tags", json={"tags": ["press"]}))
    await ok(await client.put(f"{at}/percents/{new_id()}", json={"percent": 700, **period}))
    price = await ok(await client.put(f"{at}/prices/{new_id()}", json={"product": product, "price": 45_000, **period}))
    await ok(await client.delete(f"{at}/prices/{price['id']}"))

    assert [row["percent"] for row in await ok(await client.get(f"{at}/percents"))] == [700]
    assert [bool(row["ended_at"]) for row in await ok(await client.get(f"{at}/prices"))] == [True]
    assert [row["kind"] for row in await ok(await client.get(f"{at}/log"))][:2] == [
        "personal_price_ended",
        "personal_price",
    ]
    assert (await ok(await client.get(at)))["account"]["tags"] == ["press"]


async def test_two_accounts_are_merged_and_taken_apart(client, known):
    old, new, merge = known.ids["account_id"], new_id(), new_id()
    await ok(await client.put(f"{API}/accounts/{new}", json={}))

    for _ in range(2):
        merged = await ok(await client.put(f"{API}/merges/{merge}", json={"from": str(old), "into": str(new)}))
    refused = await client.put(f"{API}/accounts/{old}/note", json={"note": "x"})
    undone = await ok(await client.post(f"{API}/merges/{merge}/undo"))

    assert (merged["into_account"], merged["undone_at"]) == (str(new), None)
    assert (refused.status_code, refused.json()["code"], refused.json()["into"]) == (409, "account.merged", str(new))
    assert undone["undone_at"] is not None
    assert [row["id"] for row in await ok(await client.get(f"{API}/accounts/{new}/merges"))] == [str(merge)]


async def test_a_person_is_searched_and_a_phone_entered_twice_is_warned_of(client, known):
    (found,) = await ok(await client.get(f"{API}/accounts/search", params={"typed": "Петрос"}))
    (same,) = await ok(await client.get(f"{API}/accounts/same-phone", params={"phone": "000 004 312"}))

    assert (found["account"], found["by"], found["card"]) == (str(known.ids["account_id"]), "name", "29…0018")
    assert (same["name"], same["phone"], same["whole"]) == ("Anahit P.", "…4312", True)


async def test_a_batch_of_cards_is_printed_and_one_is_handed_out_at_the_till(client, known):
    batch, account, person = new_id(), new_id(), new_id()
    till = {"authorization": known.register}
    await ok(await client.put(f"{API}/card-batches/{batch}", json={"name": "Autumn", "count": 3}))
    numbers = await ok(await client.get(f"{API}/card-batches/{batch}/numbers"))

    opened = await ok(await client.put(f"/api/till/new-accounts/{account}", json={"card": numbers[0]}, headers=till))
    form = {
        "account": str(account),
        "given": "Sona",
        "phone": "+374 00 111222",
        "consents": [{"purpose": "data", "text_version": "2026-1"}],
    }
    for _ in range(2):
        filled = await ok(await client.put(f"/api/till/persons/{person}", json=form, headers=till))

    assert (opened["accounts"][0]["id"], opened["accounts"][0]["cards"][0][1]) == (str(account), "active")
    assert (filled["accounts"][0]["name"], filled["accounts"][0]["phone"]) == ("Sona", "1222")
    whole = await ok(await client.get(f"{API}/accounts/{account}"))
    assert [(row["purpose"], row["given"]) for row in whole["consents"]] == [("data", True)]
    same = await client.get("/api/till/accounts/same-phone", params={"phone": "+37400111"}, headers=till)
    assert [row["name"] for row in await ok(same)] == ["Sona"]
    assert await ok(await client.post(f"{API}/card-batches/{batch}/block", json={"reason": "stolen"})) == {"count": 2}
    (row,) = await ok(await client.get(f"{API}/card-batches"))
    assert (row["blank"], row["handed_out"], row["blocked"]) == (0, 1, 2)


async def test_a_card_of_somebody_answers_their_row_and_a_strange_number_says_so(client, known):
    till = {"authorization": known.register}
    at = f"/api/till/new-accounts/{new_id()}"
    card = await ok(await client.put(f"{API}/accounts/{known.ids['account_id']}/cards/{new_id()}", json={}))

    theirs = await ok(await client.put(at, json={"card": card["number"]}, headers=till))
    strange = await client.put(at, json={"card": card_number("77", 16, 5)}, headers=till)
    wrong = await client.put(at, json={"card": "1234567890123"}, headers=till)

    assert theirs["accounts"][0]["id"] == str(known.ids["account_id"])
    assert (strange.status_code, strange.json()["code"]) == (404, "card.unknown")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "card.number_malformed")


async def test_limits_against_misuse_are_set_and_told(client, known):
    limits = {
        "receipts": 5,
        "receipts_mode": "flag",
        "sum": None,
        "sum_mode": "off",
        "interval_minutes": 10,
        "interval_mode": "pin",
        "own_card": "pin",
        "staff_card": "flag",
        "after_pay": "off",
    }
    await ok(await client.put(f"{API}/abuse-limits", json=limits))
    refused = await client.put(f"{API}/abuse-limits", json={**limits, "receipts": None})

    assert await ok(await client.get(f"{API}/abuse-limits")) == limits
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (
        422,
        "abuse.limit_out_of_range",
        "receipts",
    )
    snapshot = await ok(await client.get("/api/till/snapshot", headers={"authorization": known.register}))
    assert snapshot["abuse_limits"]["interval"] == {"minutes": 10, "mode": "pin"}


async def test_reports_of_nothing_are_empty_and_a_wrong_cursor_is_refused(client, known):
    days = {"since": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"}
    for path in ("claimed-categories", "misuse", "misuse/by-cashier"):
        assert await ok(await client.get(f"{API}/reports/{path}", params=days)) == []
        unzoned = {**days, "since": "2026-01-01T00:00:00"}
        assert (await client.get(f"{API}/reports/{path}", params=unzoned)).status_code == 422
    assert await ok(await client.get(f"{API}/reports/discounts")) == {"discounts": [], "next": None}
    for cursor in (
        "x",
        "2026-01-01_x_1_1",
        f"2026-01-01_{new_id()}_1_1",
        f"2026-01-01T00:00:00+00:00_{new_id()}_1_99999",
    ):
        assert (await client.get(f"{API}/reports/discounts", params={"after": cursor})).status_code == 422
    good = f"2026-01-01T00:00:00+00:00_{new_id()}_1_1"
    for filters in ({}, {"rule": "x"}, {"staff": str(new_id())}):
        await ok(await client.get(f"{API}/reports/discounts", params={"after": good, **filters}))
    at = f"{API}/accounts/{known.ids['account_id']}"
    assert await ok(await client.get(f"{at}/discounts")) == {"discounts": [], "next": None}
    assert await ok(await client.get(f"{at}/category-history")) == []


async def test_a_category_that_ends_soon_is_listed(client, known):
    at = f"{API}/accounts/{known.ids['account_id']}/categories/pensioner"
    soon = TODAY + timedelta(days=5)
    await ok(await client.put(at, json={"proved_on": str(date(2025, 1, 1)), "expires_on": str(soon)}))

    query = {"since": str(TODAY), "until": str(TODAY + timedelta(days=30))}
    (row,) = await ok(await client.get(f"{API}/accounts/expiring-categories", params=query))
    wrong = await client.put(at, json={"proved_on": str(soon), "expires_on": str(soon)})

    assert (row["category"], row["expires_on"]) == ("pensioner", str(soon))
    assert (wrong.status_code, wrong.json()["code"]) == (422, "account.category_ended")


async def test_the_own_account_of_a_member_of_staff_is_one(client, known):
    other = new_id()
    await ok(await client.put(f"{API}/accounts/{other}", json={}))
    owner = {"staff": str(known.owner)}

    await ok(await client.put(f"{API}/accounts/{known.ids['account_id']}/staff", json=owner))
    taken = await client.put(f"{API}/accounts/{other}/staff", json=owner)
    nobody = await client.put(f"{API}/accounts/{other}/staff", json={"staff": str(new_id())})

    assert (taken.status_code, taken.json()["code"]) == (409, "account.staff_taken")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "staff.not_found")
