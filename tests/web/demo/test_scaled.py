"""A shop grown by COPY: counts, codes and sums are right, `check` knows its bare sales, and a break does no harm."""

import asyncio
import io
import json
import multiprocessing
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from multiprocessing.context import SpawnProcess
from uuid import UUID

import asyncpg
import pytest

from loyalty.accounts.rules import card_digest, checked_card_number
from pos.catalog.rules import is_ean
from pos.documents.bare import bare_sales
from pos.documents.check import Finding, check
from pos.exchange import feed
from pos.reports.explain import explanation
from pos.sales.queries import ReceiptNotFound, sold_receipt
from pos.storage.database import Addresses, Database
from pos.storage.embedded import Cluster
from tests.database import cloned
from web.demo.errors import DiskTooSmall, OtherHistory
from web.demo.history import sell_in_the_past
from web.demo.load import Work, load_part
from web.demo.progress import Progress
from web.demo.scaled import Size, grow, missing
from web.demo.seed import OUTLET, SALT, seed

EVENING = datetime(2026, 3, 10, 17, tzinfo=UTC)
SIZE = Size(products=3_000, accounts=5_000, sales=20_000)
PARTS = {"products": 1_000, "accounts": 2_000, "sales": 8_000}
TABLES = ("product", "price", "barcode", "account", "card", "person", "account_category", "account_visit", "document")
TABLES += ("sale", "sale_line", "line_discount", "tender", "turnover_entry", "outlet", "register")
NEVER_THE_SAME = ("changed_xid", "arrived_at")


@asynccontextmanager
async def a_shop(postgres: Cluster, days: int) -> AsyncIterator[tuple[Addresses, Database]]:
    """A small demo shop with so many days behind it."""
    async with cloned(postgres) as addresses:
        database = await Database.open(addresses.app)
        await seed(database, at=EVENING, products=300, accounts=200)
        if days:
            await sell_in_the_past(addresses, database, at=EVENING, days=days)
        try:
            yield addresses, database
        finally:
            await database.close()


@asynccontextmanager
async def the_owner(addresses: Addresses) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(addresses.owner)
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture(scope="module")
async def grown(postgres: Cluster) -> AsyncIterator[tuple[Addresses, Database, str]]:
    """A grown shop with a real day of documents, and what the load said."""
    said = io.StringIO()
    async with a_shop(postgres, days=1) as (addresses, database):
        await grow(addresses, SIZE, at=EVENING, progress=Progress(said), parts=PARTS)
        yield addresses, database, said.getvalue()


async def findings(addresses: Addresses) -> list[Finding]:
    async with the_owner(addresses) as owner:
        return [finding async for finding in check(owner)]


async def test_a_grown_shop_holds_exactly_what_was_asked_for(grown):
    addresses, _, _ = grown
    async with the_owner(addresses) as owner:
        counts = [await owner.fetchval(f"SELECT count(*) FROM {table}") for table in ("product", "account")]
        bare = await owner.fetchrow(
            "SELECT count(*), count(DISTINCT outlet_id), count(DISTINCT register_id), "
            "count(DISTINCT date_trunc('month', business_date)), max(business_date) < '2026-03-10' FROM sale WHERE epoch = 0"
        )
        linked = await owner.fetchval("SELECT count(*) FROM sale WHERE epoch = 0 AND account_id IS NOT NULL")
        given = {row["source"] for row in await owner.fetch("SELECT DISTINCT source FROM line_discount")}

    assert counts == [3_000, 5_000]
    assert bare is not None
    assert linked is not None
    assert tuple(bare) == (20_000, 4, 12, 37, True)
    assert 8_000 < linked < 10_000
    assert given >= {"card", "promotion"}


async def test_codes_cards_and_digests_of_a_grown_shop_are_valid(grown):
    addresses, database, _ = grown
    async with the_owner(addresses) as owner:
        codes = [row["code"] for row in await owner.fetch("SELECT code FROM barcode WHERE length(code) = 13")]
        cards = await owner.fetch("SELECT number, digest, account FROM card")
    async with database.transaction() as session:
        last = max(cards, key=lambda card: card["number"])
        answer = json.loads(await feed.lookup(session, OUTLET, card=last["digest"].hex(), at=EVENING))

    assert len(codes) == len(set(codes)) > 2_900
    assert all(is_ean(code) for code in codes)
    assert len(cards) == 5_000
    assert all(card_digest(SALT, checked_card_number(card["number"])) == card["digest"] for card in cards)
    assert UUID(answer["accounts"][0]["id"]) == last["account"]


async def test_lines_discounts_and_tenders_add_up_to_every_bare_sale(grown):
    addresses, _, _ = grown
    async with the_owner(addresses) as owner:
        wrong = await owner.fetch(
            "SELECT id FROM sale WHERE epoch = 0 AND (gross - discount <> net OR net + cash_rounding <> total "
            "OR total <> (SELECT sum(applied) FROM tender WHERE sale_id = sale.id) "
            "OR total <> (SELECT sum(received - change) FROM tender WHERE sale_id = sale.id) "
            "OR discount <> coalesce((SELECT sum(amount) FROM line_discount WHERE sale_id = sale.id), 0) "
            "OR (gross, net, tax) <> (SELECT sum(gross), sum(net), sum(tax_amount) FROM sale_line WHERE sale_id = sale.id))"
        )
        taxes = await owner.fetchval("SELECT count(*) FROM sale_line WHERE tax_base + tax_amount <> net")
        numbers = await owner.fetchval(
            "SELECT bool_and(count = newest) FROM (SELECT count(*), max(number) AS newest FROM sale WHERE epoch = 0 "
            "GROUP BY register_id) register"
        )

    assert wrong == []
    assert taxes == 0
    assert numbers


async def test_check_finds_nothing_and_still_counts_the_bare_sales_apart(grown):
    addresses, _, _ = grown
    async with the_owner(addresses) as owner:
        bare = await bare_sales(owner)

    assert await findings(addresses) == []
    assert bare == 20_000


async def test_the_load_says_its_size_first_and_then_how_far_it_is(grown):
    said = grown[2].splitlines()

    assert said[0].startswith("loading 2,700 products, 4,800 accounts and 20,000 sales: about 0.06 GB on disk")
    assert "without documents" in said[1]
    assert any("at this pace" in line for line in said)
    assert [line for line in said if line.startswith("100 %")]
    assert said[-1].startswith("loaded in ")


async def test_a_bare_sale_has_no_bytes_to_refund_or_explain(grown):
    addresses, database, _ = grown
    async with the_owner(addresses) as owner:
        sale = await owner.fetchrow("SELECT id, receipt FROM sale WHERE epoch = 0 LIMIT 1")
    assert sale is not None
    async with database.transaction() as session:
        explained = await explanation(session, sale["id"])
        with pytest.raises(ReceiptNotFound):
            await sold_receipt(session, sale["receipt"])

    assert explained == ()


async def test_a_load_repeated_adds_nothing_and_another_size_is_refused(grown):
    addresses, _, _ = grown
    said = io.StringIO()

    await grow(addresses, SIZE, at=EVENING, progress=Progress(said), parts=PARTS)
    with pytest.raises(OtherHistory):
        await grow(addresses, Size(3_000, 5_000, 30_000), at=EVENING, progress=Progress(said), parts=PARTS)

    assert said.getvalue() == ""


async def test_too_little_disk_is_said_before_anything_is_written(postgres):
    async with a_shop(postgres, days=0) as (addresses, _):
        with pytest.raises(DiskTooSmall) as refused:
            await grow(addresses, Size(300, 200, 10**11), at=EVENING, progress=Progress(io.StringIO()))

        async with the_owner(addresses) as owner:
            assert await owner.fetchval("SELECT count(*) FROM sale") == 0
            assert await owner.fetchval("SELECT count(*) FROM outlet") == 1
    assert refused.value.code == "demo.disk_too_small"
    assert "GB are free" in str(refused.value)


async def test_a_load_killed_in_the_middle_and_repeated_ends_the_same(grown, postgres):
    addresses, _, _ = grown
    async with a_shop(postgres, days=1) as (broken, _):
        quiet = Progress(io.StringIO())
        await grow(broken, Size(3_000, 2_500, 0), at=EVENING, progress=quiet, parts=PARTS)
        async with the_owner(broken) as owner:
            accounts, *_ = await missing(owner, SIZE, EVENING, PARTS)
            await kill_one_loading(broken, owner, accounts, waiting_for="account_visit")
            await grow(broken, Size(3_000, 5_000, 0), at=EVENING, progress=quiet, parts=PARTS)
            first, second, _ = await missing(owner, SIZE, EVENING, PARTS)
            await kill_one_loading(broken, owner, first, waiting_for="turnover_entry")
            await load_alone(broken, second)
            halfway = await owner.fetchval("SELECT count(*) FROM sale WHERE epoch = 0")
            found_halfway = await findings(broken)
        await grow(broken, SIZE, at=EVENING, progress=quiet, parts=PARTS)

        assert (halfway, found_halfway) == (8_000, [])
        assert await contents(broken) == await contents(addresses)
        assert await findings(broken) == []


def loading(addresses: Addresses, work: Work) -> SpawnProcess:
    process = multiprocessing.get_context("spawn").Process(target=load_part, args=(addresses.owner, work))
    process.start()
    return process


async def load_alone(addresses: Addresses, work: Work) -> None:
    """One part and no other."""
    process = loading(addresses, work)
    await asyncio.to_thread(process.join)
    assert process.exitcode == 0


async def kill_one_loading(addresses: Addresses, owner: asyncpg.Connection, work: Work, *, waiting_for: str) -> None:
    """Kill a process with SIGKILL while it holds a half-copied part: its last rows wait for a lock of `owner`."""
    async with owner.transaction():
        await owner.execute(f"LOCK TABLE {waiting_for} IN ACCESS EXCLUSIVE MODE")
        process = loading(addresses, work)
        waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = $1::text::regclass"
        while process.is_alive() and not await owner.fetchval(waits, waiting_for):
            await asyncio.to_thread(process.join, 0.05)
        process.kill()
        await asyncio.to_thread(process.join)
    assert process.exitcode == -signal.SIGKILL


async def contents(addresses: Addresses) -> dict[str, tuple[int, str]]:
    """Count and digest of every table, whatever the order of its rows."""
    found = {}
    async with the_owner(addresses) as owner:
        for table in TABLES:
            drawn = ("id",) if table == "price" else ()  # in the order parts were done
            where = "WHERE epoch = 0" if table in ("document", "sale") else ""
            left = " - ".join(["to_jsonb(t)", *(f"'{name}'" for name in (*NEVER_THE_SAME, *drawn))])
            found[table] = await owner.fetchval(
                f"SELECT (count(*), md5(string_agg(md5(({left})::text), '' ORDER BY md5(({left})::text))))::text "
                f"FROM {table} t {where}"
            )
    return found


@pytest.mark.parametrize(
    ("statement", "kind", "table"),
    [
        ("UPDATE sale SET net = net + 1 WHERE id = $1", "altered", "sale"),
        ("UPDATE sale_line SET net = net + 1 WHERE sale_id = $1 AND line = 1", "altered", "sale"),
        ("DELETE FROM tender WHERE sale_id = $1", "altered", "bare_history"),
        ("UPDATE document SET body = 'x' WHERE id = $1", "altered", "document"),
        ("UPDATE document SET epoch = 1 WHERE id = $1", "missing", "quarantine"),
        ("UPDATE sale SET epoch = 5, net = net WHERE id = $1", "missing", "sale"),
        (
            "INSERT INTO register_epoch (register_id, epoch, key_digest, paired_at) "
            "SELECT register_id, 0, '', now() FROM sale WHERE id = $1",
            "surplus",
            "register_epoch",
        ),
    ],
)
async def test_tampering_with_bare_sales_is_found(grown, statement, kind, table):
    addresses, _, _ = grown
    async with the_owner(addresses) as owner:
        sale = await owner.fetchval("SELECT id FROM sale WHERE epoch = 0 ORDER BY id LIMIT 1")
        assert sale is not None
        found = await after(owner, statement, sale)

    assert (kind, table) in {(finding.kind, finding.table) for finding in found}


async def test_a_real_sale_cannot_hide_among_bare_ones(grown):
    addresses, _, _ = grown
    async with the_owner(addresses) as owner:
        sale = await owner.fetchval("SELECT id FROM sale WHERE epoch = 1 ORDER BY id LIMIT 1")
        assert sale is not None
        hide = (
            "WITH moved AS (UPDATE document SET epoch = 0, kind = 'bare', seq = NULL, prev = NULL, body = '', "
            "digest = sha256('') WHERE id = $1) UPDATE sale SET epoch = 0 WHERE id = $1"
        )
        found = await after(owner, hide, sale)

    assert {"gap", "altered", "surplus"} <= {finding.kind for finding in found}
    assert "bare_history" in {finding.table for finding in found}


async def after(owner: asyncpg.Connection, statement: str, value: UUID) -> list[Finding]:
    """What `check` finds once `statement` was run; it is undone afterwards."""
    changed = owner.transaction(isolation="repeatable_read")
    await changed.start()
    try:
        await owner.execute(statement, value)
        return [finding async for finding in check(owner)]
    finally:
        await changed.rollback()
