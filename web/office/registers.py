"""Registers: add one, show the code that makes a device this register, take a key back."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from pos.agents.queries import agent_choices, agent_list
from pos.agents.service import choose_agent
from pos.fiscal.queries import fiscal_settings
from pos.registers.errors import OutletNotFound
from pos.registers.model import Outlet
from pos.registers.queries import outlet_list, register_list
from pos.registers.service import pairing_code, revoke
from web.agent.relays import after_change
from web.office.pages import page
from web.office.schemas import ChoiceForm, RegisterForm
from web.setup.first_shop import new_register

FORM = Body(media_type=RequestEncodingType.URL_ENCODED)
Asker = Request[Any, Any, Any]


@get("/", include_in_schema=False)
async def registers(request: Asker, session: AsyncSession) -> Template:
    return await shown(request, session)


async def shown(request: Asker, session: AsyncSession, *, code: str | None = None) -> Template:
    """Every register, and a pairing code that was just made."""
    return page(
        request,
        "registers.html",
        registers=await register_list(session),
        outlets=await outlet_list(session),
        fiscal=await fiscal_settings(session),
        agents=[agent for agent in await agent_list(session) if agent.joined],
        choices=await agent_choices(session),
        code=code,
    )


@post("/", status_code=303, include_in_schema=False)
async def add(session: AsyncSession, data: Annotated[RegisterForm, FORM]) -> Redirect:
    """Add a register. Raises `OutletNotFound`, `PrefixTaken`."""
    outlet = await session.get(Outlet, UUID(data.outlet))
    if outlet is None:
        raise OutletNotFound(id=data.outlet)
    await new_register(session, outlet, name=data.name, prefix=data.prefix)
    return Redirect("/office/registers", status_code=303)


@post("/{register_id:uuid}/code", status_code=200, include_in_schema=False)
async def show_code(request: Asker, session: AsyncSession, now: datetime, register_id: UUID) -> Template:
    """A fresh pairing code, shown this once."""
    code = await pairing_code(session, register_id, at=now)
    return await shown(request, session, code=f"{code[:4]}-{code[4:]}")


@post("/{register_id:uuid}/revoke", status_code=303, include_in_schema=False, after_response=after_change)
async def revoke_keys(session: AsyncSession, now: datetime, register_id: UUID) -> Redirect:
    """End the register's keys: a lost or stolen tablet can no longer read anything."""
    await revoke(session, register_id, at=now)
    return Redirect("/office/registers", status_code=303)


@post("/{register_id:uuid}/agent", status_code=303, include_in_schema=False, after_response=after_change)
async def choose(session: AsyncSession, register_id: UUID, data: Annotated[ChoiceForm, FORM]) -> Redirect:
    """Whose devices the till uses. Raises `RegisterNotFound`, `AgentNotFound`, `AgentElsewhere`."""
    await choose_agent(session, register_id, UUID(data.agent) if data.agent else None)
    return Redirect("/office/registers", status_code=303)


REGISTERS = Router(path="/registers", route_handlers=[registers, add, show_code, revoke_keys, choose])
