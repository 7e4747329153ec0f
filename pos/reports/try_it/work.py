"""The worker's part: past receipts priced again in processes of their own, a batch at a time, each batch stored.

The processes stand back for everyone else (lowest priority), live for one turn of the worker, and hold both rule sets
and the costs; receipts pass through them as bytes. A run goes on in another turn where one is not enough.
"""

import asyncio
import multiprocessing
import os
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.pricing.model import RuleSetVersion
from pos.catalog.model import Product
from pos.documents.model import Document
from pos.reports.try_it.model import TryAccount, TryRun
from pos.reports.try_it.rules import Batch, Sums, Trial, replay, trial
from pos.reports.try_it.service import KIND, chosen_sales
from pos.sales.model import Sale
from pos.storage.database import Database
from pos.storage.outbox import Handler, Job, later

CHUNK = 250
"""Receipts that one process prices at a time."""
TURN = 25.0
"""Seconds after which the worker is given back to others."""
MOST_PROCESSES = 4
MOST_TRIES = 3
NICENESS = 10
log = structlog.get_logger(__name__)
_trial: Trial | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the processes are told once."""

    today: dict[str, Any]
    draft: dict[str, Any]
    costs: dict[int, int]
    as_if_held: bool
    on: str


def begin(asked: Asked) -> None:
    """In a process of its own: make the rule sets ready."""
    global _trial
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    _trial = trial(asked.today, asked.draft, asked.costs, as_if_held=asked.as_if_held, on=asked.on)


def replay_chunk(bodies: list[bytes]) -> Batch:
    assert _trial is not None
    return replay(_trial, bodies)


def processes() -> int:
    return max(1, min(MOST_PROCESSES, os.cpu_count() or 1))


async def try_on(job: Job, database: Database) -> None:
    """One turn of a run. After three failures the run is marked so, and given up."""
    run_id = UUID(job.payload["run"])
    try:
        unfinished = await one_turn(database, run_id)
    except Exception:
        if job.attempt < MOST_TRIES:
            raise
        log.exception("try.failed", run=str(run_id))
        await ended(database, run_id, "failed")
        return
    if unfinished:
        async with database.transaction() as session:
            await later(session, KIND, {"run": str(run_id)})


async def one_turn(database: Database, run_id: UUID) -> bool:
    """Price batches until the turn is over; whether there is more to do."""
    async with database.sessions() as session:
        run = await session.get(TryRun, run_id)
        if run is None or run.state != "running":
            return False
        asked = await what_is_asked(session, run)
        count = processes()
    pool = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), begin, (asked,))
    until = time.monotonic() + TURN
    try:
        while time.monotonic() < until:
            async with database.sessions() as session:
                rows = await next_receipts(session, run, CHUNK * count)
            if not rows:
                await ended(database, run_id, "done")
                return False
            began = time.monotonic()
            batch = await priced(pool, [body for _, _, body in rows])
            batch.sums.work_ms = int((time.monotonic() - began) * 1000)
            if not await stored(database, run, batch, rows[-1][1], rows[-1][0], len(rows)):
                return False
        return True
    finally:
        await asyncio.to_thread(pool.shutdown, wait=True, cancel_futures=True)


async def what_is_asked(session: AsyncSession, run: TryRun) -> Asked:
    against = await session.get_one(RuleSetVersion, run.against)
    known = await session.execute(select(Product.seq, Product.cost).where(Product.cost.is_not(None)))
    costs = {seq: cost for seq, cost in known if cost is not None}
    return Asked(dict(against.body), dict(run.body), costs, run.as_if_held, run.asked_at.date().isoformat())


async def next_receipts(session: AsyncSession, run: TryRun, most: int) -> Sequence[tuple[UUID, datetime, bytes]]:
    """The next receipts of the run by the time they were made: id, time, bytes."""
    margin = timedelta(days=2)  # a business date and the moment of a sale are at most so far apart
    query = (
        select(Sale.id, Sale.made_at, Document.body)
        .join(Document, Document.id == Sale.id)
        .where(
            Sale.id.in_(chosen_sales(run.starts_on, run.ends_on, run.outlets)),
            Sale.made_at >= datetime.combine(run.starts_on, datetime.min.time(), UTC) - margin,
            Sale.made_at < datetime.combine(run.ends_on, datetime.min.time(), UTC) + margin,
        )
        .order_by(Sale.made_at, Sale.id)
        .limit(most)
    )
    if run.place_at is not None:
        query = query.where(tuple_(Sale.made_at, Sale.id) > (run.place_at, run.place_id))
    return [(id_, made_at, body) for id_, made_at, body in await session.execute(query)]


async def priced(pool: ProcessPoolExecutor, bodies: list[bytes]) -> Batch:
    """All bodies priced, a chunk in each process."""
    loop = asyncio.get_running_loop()
    chunks = [bodies[at : at + CHUNK] for at in range(0, len(bodies), CHUNK)]
    whole = Batch()
    for batch in await asyncio.gather(*(loop.run_in_executor(pool, replay_chunk, chunk) for chunk in chunks)):
        whole.sums.add(batch.sums)
        for account, (receipts, today, draft) in batch.accounts.items():
            row = whole.accounts.setdefault(account, [0, 0, 0])
            row[0], row[1], row[2] = row[0] + receipts, row[1] + today, row[2] + draft
    return whole


async def stored(database: Database, run: TryRun, batch: Batch, place_at: datetime, place_id: UUID, count: int) -> bool:
    """Add a batch to the run, once; False where it was cancelled or another worker is further."""
    sums = Sums.of(run.result)
    sums.add(batch.sums)
    values = {"done": run.done + count, "place_at": place_at, "place_id": place_id, "result": sums.to_json()}
    async with database.transaction() as session:
        mine = update(TryRun).where(TryRun.id == run.id, TryRun.state == "running", TryRun.done == run.done)
        if (await session.execute(mine.values(values).returning(TryRun.id))).first() is None:
            return False
        await add_accounts(session, run.id, batch)
    run.done, run.place_at, run.place_id, run.result = values["done"], place_at, place_id, values["result"]
    return True


async def add_accounts(session: AsyncSession, run_id: UUID, batch: Batch) -> None:
    rows = [
        {"run_id": run_id, "account_id": UUID(account), "receipts": receipts, "today": today, "draft": draft}
        for account, (receipts, today, draft) in sorted(batch.accounts.items())
    ]
    if rows:
        new = insert(TryAccount).values(rows)
        added = {name: text(f"try_account.{name} + excluded.{name}") for name in ("receipts", "today", "draft")}
        await session.execute(new.on_conflict_do_update(index_elements=["run_id", "account_id"], set_=added))


async def ended(database: Database, run_id: UUID, state: str) -> None:
    async with database.transaction() as session:
        running = update(TryRun).where(TryRun.id == run_id, TryRun.state == "running")
        await session.execute(running.values(state=state, finished_at=datetime.now(UTC)))


HANDLERS: dict[str, Handler] = {KIND: try_on}
