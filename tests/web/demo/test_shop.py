"""The demo shop on the real database: seeded once, its past written as documents."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from loyalty.pricing.rules import Regulation
from loyalty.tiers.service import fold_accounts
from pos.catalog.queries import scan_routes
from pos.catalog.rules import read_label, route_for
from pos.exchange import feed
from pos.storage.database import Addresses, Database
from pos.storage.embedded import Cluster
from tests.database import cloned
from web.demo.history import sell_in_the_past
from web.demo.seed import FIRST_REGISTER, OUTLET, SECOND_REGISTER, demo_codes, is_seeded, seed

EVENING = datetime(2026, 3, 10, 17, tzinfo=UTC)


@pytest.fixture(scope="module")
async def shop(postgres: Cluster) -> AsyncIterator[tuple[Addresses, Database]]:
    """A small demo shop with three days behind it."""
    async with cloned(postgres) as addresses:
        database = await Database.open(addresses.app)
        await seed(database, at=EVENING, products=300, accounts=200)
        await sell_in_the_past(addresses, database, at=EVENING, days=2)
        yield addresses, database
        await database.close()


async def rows(database: Database, query: str, *values: object):
    async with database.pool.acquire() as connection:
        return await connection.fetch(query, *values)


async def test_the_shop_is_there_and_its_till_can_take_a_full_copy(shop):
    _, database = shop

    assert await is_seeded(database)
    async with database.transaction() as session:
        snapshot = json.loads(await feed.snapshot(session, OUTLET, FIRST_REGISTER, at=EVENING))
    assert sum(count for _, count in snapshot["product_chunks"]) == 300
    assert sum(count for _, count in snapshot["account_chunks"]) == 200
    assert snapshot["rule_set"]["version"] == 1
    assert len(snapshot["staff"]) == 4


async def test_its_table_and_its_rules_say_the_same_of_alcohol_and_tobacco(shop):
    _, database = shop
    async with database.transaction() as session:
        snapshot = json.loads(await feed.snapshot(session, OUTLET, FIRST_REGISTER, at=EVENING))

    told = [{name: value for name, value in each.items() if value} for each in snapshot["regulations"]]
    priced = [{name: each[name] for name in each if name in Regulation.__slots__} for each in told]
    assert priced == snapshot["rule_set"]["body"]["regulations"]
    assert [each["code"] for each in priced if each["no_points"]] == ["alcohol", "tobacco"]


async def test_each_code_to_try_is_read_by_the_route_it_is_meant_for(shop):
    _, database = shop
    async with database.transaction() as session:
        codes, routes = await demo_codes(session), await scan_routes(session)
    read = [route_for(code.code, routes) for code in codes]

    assert [route.kind for route in read if route] == ["product"] * 4 + ["weight_label"] + ["card"] * 6 + [
        "coupon",
        "gift_card",
        "gift_card",
    ]
    label = read_label(codes[4].code, read[4])
    assert label.value == 1_234
    assert len(await rows(database, "SELECT FROM barcode WHERE code = $1", label.item)) == 1


async def test_the_past_is_two_unbroken_chains_of_documents(shop):
    _, database = shop
    for register in (FIRST_REGISTER, SECOND_REGISTER):
        found = await rows(
            database, "SELECT seq, prev, digest FROM document WHERE register_id = $1 ORDER BY seq", register
        )

        assert len(found) > 20
        assert broken(found) == []


async def test_every_day_closes_with_the_sums_of_its_receipts(shop):
    _, database = shop
    closings = await rows(database, "SELECT shift_id, net, cash, card, sales, refunds FROM shift_closing")
    for closing in closings:
        (summed,) = await rows(
            database,
            "SELECT sum(sale.net)::bigint AS net, count(*) FILTER (WHERE sale.kind = 'sale') AS sales, "
            "coalesce(sum(sale.total) FILTER (WHERE tender.kind = 'cash'), 0)::bigint AS cash, "
            "coalesce(sum(sale.total) FILTER (WHERE tender.kind = 'card'), 0)::bigint AS card "
            "FROM sale JOIN tender ON tender.sale_id = sale.id WHERE shift_id = $1",
            closing["shift_id"],
        )

        assert dict(summed) == {name: closing[name] for name in ("net", "sales", "cash", "card")}
    assert len(closings) == 6


async def test_the_past_keeps_to_the_law(shop):
    _, database = shop
    bodies = await rows(database, "SELECT kind, body FROM document WHERE kind IN ('sale', 'refund')")
    receipts = [(row["kind"], json.loads(row["body"])) for row in bodies]
    under = [(kind, body, {line["regulation"] for line in body["lines"]} - {None}) for kind, body in receipts]

    assert any(laws for _, _, laws in under)
    for kind, body, laws in under:
        if kind == "sale":
            assert body.get("age_confirmed") == ({"age": 18, "staff": body["staff"]} if laws else None)
        else:
            assert "tobacco" not in laws


async def test_every_client_has_the_tier_that_its_turnover_earns(shop):
    _, database = shop
    drawn = {row["id"]: row["tier"] for row in await rows(database, "SELECT id, tier FROM account")}

    async with database.transaction() as session:
        moved = await fold_accounts(session, list(drawn), at=EVENING)

    order = [None, "bronze", "silver", "gold"]
    assert len(moved) < len(drawn) / 4, "the past sales lift a few; nobody falls"
    assert all(order.index(move.to_tier) > order.index(move.from_tier) for move in moved)
    first = [row["tier"] for row in await rows(database, "SELECT tier FROM account ORDER BY seq LIMIT 6")]
    assert first == ["gold", "silver", "bronze", None, "bronze", "gold"]


async def test_a_past_once_written_is_not_written_again(shop):
    addresses, database = shop
    before = await rows(database, "SELECT count(*) FROM document")

    done = await sell_in_the_past(addresses, database, at=EVENING, days=2)

    assert done.documents == 0
    assert await rows(database, "SELECT count(*) FROM document") == before


async def test_a_past_broken_off_goes_on_in_the_same_chains(postgres):
    async with cloned(postgres) as addresses:
        database = await Database.open(addresses.app)
        await seed(database, at=EVENING, products=300, accounts=50)
        await sell_in_the_past(addresses, database, at=EVENING.replace(day=8), days=1)
        await sell_in_the_past(addresses, database, at=EVENING, days=3)

        found = await rows(
            database, "SELECT seq, prev, digest FROM document WHERE register_id = $1 ORDER BY seq", FIRST_REGISTER
        )
        days = await rows(database, "SELECT DISTINCT business_date FROM sale")
        await database.close()

    assert broken(found) == []
    assert len(days) == 4


def broken(chain) -> list[int]:
    """The `seq` of every document that does not follow the one before it; the first follows 32 zero bytes."""
    follows = [(0, bytes(32)), *((row["seq"], row["digest"]) for row in chain)]
    return [
        row["seq"]
        for row, (seq, digest) in zip(chain, follows, strict=False)
        if (row["seq"], row["prev"]) != (seq + 1, digest)
    ]
