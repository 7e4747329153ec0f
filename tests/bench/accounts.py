"""What finding an account costs among a million: `python -m tests.bench.accounts [ACCOUNTS]`; prints one JSON object.

Milliseconds of one call of the service, statements and all, on a warm cache: the 95th percentile over what people type,
and the slowest kind. Names are those of the demo shop, in three scripts, so that each is borne by thousands.
"""

import asyncio
import json
import random
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.search import same_phone, search_accounts
from pos.storage.database import Addresses, engine_for
from tests import database as databases
from web.demo.clients import names

MANY = 1_000_000
ROUNDS = 12
FILL = """
INSERT INTO account (id, opened_at) SELECT ('5ca1ed02-0000-8000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, now()
  FROM generate_series(1, $1::int) n;
INSERT INTO card (id, account, number, digest, issued_at)
SELECT ('5ca1ed03-0000-8000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
       ('5ca1ed02-0000-8000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
       '77' || lpad((n::bigint * 999999000001 % 100000000000000)::text, 14, '0'),
       substr(sha256(int4send(n)), 1, 16), now()
  FROM generate_series(1, $1::int) n;
INSERT INTO person (id, account, given, family, phone)
SELECT ('5ca1ed04-0000-8000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
       ('5ca1ed02-0000-8000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
       ($2::text[])[1 + (n::bigint * 7919 / 7) % cardinality($2::text[])],
       ($3::text[])[1 + (n::bigint * 104729 / 3) % cardinality($3::text[])],
       '+374' || lpad((n::bigint * 60013 % 100000000)::text, 8, '0')
  FROM generate_series(1, $1::int) n;
"""


async def fill(addresses: Addresses, accounts: int) -> None:
    """Accounts with a card and a person each."""
    known = names()
    given = [name for kind in ("women", "men") for spelled in known[kind] for name in spelled]
    families = [name for spelled in known["families"] for name in spelled]
    connection = await asyncpg.connect(addresses.owner)
    try:
        arguments: tuple[list[Any], ...] = ([accounts], [accounts], [accounts, given, families])
        for statement, values in zip(FILL.strip().split(";\n"), arguments, strict=True):
            await connection.execute(statement.removesuffix(";"), *values, timeout=1800)
        await connection.execute("VACUUM ANALYZE account, card, person", timeout=1800)
    finally:
        await connection.close()


async def typed(addresses: Addresses) -> dict[str, list[str]]:
    """What people type, by kind, of accounts that are there."""
    connection = await asyncpg.connect(addresses.owner)
    try:
        rows = await connection.fetch(
            "SELECT p.given, p.family, p.phone, c.number FROM person p JOIN card c USING (account)"
            " WHERE p.id = ANY(SELECT ('5ca1ed04-0000-8000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
            " FROM unnest($1::int[]) n)",
            random.Random(7).sample(
                range(1, await connection.fetchval("SELECT count(*)::int FROM account") + 1), ROUNDS
            ),
        )
    finally:
        await connection.close()
    return {
        "phone tail 4": [row["phone"][-4:] for row in rows],
        "phone tail 7": [row["phone"][-7:] for row in rows],
        "phone from 0": ["0" + row["phone"][4:9] for row in rows],
        "phone whole": [row["phone"] for row in rows],
        "card whole": [row["number"] for row in rows],
        "card tail": [row["number"][-6:] for row in rows],
        "one letter": [row["family"][:1] for row in rows],
        "beginning": [row["family"][:3] for row in rows],
        "family": [row["family"] for row in rows],
        "given and family": [f"{row['given']} {row['family']}" for row in rows],
        "two letters apart": [f"{row['given'][:1]} {row['family'][:1]}" for row in rows],
        "a letter and nobody": [f"{row['family'][:1]} zzz" for row in rows],
        "nobody": ["Zzyzx" for _ in rows],
    }


async def timed(call: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await call()
    return (time.perf_counter() - began) * 1000


async def measure(accounts: int = MANY) -> dict[str, object]:
    """Times of the search by kind of what is typed, and of the warning while a phone is typed."""
    async with await databases.open_server() as server:
        await databases.make_template(server)
        async with databases.cloned(server) as own:
            await fill(own, accounts)
            asked = await typed(own)
            engine = engine_for(own.app, 1)
            try:
                async with AsyncSession(engine) as session:
                    kinds: dict[str, list[float]] = {}
                    for kind, texts in asked.items():
                        await search_accounts(session, texts[0])
                        kinds[kind] = [await timed(lambda one=one: search_accounts(session, one)) for one in texts]
                    phones = asked["phone whole"]
                    pieces = [phone[:length] for phone in phones for length in (8, 9, 10, 11, 12)]
                    warnings = [await timed(lambda piece=piece: same_phone(session, piece)) for piece in pieces]
            finally:
                await engine.dispose()
    every = [value for values in kinds.values() for value in values]
    slowest = max(kinds, key=lambda kind: statistics.median(kinds[kind]))
    return {
        "search_accounts_ms": percentile(every, 95),
        "search_accounts_median_ms": round(statistics.median(every), 2),
        "search_accounts_slowest": {slowest: round(statistics.median(kinds[slowest]), 2)},
        "same_phone_ms": percentile(warnings, 95),
        "accounts": accounts,
        "kinds_ms": {kind: round(statistics.median(values), 2) for kind, values in kinds.items()},
    }


def percentile(values: list[float], hundredth: int) -> float:
    return round(sorted(values)[min(len(values) - 1, len(values) * hundredth // 100)], 2)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(*map(int, sys.argv[1:])))))
