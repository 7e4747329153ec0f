"""The server between one device agent, which dialled in, and the tablets that use its devices: passes messages on, keeps nothing.

Spoken on both sides: `docs/agent-protocol.md`. The register of a message is the one whose key opened the connection,
never the one it names. A tablet that reconnects is told of a gap and asks for its open jobs.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Protocol
from uuid import UUID

import structlog

from pos.core.errors import TillError
from web.agent.line import Message
from web.devices.errors import AgentAway

log = structlog.get_logger()
Deliver = Callable[[UUID, UUID, bytes, str | None], Awaitable[bool]]
"""Takes register, document id, bytes and personal part of a document the agent kept; answers whether they are stored."""
VERSION = 1
LONGEST_ANSWER = 12.0
"""The agent itself gives a device ten seconds."""
ANSWERED = {"job", "retry", "jobs", "document", "documents", "ask"}
PASSED_ON = ANSWERED | {"released"}
REPLACED = 1012


class Sending(Protocol):
    """One end's connection; neither verb waits."""

    def send(self, message: Message, /) -> None: ...

    def close(self, code: int, reason: str, /) -> None: ...


@dataclass(eq=False, slots=True)
class Till:
    """One connected tablet, and the epoch of the key that it showed."""

    register: UUID
    epoch: int
    line: Sending


@dataclass(frozen=True, slots=True)
class Asked:
    """What a tablet waits for an answer to."""

    till: Till
    message: Message


@dataclass(slots=True)
class Relay:
    """One agent, any number of tills. Lives as long as the application, whether the agent is there or not."""

    deliver: Deliver
    agent: Sending | None = None
    welcome: Message | None = None
    """What the agent said when it came, with its devices as they are now; None while it is away."""
    tills: set[Till] = field(default_factory=set)
    asked: dict[str, Asked] = field(default_factory=dict)
    watching: dict[str, set[Till]] = field(default_factory=dict)
    own: dict[str, "asyncio.Future[Message]"] = field(default_factory=dict)
    """What the server itself waits for."""
    refs: "count[int]" = field(default_factory=lambda: count(1))
    delivering: "set[asyncio.Task[None]]" = field(default_factory=set)

    async def request(self, message: Message) -> Message:
        """What the agent answers to a question of the server's own, its `error` too. Raises `AgentAway`."""
        if self.agent is None:
            raise AgentAway
        ref = f"s{next(self.refs)}"
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self.own[ref] = answer
        try:
            async with asyncio.timeout(LONGEST_ANSWER):
                self.agent.send({**message, "ref": ref})
                return await answer
        except TimeoutError as error:
            raise AgentAway from error
        finally:
            del self.own[ref]

    # the agent's end

    def agent_arrived(self, line: Sending) -> None:
        """The agent opened its link: ask it who it is. The link before it is dead, or of another computer with the same key."""
        if self.agent is not None:
            self.agent.close(REPLACED, "a newer link took its place")
            self.agent_left(self.agent)
        self.agent = line
        line.send({"type": "hello", "version": VERSION})

    def agent_left(self, line: Sending) -> None:
        """The link closed, unless a newer one took its place: who waits for an answer is told so at once, then everybody."""
        if self.agent is not line:
            return
        self.agent = self.welcome = None
        self.watching.clear()
        for answer in self.own.values():
            if not answer.done():
                answer.set_exception(AgentAway())
        unanswered, self.asked = self.asked, {}
        for asked in unanswered.values():
            asked.till.line.send(_offline(asked.message))
        for till in self.tills:
            till.line.send(_offline({"type": "hello"}))

    def from_agent(self, message: Message) -> None:
        """Take one message of the agent: an answer goes to who asked, news to whom it concerns."""
        kind, ref = message.get("type"), str(message.get("ref"))
        if kind == "welcome":
            self.welcome = message
            for till in self.tills:
                till.line.send(self._greeting(message, {}))
            return
        if kind == "document":
            task = asyncio.create_task(self._delivered(message))
            self.delivering.add(task)
            task.add_done_callback(self.delivering.discard)
            return
        if kind == "event":
            self._remember(message)
        if (answer := self.own.get(ref)) is not None:
            if not answer.done():
                answer.set_result(message)
        elif (asked := self.asked.pop(ref, None)) is not None:
            asked.till.line.send(_with_ref(message, asked.message.get("ref")))
        else:
            whose = [message["register"]] if message.get("register") else message.get("registers")
            for till in self.tills:
                if whose is None or str(till.register) in whose:
                    till.line.send(message)
        if kind in {"state", "event"} and isinstance(message.get("seq"), int) and self.agent is not None:
            self.agent.send({"type": "ack", "seq": message["seq"]})

    def _remember(self, event: Message) -> None:
        """What a device is like now: told to tablets that come later."""
        for device in (self.welcome or {}).get("devices", []):
            if device.get("id") == event.get("device"):
                device["state"] = event.get("state")

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
            self.agent.send({**answer, "register": message.get("register"), "id": message.get("id")})

    # a tablet's end

    def till_came(self, till: Till) -> None:
        self.tills.add(till)

    def till_left(self, till: Till) -> None:
        self.tills.discard(till)
        for device, watchers in self.watching.items():
            if till in watchers:
                self._watch(till, device, watched=False)
        for ref in [ref for ref, asked in self.asked.items() if asked.till is till]:
            del self.asked[ref]

    def from_till(self, till: Till, message: Message) -> None:
        """Take one message of a tablet and pass it on in its register's name."""
        kind = message.get("type")
        if kind == "hello":
            till.line.send(self._greeting(self.welcome, message) if self.welcome else _offline(message))
        elif kind == "ack":
            return
        elif kind == "watch" and isinstance(device := message.get("device"), str):
            self._watch(till, device, watched=message.get("watched") is True)
        elif kind not in PASSED_ON:
            till.line.send(_error(message, "message.unknown_type"))
        elif self.agent is None:
            till.line.send(_offline(message))
        else:
            ref = f"r{next(self.refs)}"
            if kind in ANSWERED:
                self.asked[ref] = Asked(till, message)
            self.agent.send({**message, "ref": ref, "register": str(till.register)})

    def _greeting(self, welcome: Message, hello: Message) -> Message:
        """What a tablet is told at first: it holds no events, so it asks for its open jobs."""
        return _with_ref({**welcome, "version": VERSION, "gap": True}, hello.get("ref"))

    def _watch(self, till: Till, device: str, *, watched: bool) -> None:
        """The agent is told of the first tablet that looks at a device, and when the last one has left."""
        watchers = self.watching.setdefault(device, set())
        before = bool(watchers)
        (watchers.add if watched else watchers.discard)(till)
        if bool(watchers) != before and self.agent is not None:
            about = {"device": device, "register": str(till.register)}
            self.agent.send({"type": "watch", "watched": not before, **about})


def _with_ref(message: Message, ref: Any) -> Message:
    answer = {name: value for name, value in message.items() if name != "ref"}
    return answer if ref is None else {**answer, "ref": ref}


def _offline(message: Message) -> Message:
    error = _error(message, "agent.offline")
    if message.get("type") in {"job", "document"}:
        error["job" if message["type"] == "job" else "id"] = message.get("id")
    return error


def _error(message: Message, code: str) -> Message:
    return _with_ref({"type": "error", "re": message.get("type"), "code": code, "message": code}, message.get("ref"))
