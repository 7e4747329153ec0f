"""The door for the till page on this computer: loopback only, and only pages of the shop with their token.

Any page the cashier opens can try to reach 127.0.0.1; Host and Origin are checked before the WebSocket exists, the
token right after (promise E18).
"""

import logging
from collections.abc import Sequence
from http import HTTPStatus

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from devices.agent.connection import converse
from devices.agent.exchange import Exchange
from devices.agent.messages import MOST_BYTES
from devices.agent.session import Session

log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
PATH = "/agent"
MOST_CONNECTIONS = 32


class Listener:
    """Accepts till pages on `127.0.0.1:port`."""

    def __init__(self, exchange: Exchange, *, port: int, origins: Sequence[str] | frozenset[str]) -> None:
        self._exchange = exchange
        self._wanted_port = port
        self._origins = frozenset(origins)
        self._server: Server | None = None
        self._open = 0
        self.port = 0

    async def start(self) -> None:
        """Begin to listen. Raises `OSError` if the port is taken."""
        self._server = await serve(
            self._serve,
            LOOPBACK,
            self._wanted_port,
            process_request=self._examine,
            compression=None,
            server_header=None,
            max_size=MOST_BYTES,
            max_queue=64,
            close_timeout=2,
            open_timeout=5,
            ping_interval=20,
            ping_timeout=20,
        )
        self.port = next(iter(self._server.sockets)).getsockname()[1]

    async def stop(self) -> None:
        """Close every connection (1001) and stop."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, connection: ServerConnection) -> None:
        if self._open >= MOST_CONNECTIONS:
            self._exchange.refuse("crowd", "too many connections")
            await connection.close(1013, "too many connections")
            return
        self._open += 1
        self._exchange.counts.listener_connections += 1
        try:
            await converse(connection, Session(self._exchange), self._exchange.clock)
        finally:
            self._open -= 1

    def _examine(self, connection: ServerConnection, request: Request) -> Response | None:
        """Refuse, answer a preflight, or let the WebSocket be opened (None)."""
        hosts = request.headers.get_all("Host")
        if len(hosts) != 1 or hosts[0].lower() not in (f"{LOOPBACK}:{self.port}", f"localhost:{self.port}"):
            return self._refuse(connection, HTTPStatus.FORBIDDEN, "host", f"Host {hosts!r}")
        origins = request.headers.get_all("Origin")
        if len(origins) != 1 or origins[0] not in self._origins:
            return self._refuse(connection, HTTPStatus.FORBIDDEN, "origin", f"Origin {origins!r}")
        if request.path.partition("?")[0] != PATH:
            return self._refuse(connection, HTTPStatus.NOT_FOUND, "path", f"path {request.path[:80]!r}")
        if request.method == "OPTIONS":
            return _preflight(connection, origins[0])
        if self._open >= MOST_CONNECTIONS:
            return self._refuse(connection, HTTPStatus.SERVICE_UNAVAILABLE, "crowd", "too many connections")
        return None

    def _refuse(self, connection: ServerConnection, status: HTTPStatus, why: str, detail: str) -> Response:
        self._exchange.refuse(why, detail[:200])
        return connection.respond(status, "refused\n")


def _preflight(connection: ServerConnection, origin: str) -> Response:
    """Chrome asks this before it lets a page of the network talk to this computer."""
    response = connection.respond(HTTPStatus.OK, "")
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Allow-Methods"] = "GET"
    response.headers["Access-Control-Allow-Private-Network"] = "true"
    response.headers["Access-Control-Allow-Local-Network"] = "true"
    response.headers["Vary"] = "Origin"
    return response
