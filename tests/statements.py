"""Counts the statements that recording one group takes, on a real connection."""

from datetime import UTC, datetime

import asyncpg

from pos.core.ids import new_id
from pos.documents.arrival import Arrival, read_arrival
from pos.registers.queries import RegisterKey
from pos.sales.record import Stored, record_group
from tests.documents import Till


async def statements_for(dsn: str, size: int) -> int:
    """How many statements a group of `size` sales needs, on a connection that has recorded before."""
    seen: list[str] = []
    connection = await asyncpg.connect(dsn)
    try:
        await record_group(connection, a_group(1))  # the driver asks for types at their first use
        connection.add_query_logger(lambda record: seen.append(record.query))
        answers = await record_group(connection, a_group(size))
    finally:
        await connection.close()
    assert len(answers) == size, answers
    assert all(isinstance(answer, Stored) for answer in answers), answers
    return len(seen)


def a_group(size: int) -> list[Arrival]:
    till = Till()
    key = RegisterKey(till.register_id, till.epoch, till.outlet_id, False)
    sales = [till.sell(5, account=new_id()) for _ in range(size)]
    return [read_arrival(key, sale.id, sale.body, datetime.now(UTC)) for sale in sales]
