"""What the worker does once documents are committed. A row of the outbox names the documents of one group."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.model import Account
from loyalty.accounts.service import record_visits
from pos.documents.audit import audit_sales
from pos.documents.links import note_findings
from pos.sales.model import Sale
from pos.storage.database import Database
from pos.storage.outbox import Handler, Job, finishing


async def after_recording(job: Job, database: Database) -> None:
    """Links, refunds, conflicts, prices, visits: what is found is written together with the end of the job."""
    ids = [UUID(document) for document in job.payload["documents"]]
    async with finishing(database, job) as session:
        await note_findings(session, ids)
        await audit_sales(session, ids)
        await note_visits(session, ids)


async def note_visits(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Which outlet saw which accounts in these sales: its tills hold their terms from now on."""
    query = select(Sale.outlet_id, Sale.business_date, Account.id).join(Account, Account.id == Sale.account_id)
    seen: dict[tuple[UUID, date], set[UUID]] = {}
    for outlet, day, account in await session.execute(query.where(Sale.id.in_(ids))):
        seen.setdefault((outlet, day), set()).add(account)
    for (outlet, day), accounts in sorted(seen.items()):
        await record_visits(session, outlet, accounts, on=day)


HANDLERS: dict[str, Handler] = {"documents.recorded": after_recording}
