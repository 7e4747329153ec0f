"""Loads one part of a scaled shop in a process of its own: rows made and copied table by table, in one transaction.

A part is there whole or not at all, so a load that was killed goes on with the parts that are missing. Indexes stay
in place: ids grow with the rows, so most of what is written to them goes to their right edge.
"""

import asyncio
import json
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any
from uuid import UUID, uuid5

import asyncpg

from web.demo.bare import COLUMNS, Goods, Stock, Till, sales_part
from web.demo.crowd import ACCOUNTS, PRODUCTS, Shelf, accounts_part, products_part
from web.demo.goods import goods
from web.demo.people import DEMO_PEOPLE
from web.demo.seed import HOME, MOST_GOODS, OUTLET, SALT, SEED

OUTLETS, TILLS_EACH = 4, 3
MOST_SOLD, MOST_SHOPPERS = 20_000, 100_000
Rows = Mapping[str, Sequence[str]]

SOLD = """
SELECT product.seq AS product, product.names ->> 'en' AS name, product.category, product.unit, price.amount AS price,
       product.tax_code, tax_rate.rate AS tax_rate,
       coalesce(regulation_class.no_discount, false) AS no_discount, coalesce(regulation_class.floor, 0) AS floor
  FROM product
  JOIN tax_rate ON tax_rate.code = product.tax_code
  JOIN price ON price.product = product.seq AND price.valid_to IS NULL
  LEFT JOIN regulation_class ON regulation_class.code = product.regulation
 WHERE NOT product.archived AND product.seq % greatest(1, (SELECT count(*) FROM product) / $1) = 0
 ORDER BY (product.seq * 7919::bigint) % 99991, product.seq LIMIT $1
"""
SHOPPERS = """
SELECT account.id::text AS account, account.tier FROM account
 WHERE account.blocked IS NULL AND account.seq % greatest(1, (SELECT count(*) FROM account) / $1) = 0
 ORDER BY (account.seq * 7919::bigint) % 999983, account.seq LIMIT $1
"""
STEP = "SELECT price_step FROM price_list list JOIN price_settings ON list.id = price_settings.price_list"
RULES = "SELECT version, body ->> 'rules' AS rules FROM rule_set ORDER BY version DESC LIMIT 1"
NEVER_AFTER = "SELECT setval(pg_get_serial_sequence($1, 'seq'), greatest($2, (SELECT max(seq) FROM {0})))"


@dataclass(frozen=True, slots=True)
class Work:
    """One part. `first` counts from 1 for products and accounts, from 0 for sales; `base` is the number (`seq`) before
    the first; `planned` and `until` are of the whole history."""

    what: str
    part: int
    first: int
    count: int
    at: datetime
    base: int = 0
    planned: int = 0
    until: date = date.min


def outlet_ids() -> list[UUID]:
    """The demo shop's own outlet and those that only the history sold at."""
    return [OUTLET, *(uuid5(HOME, f"outlet {place}") for place in range(2, OUTLETS + 1))]


def history_tills() -> list[Till]:
    """The registers of the history: three at each outlet, of no use to anything else."""
    staff = [str(person.id) for person in DEMO_PEOPLE if person.role == "cashier"]
    outlets = outlet_ids()
    return [
        Till(
            str(uuid5(HOME, f"history till {place}")),
            str(outlets[place % OUTLETS]),
            f"H{place + 1:02}",
            staff[place % len(staff)],
        )
        for place in range(OUTLETS * TILLS_EACH)
    ]


def begin_worker() -> None:
    """Ctrl+C is the parent's to hear: it lets parts end and starts no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def load_part(address: str, work: Work) -> Work:
    """Make and copy one part; `address` is the owner's."""
    asyncio.run(_load(address, work))
    return work


async def _load(address: str, work: Work) -> None:
    connection = await asyncpg.connect(address)
    try:
        match work.what:
            case "products":
                rows = products_part(await _shelf(connection, work.base), work.first, work.count, work.at)
                async with connection.transaction():
                    await _copy(connection, PRODUCTS, rows)
                    last = work.base + work.first + work.count - 1
                    await connection.fetchval(NEVER_AFTER.format("product"), "product", last)
            case "accounts":
                outlets = [str(id_) for id_ in outlet_ids()]
                rows = accounts_part(SALT, outlets, work.base, work.first, work.count, work.at)
                async with connection.transaction():
                    await _copy(connection, ACCOUNTS, rows)
                    last = work.base + work.first + work.count - 1
                    await connection.fetchval(NEVER_AFTER.format("account"), "account", last)
            case _:
                await _load_sales(connection, address, work)
    finally:
        await connection.close()


async def _load_sales(connection: asyncpg.Connection, address: str, work: Work) -> None:
    stock = _stocks.get(address)
    if stock is None:
        stock = _stocks[address] = await read_stock(connection)
    part = sales_part(stock, seed=SEED, planned=work.planned, until=work.until, first=work.first, count=work.count)
    sums: dict[str, Any] = {"part": work.part, "planned": work.planned, "until": work.until, **part.sums}
    async with connection.transaction():
        await _copy(connection, COLUMNS, part.rows)
        await connection.copy_records_to_table("bare_history", records=[tuple(sums.values())], columns=list(sums))


_stocks: dict[str, Stock] = {}
"""What this process has read, by the database's address."""


async def read_stock(connection: asyncpg.Connection) -> Stock:
    """Goods, clients, rules and registers of the history, in an order that depends on the shop alone."""
    version, rules = await connection.fetchrow(RULES) or (1, "[]")
    tiers: dict[str, tuple[str, int]] = {}
    promotions: dict[int, tuple[str, int]] = {}
    for rule in json.loads(rules):
        who, what, effect = rule.get("who", {}), rule.get("what", {}), rule["effect"]
        if effect["kind"] == "percent" and list(who) == ["tiers"] and not what:
            tiers.update((tier, (rule["id"], effect["value"])) for tier in who["tiers"])
        if effect["kind"] == "price" and list(what) == ["products"] and not who:
            promotions.update((product, (rule["id"], effect["value"])) for product in what["products"])
    sold = await connection.fetch(SOLD, MOST_SOLD)
    places = {tier: place for place, tier in enumerate(tiers, 1)}
    return Stock(
        goods=[Goods(**row, promotion=promotions.get(row["product"])) for row in sold],
        shoppers=[
            (row["account"], places.get(row["tier"], 0)) for row in await connection.fetch(SHOPPERS, MOST_SHOPPERS)
        ],
        tiers=[None, *tiers.values()],
        tills=history_tills(),
        rule_set=version,
        step=await connection.fetchval(STEP) or 1,
    )


async def _shelf(connection: asyncpg.Connection, base: int) -> Shelf:
    """The demo's own goods with what the database says of their categories."""
    own = await connection.fetch(
        "SELECT seq, category, tax_code, regulation FROM product WHERE seq <= $1 ORDER BY seq LIMIT $2",
        base,
        MOST_GOODS,
    )
    known = zip(goods(len(own), SEED), own, strict=True)
    price_list = int(await connection.fetchval("SELECT price_list FROM price_settings") or 0)
    return Shelf([(good, row["category"], row["tax_code"], row["regulation"]) for good, row in known], base, price_list)


async def _copy(connection: asyncpg.Connection, columns: Mapping[str, Sequence[str]], rows: Rows) -> None:
    for table, names in columns.items():
        if rows[table]:
            text = BytesIO("".join(rows[table]).encode())
            await connection.copy_to_table(table, source=text, columns=list(names))
