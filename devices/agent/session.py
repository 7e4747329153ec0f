"""One caller's conversation, whatever road it came by: requests in, answers and events out."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from devices.agent.access import MOST_WRONG_CODES
from devices.agent.clock import wire_time
from devices.agent.errors import JournalUnavailable, Refused
from devices.agent.exchange import Exchange
from devices.agent.messages import (
    LOWEST_VERSION,
    VERSION,
    Ack,
    Ask,
    AskDocuments,
    AskHealth,
    AskJobs,
    AskLog,
    Complaint,
    Hello,
    Message,
    Pair,
    Released,
    Request,
    Retry,
    Watch,
    error_message,
    read_request,
    written,
)
from devices.agent.rules import NewJob
from devices.agent.second_copy import Document
from devices.agent.store import Event

log = logging.getLogger(__name__)

SOFTWARE = "tillcard-agent/0.1"
MOST_BEHIND = 1_000
LINK_PEER = "link"
SLOW_READER = 4429
BAD_VERSION = 4400
NOT_LET_IN = 4401
NO_HELLO = 4408


class Session:
    """Answers one connection. `is_link` is the road to the server, who was let in by the upgrade request already."""

    def __init__(self, exchange: Exchange, *, is_link: bool = False) -> None:
        self.exchange = exchange
        self.is_link = is_link
        self.register: str | None = None
        self.welcomed = False
        self.closing: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()
        self.document_answered: Callable[[str, str | None], None] = lambda id, code: None
        """Link: called when the server has answered a document of ours, with the code of its error or None."""
        self.said_all = asyncio.Event()
        """Set once everything that was to be said before closing has been written."""
        self._out: deque[dict[str, Any]] = deque()
        self._more = asyncio.Event()
        self._most_behind = MOST_BEHIND
        self._held_back: list[Event] | None = None
        self._asked: dict[str, str | None] = {}
        self._wrong_codes = 0
        self._asking: set[asyncio.Task[None]] = set()

    # out

    def send(self, message: dict[str, Any]) -> None:
        """Put a message at the end of what goes out; a reader too far behind is let go."""
        if self.closing.done():
            return
        if len(self._out) >= self._most_behind:
            self._out.clear()
            self.close(SLOW_READER, "too slow a reader")
            return
        self._out.append(message)
        self._more.set()

    def told(self, event: Event) -> None:
        """An event that concerns this caller; the first one of a job just asked for is the answer to it."""
        if self._held_back is not None:
            self._held_back.append(event)
            return
        job = event.body.get("job")
        if job in self._asked:
            self.send(_with_ref(event.body, self._asked.pop(job)))
        else:
            self.send(event.body)

    def close(self, code: int, reason: str) -> None:
        """End the connection once what is waiting has gone out."""
        if not self.closing.done():
            self.closing.set_result((code, reason))
            self._more.set()

    async def write_all(self, write: Callable[[str], Awaitable[None]]) -> None:
        """Write what there is to say until the session closes."""
        while True:
            while self._out:
                await write(written(self._out.popleft()))
            if self.closing.done():
                self.said_all.set()
                return
            self._more.clear()
            if not self._out:
                await self._more.wait()

    def leave(self) -> None:
        """The connection is gone."""
        self.exchange.leave(self)
        for asking in self._asking:
            asking.cancel()

    # in

    async def handle(self, text: str) -> None:
        """Carry out one message and answer it; never raises for anything the caller sent."""
        message: Message | None = None
        try:
            message = Message(text)
            if not self.welcomed and message.type not in ("hello", "pair"):
                raise Refused("hello.required", "say hello first")
            await self._carry_out(read_request(message, self.register), message.ref)
        except JournalUnavailable as unavailable:
            about = message.about if message is not None else {}
            self.send(error_message(Refused(unavailable.code, unavailable.message, **about), message))
        except Refused as refused:
            if refused.code == "message.malformed":
                self.exchange.counts.refuse("message")
            self.send(error_message(refused, message))
            if self._wrong_codes >= MOST_WRONG_CODES:
                self.close(NOT_LET_IN, "too many wrong codes")

    async def _carry_out(self, request: Request, ref: str | None) -> None:
        match request:
            case Hello():
                await self._hello(request, ref)
            case Pair():
                await self._pair(request, ref)
            case NewJob():
                await self._job(request, ref)
            case Retry():
                await self._retry(request, ref)
            case AskJobs():
                await self._jobs(request, ref)
            case Ack():
                await self.exchange.journal.ack(self._peer, request.seq)
            case Document():
                await self._document(request, ref)
            case Released():
                await self._released(request)
            case AskDocuments():
                await self._documents(request, ref)
            case AskHealth():
                self.send(_with_ref(await self.exchange.health(self.register), ref))
            case AskLog(device):
                entries = await self.exchange.log(device, self.register)
                self.send(_with_ref({"type": "log", "device": device, "entries": entries}, ref))
            case Ask():
                self._begin_asking(request, ref)
            case Watch():
                self.exchange.device_for(request.device, request.register)
                self.exchange.watch(self, request.device, watched=request.watched)
            case Complaint():
                self._complaint(request)

    @property
    def _peer(self) -> str:
        return self.register or LINK_PEER

    async def _hello(self, hello: Hello, ref: str | None) -> None:
        if self.welcomed:
            raise Refused("message.malformed", "hello was said already", field="type")
        if hello.version < LOWEST_VERSION:
            self.send(
                error_message(Refused("version.unsupported", "too old", lowest=LOWEST_VERSION, highest=VERSION), None)
            )
            self.close(BAD_VERSION, "version")
            return
        if not self.is_link:
            if hello.register is None or not self.exchange.access.allows(hello.register, hello.token or ""):
                self.exchange.refuse("token", f"register {hello.register}")
                self._turn_away("hello", ref)
                return
            self.register = hello.register
        self._held_back = []
        self.exchange.listening.add(self)
        devices = self.exchange.devices_for(self.register)
        backlog = await self.exchange.journal.backlog(self._peer, hello.resume, self.register, devices)
        self._most_behind = MOST_BEHIND + len(backlog.events)
        welcome = {
            "type": "welcome",
            "version": min(hello.version, VERSION),
            "agent": self.exchange.agent,
            "devices": self.exchange.device_list(self.register),
            "seq": backlog.newest,
            "gap": backlog.gap,
            "software": SOFTWARE,
        }
        self.send(_with_ref(welcome, ref))
        for body in backlog.events:
            self.send(body)
        held_back, self._held_back = self._held_back, None
        for event in held_back:
            if event.seq > backlog.newest:
                self.told(event)
        self.welcomed = True

    def _turn_away(self, re: str, ref: str | None) -> None:
        refusal = {"type": "error", "re": re, "code": "auth.refused", "message": "register and token do not match"}
        self.send(_with_ref(refusal, ref))
        self.close(NOT_LET_IN, "not let in")

    async def _pair(self, pair: Pair, ref: str | None) -> None:
        if self.is_link:
            raise Refused("message.unknown_type", "pairing is for tills beside the agent")
        try:
            token = await self.exchange.access.pair(pair.code, pair.register)
        except Refused as refused:
            if refused.code == "pair.refused":
                self.exchange.refuse("code", f"register {pair.register}")
                self._wrong_codes += 1
            raise
        log.info("register %s is paired", pair.register)
        self.send(_with_ref({"type": "paired", "register": pair.register, "token": token}, ref))

    async def _job(self, job: NewJob, ref: str | None) -> None:
        self._asked[job.id] = ref
        try:
            accepted = await self.exchange.submit(job)
            self._answer_state(job.id, accepted.state)
        finally:
            self._asked.pop(job.id, None)

    async def _retry(self, retry: Retry, ref: str | None) -> None:
        self._asked[retry.job] = ref
        try:
            state = await self.exchange.journal.retry(retry.job, retry.register, retry.ttl)
            self._answer_state(retry.job, state)
        finally:
            self._asked.pop(retry.job, None)

    def _answer_state(self, job: str, state: dict[str, Any]) -> None:
        """Say where the job stands, unless its own event was the answer already."""
        if job in self._asked:
            self.send(_with_ref(state, self._asked.pop(job)))

    async def _jobs(self, asked: AskJobs, ref: str | None) -> None:
        found, unknown = await self.exchange.journal.states(asked.ids, asked.register)
        plain = [{key: value for key, value in state.items() if key != "type"} for state in found]
        self.send(_with_ref({"type": "jobs", "jobs": plain, "unknown": unknown}, ref))

    async def _document(self, document: Document, ref: str | None) -> None:
        if await self.exchange.second_copy.keep(document):
            self.exchange.counts.documents_kept += 1
        kept = {"type": "kept", "register": document.register, "id": document.id, "digest": document.digest}
        self.send(_with_ref(kept, ref))

    async def _released(self, released: Released) -> None:
        if await self.exchange.second_copy.release(released.register, released.id):
            self.exchange.counts.documents_released += 1
            if self.is_link:
                notice = {"type": "released", "register": released.register, "id": released.id}
                self.exchange.tell_register(released.register, notice)
        self.document_answered(released.id, None)

    async def _documents(self, asked: AskDocuments, ref: str | None) -> None:
        documents, more = await self.exchange.second_copy.unsent(asked.register, asked.after)
        listed: list[dict[str, Any]] = []
        for document in documents:
            entry: dict[str, Any] = {"id": document.id, "digest": document.digest, "bytes": document.bytes}
            if document.personal is not None:
                entry["personal"] = document.personal
            listed.append({**entry, "kept_at": wire_time(document.kept_at)})
        self.send(_with_ref({"type": "documents", "register": asked.register, "documents": listed, "more": more}, ref))

    def _begin_asking(self, ask: Ask, ref: str | None) -> None:
        """Devices take their time: what else the caller says meanwhile is not held up."""
        asking = asyncio.create_task(self._ask(ask, ref))
        self._asking.add(asking)
        asking.add_done_callback(self._asking.discard)

    async def _ask(self, ask: Ask, ref: str | None) -> None:
        try:
            found = await self.exchange.ask(ask.device, ask.question, ask.content, ask.register)
        except Refused as refused:
            error = {"type": "error", "re": "ask", "code": refused.code, "register": ask.register, **refused.fields}
            self.send(_with_ref(error | {"message": refused.message}, ref))
        else:
            answer = {"type": "answer", "device": ask.device, "register": ask.register, "answer": found}
            self.send(_with_ref(answer, ref))

    def _complaint(self, complaint: Complaint) -> None:
        log.warning("the other end complains: %s about %s %s", complaint.code, complaint.re, complaint.id)
        if complaint.re == "document" and complaint.id:
            self.document_answered(complaint.id, complaint.code)


def _with_ref(message: dict[str, Any], ref: str | None) -> dict[str, Any]:
    """The message with the `ref` of the request it answers, right after its type."""
    if ref is None:
        return message
    return {"type": message["type"], "ref": ref, **message}
