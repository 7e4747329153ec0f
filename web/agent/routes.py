"""Where the device agent dials in, and where tablets find it."""

import asyncio
import contextlib
import json
from typing import Any

from litestar import Router, WebSocket, websocket
from litestar.datastructures import State
from litestar.exceptions import WebSocketDisconnect

from pos.registers.queries import RegisterKey
from web.agent.relay import Message, Relay, Till, read_message

Socket = WebSocket[Any, Any, Any]


def sender(socket: Socket) -> Any:
    """Sends messages one after another, and none once the connection is gone."""
    turn = asyncio.Lock()

    async def send(message: Message) -> None:
        async with turn:
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):
                await socket.send_text(json.dumps(message, ensure_ascii=False))

    return send


@websocket("/api/agent/link")
async def agent_link(socket: Socket, state: State) -> None:
    """The device agent's own connection, kept open."""
    relay: Relay = state.relay
    await socket.accept()
    send = sender(socket)
    await relay.agent_arrived(send)
    try:
        while True:
            await relay.from_agent(read_message(await socket.receive_text()))
    except WebSocketDisconnect:
        relay.agent_left(send)


@websocket("/api/till/agent")
async def till_agent(socket: Socket, state: State, register: RegisterKey) -> None:
    """A tablet's way to the agent: the same messages as on the agent's own listener."""
    relay: Relay = state.relay
    protocols = [name.strip() for name in socket.headers.get("sec-websocket-protocol", "").split(",")]
    await socket.accept(subprotocols=next((name for name in protocols if name == "tillcard"), None))
    till = Till(str(register.register_id), sender(socket))
    relay.tills.add(till)
    try:
        while True:
            await relay.from_till(till, read_message(await socket.receive_text()))
    except WebSocketDisconnect:
        relay.till_left(till)


AGENT = Router(path="/", route_handlers=[agent_link, till_agent])
