"""Whose a key is, which agents there are, and which of them a till uses."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from pos.agents.errors import AgentUnknown
from pos.agents.model import AgentChoice, DeviceAgent
from pos.registers.model import Outlet, Register
from pos.registers.service import key_digest


@dataclass(frozen=True, slots=True)
class AgentRow:
    """`joined`: a computer has its key."""

    id: UUID
    name: str
    outlet_id: UUID
    outlet: str
    joined: bool
    seen_at: datetime | None
    revoked_at: datetime | None


async def agent_by_key(session: AsyncSession, key: str) -> UUID:
    """Raises `AgentUnknown`."""
    found = await session.scalar(select(DeviceAgent.id).where(DeviceAgent.key_digest == key_digest(key)))
    if found is None:
        raise AgentUnknown
    return found


async def agent_list(session: AsyncSession) -> list[AgentRow]:
    """Every agent by outlet, in the order in which they were added."""
    rows = await session.execute(
        select(DeviceAgent, Outlet.name)
        .join(Outlet, Outlet.id == DeviceAgent.outlet_id)
        .order_by(Outlet.name, DeviceAgent.added_at, DeviceAgent.id)
    )
    return [
        AgentRow(
            agent.id, agent.name, agent.outlet_id, outlet, agent.key_digest is not None, agent.seen_at, agent.revoked_at
        )
        for agent, outlet in rows
    ]


async def agent_choices(session: AsyncSession) -> dict[UUID, UUID]:
    """By register, where the owner chose one."""
    rows = await session.execute(select(AgentChoice.register_id, AgentChoice.agent_id))
    return {row.register_id: row.agent_id for row in rows}


async def agent_of(session: AsyncSession, register_id: UUID) -> UUID | None:
    """Whose devices a till uses: the one chosen for it, else the first of its outlet; None where its outlet has none."""
    query = (
        select(DeviceAgent.id)
        .join(Register, Register.outlet_id == DeviceAgent.outlet_id)
        .outerjoin(AgentChoice, (AgentChoice.register_id == Register.id) & (AgentChoice.agent_id == DeviceAgent.id))
        .where(Register.id == register_id, DeviceAgent.key_digest.is_not(None))
        .order_by(AgentChoice.agent_id.is_(None), DeviceAgent.added_at, DeviceAgent.id)
        .limit(1)
    )
    return await session.scalar(query)


async def outlet_of_agent(session: AsyncSession, agent_id: UUID) -> UUID | None:
    """Where its devices stand."""
    return await session.scalar(select(DeviceAgent.outlet_id).where(DeviceAgent.id == agent_id))
