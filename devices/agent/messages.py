"""Requests as they come over the wire, read into values; docs/agent-protocol.md is the reference.

Anything that is not exactly right is `Refused` message.malformed with the field's name; unknown fields are ignored.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn, cast

from devices.agent.clock import read_wire_time
from devices.agent.errors import Refused
from devices.agent.rules import NewJob
from devices.agent.second_copy import Document

VERSION = 1
LOWEST_VERSION = 1
MOST_BYTES = 1024 * 1024
MOST_IDS = 200
LONGEST_TTL = 7 * 24 * 60 * 60
MOST_COPIES = 99
LARGEST_INT = 2**53 - 1

UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NAME = re.compile(r"[a-z0-9._-]{1,64}")
DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Hello:
    version: int
    register: str | None
    token: str | None
    resume: int | None


@dataclass(frozen=True, slots=True)
class Pair:
    code: str
    register: str


@dataclass(frozen=True, slots=True)
class Retry:
    job: str
    register: str
    ttl: int | None


@dataclass(frozen=True, slots=True)
class AskJobs:
    ids: tuple[str, ...]
    register: str


@dataclass(frozen=True, slots=True)
class Ack:
    seq: int


@dataclass(frozen=True, slots=True)
class Released:
    id: str
    register: str


@dataclass(frozen=True, slots=True)
class AskDocuments:
    after: str | None
    register: str


@dataclass(frozen=True, slots=True)
class AskHealth:
    pass


@dataclass(frozen=True, slots=True)
class AskLog:
    """What a device went through lately."""

    device: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A question for a device, answered by the device itself; nothing of it is journaled."""

    device: str
    question: str
    content: dict[str, Any]
    register: str


@dataclass(frozen=True, slots=True)
class Watch:
    """The caller looks at a device, or no longer does."""

    device: str
    watched: bool
    register: str


@dataclass(frozen=True, slots=True)
class Complaint:
    """An `error` the other end sent."""

    code: str
    re: str
    id: str


Request = (
    Hello
    | Pair
    | NewJob
    | Retry
    | AskJobs
    | Ack
    | Document
    | Released
    | AskDocuments
    | AskHealth
    | AskLog
    | Ask
    | Watch
    | Complaint
)


class Message:
    """One JSON object off the wire, with readers that name the field they could not use."""

    def __init__(self, text: str) -> None:
        self.type = ""
        self.ref: str | None = None
        try:
            value = json.loads(text, parse_float=_no_fraction, parse_constant=_no_fraction, parse_int=_whole)
        except (ValueError, RecursionError):
            raise Refused("message.malformed", "not a JSON object of texts and integers") from None
        if not isinstance(value, dict):
            raise Refused("message.malformed", "not a JSON object")
        self.fields = cast(dict[str, Any], value)
        ref = self.fields.get("ref")
        if isinstance(ref, str) and len(ref) <= 64 and _is_text(ref):
            self.ref = ref
        name = self.fields.get("type")
        if not isinstance(name, str) or not _is_text(name) or len(name) > 64:
            self.wrong("type")
        self.type = name

    @property
    def about(self) -> dict[str, str]:
        """Which job or document it is about, as an error says it."""
        name = "job" if self.type in ("job", "retry") else "id"
        value = self.fields.get("job" if self.type == "retry" else "id")
        return {name: value} if isinstance(value, str) and UUID_TEXT.fullmatch(value) else {}

    def wrong(self, field: str) -> NoReturn:
        raise Refused("message.malformed", f"{field} is missing or not what it should be", field=field)

    def has(self, field: str) -> bool:
        return self.fields.get(field) is not None

    def text(self, field: str, pattern: re.Pattern[str] | None = None) -> str:
        value = self.fields.get(field)
        if not isinstance(value, str) or not _is_text(value) or (pattern is not None and not pattern.fullmatch(value)):
            self.wrong(field)
        return value

    def number(self, field: str, most: int, *, least: int = 0) -> int:
        value = self.fields.get(field)
        if type(value) is not int or not least <= value <= most:
            self.wrong(field)
        return value

    def flag(self, field: str) -> bool:
        value = self.fields.get(field)
        if type(value) is not bool:
            self.wrong(field)
        return value

    def object(self, field: str) -> dict[str, Any]:
        value = self.fields.get(field)
        if not isinstance(value, dict):
            self.wrong(field)
        return cast(dict[str, Any], value)

    def ids(self, field: str) -> tuple[str, ...]:
        value = self.fields.get(field)
        if not isinstance(value, list):
            self.wrong(field)
        items = cast(list[Any], value)
        if len(items) > MOST_IDS or not all(isinstance(item, str) and UUID_TEXT.fullmatch(item) for item in items):
            self.wrong(field)
        return tuple(items)

    def time(self, field: str) -> int:
        try:
            return read_wire_time(self.text(field))
        except (ValueError, OverflowError):
            self.wrong(field)

    def uuid(self, field: str) -> str:
        return self.text(field, UUID_TEXT)


def read_request(message: Message, own_register: str | None) -> Request:
    """The request in a message. `own_register` is the caller's; None is the server, who must name one each time.

    Raises `Refused` message.malformed, message.unknown_type or register.not_yours.
    """
    match message.type:
        case "hello":
            return Hello(
                message.number("version", 1_000_000, least=1),
                message.uuid("register") if message.has("register") else None,
                message.text("token") if message.has("token") else None,
                message.number("resume", LARGEST_INT) if message.has("resume") else None,
            )
        case "pair":
            return Pair(message.text("code"), message.uuid("register"))
        case "job":
            return _read_job(message, _register(message, own_register))
        case "retry":
            ttl = message.number("ttl", LONGEST_TTL, least=1) if message.has("ttl") else None
            return Retry(message.uuid("job"), _register(message, own_register), ttl)
        case "jobs":
            return AskJobs(message.ids("ids"), _register(message, own_register))
        case "ack":
            return Ack(message.number("seq", LARGEST_INT))
        case "document":
            return Document(
                _register(message, own_register),
                message.uuid("id"),
                message.text("digest", DIGEST),
                message.text("bytes"),
                message.text("personal") if message.has("personal") else None,
            )
        case "released":
            return Released(message.uuid("id"), _register(message, own_register))
        case "documents":
            after = message.uuid("after") if message.has("after") else None
            return AskDocuments(after, _register(message, own_register))
        case "health":
            return AskHealth()
        case "log":
            return AskLog(message.text("device", NAME))
        case "ask":
            content = message.object("content") if message.has("content") else {}
            own = _register(message, own_register)
            return Ask(message.text("device", NAME), message.text("question", NAME), content, own)
        case "watch":
            return Watch(message.text("device", NAME), message.flag("watched"), _register(message, own_register))
        case "error":
            return Complaint(
                message.text("code"),
                message.text("re") if message.has("re") else "",
                message.uuid("id") if message.has("id") else "",
            )
        case _:
            raise Refused("message.unknown_type", f"no message is called {message.type[:64]!r}")


def _read_job(message: Message, register: str) -> NewJob:
    job = NewJob(
        id=message.uuid("id"),
        register=register,
        device=message.text("device", NAME),
        kind=message.text("kind", NAME),
        content=message.object("content"),
        ttl=message.number("ttl", LONGEST_TTL, least=1),
        copy=message.number("copy", MOST_COPIES) if message.has("copy") else 0,
        made_at=message.time("made_at"),
    )
    try:
        job.canonical_content()
    except (UnicodeEncodeError, RecursionError):
        message.wrong("content")
    return job


def _register(message: Message, own_register: str | None) -> str:
    if own_register is None or message.has("register"):
        named = message.uuid("register")
        if own_register is not None and named != own_register:
            raise Refused("register.not_yours", "this connection speaks for another register", register=named)
        return named
    return own_register


def error_message(refused: Refused, message: Message | None) -> dict[str, Any]:
    """The `error` that answers a request (None: one that could not even be read)."""
    answer: dict[str, Any] = {"type": "error"}
    if message is not None and message.ref is not None:
        answer["ref"] = message.ref
    if message is not None and message.type:
        answer["re"] = message.type
    return answer | {"code": refused.code, **refused.fields, "message": refused.message}


def written(message: dict[str, Any]) -> str:
    """A message as it goes over the wire."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def _is_text(value: str) -> bool:
    """Whether it can be written as UTF-8 (JSON may smuggle in half a surrogate pair)."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _no_fraction(text: str) -> NoReturn:
    raise ValueError(f"not an integer: {text}")


def _whole(text: str) -> int:
    if len(text) > 17 or abs(value := int(text)) > LARGEST_INT:
        raise ValueError(f"too large: {text[:20]}")
    return value
