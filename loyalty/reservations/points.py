"""Points for a reservation: what an account may spend, less what other checkouts hold."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.points.service import spendable
from loyalty.reservations.holds import HELD

PROMISED = f"""
SELECT coalesce(sum(item.amount), 0) FROM {HELD} AND item.kind = 'points' AND item.subject = CAST(:account AS uuid)::text
"""  # noqa: S608 - our own words


async def points_left(session: AsyncSession, account: UUID, *, at: datetime, own: UUID | None = None) -> int:
    """What the account may spend now, what others hold taken off; never below zero. Lock its points before.

    Holds are read first: a document that settles one meanwhile is then counted twice for a moment, never not at all.
    """
    promised = await session.scalar(text(PROMISED), {"account": account, "at": at, "own": own})
    return max(0, await spendable(session, account, at) - int(promised or 0))
