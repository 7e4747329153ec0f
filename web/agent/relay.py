"""The server between tablets and the device agent that dialled in: passes messages on, keeps nothing.

Spoken on both sides: `docs/agent-protocol.md`. The register of a message is the one whose key opened the connection,
never the one it names. A tablet that reconnects is told of a gap and asks for its open jobs.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

import structlog

from pos.core.errors import TillError

log = structlog.get_logger()
Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Deliver = Callable[[UUID, UUID, bytes, str | None], Awaitable[bool]]
"""Takes register, document id, bytes and personal part of a document the agent kept; answers whether they are stored."""
VERSION = 1
ANSWERED = {"job", "retry", "jobs", "document", "documents"}
PASSED_ON = ANSWERED | {"released"}


@dataclass(eq=False, slots=True)
class Till:
    """One connected tablet."""

    register: str
    send: Send


@dataclass(slots=True)
class Relay:
    """One agent, any number of tills. Lives as long as the application."""

    deliver: Deliver
    agent: Send | None = None
    welcome: Message = field(default_factory=dict)
    tills: set[Till] = field(default_factory=set)
    asked: dict[str, tuple[Till, Any]] = field(default_factory=dict)
    refs: "count[int]" = field(default_factory=lambda: count(1))

    async def agent_arrived(self, send: Send) -> None:
        """The agent opened its link: ask it who it is."""
        self.agent = send
        await send({"type": "hello", "version": VERSION})

    def agent_left(self, send: Send) -> None:
        """The link closed, unless a newer one took its place."""
        if self.agent is send:
            self.agent = None
            self.asked.clear()

    async def from_agent(self, message: Message) -> None:
        """Take one message of the agent: an answer goes to who asked, news to whom it concerns."""
        kind = message.get("type")
        if kind == "welcome":
            self.welcome = message
            await asyncio.gather(*(till.send(self.greeting()) for till in self.tills))
        elif kind == "document":
            await self._delivered(message)
        elif (asked := self.asked.pop(str(message.get("ref")), None)) is not None:
            till, ref = asked
            await till.send(self._own_ref(message, ref))
        else:
            register = message.get("register")
            concerned = [till for till in self.tills if register in (None, till.register)]
            await asyncio.gather(*(till.send(message) for till in concerned))
        if kind == "event":
            self._remember(message)
        if kind in {"state", "event"} and isinstance(message.get("seq"), int) and self.agent is not None:
            await self.agent({"type": "ack", "seq": message["seq"]})

    def _remember(self, event: Message) -> None:
        """What a device is like now: told to tablets that come later."""
        for device in self.welcome.get("devices", []):
            if device.get("id") == event.get("device"):
                device["state"] = event.get("state")

    async def from_till(self, till: Till, message: Message) -> None:
        """Take one message of a tablet and pass it on in its register's name."""
        kind = message.get("type")
        if kind == "hello":
            await till.send(self.greeting() if self.agent else self._offline(message))
        elif kind == "ack":
            return
        elif kind not in PASSED_ON:
            await till.send(self._error(message, "message.unknown_type"))
        elif self.agent is None:
            await till.send(self._offline(message))
        else:
            ref = f"r{next(self.refs)}"
            if kind in ANSWERED:
                self.asked[ref] = (till, message.get("ref"))
            await self.agent({**message, "ref": ref, "register": till.register})

    def greeting(self) -> Message:
        """What a tablet is told at first: it holds no events, so it asks for its open jobs."""
        return {**self.welcome, "type": "welcome", "version": VERSION, "gap": True}

    def till_left(self, till: Till) -> None:
        self.tills.discard(till)
        for ref in [ref for ref, (asker, _) in self.asked.items() if asker is till]:
            del self.asked[ref]

    async def _delivered(self, message: Message) -> None:
        """A document that only the agent still had."""
        answer: Message = {"type": "error", "re": "document", "code": "message.malformed"}
        try:
            register, document = UUID(message["register"]), UUID(message["id"])
            body = str(message["bytes"]).encode()
            personal = message.get("personal")
            if await self.deliver(register, document, body, personal if isinstance(personal, str) else None):
                answer = {"type": "released"}
        except (KeyError, ValueError, TillError) as error:
            log.warning("agent document refused", error=str(error))
        if self.agent is not None:
            await self.agent({**answer, "register": message.get("register"), "id": message.get("id")})

    def _own_ref(self, message: Message, ref: Any) -> Message:
        answer = {name: value for name, value in message.items() if name != "ref"}
        return answer if ref is None else {**answer, "ref": ref}

    def _offline(self, message: Message) -> Message:
        error = self._error(message, "agent.offline")
        if message.get("type") in {"job", "document"}:
            error["job" if message["type"] == "job" else "id"] = message.get("id")
        return error

    def _error(self, message: Message, code: str) -> Message:
        return self._own_ref(
            {"type": "error", "re": message.get("type"), "code": code, "message": code}, message.get("ref")
        )


def read_message(text: str) -> Message:
    """One JSON object; anything else reads as a message of no type."""
    try:
        message = json.loads(text)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}
