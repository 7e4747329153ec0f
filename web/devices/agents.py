"""Device agents in the back office: add one, show the code that lets a computer be it, take its key back."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Router, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from pos.agents.service import add_agent, agent_code, forget_agent, revoke_agent
from pos.core.ids import new_id
from web.agent.relays import after_change
from web.devices.shown import devices_page
from web.office.schemas import Form, Id, Short

FORM = Body(media_type=RequestEncodingType.URL_ENCODED)
Asker = Request[Any, Any, Any]


class AgentForm(Form):
    name: Short
    outlet: Id


@post("/", status_code=200, include_in_schema=False)
async def add(
    request: Asker, session: AsyncSession, state: State, now: datetime, data: Annotated[AgentForm, FORM]
) -> Template:
    """One more, and its code at once. Raises `OutletNotFound`."""
    agent = await add_agent(session, new_id(), outlet_id=UUID(data.outlet), name=data.name, at=now)
    code = await agent_code(session, agent.id, at=now)
    return await devices_page(request, session, state.relays, code=code, code_for=agent.name)


@post("/{agent_id:uuid}/code", status_code=200, include_in_schema=False)
async def show_code(request: Asker, session: AsyncSession, state: State, now: datetime, agent_id: UUID) -> Template:
    """A fresh code, shown this once. Raises `AgentNotFound`."""
    code = await agent_code(session, agent_id, at=now)
    return await devices_page(request, session, state.relays, code=code, code_for="")


@post("/{agent_id:uuid}/revoke", status_code=303, include_in_schema=False, after_response=after_change)
async def revoke(request: Asker, session: AsyncSession, now: datetime, agent_id: UUID) -> Redirect:
    """End its key: nothing of its computer is heard any more. Raises `AgentNotFound`."""
    await revoke_agent(session, agent_id, at=now)
    request.state.ended_agent = agent_id
    return Redirect("/office/devices", status_code=303)


@post("/{agent_id:uuid}/forget", status_code=303, include_in_schema=False)
async def forget(session: AsyncSession, agent_id: UUID) -> Redirect:
    """One that no computer is any more, or ever was. Raises `AgentNotFound`, `AgentJoined`."""
    await forget_agent(session, agent_id)
    return Redirect("/office/devices", status_code=303)


AGENTS = Router(path="/agents", route_handlers=[add, show_code, revoke, forget])
