"""Every agent with its devices as they are now, asked through the relays."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from litestar import Request
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from pos.agents.queries import agent_list
from pos.registers.queries import outlet_list, register_list
from web.agent.relay import Message, Relay
from web.agent.relays import Relays
from web.devices.errors import AgentAway, DeviceNotFound
from web.office.pages import page

OWN = "own"
"""The place of the server's own agent; of every other one it is its id."""


@dataclass(frozen=True, slots=True)
class AgentView:
    """One agent. `devices` None: it is away. `joined`: a computer has its key."""

    place: str
    name: str
    outlet: str
    joined: bool
    seen_at: datetime | None
    revoked_at: datetime | None
    relay: Relay
    register: str
    """In whose name the back office asks its devices."""
    devices: list[Message] | None = None
    logs: dict[str, list[Message]] = field(default_factory=dict)


async def agent_views(session: AsyncSession, relays: Relays, *, logs: bool = False) -> list[AgentView]:
    """The server's own agent where it has one or no other is known, then the others by outlet; all asked at once."""
    registers = await register_list(session)
    known = await agent_list(session)
    views: list[AgentView] = []
    if relays.of(None).agent is not None or not known:
        views.append(AgentView(OWN, "", "", True, None, None, relays.of(None), str(registers[0].id)))
    for row in known:
        register = next((each.id for each in registers if each.outlet_id == row.outlet_id), row.id)
        stands = row.joined, row.seen_at, row.revoked_at
        views.append(AgentView(str(row.id), row.name, row.outlet, *stands, relays.of(row.id), str(register)))
    return list(await asyncio.gather(*(asked(view, logs=logs) for view in views)))


async def asked(view: AgentView, *, logs: bool) -> AgentView:
    """The view with what its agent says now."""
    try:
        devices = (await view.relay.request({"type": "health"})).get("devices", [])
        found: dict[str, list[Message]] = {}
        for device in devices if logs else ():
            told = await view.relay.request({"type": "log", "device": device["id"]})
            found[device["id"]] = told.get("entries", [])
    except AgentAway:
        return view
    return replace(view, devices=devices, logs=found)


async def device_at(session: AsyncSession, relays: Relays, place: str, device: str) -> AgentView:
    """The agent at `place`, which drives that device. Raises `AgentAway`, `DeviceNotFound`."""
    view = next((each for each in await agent_views(session, relays) if each.place == place), None)
    if view is None:
        raise DeviceNotFound(device=device)
    if view.devices is None:
        raise AgentAway
    if device not in {each["id"] for each in view.devices}:
        raise DeviceNotFound(device=device)
    return view


async def devices_page(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    relays: Relays,
    *,
    answer: Message | None = None,
    code: str = "",
    code_for: str = "",
) -> Template:
    """The whole page, with what a device has just answered, or a code to be typed at a computer."""
    return page(
        request,
        "devices.html",
        agents=await agent_views(session, relays, logs=True),
        outlets=await outlet_list(session),
        answer=answer,
        code=f"{code[:4]}-{code[4:]}" if code else None,
        code_for=code_for,
        address=f"{request.base_url}".rstrip("/"),
    )
