"""Points for tests of reservations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.points.model import PointsEntry
from pos.core.ids import new_id


async def give_points(session: AsyncSession, account: UUID, amount: int, *, at: datetime) -> None:
    """Points that the account may spend at once."""
    session.add(
        PointsEntry(
            source_id=new_id(),
            kind="bonus",
            part=1,
            account_id=account,
            amount=amount,
            day=at.date(),
            occurred_at=at,
            recorded_at=at,
            available_on=at.date(),
            reason="",
        )
    )
    await session.flush()
