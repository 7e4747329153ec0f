"""Why a receipt cost what it cost: the engine run again over the document's own inputs."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession


async def explanation(session: AsyncSession, sale_id: UUID) -> list[object]:
    """What became of each rule; empty for a refund, which runs no rules."""
    return []
