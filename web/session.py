"""The database session of a request: one transaction, committed before the answer leaves."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any

from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send
from sqlalchemy.ext.asyncio import AsyncSession

from web import clock

SLOT = "tillcard_session"


class SessionMiddleware(ASGIMiddleware):
    """Closes the request's session whatever happened: a dependency that failed after it must not leave it open."""

    scopes = (ScopeType.HTTP, ScopeType.WEBSOCKET)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        try:
            await next_app(scope, receive, send)
        finally:
            session: AsyncSession | None = scope.pop(SLOT, None)  # type: ignore[typeddict-item]
            if session is not None:
                await session.close()


async def provide_session(state: State, scope: Any) -> AsyncGenerator[AsyncSession, Any]:
    """A session inside `begin()`: the handler's work is committed when it returns, rolled back when it raises."""
    session: AsyncSession = state.database.sessions()
    scope[SLOT] = session
    async with session.begin():
        yield session


async def provide_now() -> datetime:
    """The moment the request is handled at."""
    return clock.now()
