"""Work on the journal: shared commits, undone failures, order."""

import asyncio
import threading

import pytest

from devices.agent.store import Store


@pytest.fixture
async def store(tmp_path):
    store = Store(tmp_path / "journal.sqlite")
    await store.open()
    yield store
    await store.close()


async def test_what_is_handed_in_during_a_commit_shares_the_next_one(store):
    hold = threading.Event()
    first = store.post(lambda tx: hold.wait(30))
    rest = [store.post(lambda tx, n=n: tx.emit({"type": "event"}, at=n, device="x")) for n in range(20)]
    await asyncio.sleep(0)
    hold.set()
    await first
    numbers = await asyncio.gather(*rest)

    assert numbers == list(range(1, 21))
    assert store.commits <= 2


async def test_a_piece_that_fails_is_undone_alone_and_its_events_are_not_told(store):
    told: list[int] = []
    store.told = lambda event: told.append(event.seq)
    hold = threading.Event()

    def fails(tx):
        tx.emit({"type": "event"}, at=0, device="bad")
        raise LookupError("no such thing")

    first = store.post(lambda tx: hold.wait(30))
    good, bad, last = (
        store.post(lambda tx: tx.emit({"type": "event"}, at=1, device="x")),
        store.post(fails),
        store.post(lambda tx: tx.emit({"type": "event"}, at=2, device="x")),
    )
    hold.set()
    await first
    with pytest.raises(LookupError):
        await bad
    numbers = [await good, await last]
    kept = await store.run(lambda tx: [row[0] for row in tx.execute("SELECT device FROM events ORDER BY seq")])

    assert kept == ["x", "x"]
    assert told == numbers


async def test_events_are_told_before_the_caller_goes_on(store):
    order: list[str] = []
    store.told = lambda event: order.append("told")
    await store.run(lambda tx: tx.emit({"type": "event"}, at=0, device="x"))
    order.append("answered")

    assert order == ["told", "answered"]


async def test_the_file_is_written_through_to_the_disk(store):
    settings = [
        await store.run(lambda tx, name=name: tx.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("journal_mode", "synchronous", "locking_mode")
    ]

    assert settings == ["wal", 2, "exclusive"]
