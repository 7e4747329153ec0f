"""Fiscal facts: taken in once and in any order, shown beside the receipt, and listed where they need a person."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import pytest

from pos.core.ids import new_id
from pos.documents.check import check
from tests.documents import Till
from tests.web.signed_in import a_known_shop, signed_in

PAPER = {"number": 41, "shift": 7, "at": "2026-01-05T16:00:00", "device": "0012345", "sign": "3087654321"}
SUMS = {"sales": 1, "sales_sum": 90_000, "returns": 0, "returns_sum": 0, "cash_in": 0, "cash_out": 0}


@pytest.fixture
async def known(client, database):
    known = await a_known_shop(database)
    await signed_in(client, known)
    return known


@pytest.fixture
def till(known):
    return Till(register_id=known.shop.register, outlet_id=known.shop.outlet, staff_id=known.owner)


def record(document, place=1, state="pending", **fields):
    """One record's body; its attempt is always the same."""
    attempt = None if state == "none" and "attempt" not in fields else "0191c5de-0000-7000-8000-0000000000a1"
    said = {"result": PAPER} if state == "registered" else {}
    at = round(datetime.now(UTC).timestamp() * 1000)
    body = {"document": str(document), "place": place, "attempt": attempt, "kind": "receipt", "state": state}
    return {**body, "made_at": at, **said, **fields}


async def put(client, known, body, id=None, expect=201):
    headers = {"authorization": known.register}
    answer = await client.put(f"/api/till/fiscal-records/{id or new_id()}", json=body, headers=headers)
    assert answer.status_code == expect, answer.text
    return answer


async def deliver(client, known, made):
    headers = {"authorization": known.register, "content-type": "application/json"}
    assert (await client.put(f"/api/till/documents/{made.id}", content=made.body, headers=headers)).status_code == 201


async def attention(client):
    return (await client.get("/office/attention")).text


async def test_a_record_is_stored_once_and_other_words_under_its_id_are_refused(client, known):
    id, body = new_id(), record(new_id())

    await put(client, known, body, id)
    await put(client, known, body, id, expect=200)
    answer = await put(client, known, body | {"cause": "fiscal.unknown"}, id, expect=409)

    assert answer.json()["code"] == "fiscal.record_differs"


async def test_the_same_record_twenty_times_in_parallel_is_one(client, known, database):
    id, body = new_id(), record(new_id())
    headers = {"authorization": known.register}

    answers = await asyncio.gather(
        *(client.put(f"/api/till/fiscal-records/{id}", json=body, headers=headers) for _ in range(20))
    )

    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert await database.pool.fetchval("SELECT count(*) FROM fiscal_record") == 1


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)], ids=str)
async def test_how_a_document_stands_does_not_depend_on_the_order_of_arrival(client, known, database, order):
    document = new_id()
    facts = [record(document, 1, "none"), record(document, 2), record(document, 3, "registered")]

    for place in order:
        await put(client, known, facts[place])

    assert await database.pool.fetchval("SELECT count(*) FROM fiscal_open") == 0


async def test_records_of_one_document_that_arrive_together_leave_the_newest(client, known, database):
    documents = [new_id() for _ in range(8)]
    facts = [record(each, place, state) for each in documents for place, state in ((1, "pending"), (2, "registered"))]

    await asyncio.gather(*(put(client, known, fact) for fact in facts))

    assert await database.pool.fetchval("SELECT count(*) FROM fiscal_open") == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"attempt": None},
        {"state": "registered"},
        {"state": "lost"},
        {"place": 0},
        {"counts": {"device": SUMS, "till": SUMS}},
        {"made_at": 10**18},
        {"number": 3},
        {"error_text": "\0"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
async def test_what_no_table_would_take_is_refused_in_words(client, known, wrong):
    answer = await put(client, known, record(new_id()) | wrong, expect=422)

    assert answer.json()["code"] == "input.malformed"


async def test_a_revoked_register_may_still_say_what_was_registered(client, known, database):
    await database.pool.execute("UPDATE register_epoch SET revoked_at = now()")

    await put(client, known, record(new_id(), 1, "registered"))


async def test_the_app_may_not_change_a_fiscal_fact(client, known, database):
    await put(client, known, record(new_id()))

    for statement in ("UPDATE fiscal_record SET state = 'refused'", "DELETE FROM fiscal_record"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await database.pool.execute(statement)


async def test_the_receipts_page_shows_number_sign_and_qr(client, known, till):
    sale = till.sell(1)
    await put(client, known, record(sale.id, 1))
    await put(client, known, record(sale.id, 2, "registered", result=PAPER | {"qr": "t=20260105&s=<900>"}))
    await deliver(client, known, sale)  # the document may come last

    shown = (await client.get(f"/office/sales/{sale.id}")).text

    assert 'data-fiscal="registered"' in shown
    assert "3087654321" in shown
    assert "<svg" in shown
    assert "s=&lt;900&gt;" in shown


@pytest.mark.parametrize("language", ["en", "ru", "hy"])
@pytest.mark.parametrize(
    ("state", "fields", "old"),
    [
        ("uncertain", {}, False),
        ("refused", {"error": 115, "error_text": "no shift"}, False),
        ("pending", {}, True),
        ("none", {}, True),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else "",
)
async def test_what_needs_a_person_is_listed_with_what_to_do(client, known, language, state, fields, old):
    client.cookies.set("tillcard_language", language)
    document, body = new_id(), record(new_id(), 1, state, **fields)
    body["document"] = str(document)
    if old:
        body["made_at"] -= 16 * 60_000
    assert str(document) not in await attention(client)

    await put(client, known, body)
    listed = await attention(client)
    page = (await client.get(f"/office/fiscal/{document}")).text
    await put(client, known, record(document, 2, "registered"))

    assert f"/office/fiscal/{document}" in listed
    assert "attention.fiscal" not in listed
    assert f'data-fiscal="{state}"' in page
    assert "fiscal." not in page.replace("/office/fiscal", "")
    assert str(document) not in await attention(client)


async def test_a_sale_that_just_began_to_wait_needs_nobody_yet(client, known):
    fresh = new_id()
    await put(client, known, record(fresh))

    assert str(fresh) not in await attention(client)


async def test_a_sale_given_back_before_any_register_knew_of_it_is_settled(client, known, database):
    await put(client, known, record(new_id(), 1, "none", cause="fiscal.cancelled"))

    assert await database.pool.fetchval("SELECT count(*) FROM fiscal_open") == 0


async def test_a_correction_is_listed_with_who_why_and_how_it_stands(client, known, till, database):
    made = till.correction("<b>broken</b>", str(known.owner))
    assert "There are none." in (await client.get("/office/fiscal/corrections")).text
    await deliver(client, known, made)
    unheard = (await client.get("/office/fiscal/corrections")).text

    await put(client, known, record(made.id, 1, kind="correction"))
    await put(client, known, record(made.id, 2, "registered", kind="correction"))
    shown = (await client.get("/office/fiscal/corrections")).text

    assert "Not registered" in unheard
    for word in ("1,200", "&lt;b&gt;broken&lt;/b&gt;", "Registered 41", f"/office/fiscal/{made.id}"):
        assert word in shown
    assert shown.count("Owner") >= 2
    assert f"/office/fiscal/{made.id}" not in await attention(client)


async def test_sums_that_differ_at_z_are_listed_and_named(client, known):
    document = new_id()
    counts = {"device": SUMS | {"sales": 2, "sales_sum": 190_000}, "till": SUMS}
    await put(client, known, record(new_id(), 1, "registered", kind="z_report", counts={"device": SUMS, "till": SUMS}))
    assert "/office/fiscal/" not in await attention(client)

    await put(client, known, record(document, 1, "registered", kind="z_report", counts=counts))

    page = (await client.get(f"/office/fiscal/{document}")).text
    assert f"/office/fiscal/{document}" in await attention(client)
    assert "Receipts of sales: the register has 1 more" in page
    assert "1,000" in page


async def test_a_registers_settings_are_kept_and_told_to_its_till(client, known):
    headers = {"authorization": known.register}
    before = (await client.get("/api/till/snapshot", headers=headers)).json()
    token = client.cookies.get("tillcard_csrf") or ""
    form = {"sell_without": "true", "_csrf_token": token}
    asked = {"origin": str(client.base_url).rstrip("/"), "x-csrftoken": token}

    saved = await client.post(f"/office/fiscal/registers/{known.shop.register}", data=form, headers=asked)
    told: dict[str, object] = {}
    while "fiscal" not in told:  # transactions of other tests hold the feed back for a moment
        told = (await client.get(f"/api/till/changes?cursor={before['cursor']}", headers=headers)).json()

    assert before["fiscal"] == {}
    assert saved.status_code == 303
    assert told["fiscal"] == {str(known.shop.register): {"sell_without": True, "prints_itself": False}}


async def test_check_finds_what_does_not_fit_and_nothing_else(client, known, database, addresses, till):
    sale, other = till.sell(1), till.sell(1)
    for made in (sale, other):
        await deliver(client, known, made)
    await put(client, known, record(sale.id, 1))
    await put(client, known, record(sale.id, 2, "registered"))
    await put(client, known, record(other.id, 1, "uncertain"))
    owner = await asyncpg.connect(addresses.owner)
    try:
        honest = [finding async for finding in check(owner) if finding.table.startswith("fiscal")]
        await owner.execute("UPDATE fiscal_record SET kind = 'cash_in' WHERE document_id = $1", other.id)
        await owner.execute(
            "UPDATE fiscal_record SET state = 'registered', device = '0012345', number = 41 WHERE place = 1"
        )
        await owner.execute("UPDATE fiscal_record SET recorded_at = now() - interval '2 days'")
        await put(client, known, record(new_id(), 1, "registered", result=PAPER | {"number": 42}))
        await owner.execute("UPDATE fiscal_record SET recorded_at = now() - interval '2 days' WHERE number = 42")
        found = {(finding.kind, finding.table) async for finding in check(owner)}
    finally:
        await owner.close()

    assert honest == []
    assert {
        ("misplaced", "fiscal_record"),
        ("missing", "document"),
        ("surplus", "fiscal_record"),
        ("altered", "fiscal_open"),
    } <= found
