"""The short way for the one busy call: a document from a register that proved itself a moment ago.

It stands before the framework's routing and does what `DocumentController.deliver` does, where all is ordinary: the
key is remembered, the length is told, the document is stored, known or quarantined. Everything else, refusals too, goes
the long way, so that rights, problem documents and the API's description have one home.
"""

import re
from typing import Any
from uuid import UUID

from litestar.datastructures import State
from litestar.types import ASGIApp, Receive, Scope, Send

from pos.registers.queries import RegisterKey
from pos.sales.record import Differs, Recorder, RecordingUnavailable
from web.auth import remembered
from web.till.documents import LARGEST_DOCUMENT, told

PATH = re.compile(r"/api/till/documents/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")


class ShortWay:
    """In front of `long_way`, the framework's own handler."""

    def __init__(self, long_way: ASGIApp, state: State) -> None:
        self._long_way, self._state = long_way, state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        place = PATH.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "PUT" else None
        register = self._ordinary(scope) if place else None
        if place is None or register is None:
            await self._long_way(scope, receive, send)
            return
        read: list[Any] = []
        body = await whole_body(receive, read)
        if body is None:
            return
        recorder: Recorder = self._state.recorder
        document_id = UUID(place[1])
        try:
            given = await recorder.record(register, document_id, body)
        except RecordingUnavailable:
            given = None
        if given is None or isinstance(given, Differs):
            await self._long_way(scope, again(read, receive), send)
            return
        status, content = told(document_id, given)
        length = (b"content-length", b"%d" % len(content))
        headers = [(b"content-type", b"application/json"), length]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content, "more_body": False})

    def _ordinary(self, scope: Scope) -> RegisterKey | None:
        """The register, if its key is remembered and the body's length is told and within measure."""
        shown, length = "", b""
        for name, value in scope["headers"]:
            if name == b"authorization":
                shown = value.decode("latin-1")
            elif name == b"content-length":
                length = value
        if not length.isdigit() or int(length) > LARGEST_DOCUMENT:
            return None
        return remembered(self._state.known_keys, shown)


async def whole_body(receive: Receive, read: list[Any]) -> bytes | None:
    """The request's body, its messages kept in `read`; nothing if the caller went away."""
    while True:
        message: Any = await receive()
        if message["type"] != "http.request":
            return None
        read.append(message)
        if not message.get("more_body", False):
            return message["body"] if len(read) == 1 else b"".join(part["body"] for part in read)


def again(read: list[Any], receive: Receive) -> Receive:
    """`receive` from the start, as if nothing had been read."""
    waiting = iter(read)

    async def repeated() -> Any:
        message = next(waiting, None)
        return message if message is not None else await receive()

    return repeated
