"""Ninety days of sales that never were: baskets priced by the real engine, written as the documents tills write.

Each register is a chain of its own. What they make is checked as arrivals are and goes into the recorder's tables by
COPY, some days of all registers in one transaction. A history broken off goes on where it stopped, so it may also be
written while the shop is open: between two days it lets others work.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, product
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
from sqlalchemy import Table, select

from loyalty.pricing.store import rule_set_at
from pos.documents.arrival import Arrival, read_arrival
from pos.documents.envelope import GENESIS
from pos.documents.model import Document
from pos.documents.projection import TABLES, Row, table_of
from pos.exchange.cursor import horizon
from pos.registers.model import RegisterEpoch
from pos.registers.queries import RegisterKey
from pos.storage.database import Addresses, Database
from web.demo.past import Chain, Past, Shelf, Shopper, day_of_documents
from web.demo.people import DEMO_PEOPLE
from web.demo.seed import FIRST_REGISTER, OUTLET, SECOND_REGISTER, SEED, ZONE

DAYS = 90
BLOCK = 10
EPOCH = 1
PREFIXES = {FIRST_REGISTER: "A", SECOND_REGISTER: "B"}
RECEIPTS_A_DAY = {FIRST_REGISTER: 28, SECOND_REGISTER: 14}

SHELVES = """
WITH RECURSIVE path AS (
    SELECT id, ARRAY[id] AS chain FROM category WHERE parent IS NULL
    UNION ALL SELECT child.id, child.id || path.chain FROM category child JOIN path ON child.parent = path.id
)
SELECT product.seq AS product, product.names ->> 'en' AS name, product.unit, path.chain AS goods_class, price.amount,
       product.tax_code, tax_rate.rate AS tax,
       product.regulation, (SELECT min(code) FROM barcode WHERE barcode.product = product.seq AND quantity = 1000) AS code
FROM product JOIN path ON path.id = product.category JOIN tax_rate ON tax_rate.code = product.tax_code
JOIN price ON price.product = product.seq AND price.valid_to IS NULL
WHERE NOT product.archived ORDER BY product.seq LIMIT 2000
"""
SHOPPERS = """
SELECT account.id AS account, account.tier, account.personal, account.terms_version AS version,
       coalesce(
           array_agg(held.category ORDER BY held.category) FILTER (WHERE held.category IS NOT NULL), '{}'
       ) AS categories
FROM account LEFT JOIN account_category held ON held.account = account.id AND held.ended_at IS NULL
WHERE account.blocked IS NULL GROUP BY account.id ORDER BY account.seq LIMIT 5000
"""
STOPPED = """
SELECT document.seq, document.digest, opening.business_date, counted.number, counted.z
FROM document
LEFT JOIN LATERAL (SELECT max(business_date) AS business_date FROM shift_opening WHERE register_id = $1) opening ON true
LEFT JOIN LATERAL (
    SELECT (SELECT max(number) FROM sale WHERE register_id = $1 AND epoch = $2) AS number,
           (SELECT count(*) FROM shift_closing WHERE register_id = $1) AS z
) counted ON true
WHERE document.register_id = $1 AND document.epoch = $2 ORDER BY document.seq DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Done:
    """What the history came to."""

    documents: int
    days: int


POINTS_DUE = """
WITH due AS (
    INSERT INTO points_account (account_id, next_on) SELECT DISTINCT account_id, DATE '2000-01-01' FROM points_entry
    ON CONFLICT (account_id) DO UPDATE SET next_on = excluded.next_on
)
INSERT INTO outbox (kind, payload) VALUES ('points.daily', '{}')
"""
"""Points written past the worker are folded by it in the background, as the day's work."""


async def sell_in_the_past(
    addresses: Addresses,
    database: Database,
    *,
    at: datetime,
    days: int = DAYS,
    say: Callable[[str], None] = lambda _: None,
) -> Done:
    """Write the days up to and with today's hours so far; days already written stay as they are.

    `say` hears of the progress after every ten days.
    """
    past, chains = await _begin(database, at)
    missing = _missing(chains, at.astimezone(ZoneInfo(ZONE)).date(), days)
    documents = written = 0
    connection = await asyncpg.connect(addresses.app)
    try:
        for start in range(0, len(missing), BLOCK):
            block = missing[start : start + BLOCK]
            arrivals: list[Arrival] = []
            for place, day in product(range(len(chains)), block):
                chains[place], found = _arrivals(past, chains[place], day, at)
                arrivals += found
                await asyncio.sleep(0)
            await write(connection, arrivals)
            documents += len(arrivals)
            written += len(block)
            say(f"past sales: {written} of {len(missing)} days, {documents} documents")
        if written:
            await connection.execute(POINTS_DUE)
    finally:
        await connection.close()
    return Done(documents, written)


def _arrivals(past: Past, chain_: Chain, day: date, at: datetime) -> tuple[Chain, list[Arrival]]:
    """One day of one register, made, and read as the server reads what arrives."""
    key = RegisterKey(chain_.register, EPOCH, OUTLET, revoked=False)
    after, bodies = day_of_documents(past, chain_, day, at)
    found = [read_arrival(key, document_id, body, made_at) for document_id, body, made_at in bodies]
    flaws = [arrival.flaw for arrival in found if arrival.flaw]
    if flaws:
        raise AssertionError(flaws)
    return after, found


def _missing(chains: Sequence[Chain], today: date, days: int) -> list[date]:
    """The days to write, the oldest first: those after the last that every register has."""
    wanted = [today - timedelta(days=back) for back in range(days, -1, -1)]
    done = [chain.last_day for chain in chains]
    return [day for day in wanted if any(last is None or day > last for last in done)]


async def write(connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> None:
    """Journal and every derived row by COPY, in one transaction: what recording would have written."""
    async with connection.transaction():
        await _copy(connection, table_of(Document), [arrival.journal_row() for arrival in arrivals])
        for place, table in enumerate(TABLES):
            await _copy(connection, table, list(chain.from_iterable(arrival.rows[place] for arrival in arrivals)))


async def _copy(connection: asyncpg.Connection, table: Table, rows: Sequence[Row]) -> None:
    if rows:
        await connection.copy_records_to_table(
            table.name, records=rows, columns=[column.name for column in table.columns]
        )


async def _begin(database: Database, at: datetime) -> tuple[Past, list[Chain]]:
    """What the shop sold with, and where each register's chain stands."""
    async with database.transaction() as session:
        rules = await rule_set_at(session, at)
        assert rules is not None
        cursor = await horizon(session)
        for register in PREFIXES:
            known = select(RegisterEpoch.epoch).where(RegisterEpoch.register_id == register)
            if await session.scalar(known.limit(1)) is None:
                digest = hashlib.sha256(secrets.token_bytes(32)).digest()
                paired = at - timedelta(days=DAYS + 1)
                session.add(RegisterEpoch(register_id=register, epoch=EPOCH, key_digest=digest, paired_at=paired))
    async with database.pool.acquire() as connection:
        shelves = [
            Shelf(**{**row, "goods_class": tuple(row["goods_class"])}) for row in await connection.fetch(SHELVES)
        ]
        shoppers = [
            Shopper(**{**row, "categories": tuple(row["categories"])}) for row in await connection.fetch(SHOPPERS)
        ]
        stopped = {register: await connection.fetchrow(STOPPED, register, EPOCH) for register in PREFIXES}
    staff = tuple(person.id for person in DEMO_PEOPLE if person.role == "cashier")
    past = Past(SEED, ZONE, rules.body, str(cursor), tuple(shelves), tuple(shoppers), RECEIPTS_A_DAY[FIRST_REGISTER])
    chains = [
        _chain(register, prefix, staff[place % len(staff)], RECEIPTS_A_DAY[register], stopped[register])
        for place, (register, prefix) in enumerate(PREFIXES.items())
    ]
    return past, chains


def _chain(register: UUID, prefix: str, staff: UUID, receipts: int, stopped: asyncpg.Record | None) -> Chain:
    if stopped is None:
        return Chain(register, prefix, EPOCH, staff, receipts, 0, 0, 0, GENESIS, None)
    return Chain(
        register,
        prefix,
        EPOCH,
        staff,
        receipts,
        stopped["seq"],
        stopped["number"] or 0,
        stopped["z"],
        stopped["digest"].hex(),
        stopped["business_date"],
    )
