"""One WebSocket: what comes in is taken at once, what goes out waits its turn and holds nobody up."""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Callable
from typing import Any

from litestar import WebSocket
from litestar.exceptions import WebSocketDisconnect

Message = dict[str, Any]
MOST_BEHIND = 1_000
SLOW_READER = 4429
LAST_WORDS = 1.0
"""Seconds in which what is still to be said, and the closing itself, may go out."""


class Line:
    """`send` and `close` return at once; `run` lasts as long as the connection."""

    def __init__(self, socket: WebSocket[Any, Any, Any]) -> None:
        self._socket = socket
        self._out: deque[Message] = deque()
        self._more = asyncio.Event()
        self._end: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()

    def send(self, message: Message) -> None:
        """After what was sent before; a reader too far behind is let go."""
        if self._end.done():
            return
        if len(self._out) >= MOST_BEHIND:
            self._out.clear()
            self.close(SLOW_READER, "too slow a reader")
            return
        self._out.append(message)
        self._more.set()

    def close(self, code: int, reason: str) -> None:
        """End the connection once what is waiting has gone out."""
        if not self._end.done():
            self._end.set_result((code, reason))
            self._more.set()

    async def run(self, take: Callable[[Message], None]) -> None:
        """Hand every message to `take` until either end has had enough."""
        listen, speak = asyncio.create_task(self._listen(take)), asyncio.create_task(self._speak())
        try:
            await asyncio.wait({listen, speak, self._end}, return_when=asyncio.FIRST_COMPLETED)
            if self._end.done():
                code, reason = self._end.result()
                with contextlib.suppress(TimeoutError, WebSocketDisconnect, RuntimeError):
                    async with asyncio.timeout(LAST_WORDS):
                        await speak
                        await self._socket.close(code, reason)
            elif listen.done():
                listen.result()
        finally:
            if not self._end.done():
                self._end.cancel()
            for task in (listen, speak):
                task.cancel()
            await asyncio.gather(listen, speak, return_exceptions=True)

    async def _listen(self, take: Callable[[Message], None]) -> None:
        with contextlib.suppress(WebSocketDisconnect):
            while not self._end.done():
                take(read_message(await self._socket.receive_text()))

    async def _speak(self) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # the connection is gone
            while self._out or not self._end.done():
                while self._out:
                    await self._socket.send_text(json.dumps(self._out.popleft(), ensure_ascii=False))
                self._more.clear()
                if not self._out and not self._end.done():
                    await self._more.wait()


def read_message(text: str) -> Message:
    """One JSON object whose type is a text; anything else reads as a message of no type."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) and isinstance(message.get("type"), str) else {}
