"""Where a device agent gets its key and dials in, and where tablets find it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Router, WebSocket, post, websocket
from litestar.datastructures import State
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from pos.agents.service import join
from pos.registers.queries import RegisterKey
from pos.staff.service import count_try, forget_tries
from web.agent.line import Line
from web.agent.relay import Till
from web.agent.relays import Relays, after_change

Socket = WebSocket[Any, Any, Any]


class JoinBody(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"code": "7KQ2-M9XB"}]})

    code: Annotated[str, Field(min_length=1, max_length=40)]


class JoinedOut(BaseModel):
    """The key is told this once."""

    agent: UUID
    name: str
    outlet: str
    key: str


@post("/api/agent/pair", status_code=201, tags=["agent"], after_response=after_change)
async def pair(
    request: Request[Any, Any, Any], session: AsyncSession, state: State, now: datetime, data: JoinBody
) -> JoinedOut:
    """Give a computer's device agent its key for a code of the back office; the key before stops working."""
    address = request.client.host if request.client else ""
    async with state.database.sessions() as tries, tries.begin():
        await count_try(tries, "agent", address, at=now)
    joined = await join(session, data.code, at=now)
    await forget_tries(session, "agent", address)
    request.state.ended_agent = joined.agent.id
    return JoinedOut(agent=joined.agent.id, name=joined.agent.name, outlet=joined.outlet, key=joined.key)


@websocket("/api/agent/link")
async def agent_link(socket: Socket, state: State, agent: UUID | None) -> None:
    """A device agent's own connection, kept open. `agent` is whose key it showed; None is the server's own."""
    relays: Relays = state.relays
    relay = relays.of(agent)
    await socket.accept()
    line = Line(socket)
    relay.agent_arrived(line)
    if agent is not None:
        await relays.books.seen(agent)
    try:
        await line.run(relay.from_agent)
    finally:
        relay.agent_left(line)
        if agent is not None:
            await relays.books.seen(agent)


@websocket("/api/till/agent")
async def till_agent(socket: Socket, state: State, register: RegisterKey) -> None:
    """A tablet's way to the agent: the same messages as on the agent's own listener."""
    relays: Relays = state.relays
    relay = await relays.for_register(register.register_id, register.epoch)
    protocols = [name.strip() for name in socket.headers.get("sec-websocket-protocol", "").split(",")]
    await socket.accept(subprotocols=next((name for name in protocols if name == "tillcard"), None))
    line = Line(socket)
    till = Till(register.register_id, register.epoch, line)
    relay.till_came(till)
    try:
        await line.run(lambda message: relay.from_till(till, message))
    finally:
        relay.till_left(till)


AGENT = Router(path="/", route_handlers=[pair, agent_link, till_agent])
