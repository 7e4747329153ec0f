"""Documents over HTTP: what a till is answered, and what it may ask."""

import asyncio

import httpx
import pytest

from pos.core.ids import new_id
from tests.documents import Made, Till
from tests.shop import authorization, introduce
from tests.web.serving import served
from web.app import create_app
from web.rights import RIGHTS, Caller
from web.settings import Settings

SALT, PART = bytes(16), '{"phone":"+37410000000"}'


@pytest.fixture
async def till(addresses):
    till = Till()
    await introduce(addresses.owner, [till])
    return till


async def put(client, till, made: Made, body: bytes | None = None):
    headers = {"authorization": authorization(till), "content-type": "application/json"}
    return await client.put(f"/api/till/documents/{made.id}", content=body or made.body, headers=headers)


async def test_a_document_is_stored_once_and_answered_the_same_again(client, till):
    sale = till.sell()

    first, again = await put(client, till, sale), await put(client, till, sale)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() == {"document": str(sale.id), "digest": sale.digest.hex()}
    assert "tillcard-time" in first.headers


async def test_the_same_document_twenty_times_in_parallel_is_one_sale(client, till, database):
    sale = till.sell()

    answers = await asyncio.gather(*(put(client, till, sale) for _ in range(20)))

    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.text for answer in answers}) == 1
    assert await database.pool.fetchval("SELECT count(*) FROM sale") == 1


async def test_a_document_with_a_flaw_is_answered_202_each_time(client, till):
    spoiled = till.sell(change=lambda data: data["totals"].update(tax=1))

    answers = [await put(client, till, spoiled) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == {"code": "document.lines_do_not_add_up", "detail": "totals"}
    assert answers[0].json() == answers[1].json()


async def test_other_bytes_under_a_stored_id_are_answered_409(client, till):
    sale = till.sell()
    await put(client, till, sale)

    answer = await put(client, till, sale, sale.body.replace(b"Product 1", b"Product 2"))

    assert (answer.status_code, answer.json()["code"]) == (409, "document.differs")


@pytest.mark.parametrize("wrong", ["", "Register x", "Bearer 1", "register"])
async def test_nobody_delivers_without_a_registers_key(client, till, wrong):
    sale = till.sell()
    headers = {"authorization": authorization(till)[:-1] + "x" if wrong == "register" else wrong}

    answer = await client.put(f"/api/till/documents/{sale.id}", content=sale.body, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (401, "register.unknown")


async def test_a_body_beyond_all_measure_is_refused(client, till):
    answer = await put(client, till, till.sell(), b"x" * 4_000_001)

    assert answer.status_code == 413


async def test_a_personal_part_is_kept_only_where_the_document_names_its_digest(client, till, database):
    sale, other = till.sell(personal=SALT + PART.encode()), till.sell()
    headers = {"authorization": authorization(till)}
    body = {"salt": SALT.hex(), "part": PART}
    for made in (sale, other):
        await put(client, till, made)

    kept = [await client.put(f"/api/till/documents/{sale.id}/personal", json=body, headers=headers) for _ in range(2)]
    unwanted = await client.put(f"/api/till/documents/{other.id}/personal", json=body, headers=headers)
    unknown = await client.put(f"/api/till/documents/{new_id()}/personal", json=body, headers=headers)

    assert [answer.status_code for answer in kept] == [204, 204]
    assert (unwanted.status_code, unwanted.json()["code"]) == (422, "document.personal_differs")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "document.not_found")
    assert await database.pool.fetchval("SELECT part FROM personal_part") == PART


async def test_a_receipt_comes_with_what_was_given_back_of_it(client, till):
    sale = till.sell(2)
    headers = {"authorization": authorization(till)}
    refund = till.refund(sale, [2])
    for made in (sale, refund):
        await put(client, till, made)

    found = await client.get(f"/api/till/receipts/{sale.data['receipt']}", headers=headers)
    missing = await client.get("/api/till/receipts/T9-1-1", headers=headers)

    line = sale.data["lines"][1]
    assert found.json()["document"].encode() == sale.body
    assert found.json()["refunded"] == [
        {name: line[name] for name in ("line", "quantity", "gross", "net", "tax_base", "tax_amount")}
    ]
    (tender,) = refund.data["tenders"]
    assert found.json()["tenders"] == [{"kind": tender["kind"], "reference": None, "amount": -tender["applied"]}]
    assert found.json()["refunds"] == [refund.data["id"]]
    assert (missing.status_code, missing.json()["code"]) == (404, "receipt.not_found")


async def test_a_remembered_register_is_answered_as_one_seen_for_the_first_time(database, till, tmp_path):
    """A first call goes through the framework, the following ones take the short way: nobody can tell them apart."""
    app = create_app(Settings(data=tmp_path, csrf_secret="a secret of this test", agent_token=""), database)
    sound, spoiled = till.sell(), till.sell(change=lambda data: data["totals"].update(tax=1))
    calls = [(sound, sound.body), (spoiled, spoiled.body), (sound, sound.body + b" "), (sound, b"x" * 4_000_001)]
    async with served(app) as address, httpx.AsyncClient(base_url=address, timeout=60) as client:
        for made in (sound, spoiled):
            await put(client, till, made)
        for made, body in calls:
            short = await put(client, till, made, body)
            app.state.known_keys.clear()
            long = await put(client, till, made, body)

            assert (short.status_code, short.content) == (long.status_code, long.content)
            assert headers_of(short) == headers_of(long)


def headers_of(answer: httpx.Response) -> dict[str, str]:
    """All but the moment."""
    return {name: value for name, value in answer.headers.items() if name not in {"date", "tillcard-time"}}


def test_the_short_way_is_only_for_what_registers_alone_may_call():
    assert RIGHTS["PUT", "/api/till/documents/{document_id}"] == {Caller.REGISTER}
