"""A database of a test's own with a recorder and a worker: documents go in as from tills, and what follows is done."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from loyalty.accounts.jobs import HANDLERS as ACCOUNT_HANDLERS
from loyalty.points.daily import HANDLERS as POINTS_HANDLERS
from pos.documents.after import HANDLERS as DOCUMENT_HANDLERS
from pos.documents.check import Finding, check
from pos.registers.queries import RegisterKey
from pos.sales.record import Answer, Recorder
from pos.storage.database import Addresses, Database
from pos.storage.outbox import Worker
from tests.documents import Made, Till

HANDLERS = {**DOCUMENT_HANDLERS, **ACCOUNT_HANDLERS, **POINTS_HANDLERS}


class Shop:
    """What the tests of several features do with documents."""

    def __init__(self, addresses: Addresses, database: Database, recorder: Recorder) -> None:
        self.addresses, self.database, self.recorder = addresses, database, recorder

    async def deliver(self, till: Till, *made: Made) -> list[Answer]:
        """Record these and do the work after; the answers."""
        key = RegisterKey(till.register_id, till.epoch, till.outlet_id, revoked=False)
        answers = [await self.recorder.record(key, one.id, one.body) for one in made]
        await Worker(self.database, HANDLERS).drain()
        return answers

    async def findings(self, like: str = "%") -> list[tuple[object, ...]]:
        """(document, kind, alarm) of what was noticed, in order."""
        query = "SELECT document_id, kind, alarm FROM audit_finding WHERE kind LIKE $1 ORDER BY id"
        return [tuple(row) for row in await self.database.pool.fetch(query, like)]

    async def check(self) -> list[Finding]:
        """What `tillcard check` says."""
        connection = await asyncpg.connect(self.addresses.owner)
        try:
            return [finding async for finding in check(connection)]
        finally:
            await connection.close()


@asynccontextmanager
async def a_shop(addresses: Addresses) -> AsyncIterator[Shop]:
    database = await Database.open(addresses.app)
    try:
        async with Recorder(database.pool) as recorder:
            yield Shop(addresses, database, recorder)
    finally:
        await database.close()
