"""Devices as the owner sees them, live through the relays; and the few things to do to one from here."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import uuid4

from litestar import Request, Router, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from devices.agent.clock import milliseconds, wire_time
from web.agent.relay import Message
from web.devices.agents import AGENTS
from web.devices.shown import agent_views, device_at, devices_page
from web.office.pages import page

FORM = Body(media_type=RequestEncodingType.URL_ENCODED)
Asker = Request[Any, Any, Any]
SECONDS_TO_BEGIN = 30
"""A drawer must not spring open, nor a test page come out, when nobody expects it any more."""


class ActForm(BaseModel):
    """What to do. `reason` is needed to open the drawer."""

    act: Literal["test_page", "drawer", "weigh"]
    reason: Annotated[str, Field(max_length=100)] = ""


@get("/", include_in_schema=False)
async def devices(request: Asker, session: AsyncSession, state: State) -> Template:
    """Every device of every agent."""
    return await devices_page(request, session, state.relays)


@get("/now", include_in_schema=False)
async def devices_now(request: Asker, session: AsyncSession, state: State) -> Template:
    """The part of the page that changes by itself."""
    return page(request, "_devices.html", agents=await agent_views(session, state.relays))


@post("/at/{place:str}/{device_id:str}", status_code=200, include_in_schema=False)
async def act(
    request: Asker, session: AsyncSession, state: State, place: str, device_id: str, data: Annotated[ActForm, FORM]
) -> Template:
    """Print a test page, open the drawer with a reason, or weigh. Raises `AgentAway`, `DeviceNotFound`."""
    agent = await device_at(session, state.relays, place, device_id)
    about: Message = {"device": device_id, "register": agent.register}
    if data.act == "weigh":
        answer = await agent.relay.request({"type": "ask", "question": "weight", **about})
        return await devices_page(request, session, state.relays, answer=answer)
    person = request.scope["user"].name
    content = {"reason": "no_sale", "note": f"{person}: {data.reason}"} if data.act == "drawer" else {}
    job: Message = {
        "type": "job",
        "id": str(uuid4()),
        "kind": "drawer" if data.act == "drawer" else "test-page",
        "content": content,
        "ttl": SECONDS_TO_BEGIN,
        "made_at": wire_time(milliseconds(datetime.now(UTC))),
        **about,
    }
    return await devices_page(request, session, state.relays, answer=await agent.relay.request(job))


DEVICES = Router(path="/devices", route_handlers=[devices, devices_now, act, AGENTS])
