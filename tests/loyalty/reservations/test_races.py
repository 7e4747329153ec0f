"""However many tills ask at once, no more is promised than there is, and all of it is."""

from pos.storage.database import Database
from tests.loyalty.reservations.races import races


async def test_ten_rounds_of_fifty_tills_promise_exactly_what_is_there(addresses):
    database = await Database.open(addresses.app, sessions=30)
    try:
        found = await races(database, 10, of_tenders=3)
    finally:
        await database.close()

    assert (found.over, found.short) == (0, 0)
    assert sorted(found.scenes.values()) == [3] * 5 + [10] * 5
