"""Counts the statements that recording one group takes, on a real connection."""

from datetime import UTC, datetime

import asyncpg

from pos.core.ids import new_id
from pos.documents.arrival import Arrival, read_arrival
from pos.registers.queries import RegisterKey
from pos.sales.record import Already, Lane, Stored
from tests.documents import Till


async def statements_for(dsn: str, size: int) -> tuple[int, int]:
    """How many statements a group of `size` sales needs, new and brought again, in a lane that has recorded before."""
    seen: list[str] = []

    async def watch(connection: asyncpg.Connection) -> None:
        connection.add_query_logger(lambda record: seen.append(record.query))

    group, counts = a_group(size), []
    async with asyncpg.create_pool(dsn, min_size=1, max_size=1, init=watch) as pool:
        lane = Lane(pool)
        first = a_group(1)
        for _ in range(2):
            await lane.record(first)  # the driver asks for types at their first use
        for kind in (Stored, Already):
            seen.clear()
            answers = await lane.record(group)
            counts.append(len(seen))
            assert [type(answer) for answer in answers] == [kind] * size, answers
        await lane.close()
    return counts[0], counts[1]


def a_group(size: int) -> list[Arrival]:
    till = Till()
    key = RegisterKey(till.register_id, till.epoch, till.outlet_id, False)
    sales = [till.sell(5, account=new_id()) for _ in range(size)]
    return [read_arrival(key, sale.id, sale.body, datetime.now(UTC)) for sale in sales]
