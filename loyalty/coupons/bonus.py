"""Points for whoever brought a newcomer: given by the worker, once for each newcomer, and taken back with the sale."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.coupons.model import Referral
from loyalty.points.gifts import give_bonus, take_back
from pos.storage.database import Database
from pos.storage.outbox import Handler, Job, finishing, later

BONUS = "referral.bonus"
RETURNED = "referral.returned"


async def plan_bonuses(session: AsyncSession, sales: Sequence[UUID], returned: Sequence[UUID]) -> None:
    """Have the worker give what newcomers of these sales bring, and take it back where all of a sale was returned."""
    await _plan(session, BONUS, [sale for sale in sales if sale not in set(returned)])
    await _plan(session, RETURNED, returned)


async def _plan(session: AsyncSession, kind: str, sales: Sequence[UUID]) -> None:
    query = select(Referral).where(Referral.sale_id.in_(sales), Referral.bonus > 0).order_by(Referral.newcomer)
    for one in (await session.scalars(query)).all() if sales else ():
        await later(session, kind, {"referrer": str(one.referrer), "sale": str(one.sale_id), "bonus": one.bonus})


async def after_newcomer(job: Job, database: Database) -> None:
    """Give the bonus to the code's owner; its id is made of the sale's, so that no repetition doubles it."""
    async with finishing(database, job) as session:
        await _give(session, job)


async def after_return(job: Job, database: Database) -> None:
    """Take the bonus back, spent or not; once, and whichever of the two messages is done first."""
    async with finishing(database, job) as session:
        bonus = await _give(session, job)
        await take_back(session, bonus, UUID(job.payload["referrer"]), reason="referral", at=datetime.now(UTC))


async def _give(session: AsyncSession, job: Job) -> UUID:
    bonus, referrer = uuid5(UUID(job.payload["sale"]), BONUS), UUID(job.payload["referrer"])
    amount, at = int(job.payload["bonus"]), datetime.now(UTC)
    await give_bonus(session, bonus, referrer, amount, reason="referral", by=None, at=at)
    return bonus


HANDLERS: dict[str, Handler] = {BONUS: after_newcomer, RETURNED: after_return}
