"""A device agent that speaks `docs/agent-protocol.md` to one till and has whatever devices a test gives it."""

import json
import threading
from collections.abc import Callable, Sequence
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

Answering = Callable[[str, dict[str, Any]], dict[str, Any]]
ONLINE = {"power": "online", "health": "ok", "causes": []}
AWAY = {"type": "error", "re": "hello", "code": "agent.offline", "message": "agent.offline"}
NAME = "0191c5de-0000-7000-8000-0000000000aa"


class Complaint(Exception):
    """What a device answers instead: a code and its fields."""

    def __init__(self, code: str, **fields: Any) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields


class TillAgent:
    """On a port of its own; `answers` says per device id what a question gets, `heard` is every message of the till."""

    protocols: tuple[str, ...] = ()

    def __init__(
        self, devices: list[dict[str, Any]], answers: dict[str, Answering] | None = None, name: str = NAME
    ) -> None:
        self.devices = devices
        self.answers = answers or {}
        self.name = name
        self.port = 0
        self.heard: list[dict[str, Any]] = []
        self._connections: set[ServerConnection] = set()
        self._server: Server | None = None
        self._came = threading.Condition()

    def start(self) -> dict[str, str]:
        """Listens; answers what a server tells its till about it."""
        self._server = serve(self._speak, "127.0.0.1", self.port, subprotocols=self.protocols or None)
        self.port = self._server.socket.getsockname()[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return {"url": f"ws://127.0.0.1:{self.port}/agent", "token": "token-of-the-till"}

    def stop(self) -> None:
        self.hang_up()
        if self._server:
            self._server.shutdown()

    def hang_up(self) -> None:
        """Ends every connection; the till comes again."""
        for connection in list(self._connections):
            connection.close(1001)

    def tell(self, message: dict[str, Any]) -> None:
        """Says something that nobody asked for."""
        for connection in list(self._connections):
            connection.send(json.dumps({"at": "2026-11-22T09:30:00.000Z", **message}))

    def say(self, device: str, said: dict[str, Any]) -> None:
        self.tell({"type": "said", "device": device, "said": said})

    def wait(self, *expected: dict[str, Any]) -> None:
        """Until every one of these was heard, each in a message that may have more fields."""
        with self._came:
            assert self._came.wait_for(lambda: all(self.was_told(each) for each in expected), 15), self.heard

    def was_told(self, fields: dict[str, Any]) -> int:
        """How many messages had at least these fields."""
        return sum(fields.items() <= message.items() for message in self.heard)

    def _speak(self, connection: ServerConnection) -> None:
        self._connections.add(connection)
        try:
            for text in connection:
                message = json.loads(text)
                if answer := self._answer(message):
                    connection.send(json.dumps({"ref": message.get("ref"), **answer}))
                with self._came:
                    self.heard.append(message)
                    self._came.notify_all()
        except ConnectionClosed:
            pass
        finally:
            self._connections.discard(connection)

    def _answer(self, message: dict[str, Any]) -> dict[str, Any] | None:
        match message["type"]:
            case "hello":
                return self.welcome()
            case "documents":
                return {"type": "documents", "documents": [], "more": False}
            case "document":
                return {"type": "kept", "id": message["id"], "digest": message["digest"]}
            case "ask":
                return self._told(message)
            case _:
                return None

    def welcome(self) -> dict[str, Any]:
        told = {"agent": self.name, "devices": self.devices, "seq": 0, "gap": False, "software": "test"}
        return {"type": "welcome", "version": 1, **told}

    def _told(self, message: dict[str, Any]) -> dict[str, Any]:
        device = message["device"]
        try:
            answer = self.answers[device](message["question"], message.get("content", {}))
        except Complaint as complaint:
            return {"type": "error", "re": "ask", "code": complaint.code, "message": "", **complaint.fields}
        return {"type": "answer", "device": device, "answer": answer}


class RelayedAgent(TillAgent):
    """The same behind the server's relay: its link breaks and comes back while the till stays on the server's socket."""

    protocols = ("tillcard",)
    linked = True
    before_welcome: Sequence[dict[str, Any]] = ()
    """What the server passes on to a till that is not welcome yet."""

    def leave(self) -> None:
        self.linked = False
        self.tell(AWAY)

    def come(self) -> None:
        self.linked = True
        self.tell({**self.welcome(), "gap": True})

    def _answer(self, message: dict[str, Any]) -> dict[str, Any] | None:
        if self.linked:
            for each in self.before_welcome if message["type"] == "hello" else ():
                self.tell(each)
            return super()._answer(message)
        return {**AWAY, "re": message["type"]}
