"""What the worker does once documents are committed. A row of the outbox names the documents of one group."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.merge import pass_on
from loyalty.accounts.model import Account
from loyalty.accounts.service import record_visits
from loyalty.debts.model import DebtEntry
from loyalty.points.model import PointsEntry
from loyalty.points.service import fold
from loyalty.tiers.service import fold_accounts
from pos.documents.audit import audit_sales
from pos.documents.limited import settle_limits
from pos.documents.links import note_findings
from pos.documents.misuse import note_misuse
from pos.sales.model import Sale
from pos.storage.database import Database
from pos.storage.outbox import Handler, Job, finishing


async def after_recording(job: Job, database: Database) -> None:
    """Everything that follows from documents; what is found is written together with the end of the job."""
    ids = [UUID(document) for document in job.payload["documents"]]
    async with finishing(database, job) as session:
        await note_findings(session, ids)
        await audit_sales(session, ids)
        await note_misuse(session, ids)
        await note_visits(session, ids)
        await settle_limits(session, ids, at=datetime.now(UTC))
        await credit_survivors(session, ids)
        await fold_points(session, ids)
        await fold_tiers(session, ids)


async def credit_survivors(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """What these documents brought to accounts that were merged away goes to those that stand for them now."""
    named = select(Sale.account_id).where(Sale.id.in_(ids), Sale.account_id.is_not(None))
    owing = select(DebtEntry.account_id).where(DebtEntry.source_id.in_(ids))
    gone = await session.scalars(
        select(Account.id).where(Account.id.in_(named.union(owing)), Account.merged_into.is_not(None))
    )
    await pass_on(session, gone.all(), at=datetime.now(UTC))


async def fold_points(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Lots, standings and overdrafts of the accounts in these receipts."""
    at = (await session.execute(select(func.now()))).scalar_one()
    accounts = await session.scalars(select(PointsEntry.account_id).where(PointsEntry.source_id.in_(ids)).distinct())
    await fold(session, accounts.all(), at=at)


async def note_visits(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Which outlet saw which accounts in these sales: its tills hold their terms from now on."""
    query = select(Sale.outlet_id, Sale.business_date, Account.id, Account.merged_into)
    query = query.join(Account, Account.id == Sale.account_id)
    seen: dict[tuple[UUID, date], set[UUID]] = {}
    for outlet, day, account, into in await session.execute(query.where(Sale.id.in_(ids))):
        seen.setdefault((outlet, day), set()).add(into or account)
    for (outlet, day), accounts in sorted(seen.items()):
        await record_visits(session, outlet, accounts, on=day)


async def fold_tiers(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Put the accounts of these sales where their turnover says."""
    query = select(Account.id, Account.merged_into).join(Sale, Sale.account_id == Account.id).where(Sale.id.in_(ids))
    accounts = {account for row in await session.execute(query) for account in row if account is not None}
    if accounts:
        await fold_accounts(session, sorted(accounts), at=(await session.execute(select(func.now()))).scalar_one())


HANDLERS: dict[str, Handler] = {"documents.recorded": after_recording}
