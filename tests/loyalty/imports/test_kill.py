"""A server killed in the middle of an import: what it had begun is rolled back, the rest is done once."""

import asyncio
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from loyalty.accounts.rules import card_number
from loyalty.imports.queries import import_row
from loyalty.imports.service import start_undoing, start_writing
from tests.loyalty.imports.shop import an_open_shop, received, text_file, worker

ROOT = Path(__file__).parents[3]
ROWS = 22_000
LEASE = 6.0


async def state(database, import_id):
    async with database.transaction() as session:
        return await import_row(session, import_id)


async def killed_half_way(database, import_id) -> int:
    """A worker of its own, killed after its first part; how many rows it had done."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.loyalty.imports.worker_process", database.dsn, str(LEASE)], cwd=ROOT
    )
    try:
        while (found := await state(database, import_id)).done == 0:
            assert process.poll() is None
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.05)  # into the next part
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    return found.done


async def finished(database, import_id) -> None:
    """Another worker goes on as soon as the dead one's lease is over."""
    while (await state(database, import_id)).working:
        await worker(database, lease=LEASE).drain()
        await asyncio.sleep(0.1)


async def sums(database) -> dict[str, int]:
    return dict(
        await database.pool.fetchrow(
            "SELECT (SELECT count(*) FROM account) AS accounts, (SELECT count(*) FROM account WHERE blocked IS NULL) AS open,"
            " (SELECT count(DISTINCT number) FROM card) AS cards, (SELECT count(*) FROM person) AS persons,"
            " (SELECT coalesce(sum(amount), 0)::bigint FROM turnover_entry) AS turnover,"
            " (SELECT coalesce(sum(amount), 0)::bigint FROM points_entry) AS points"
        )
    )


@pytest.mark.timeout(240)
async def test_a_killed_import_goes_on_and_nothing_is_doubled_there_and_back(addresses):
    rows = [("Карта", "ФИО", "Телефон", "Накоплено", "Баллы")]
    rows += [
        (card_number("29", 13, n), f"Семья{n} Имя", f"+374{10_000_000 + n}", f"{n},50", f"{n % 10}")
        for n in range(ROWS)
    ]
    async with an_open_shop(addresses.app) as database:
        import_id = await received(database, text_file(rows), "clients.csv")
        assert (await state(database, import_id)).count("good") == ROWS
        async with database.transaction() as session:
            await start_writing(session, import_id, rest=False, at=datetime.now(UTC))

        done = await killed_half_way(database, import_id)
        assert 0 < done < ROWS
        await finished(database, import_id)

        turnover = sum(n * 100 + 50 for n in range(ROWS))
        whole = {"accounts": ROWS, "open": ROWS, "cards": ROWS, "persons": ROWS}
        points = sum(n % 10 for n in range(ROWS))
        assert await sums(database) == {**whole, "turnover": turnover, "points": points}

        async with database.transaction() as session:
            await start_undoing(session, import_id, at=datetime.now(UTC))
        assert 0 < await killed_half_way(database, import_id) < ROWS
        await finished(database, import_id)

        nothing = {"open": 0, "cards": 0, "persons": 0, "turnover": 0, "points": 0}
        assert await sums(database) == {"accounts": ROWS, **nothing}
        assert (await state(database, import_id)).count("undone") == ROWS
