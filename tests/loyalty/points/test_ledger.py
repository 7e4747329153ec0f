"""The laws of points on PostgreSQL, and fifty checkouts after the same points."""

from pos.storage.database import Database
from tests.loyalty.points.on_postgresql import laws


async def test_balance_ledger_and_lots_agree_and_no_point_is_spent_twice(addresses):
    database = await Database.open(addresses.app, sessions=25)
    try:
        found = await laws(database, 20_000, 10)
    finally:
        await database.close()

    assert found == {"operations": 20_000, "failures": 0, "rounds": 10, "over": 0, "short": 0}
