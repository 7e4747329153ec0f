"""What the worker does once documents are committed. A row of the outbox names the documents of one group."""

from uuid import UUID

from pos.documents.audit import audit_sales
from pos.documents.links import note_findings
from pos.storage.database import Database
from pos.storage.outbox import Handler, Job, finishing


async def after_recording(job: Job, database: Database) -> None:
    """Links, refunds, conflicts, then prices: findings are written together with the end of the job."""
    ids = [UUID(document) for document in job.payload["documents"]]
    async with finishing(database, job) as session:
        await note_findings(session, ids)
        await audit_sales(session, ids)


HANDLERS: dict[str, Handler] = {"documents.recorded": after_recording}
