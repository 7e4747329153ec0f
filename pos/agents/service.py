"""The verbs of device agents: add one, let it get its key for a code, take the key back, choose one for a till."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pos.agents.errors import AgentElsewhere, AgentJoined, AgentNotFound
from pos.agents.model import AgentChoice, DeviceAgent
from pos.registers.errors import OutletNotFound, PairingCodeExpired, PairingCodeWrong, RegisterNotFound
from pos.registers.model import Outlet, Register
from pos.registers.service import CODE_LIFETIME, code_digest, key_digest, new_code


@dataclass(frozen=True, slots=True)
class Joined:
    """What an agent needs to dial in; `key` is told this once."""

    agent: DeviceAgent
    outlet: str
    key: str


async def add_agent(session: AsyncSession, agent_id: UUID, *, outlet_id: UUID, name: str, at: datetime) -> DeviceAgent:
    """The agent with this id, added if new. Raises `OutletNotFound`."""
    agent = await session.get(DeviceAgent, agent_id)
    if agent is not None:
        return agent
    if await session.get(Outlet, outlet_id) is None:
        raise OutletNotFound(id=str(outlet_id))
    agent = DeviceAgent(id=agent_id, outlet_id=outlet_id, name=name, added_at=at)
    session.add(agent)
    await session.flush()
    return agent


async def agent_code(session: AsyncSession, agent_id: UUID, *, at: datetime) -> str:
    """A code for which one computer becomes this agent, once, within 15 minutes; the code before is void.

    The key that the agent has works on until the code is used. Raises `AgentNotFound`.
    """
    agent = await session.get(DeviceAgent, agent_id, with_for_update=True)
    if agent is None:
        raise AgentNotFound(id=str(agent_id))
    code = new_code()
    agent.code_digest, agent.code_expires_at = code_digest(code), at + CODE_LIFETIME
    return code


async def join(session: AsyncSession, code: str, *, at: datetime) -> Joined:
    """Give the code's agent a fresh key, in place of the one before. Raises `PairingCodeWrong`, `PairingCodeExpired`."""
    agent = await session.scalar(
        select(DeviceAgent).where(DeviceAgent.code_digest == code_digest(code)).with_for_update()
    )
    if agent is None or agent.code_expires_at is None:
        raise PairingCodeWrong
    if at >= agent.code_expires_at:
        raise PairingCodeExpired
    key = secrets.token_urlsafe(32)
    agent.key_digest, agent.revoked_at = key_digest(key), None
    agent.code_digest = agent.code_expires_at = None
    outlet = await session.get_one(Outlet, agent.outlet_id)
    return Joined(agent, outlet.name, key)


async def revoke_agent(session: AsyncSession, agent_id: UUID, *, at: datetime) -> None:
    """End its key and its code; it stays in the list and may join again. Raises `AgentNotFound`."""
    agent = await session.get(DeviceAgent, agent_id, with_for_update=True)
    if agent is None:
        raise AgentNotFound(id=str(agent_id))
    agent.key_digest = agent.code_digest = agent.code_expires_at = None
    agent.revoked_at = at


async def forget_agent(session: AsyncSession, agent_id: UUID) -> None:
    """Take an agent that no computer has the key of out of the list. Raises `AgentNotFound`, `AgentJoined`."""
    agent = await session.get(DeviceAgent, agent_id, with_for_update=True)
    if agent is None:
        raise AgentNotFound(id=str(agent_id))
    if agent.key_digest is not None:
        raise AgentJoined(agent=agent.name)
    await session.execute(delete(AgentChoice).where(AgentChoice.agent_id == agent_id))
    await session.delete(agent)
    await session.flush()


async def choose_agent(session: AsyncSession, register_id: UUID, agent_id: UUID | None) -> None:
    """Whose devices the till uses from now on; None: the first agent of its outlet.

    Raises `RegisterNotFound`, `AgentNotFound`, `AgentElsewhere`.
    """
    register = await session.get(Register, register_id, with_for_update=True)
    if register is None:
        raise RegisterNotFound(id=str(register_id))
    await session.execute(delete(AgentChoice).where(AgentChoice.register_id == register_id))
    if agent_id is None:
        return
    agent = await session.get(DeviceAgent, agent_id)
    if agent is None:
        raise AgentNotFound(id=str(agent_id))
    if agent.outlet_id != register.outlet_id:
        raise AgentElsewhere(agent=agent.name)
    session.add(AgentChoice(register_id=register_id, agent_id=agent_id))
    await session.flush()


async def seen(session: AsyncSession, agent_id: UUID, *, at: datetime) -> None:
    """It dialled in or hung up."""
    await session.execute(update(DeviceAgent).where(DeviceAgent.id == agent_id).values(seen_at=at))
