"""The work after the commit: what each kind of outbox row asks for, and who does it."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from loyalty.accounts.jobs import HANDLERS as ACCOUNT_HANDLERS
from loyalty.coupons.bonus import HANDLERS as REFERRAL_HANDLERS
from loyalty.imports.steps import HANDLERS as IMPORT_HANDLERS
from loyalty.limits.daily import HANDLERS as LIMITS_HANDLERS
from loyalty.limits.daily import keep_daily as keep_limits_daily
from loyalty.points.daily import HANDLERS as POINTS_HANDLERS
from loyalty.points.daily import keep_daily
from loyalty.tiers.work import HANDLERS as TIER_HANDLERS
from pos.documents.after import HANDLERS as DOCUMENT_HANDLERS
from pos.reports.try_it.work import HANDLERS as TRY_HANDLERS
from pos.storage.database import Database
from pos.storage.outbox import Handler, Worker

HANDLERS: dict[str, Handler] = {
    **DOCUMENT_HANDLERS,
    **IMPORT_HANDLERS,
    **ACCOUNT_HANDLERS,
    **REFERRAL_HANDLERS,
    **LIMITS_HANDLERS,
    **POINTS_HANDLERS,
    **TIER_HANDLERS,
    **TRY_HANDLERS,
}


@asynccontextmanager
async def working(database: Database) -> AsyncGenerator[Worker, None]:
    """A worker beside whatever the block does; stopped at its end."""
    await keep_daily(database)
    await keep_limits_daily(database)
    worker = Worker(database, HANDLERS)
    task = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
