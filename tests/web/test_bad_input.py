"""What cannot be understood or done is answered by a problem document: a stable code and a sentence that says what to do."""

import pytest

from pos.core.ids import new_id
from tests.documents import Till
from tests.shop import authorization, introduce
from tests.web.signed_in import a_known_shop, signed_in

LARGE = b'{"note": "' + b"x" * 2_100_000 + b'"}'
JSON = {"content-type": "application/json"}
PRODUCT = {"names": {"en": "Milk"}, "category": 1, "unit": "piece", "tax_code": "vat20"}


@pytest.fixture
async def office(client, database):
    known = await a_known_shop(database)
    await signed_in(client, known)
    client.ids = known.ids
    return client


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/api/v1/nothing", b"", 404, "address.unknown"),
        ("GET", "/%00", b"", 404, "address.unknown"),
        ("GET", "/till/../../etc/passwd", b"", 404, "address.unknown"),
        ("GET", "/static/%2e%2e/%2e%2e/app.py", b"", 404, "address.unknown"),
        ("DELETE", "/api/v1/products", b"", 405, "address.wrong_method"),
        ("PUT", "/api/v1/accounts/{account_id}/note", b'{"note": ', 400, "input.malformed"),
        ("PUT", "/api/v1/accounts/{account_id}/note", b"\xff\xfe\x00", 400, "input.malformed"),
        ("PUT", "/api/v1/accounts/{account_id}/note", b"[" * 100_000, 400, "input.malformed"),
        ("PUT", "/api/v1/accounts/{account_id}/note", b"", 422, "input.malformed"),
        ("PUT", "/api/v1/accounts/{account_id}/note", b'{"note": "\\u0000"}', 422, "input.malformed"),
        ("PUT", "/api/v1/accounts/{account_id}/note", b'{"note": "\\ud800"}', 400, "input.malformed"),
        ("PUT", "/api/v1/accounts/{account_id}/note", b'{"note": 1}', 422, "input.malformed"),
        ("PUT", "/api/v1/accounts/{account_id}/note", b'{"notes": "x"}', 422, "input.malformed"),
        ("PUT", "/api/v1/accounts/{account_id}/note", LARGE, 413, "input.too_large"),
        ("PUT", "/api/v1/accounts/1/note", b'{"note": "x"}', 404, "address.unknown"),
        ("GET", "/api/v1/products?limit=-1", b"", 422, "input.malformed"),
        ("GET", "/api/v1/products?search=%00", b"", 422, "input.malformed"),
        ("GET", "/api/v1/products?after=9223372036854775808", b"", 422, "input.malformed"),
        ("GET", "/office?day=2026-13-45", b"", 422, "input.malformed"),
        ("GET", "/office/sales?after=x_y&receipt=%00", b"", 422, "input.malformed"),
        ("GET", "/office/sales/{product_id}", b"", 404, "receipt.not_found"),
    ],
)
async def test_what_cannot_be_read_is_named(office, method, path, body, status, code):
    address = path.format_map(office.ids) if "{" in path else path

    answer = await office.request(method, address, content=body, headers=JSON if body else {})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"].startswith("application/problem+json")
    told = answer.json()
    assert told["status"] == status
    assert told["detail"] != f"error.{code}", "a sentence, not its key"
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("language", ["en", "ru", "hy"])
async def test_the_sentence_comes_in_the_askers_language_and_the_code_stays(client, language):
    answer = await client.get("/nothing", headers={"accept-language": language})
    english = await client.get("/nothing", headers={"accept-language": "en"})

    assert answer.json()["code"] == "address.unknown"
    assert (answer.json()["detail"] == english.json()["detail"]) == (language == "en")


async def test_a_person_in_the_back_office_sees_a_page_with_the_way_on(office):
    answer = await office.get("/office/sales/01900000-0000-7000-8000-000000000001", headers={"accept": "text/html"})

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert 'href="/office"' in answer.text


async def test_what_was_refused_changed_nothing(office):
    before = (await office.get("/api/v1/products")).json()

    for body in (b"{", b'{"names": {"en": "x"}}', LARGE):
        await office.put(f"/api/v1/products/{new_id()}", content=body, headers=JSON)
    await office.put(f"/api/v1/products/{new_id()}", json={**PRODUCT, "names": {"en": "Milk\x00"}})

    assert (await office.get("/api/v1/products")).json() == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"{}",
        b'{"schema": 2}',
        b"[" * 50_000,
        b"1" * 5_000,
        b'"\\ud800"',
        b"\x00",
    ],
    ids=[
        "empty",
        "cut",
        "null",
        "list",
        "no UTF-8",
        "nothing",
        "of tomorrow",
        "deep",
        "long number",
        "surrogate",
        "NUL",
    ],
)
async def test_a_document_that_cannot_be_read_is_kept_byte_for_byte_and_shown(office, addresses, database, body):
    till = Till(prefix="Z1")
    await introduce(addresses.owner, [till])
    headers = {"authorization": authorization(till)}
    name = new_id()

    first = await office.put(f"/api/till/documents/{name}", content=body, headers=headers)
    again = await office.put(f"/api/till/documents/{name}", content=body, headers=headers)
    sold = till.sell()
    good = await office.put(f"/api/till/documents/{sold.id}", content=sold.body, headers=headers)

    assert (first.status_code, again.status_code, good.status_code) == (202, 202, 201)
    assert first.json()["code"].startswith("document.")
    assert await database.pool.fetchval("SELECT body FROM document WHERE id = $1", name) == body
    page = await office.get("/office/attention")
    assert str(name) in page.text


async def test_a_document_with_strange_texts_and_numbers_is_never_lost(office, addresses, database):
    till = Till(prefix="Z1")
    await introduce(addresses.owner, [till])
    spoiled = [
        till.sell(change=lambda data: data["lines"][0].update(name="Milk\x00")),
        till.sell(change=lambda data: data["lines"][0].update(quantity=2**64)),
        till.sell(change=lambda data: data.update(receipt="x" * 5_000)),
        till.sell(change=lambda data: data.update(made_at=2**60)),
        till.sell(change=lambda data: data.update(made_at=-1)),
        till.sell(change=lambda data: data.update(business_date="9999-99-99")),
        till.sell(change=lambda data: data["inputs"].update(cursor="'; --")),
        till.sell(change=lambda data: data["tenders"][0].update(kind='"}</script>')),
    ]

    answers = [
        await office.put(
            f"/api/till/documents/{made.id}", content=made.body, headers={"authorization": authorization(till)}
        )
        for made in spoiled
    ]

    assert {answer.status_code for answer in answers} <= {201, 202}
    for made, answer in zip(spoiled, answers, strict=True):
        answer.json()
        assert await database.pool.fetchval("SELECT body FROM document WHERE id = $1", made.id) == made.body
    assert (await office.get("/office/attention")).status_code == 200
