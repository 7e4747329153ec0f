"""The laws of points on a real ledger: `python -m tests.loyalty.points.on_postgresql OPERATIONS ROUNDS`.

Random lives are written in two deliveries, some receipts of the first coming with the second, and folded after each.
Then `ROUNDS` times 50 checkouts at once spend from one account, each under the account's lock. Ends with one JSON object:
`failures` counts accounts whose balance is not their ledger and their open lots, `over` points spent beyond what was there.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.points.rules import Entry, replay
from loyalty.points.service import entries_of, fold, lock_points, spendable, write
from pos.core.ids import new_id
from pos.storage.database import Database
from tests import database as databases
from tests.loyalty.points.account_life import FIRST_DAY, Life

OPERATIONS_OF_ONE, CHUNK, AT_ONCE = 50, 100, 50
DIFFERENT = text("""
SELECT account.account_id FROM points_account account
  LEFT JOIN (SELECT account_id, sum(amount) AS amount FROM points_entry GROUP BY account_id) ledger USING (account_id)
 WHERE account.balance <> coalesce(ledger.amount, 0)
""")


async def lives(database: Database, operations: int) -> int:
    """Accounts that break a law after `operations` in all."""
    wrong, seed = 0, 0
    while operations > 0:
        chunk: dict[UUID, Life] = {}
        sizes: dict[UUID, int] = {}
        while operations > 0 and len(chunk) < CHUNK:
            account = new_id()
            chunk[account], sizes[account] = Life(seed), min(OPERATIONS_OF_ONE, operations)
            operations -= sizes[account]
            seed += 1
        wrong += await chunk_of_lives(database, chunk, sizes)
    return wrong


async def chunk_of_lives(database: Database, chunk: dict[UUID, Life], sizes: dict[UUID, int]) -> int:
    late: dict[UUID, list[Entry]] = {account: [] for account in chunk}
    for delivery in range(2):
        async with database.transaction() as session:
            for account, life in chunk.items():
                now = late[account] if delivery else []
                for entries in life.operations(sizes[account] // 2 + (sizes[account] % 2) * delivery):
                    belated = delivery == 0 and life.chance.random() < 0.2
                    (late[account] if belated else now).extend(entries)
                await write(session, account, now, recorded_at=evening(chunk))
            await fold(session, chunk, at=evening(chunk))
    async with database.transaction() as session:
        different = set(await session.scalars(DIFFERENT))
        return len(different | await broken(session, chunk))


async def broken(session: AsyncSession, chunk: dict[UUID, Life]) -> set[UUID]:
    """Accounts whose lots, counted anew, are not what the ledger adds up to."""
    today = evening(chunk).date()
    found: set[UUID] = set()
    for account, ledger in (await entries_of(session, chunk)).items():
        book = replay(ledger, today)
        held = sum(lot.left for lot in book.lots) - sum(taking.owed for taking in book.owing)
        if held != sum(entry.amount for entry in ledger):
            found.add(account)
    return found


def evening(chunk: dict[UUID, Life]) -> datetime:
    """The end of the latest day that any of these lives has reached."""
    return datetime.combine(max(life.day for life in chunk.values()), time(23), UTC)


async def race(database: Database) -> tuple[int, int]:
    """Fifty checkouts at once, 30 points each, from an account with 1,000: points spent beyond that, or not reached."""
    account, at = new_id(), datetime.combine(FIRST_DAY, time(12), UTC)
    async with database.transaction() as session:
        await write(session, account, [Entry(new_id(), "bonus", 1_000, FIRST_DAY, at)], recorded_at=at)

    async def checkout(turn: int) -> int:
        async with database.transaction() as session:
            await lock_points(session, account)
            if await spendable(session, account, at) < 30:
                return 0
            spent = Entry(new_id(), "redemption", -30, FIRST_DAY, at + timedelta(seconds=turn))
            await write(session, account, [spent], recorded_at=at)
            return 30

    spent = sum(await asyncio.gather(*(checkout(turn) for turn in range(AT_ONCE))))
    return max(0, spent - 1_000), max(0, 990 - spent)


async def laws(database: Database, operations: int, rounds: int) -> dict[str, int]:
    failures = await lives(database, operations)
    races = [await race(database) for _ in range(rounds)]
    over, short = (sum(column) for column in zip(*races, strict=True)) if races else (0, 0)
    return {"operations": operations, "failures": failures, "rounds": rounds, "over": over, "short": short}


async def main(operations: int, rounds: int) -> dict[str, int]:
    """On a server of its own."""
    async with await databases.open_server() as server:
        await databases.make_template(server)
        async with databases.cloned(server) as addresses:
            database = await Database.open(addresses.app, sessions=25)
            try:
                return await laws(database, operations, rounds)
            finally:
                await database.close()


if __name__ == "__main__":
    given = [int(number) for number in sys.argv[1:]]
    outcome = asyncio.run(main(*(given or [20_000, 200])))
    print(json.dumps(outcome))
    sys.exit(1 if outcome["failures"] or outcome["over"] or outcome["short"] else 0)
