"""The catalogue and accounts over HTTP: status, body and error code."""

from datetime import UTC, datetime

import pytest

from pos.core.ids import new_id
from pos.staff.rules import Role
from pos.staff.service import add_staff
from tests.pos.exchange.builders import a_shop
from tests.web.signed_in import token_of
from web.auth import SESSION_COOKIE


@pytest.fixture
async def office(client, database):
    """A browser in which the owner of a shop is signed in."""
    async with database.transaction() as session:
        shop = await a_shop(session)
        owner = await add_staff(session, new_id(), name="Owner", role=Role.OWNER)
        client.cookies.set(SESSION_COOKIE, await token_of(session, owner, "owner", at=datetime.now(UTC)))
    await client.get("/office/sign-in")
    client.headers["x-csrftoken"] = client.cookies.get("tillcard_csrf", "")
    client.shop = shop
    return client


def milk(category):
    return {"names": {"en": "Milk 1 l"}, "category": category, "unit": "piece", "tax_code": "vat20"}


async def test_a_product_is_made_priced_found_renamed_and_archived(office):
    url = f"/api/v1/products/{new_id()}"

    made = await office.put(url, json=milk(office.shop.category))
    again = await office.put(url, json=milk(office.shop.category))
    other = await office.put(url, json=milk(office.shop.category) | {"names": {"en": "Bread"}})
    coded = await office.put(f"{url}/barcodes/4006381333931", json={"quantity": 1_000})
    priced = await office.post(f"{url}/prices", json={"amount": 52_000})
    found = await office.get("/api/v1/products", params={"search": "mil"})
    renamed = await office.put(f"{url}/names", json={"names": {"en": "Kefir 1 l"}})
    archived = await office.post(f"{url}/archive")
    gone = await office.get("/api/v1/products", params={"search": "kef"})

    assert (made.status_code, again.json()) == (200, made.json())
    assert (other.status_code, other.json()["code"]) == (409, "product.differs")
    assert coded.json()["barcodes"] == [{"code": "4006381333931", "quantity": 1_000}]
    assert priced.json()[0]["amount"] == 52_000
    assert [row["price"] for row in found.json()["products"]] == [52_000]
    assert renamed.json()["names"] == {"en": "Kefir 1 l"}
    assert archived.json()["archived"] is True
    assert gone.json() == {"products": [], "next": None}


async def test_lists_come_in_pages(office):
    for _ in range(3):
        await office.put(f"/api/v1/products/{new_id()}", json=milk(office.shop.category))

    first = (await office.get("/api/v1/products", params={"limit": 2})).json()
    second = (await office.get("/api/v1/products", params={"limit": 2, "after": first["next"]})).json()

    assert (len(first["products"]), len(second["products"]), second["next"]) == (2, 1, None)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/api/v1/products/{id}", None, 404, "product.not_found"),
        ("PUT", "/api/v1/products/{id}", {"names": {}}, 422, "input.malformed"),
        ("POST", "/api/v1/categories", {"names": {"en": " "}}, 422, "catalog.no_name"),
        ("PUT", "/api/v1/products/{id}", milk(2_000_000), 404, "category.not_found"),
        ("PUT", "/api/v1/products/{id}/barcodes/4006381333932", {}, 404, "product.not_found"),
        ("GET", "/api/v1/accounts/{id}", None, 404, "account.not_found"),
        ("GET", "/api/v1/accounts/by-card?number=7700000000000017", None, 422, "card.number_malformed"),
        ("GET", "/api/v1/accounts/by-phone?tail=12", None, 422, "person.phone_malformed"),
        ("PUT", "/api/v1/accounts/{id}", {"tier": "diamond"}, 404, "tier.not_found"),
        ("PUT", "/api/v1/accounts/{id}", {"personal": 10_001}, 422, "input.malformed"),
        ("POST", "/api/v1/scan-routes", {"kind": "card", "prefix": "", "length": 3}, 409, "scan_route.overlaps"),
        ("POST", "/api/v1/scan-routes", {"kind": "card", "prefix": "9", "pattern": "("}, 422, "scan_route.malformed"),
    ],
)
async def test_what_cannot_be_is_named_by_a_stable_code(office, method, path, body, status, code):
    answer = await office.request(method, path.format(id=new_id()), json=body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_an_account_lives_from_its_opening_to_the_erasing_of_its_person(office):
    account, card, person = new_id(), new_id(), new_id()
    url = f"/api/v1/accounts/{account}"

    opened = await office.put(url, json={"tier": "gold", "outlet": str(office.shop.outlet)})
    issued = (await office.put(f"{url}/cards/{card}", json={})).json()
    same = (await office.put(f"{url}/cards/{card}", json={})).json()
    await office.put(f"{url}/persons/{person}", json={"given": "Anahit", "phone": "+374 00 004312"})
    consent = {"given": True, "text_version": "1", "how": "paper"}
    agreed = await office.put(f"/api/v1/persons/{person}/consents/sms", json=consent)
    await office.put(f"{url}/categories/pensioner", json={"proved_on": "2026-03-01"})
    by_card = await office.get("/api/v1/accounts/by-card", params={"number": issued["number"]})
    by_phone = await office.get("/api/v1/accounts/by-phone", params={"tail": "4312"})
    by_name = await office.get("/api/v1/accounts/by-name", params={"name": "anah"})
    blocked = await office.post(f"/api/v1/cards/{card}/block", json={"reason": "lost"})
    erased = await office.delete(f"/api/v1/persons/{person}")
    left = (await office.get(url)).json()

    assert opened.json()["account"]["tier"] == "gold"
    assert same == issued
    assert (agreed.status_code, blocked.status_code, erased.status_code) == (204, 204, 204)
    assert by_card.json() == by_phone.json() == [str(account)]
    assert by_name.json()[0]["given"] == "Anahit"
    assert left["persons"] == []
    assert [row["state"] for row in left["cards"]] == ["blocked"]
    assert [row["given"] for row in left["consents"]] == [False]
    assert [row["category"] for row in left["categories"]] == ["pensioner"]
    assert issued["number"] not in str(left)


async def test_the_published_api_shows_examples(office):
    schema = (await office.get("/schema/openapi.json")).json()

    body = schema["components"]["schemas"]["ProductBody"]["properties"]
    assert "/api/v1/products/{product_id}" in schema["paths"]
    names = schema["components"]["schemas"]["Names"]["properties"]
    assert names["en"]["examples"] == ["Milk 1 l"]
    assert body["tax_code"]["examples"] == ["vat20"]
