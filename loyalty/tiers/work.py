"""What the worker does for tiers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.model import Account
from loyalty.tiers.jobs import DAILY, EVERYONE, FOLD, PART, accounts_between, due_accounts, next_midnight
from loyalty.tiers.ledger import chain_zone
from loyalty.tiers.preview import PREVIEW, preview_part
from loyalty.tiers.service import fold_accounts
from pos.storage.database import Database
from pos.storage.outbox import Handler, Job, finishing, later


async def present(session: AsyncSession) -> datetime:
    """The database's clock: a worker has no other."""
    return (await session.execute(select(func.now()))).scalar_one()


async def look_at_everyone(job: Job, database: Database) -> None:
    """The next part of the accounts that there were when a version began."""
    async with finishing(database, job) as session:
        until = job.payload["until"]
        if until is None:
            until = await session.scalar(select(func.max(Account.seq))) or 0
        part = await accounts_between(session, job.payload["after"], until)
        await fold_accounts(session, [account for _, account in part], at=await present(session))
        if len(part) == PART:
            await later(session, EVERYONE, {**job.payload, "after": part[-1][0], "until": until})


async def review(job: Job, database: Database) -> None:
    """Everyone due today, part by part; then again tomorrow."""
    async with finishing(database, job) as session:
        at = await present(session)
        if await review_due(session, at=at) == PART:
            await later(session, DAILY, {})
        else:
            await later(session, DAILY, {}, run_at=next_midnight(await chain_zone(session), at=at))


async def review_due(session: AsyncSession, *, at: datetime) -> int:
    """Look at the accounts due on the day of `at`, at most 500; how many there were."""
    due = await due_accounts(session, at.astimezone(await chain_zone(session)).date())
    await fold_accounts(session, due, at=at)
    return len(due)


async def fold(job: Job, database: Database) -> None:
    async with finishing(database, job) as session:
        accounts = [UUID(account) for account in job.payload["accounts"]]
        await fold_accounts(session, accounts, at=await present(session))


async def count_preview(job: Job, database: Database) -> None:
    """The next part of a preview."""
    async with finishing(database, job) as session:
        if await preview_part(session, UUID(job.payload["preview"])):
            await later(session, PREVIEW, job.payload)


HANDLERS: dict[str, Handler] = {EVERYONE: look_at_everyone, DAILY: review, FOLD: fold, PREVIEW: count_preview}
