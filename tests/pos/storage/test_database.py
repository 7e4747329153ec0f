"""The database as the app sees it: sessions, the pool, lost races, addresses."""

import asyncio
from datetime import datetime

import asyncpg
import pytest
from sqlalchemy import BigInteger, bindparam, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from pos.core.money import MAX_AMOUNT, AmountTooLarge
from pos.storage.base import AmountColumn, AwareDateTime
from pos.storage.database import Database, DatabaseSilent, in_role, plain, retried, wait_for_database


async def test_what_a_test_writes_is_gone_in_the_next_one_one(session):
    await session.execute(text("CREATE TEMPORARY TABLE shelf (milk int)"))
    await session.commit()
    await session.execute(text("INSERT INTO shelf VALUES (1)"))
    await session.commit()

    assert await session.scalar(text("SELECT count(*) FROM shelf")) == 1


async def test_what_a_test_writes_is_gone_in_the_next_one_two(session):
    assert await session.scalar(text("SELECT to_regclass('pg_temp.shelf')")) is None


async def test_the_app_connects_in_its_own_role(addresses, pool):
    assert await pool.fetchval("SELECT current_user") == "tillcard_app"
    assert not await pool.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await pool.execute("CREATE TABLE anything (at_all int)")


async def test_one_address_of_the_owner_serves_the_app_in_its_role(addresses):
    database = await Database.open(in_role(addresses.owner, "tillcard_app"))

    async with database.transaction() as session:
        by_orm = await session.scalar(text("SELECT current_user"))
    by_pool = [await database.pool.fetchval("SELECT current_user") for _ in range(2)]
    await database.close()

    assert {by_orm, *by_pool} == {"tillcard_app"}


async def test_two_transactions_that_lock_each_other_out_both_finish(addresses):
    owner = await asyncpg.connect(addresses.owner)
    await owner.execute(
        "CREATE TABLE points (account int PRIMARY KEY, sum int); INSERT INTO points VALUES (1, 0), (2, 0)"
    )
    await owner.execute("GRANT SELECT, UPDATE ON points TO tillcard_app")
    database = await Database.open(addresses.app)
    met, tries = asyncio.Barrier(2), []

    async def spend(first: int, second: int) -> None:
        tries.append(first)
        async with database.transaction() as session:
            await session.execute(text(f"UPDATE points SET sum = sum + 1 WHERE account = {first}"))
            if len(tries) <= 2:
                await met.wait()
            await session.execute(text(f"UPDATE points SET sum = sum + 1 WHERE account = {second}"))

    await asyncio.gather(retried(lambda: spend(1, 2)), retried(lambda: spend(2, 1)))
    await database.close()

    assert [row["sum"] for row in await owner.fetch("SELECT sum FROM points")] == [2, 2]
    assert len(tries) > 2
    await owner.close()


async def test_a_mistake_is_not_tried_again(addresses):
    database, tries = await Database.open(addresses.app), []

    async def wrong() -> None:
        tries.append(1)
        async with database.transaction() as session:
            await session.execute(text("SELECT 1 / 0"))

    with pytest.raises(DBAPIError):
        await retried(wrong)
    await database.close()

    assert len(tries) == 1


async def test_a_silent_database_is_named_so():
    with pytest.raises(DatabaseSilent):
        await wait_for_database("postgresql://nobody@127.0.0.1:1/shop", seconds=0.2)


def test_an_address_with_a_driver_is_understood():
    assert plain("postgresql+asyncpg://u@h/shop") == "postgresql://u@h/shop"
    assert plain("postgres://u@h/shop") == "postgresql://u@h/shop"


async def test_an_amount_beyond_what_javascript_carries_is_refused_before_the_database(session):
    amount = select(bindparam("amount", type_=AmountColumn) + bindparam("zero", 0, type_=BigInteger))

    assert await session.scalar(amount, {"amount": MAX_AMOUNT}) == MAX_AMOUNT
    with pytest.raises(StatementError) as refused:
        await session.scalar(amount, {"amount": MAX_AMOUNT + 1})
    assert isinstance(refused.value.orig, AmountTooLarge)


async def test_a_time_without_a_zone_is_refused(session):
    with pytest.raises(Exception, match="a time without a zone"):
        await session.scalar(select(bindparam("at", type_=AwareDateTime)), {"at": datetime(2026, 1, 1)})  # noqa: DTZ001
