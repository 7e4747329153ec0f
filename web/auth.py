"""Who is calling: a register by its key, a person by the session cookie. Checked before any handler runs."""

import re
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any
from uuid import UUID

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler

from pos.agents.queries import agent_by_key
from pos.core.errors import NotAllowed, NotSignedIn
from pos.registers.errors import RegisterRevoked, RegisterUnknown
from pos.registers.queries import RegisterKey, register_by_key
from pos.staff.queries import SignedIn, signed_in
from pos.staff.service import SESSION_LENGTH
from web import clock
from web.rights import RIGHTS, Caller, may
from web.security import check_origin

SESSION_COOKIE = "tillcard_session"
AUTHORIZATION = re.compile(r"Register ([0-9a-f-]{36})\.(\d{1,9})\.([\w-]{20,100})")
KEY_MEMORY = timedelta(seconds=5)
"""How long a proven key is believed without asking the database: a revocation takes effect within it."""
SAFE = {"GET", "HEAD", "OPTIONS"}
"""Methods that change nothing."""
DELIVERY = re.compile(r"/api/till/(documents|fiscal-records)/")
"""What a revoked register may still call: the delivery of what it made before, and of what was registered."""

Connection = ASGIConnection[Any, Any, Any, Any]
Proven = tuple[RegisterKey, datetime]
"""Whose key it is, and when the database said so."""


async def enforce_rights(connection: Connection, handler: BaseRouteHandler) -> None:
    """Let the caller through if the table of rights says so, and note who it is in the scope.

    Raises `NotSignedIn` (401) for nobody, `NotAllowed` (403) for somebody without the right, `AskedFromElsewhere` for
    another site's page.
    """
    method = connection.scope.get("method", "GET")
    callers = RIGHTS.get(("GET" if method == "HEAD" else method, connection.scope["path_template"]), frozenset())
    if Caller.REGISTER in callers:
        connection.scope["user"] = await register_of(connection)
    elif Caller.LINK in callers:
        connection.scope["user"] = await agent_behind(connection)
    else:
        if method not in SAFE:
            check_origin(connection.headers)
        person = await person_of(connection)
        connection.scope["user"] = person
        if Caller.ANYONE not in callers and person is None:
            raise NotSignedIn
        if not may(callers, Caller(person.role) if person else Caller.ANYONE):
            raise NotAllowed


async def register_of(connection: Connection) -> RegisterKey:
    """The register behind the Authorization header. Raises `RegisterUnknown`, `RegisterRevoked`."""
    shown = connection.headers.get("authorization", "") or from_protocol(connection)
    known: dict[str, Proven] = connection.app.state.known_keys
    register = remembered(known, shown) or await proven(connection, known, shown)
    if register.revoked and not DELIVERY.match(connection.scope["path"]):
        raise RegisterRevoked
    return register


def remembered(known: dict[str, Proven], shown: str) -> RegisterKey | None:
    """The register behind the words `shown`, if they were proven within `KEY_MEMORY`."""
    kept = known.get(shown)
    return kept[0] if kept and clock.now() - kept[1] <= KEY_MEMORY else None


async def proven(connection: Connection, known: dict[str, Proven], shown: str) -> RegisterKey:
    """The register behind the words `shown`, as the database has it; remembered from here. Raises `RegisterUnknown`."""
    match = AUTHORIZATION.fullmatch(shown)
    if match is None:
        raise RegisterUnknown
    try:
        register_id = UUID(match[1])
    except ValueError as error:
        raise RegisterUnknown from error
    now = clock.now()
    async with connection.app.state.database.sessions() as session:
        register = await register_by_key(session, register_id, int(match[2]), match[3])
    if len(known) > 10_000:
        known.clear()
    known[shown] = register, now
    return register


def from_protocol(connection: Connection) -> str:
    """A browser's WebSocket cannot set headers: the same words come as a subprotocol `register.<id>.<epoch>.<key>`."""
    for name in connection.headers.get("sec-websocket-protocol", "").split(","):
        if name.strip().startswith("register."):
            return "Register " + name.strip().removeprefix("register.")
    return ""


async def person_of(connection: Connection) -> SignedIn | None:
    """Who is signed in to the back office in this browser."""
    token = connection.cookies.get(SESSION_COOKIE)
    if not token:
        return None
    async with connection.app.state.database.sessions() as session:
        return await signed_in(session, token, at=clock.now())


async def agent_behind(connection: Connection) -> UUID | None:
    """Whose key a device agent brought; None: the one of the server's own. Raises `AgentUnknown`."""
    own = connection.app.state.settings.agent_token
    given = connection.headers.get("authorization", "").removeprefix("Bearer ")
    if own and compare_digest(given.encode(), own.encode()):
        return None
    async with connection.app.state.database.sessions() as session:
        return await agent_by_key(session, given)


async def provide_agent(scope: Any) -> UUID | None:
    """The agent that `enforce_rights` found."""
    return scope["user"]


def session_cookie(token: str, *, secure: bool) -> Cookie:
    """The cookie that holds a session; an empty token takes it away."""
    return Cookie(
        key=SESSION_COOKIE,
        value=token,
        path="/",
        httponly=True,
        secure=secure,
        samesite="strict",
        max_age=int(SESSION_LENGTH.total_seconds()) if token else 0,
    )


async def provide_register(scope: Any) -> RegisterKey:
    """The register that `enforce_rights` let through."""
    return scope["user"]


async def provide_person(scope: Any) -> SignedIn:
    """The person that `enforce_rights` let through."""
    return scope["user"]
