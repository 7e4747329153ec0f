"""Coupons, gift cards, debts and reservations over HTTP: status, form and codes; the pages of the back office."""

from datetime import UTC, datetime

import pytest

from pos.core.ids import new_id
from pos.storage.outbox import Worker
from tests.documents import Till, taking
from tests.web.signed_in import a_known_shop, signed_in
from web.worker import HANDLERS


@pytest.fixture
async def known(database, client):
    """The owner's browser on a shop with one paired till."""
    known = await a_known_shop(database)
    await signed_in(client, known)
    return known


def till(known):
    return {"authorization": known.register, "cookie": ""}


async def a_batch(client, code="spring", **more):
    body = {"name": "Spring", "size": 3, **more}
    return await client.put(f"/api/v1/coupon-batches/{code}", json=body)


async def a_gift_card(client, amount):
    """A card with `amount` on it."""
    (card,) = (await client.put(f"/api/v1/gift-card-orders/{new_id()}", json={"count": 1})).json()
    path = f"/api/v1/gift-cards/{card['id']}/corrections/{new_id()}"
    assert (await client.put(path, json={"amount": amount, "reason": "opening"})).status_code == 200
    return card


async def test_a_batch_is_made_once_and_its_codes_are_listed(client, known):
    first, again, other = await a_batch(client), await a_batch(client), await a_batch(client, size=4)
    codes = (await client.get("/api/v1/coupon-batches/spring/codes", params={"limit": 2})).json()

    assert (first.status_code, again.status_code) == (200, 200)
    assert (other.status_code, other.json()["code"]) == (409, "coupon_batch.differs")
    assert (len(codes["codes"]), codes["next"]) == (2, codes["codes"][1]["code"])


async def test_a_till_is_told_what_a_coupon_is_worth_and_holds_it(client, known):
    await a_batch(client)
    code = (await client.get("/api/v1/coupon-batches/spring/codes")).json()["codes"][0]["code"]
    path = f"/api/till/reservations/{new_id()}"

    told = await client.get(f"/api/till/coupons/{code.lower()}", headers=till(known))
    held = await client.put(path, json={"coupons": [code]}, headers=till(known))
    again = await client.put(path, json={"coupons": [code]}, headers=till(known))
    others = await client.put(f"/api/till/reservations/{new_id()}", json={"coupons": [code]}, headers=till(known))
    let_go = await client.delete(path, headers=till(known))

    assert told.json() == {"code": code, "batch": "spring", "ok": True, "reason": None}
    assert (held.status_code, again.status_code, let_go.status_code) == (201, 200, 204)
    assert again.json()["coupons"] == [{"code": code, "batch": "spring", "ok": True, "reason": None}]
    assert others.json()["coupons"][0]["reason"] == "used"
    assert held.json()["expires_at"] > datetime.now(UTC).timestamp() * 1000


async def test_goods_of_a_sale_are_held_for_one_refund(client, known):
    register, epoch, _ = known.register.removeprefix("Register ").split(".")
    sold = Till(register_id=register, outlet_id=known.shop.outlet, epoch=int(epoch)).sell(1)
    answer = await client.put(f"/api/till/documents/{sold.id}", content=sold.body, headers=till(known))
    refund = {"document": str(sold.id), "lines": [{"line": 1, "quantity": 1_500}]}

    answers = [
        await client.put(f"/api/till/reservations/{new_id()}", json={"refund": refund}, headers=till(known))
        for _ in range(2)
    ]

    assert answer.status_code == 201
    assert [one.json()["refund"]["lines"][0]["quantity"] for one in answers] == [1_500, 500]


async def test_a_gift_cards_balance_is_told_and_never_taken_below_what_is_there(client, known):
    card = await a_gift_card(client, 10_000)
    asked = {"gift_cards": [{"id": card["id"], "amount": 7_000}]}

    await client.put(f"/api/till/reservations/{new_id()}", json=asked, headers=till(known))
    told = await client.get(f"/api/till/gift-cards/{card['id']}", headers=till(known))
    less = await client.put(
        f"/api/v1/gift-cards/{card['id']}/corrections/{new_id()}", json={"amount": -4_000, "reason": "mistake"}
    )
    blocked = await client.post(f"/api/v1/gift-cards/{card['id']}/block", json={"reason": "lost"})
    stopped = await client.get(f"/api/till/gift-cards/{card['id']}", headers=till(known))
    by_number = await client.get("/api/v1/gift-cards/by-number", params={"number": card["number"]})

    assert (told.json()["balance"], told.json()["available"]) == (10_000, 3_000)
    assert (less.status_code, less.json()["code"], less.json()["balance"]) == (409, "gift_card.short", 3_000)
    assert blocked.json()["card"]["blocked"] == "lost"
    assert (stopped.json()["available"], stopped.json()["blocked"]) == (0, "lost")
    assert by_number.json()["card"]["id"] == card["id"]
    assert (await client.get(f"/api/till/gift-cards/{new_id()}", headers=till(known))).status_code == 404


async def test_an_account_owes_what_its_entries_say(client, known):
    path = f"/api/v1/accounts/{known.ids['account_id']}/debt"
    entry = {"kind": "opening", "amount": 7_000, "reason": "from the notebook"}
    entry_id = new_id()

    limit = await client.put(path, json={"limit": 10_000, "due_days": 14})
    first = await client.put(f"{path}/entries/{entry_id}", json=entry)
    again = await client.put(f"{path}/entries/{entry_id}", json=entry)
    other = await client.put(f"{path}/entries/{entry_id}", json={**entry, "amount": 1})
    listed = await client.get("/api/v1/debts")

    assert (limit.json()["limit"], limit.json()["owed"]) == (10_000, 0)
    assert first.json() == again.json()
    assert other.json()["code"] == "debt.entry_differs"
    assert [(row["owed"], row["late"]) for row in listed.json()] == [(7_000, False)]
    assert (await client.get(f"/api/v1/accounts/{new_id()}/debt")).status_code == 404


async def test_an_account_has_one_code_for_friends(client, known):
    path = f"/api/v1/accounts/{known.ids['account_id']}"
    none = await client.post(f"{path}/referral-code")
    await a_batch(client, "friends", size=0, kind="referral", uses=None, bonus=10)

    first, again = [(await client.post(f"{path}/referral-code")).json() for _ in range(2)]

    assert (none.status_code, none.json()["code"]) == (409, "referral.not_offered")
    assert first == again
    assert (await client.get(f"{path}/referrals")).json() == []


async def test_batches_cards_and_debts_are_made_and_seen_on_pages(client, known):
    html = {"accept": "text/html"}
    account, order = known.ids["account_id"], new_id()
    form = {"code": "may", "name": "<May>", "size": "70", "first_day": "2026-05-01", "last_day": "2026-05-31"}
    token = client.headers["x-csrftoken"]

    made = await client.post("/office/coupons", data={**form, "uses": "", "per_account": "", "_csrf_token": token})
    ordered = await client.post("/office/gift-cards", data={"order": str(order), "count": "2", "last_day": ""})
    limited = await client.post(f"/office/debts/{account}/limit", data={"limit": "500", "due_days": "10"})
    batch = await client.get("/office/coupons/may", headers=html)
    sheet = await client.get("/office/coupons/may/print", headers=html)
    file = await client.get("/office/coupons/may/codes.csv")
    cards = await client.get(ordered.headers["location"], headers=html)
    pages = [await client.get(f"/office/{name}", headers=html) for name in ("coupons", "gift-cards", "debts")]

    assert [one.status_code for one in (made, ordered, limited)] == [303, 303, 303]
    assert batch.status_code == 200
    assert "&lt;May&gt;" in batch.text
    assert (sheet.text.count("<svg"), cards.text.count("<svg")) == (60, 2)
    assert "style=" not in sheet.text
    assert (file.headers["content-type"].split(";")[0], len(file.text.splitlines())) == ("text/csv", 71)
    assert [(page.status_code, page.headers["content-type"].split(";")[0]) for page in pages] == [
        (200, "text/html")
    ] * 3
    assert (await client.get(f"/office/debts/{account}", headers=html)).status_code == 200
    assert (await client.get("/office/gift-cards", params={"number": "GCNONE"}, headers=html)).status_code == 404


async def test_what_was_overdrawn_is_shown_with_both_receipts(client, known, database):
    card = await a_gift_card(client, 5_000)
    register, epoch, _ = known.register.removeprefix("Register ").split(".")
    writer = Till(register_id=register, outlet_id=known.shop.outlet, epoch=int(epoch), prefix="A")
    for _ in range(2):
        sold = writer.sell(1, change=taking(gift_cards={card["id"]: 4_000}))
        await client.put(f"/api/till/documents/{sold.id}", content=sold.body, headers=till(known))
    await Worker(database, HANDLERS).drain()

    shown = (await client.get("/office/attention", headers={"accept": "text/html"})).text

    assert "A gift card paid more than was on it" in shown
    assert all(f">{writer.prefix}-{epoch}-{number}</a>" in shown for number in (1, 2))
