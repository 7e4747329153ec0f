"""The caller's side of the protocol, for the server's relay, for `tillcard` commands and for tests.

It speaks over anything that can send and receive texts, so that the server can use it on the link the agent dialled.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Protocol, Self, cast

import websockets
from websockets.asyncio.client import connect

from devices.agent.clock import milliseconds, wire_time
from devices.agent.messages import MOST_BYTES, VERSION, Message, written
from devices.agent.rules import FINAL, document_digest

Fields = dict[str, Any]


class Wire(Protocol):
    """What carries the messages. `recv` raises whatever it likes once the other end is gone."""

    async def send(self, message: str, /) -> None: ...

    async def recv(self) -> str: ...


class AgentError(Exception):
    """The agent answered `error`; `code` and `fields` are what it said."""

    def __init__(self, fields: Fields) -> None:
        super().__init__(f"{fields.get('code')}: {fields.get('message')}")
        self.code: str = fields.get("code", "")
        self.fields = fields


class AgentGone(Exception):
    """The connection ended; what was not answered may or may not have been done: connect again and resend."""


class AgentClient:
    """One conversation with an agent, as `async with`.

    Events, what devices say by themselves, and the notice that a document was `released` arrive in `events` (or at
    `on_event`). `on_document` is for the server: what the agent delivers by itself, to be answered by
    `tell("released", ...)` or `tell("error", ...)`.
    """

    def __init__(
        self,
        wire: Wire,
        *,
        on_event: Callable[[Fields], None] | None = None,
        on_document: Callable[[Fields], None] | None = None,
    ) -> None:
        self._wire = wire
        self._on_document = on_document
        self._on_event = on_event or self._keep_event
        self._answers: dict[str, asyncio.Future[Fields]] = {}
        self._number = 0
        self._standing: dict[str, Fields] = {}
        self._moved = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None
        self._gone = False
        self.events: asyncio.Queue[Fields] = asyncio.Queue()
        self.seq = 0
        """The highest number seen: what to give as `resume` next time."""

    async def __aenter__(self) -> Self:
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)

    def _keep_event(self, event: Fields) -> None:
        self.events.put_nowait(event)

    async def _read(self) -> None:
        try:
            while True:
                self._take(Message(await self._wire.recv()).fields)
        finally:
            self._gone = True
            self._moved.set()
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(AgentGone())

    def _take(self, message: Fields) -> None:
        if "seq" in message and message["type"] in ("state", "event"):
            if message["type"] == "state":
                self._note(message)
            if message["seq"] > self.seq:
                self.seq = message["seq"]
                self._on_event(message)
        elif message["type"] in ("released", "said"):
            self._on_event(message)
        elif message["type"] == "document" and self._on_document is not None:
            self._on_document(message)
        answer = self._answers.pop(message.get("ref", ""), None)
        if answer is None or answer.done():
            return
        if message["type"] == "error":
            answer.set_exception(AgentError(message))
        else:
            answer.set_result(message)

    def _note(self, state: Fields) -> None:
        known = self._standing.get(state["job"])
        if known is None or state["seq"] > known["seq"]:
            self._standing[state["job"]] = state
            self._moved.set()

    async def tell(self, type: str, **fields: Any) -> None:
        """Send what has no answer. Raises `AgentGone`."""
        try:
            await self._wire.send(written({"type": type, **fields}))
        except (websockets.ConnectionClosed, OSError) as error:
            raise AgentGone from error

    async def ask(self, type: str, **fields: Any) -> Fields:
        """Send a request and return its direct answer. Raises `AgentError`, `AgentGone`."""
        if self._gone:
            raise AgentGone
        self._number += 1
        ref = f"c{self._number}"
        answer: asyncio.Future[Fields] = asyncio.get_running_loop().create_future()
        self._answers[ref] = answer
        await self.tell(type, ref=ref, **fields)
        return await answer

    async def hello(
        self, *, register: str | None = None, token: str | None = None, resume: int | None = None
    ) -> Fields:
        """Say hello; returns `welcome`. On the link leave out register and token."""
        named = {"register": register, "token": token, "resume": resume}
        return await self.ask(
            "hello", version=VERSION, **{key: value for key, value in named.items() if value is not None}
        )

    async def submit(
        self,
        id: str,
        device: str,
        kind: str,
        content: Fields,
        *,
        ttl: int = 600,
        copy: int = 0,
        register: str | None = None,
        made_at: datetime | None = None,
    ) -> Fields:
        """Hand in a job; returns its `state`."""
        made = wire_time(milliseconds(made_at or datetime.now(UTC)))
        of = {} if register is None else {"register": register}
        return await self.ask(
            "job", id=id, device=device, kind=kind, content=content, ttl=ttl, copy=copy, made_at=made, **of
        )

    async def until(self, job: str, *states: str) -> Fields:
        """Wait until the job has one of these states (none given: until it has ended); returns that `state`."""
        wanted = frozenset(states) or FINAL
        while True:
            self._moved.clear()
            standing = self._standing.get(job)
            if standing is not None and standing["state"] in wanted:
                return standing
            if self._gone:
                raise AgentGone
            await self._moved.wait()

    async def keep(self, id: str, text: str, *, personal: str | None = None, register: str | None = None) -> Fields:
        """Have the second copy of a document kept; returns `kept`."""
        optional = {key: value for key, value in (("personal", personal), ("register", register)) if value is not None}
        return await self.ask("document", id=id, digest=document_digest(text), bytes=text, **optional)

    async def unsent(self, *, register: str | None = None) -> list[Fields]:
        """All documents that were not released, oldest first."""
        of = {} if register is None else {"register": register}
        found: list[Fields] = []
        while True:
            after = {"after": found[-1]["id"]} if found else {}
            answer = await self.ask("documents", **after, **of)
            found += answer["documents"]
            if not answer["more"]:
                return found


@asynccontextmanager
async def dial(
    url: str, *, origin: str, on_event: Callable[[Fields], None] | None = None
) -> AsyncGenerator[AgentClient]:
    """Connect to an agent's listener as a page of `origin` would; say `hello` or `pair` next."""
    async with (
        connect(
            url, origin=cast(Any, origin), compression=None, max_size=2 * MOST_BYTES, proxy=None, close_timeout=2
        ) as connection,
        AgentClient(cast(Wire, connection), on_event=on_event) as client,
    ):
        with contextlib.suppress(websockets.ConnectionClosed):
            yield client
