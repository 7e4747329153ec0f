"""What the worker does for accounts after the commit."""

from datetime import UTC, datetime
from uuid import UUID

from loyalty.accounts.merge import HAND_ON, pass_on
from pos.storage.database import Database
from pos.storage.outbox import Handler, Job, finishing


async def hand_on(job: Job, database: Database) -> None:
    """Credit the survivors of merges with what late documents brought."""
    async with finishing(database, job) as session:
        await pass_on(session, [UUID(account) for account in job.payload["accounts"]], at=datetime.now(UTC))


HANDLERS: dict[str, Handler] = {HAND_ON: hand_on}
