"""A receipt's page: who agreed to it, and what was seen of the buyer."""

import json

import pytest

from tests.documents import Till
from tests.web.signed_in import a_known_shop, signed_in


@pytest.fixture
async def known(client, database):
    known = await a_known_shop(database)
    await signed_in(client, known)
    return known


@pytest.fixture
def till(known):
    return Till(register_id=known.shop.register, outlet_id=known.shop.outlet, staff_id=known.owner)


async def delivered(client, known, made):
    """The page of a receipt that has just arrived, in English."""
    headers = {"authorization": known.register, "content-type": "application/json"}
    assert (await client.put(f"/api/till/documents/{made.id}", content=made.body, headers=headers)).status_code == 201
    client.cookies.set("tillcard_language", "en")
    return (await client.get(f"/office/sales/{made.id}")).text


async def test_a_receipt_says_how_old_the_buyer_is_and_who_saw_it(client, known, till, database):
    proof = {"age": 18, "staff": str(known.owner)}
    name = await database.pool.fetchval("SELECT name FROM staff_member WHERE id = $1", known.owner)

    asked = await delivered(client, known, till.sell(1, change=lambda sale: sale.update(age_confirmed=proof)))
    other = await delivered(client, known, till.sell(1))

    assert f"The buyer is 18 or older: {name}" in asked
    assert "or older" not in other


async def test_a_receipt_with_a_nul_in_its_bytes_is_shown_like_any_other(client, known, till):
    proof, odd = {"age": 18, "staff": str(known.owner)}, {"code": "card_unknown", "detail": "\0"}
    sale = till.sell(1, change=lambda sale: sale.update(age_confirmed=proof, flags=[odd]))
    assert b"\\u0000" in sale.body

    assert "The buyer is 18 or older" in await delivered(client, known, sale)


async def test_a_refund_says_which_manager_agreed(client, known, till, database):
    sale = till.sell(1)
    await delivered(client, known, sale)
    name = await database.pool.fetchval("SELECT name FROM staff_member WHERE id = $1", known.owner)

    shown = await delivered(
        client, known, till.refund(sale, change=lambda back: back.update(approver=str(known.owner)))
    )

    assert f"Agreed by {name}" in shown


async def test_goods_refused_for_the_buyers_age_are_kept_with_the_age(client, known, till, database):
    (refused,) = [made for made in till.events() if "age_refused" in json.loads(made.body)]

    await delivered(client, known, refused)

    row = await database.pool.fetchrow("SELECT kind, reason FROM register_event WHERE id = $1", refused.id)
    assert tuple(row) == ("line_removed", "age:18")
