"""Carries one session over one WebSocket; the same for both roads."""

import asyncio
import contextlib

from websockets.asyncio.connection import Connection
from websockets.exceptions import ConnectionClosed

from devices.agent.clock import Clock
from devices.agent.session import NO_HELLO, Session

HELLO_WITHIN = 10.0
BINARY = 1003


async def converse(connection: Connection, session: Session, clock: Clock) -> None:
    """Read and write until either end has had enough; the caller closes the socket."""
    tasks = [
        asyncio.create_task(_listen(connection, session)),
        asyncio.create_task(_speak(connection, session)),
        asyncio.create_task(_expect_hello(session, clock)),
        asyncio.create_task(_hang_up(connection, session)),
    ]
    listen, speak, _, hang_up = tasks
    try:
        await asyncio.wait([listen, speak, hang_up], return_when=asyncio.FIRST_COMPLETED)
        if session.closing.done():
            await hang_up
        for task in (listen, speak):
            if task.done():
                task.result()
    finally:
        session.leave()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _listen(connection: Connection, session: Session) -> None:
    with contextlib.suppress(ConnectionClosed):
        while not session.closing.done():
            message = await connection.recv()
            if isinstance(message, bytes):
                session.close(BINARY, "text only")
                return
            await session.handle(message)


async def _speak(connection: Connection, session: Session) -> None:
    with contextlib.suppress(ConnectionClosed):
        await session.write_all(connection.send)


async def _expect_hello(session: Session, clock: Clock) -> None:
    await clock.sleep(HELLO_WITHIN)
    if not session.welcomed:
        session.close(NO_HELLO, "no hello")


async def _hang_up(connection: Connection, session: Session) -> None:
    """Close with the session's reason; what is still to be said gets a second to go out."""
    code, reason = await session.closing
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(1):
            await session.said_all.wait()
    await connection.close(code, reason)
