"""The outbox: nothing is done that was rolled back, nothing committed is forgotten, and the pace follows failures."""

import asyncio

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from pos.storage.database import Database
from pos.storage.outbox import Job, LeaseLost, OutboxRow, Worker, finishing, later, take


@pytest.fixture
async def shop(addresses):
    """A shop with an outbox and a table of SMS sent."""
    owner = await asyncpg.connect(addresses.owner)
    if await owner.fetchval("SELECT to_regclass('outbox')") is None:
        table = OutboxRow.__table__
        await owner.execute(str(CreateTable(table).compile(dialect=postgresql.dialect())))
        for index in table.indexes:
            await owner.execute(str(CreateIndex(index).compile(dialect=postgresql.dialect())))
    await owner.execute("CREATE TABLE sms (phone text)")
    await owner.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON outbox, sms TO tillcard_app")
    await owner.close()
    database = await Database.open(addresses.app)
    yield database
    await database.close()


async def ask_for(shop: Database, *phones: str) -> None:
    async with shop.transaction() as session:
        for phone in phones:
            await later(session, "sms", {"phone": phone})


async def send(job: Job, database: Database) -> None:
    async with finishing(database, job) as session:
        await session.execute(text("INSERT INTO sms VALUES (:phone)"), {"phone": job.payload["phone"]})


async def sent(shop: Database) -> list[str]:
    return [row["phone"] for row in await shop.pool.fetch("SELECT phone FROM sms ORDER BY phone")]


async def waiting(shop: Database) -> int:
    return await shop.pool.fetchval("SELECT count(*) FROM outbox")


async def test_what_was_committed_is_done_once_and_forgotten(shop):
    await ask_for(shop, "+37410", "+37411")

    assert await Worker(shop, {"sms": send}).drain() == 2
    assert await Worker(shop, {"sms": send}).drain() == 0

    assert await sent(shop) == ["+37410", "+37411"]
    assert await waiting(shop) == 0


async def test_a_sale_rolled_back_sends_nothing(shop):
    async with shop.sessions() as session:
        await later(session, "sms", {"phone": "+37410"})
        await session.rollback()

    assert await Worker(shop, {"sms": send}).drain() == 0


async def test_two_workers_never_take_the_same_job(shop):
    await ask_for(shop, *(f"+{number:03}" for number in range(60)))

    await asyncio.gather(*(Worker(shop, {"sms": send}).drain() for _ in range(3)))

    assert await sent(shop) == [f"+{number:03}" for number in range(60)]


async def test_a_failure_is_tried_again_and_the_last_one_kept_for_a_person(shop):
    tries = []

    async def no_network(job: Job, database: Database) -> None:
        tries.append(job.attempt)
        raise ConnectionError("no route to the operator")

    await ask_for(shop, "+37410")
    worker = Worker(shop, {"sms": no_network}, most_attempts=3, first_pause=0)
    for _ in range(5):
        await worker.drain()

    row = await shop.pool.fetchrow("SELECT attempts, last_error, gave_up_at FROM outbox")
    assert tries == [1, 2, 3]
    assert row["last_error"] == "ConnectionError: no route to the operator"
    assert row["gave_up_at"] is not None


async def test_a_failed_job_waits_before_the_next_try(shop):
    async def no_network(job: Job, database: Database) -> None:
        raise ConnectionError

    await ask_for(shop, "+37410")
    worker = Worker(shop, {"sms": no_network}, first_pause=100)

    assert await worker.drain() == 1
    assert await worker.drain() == 0
    assert await shop.pool.fetchval("SELECT run_at > now() + interval '1 minute' FROM outbox")


async def test_the_jobs_of_a_dead_worker_go_to_another_and_are_lost_to_it(shop):
    await ask_for(shop, "+37410")
    [dead] = await take(shop, ["sms"], 1, lease=0.0)
    [alive] = await take(shop, ["sms"], 1, lease=60.0)

    with pytest.raises(LeaseLost):
        await send(dead, shop)
    await send(alive, shop)

    assert await sent(shop) == ["+37410"]


async def test_a_job_under_lease_is_not_taken(shop):
    await ask_for(shop, "+37410")

    assert len(await take(shop, ["sms"], 10, lease=60.0)) == 1
    assert await take(shop, ["sms"], 10, lease=60.0) == []


async def test_a_job_of_a_kind_nobody_here_does_is_left_for_others(shop):
    await ask_for(shop, "+37410")

    assert await Worker(shop, {"webhook": send}).drain() == 0
    assert await waiting(shop) == 1


async def test_a_worker_asleep_is_woken_by_the_commit(shop):
    done = asyncio.Event()

    async def send_and_say(job: Job, database: Database) -> None:
        await send(job, database)
        done.set()

    working = asyncio.create_task(Worker(shop, {"sms": send_and_say}, poll=3600).run())
    await _until(shop, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND state = 'idle'")
    await ask_for(shop, "+37410")
    await asyncio.wait_for(done.wait(), 20)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working

    assert await sent(shop) == ["+37410"]


async def test_a_worker_told_to_stop_finishes_what_it_began(shop):
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(job: Job, database: Database) -> None:
        begun.set()
        await go_on.wait()
        await send(job, database)

    await ask_for(shop, "+37410")
    working = asyncio.create_task(Worker(shop, {"sms": slow}).run())
    await asyncio.wait_for(begun.wait(), 20)
    working.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await working

    assert await sent(shop) == ["+37410"]


async def _until(shop: Database, question: str) -> None:
    async with asyncio.timeout(20):
        while not await shop.pool.fetchval(question):
            await asyncio.sleep(0.02)
