"""A server that gives a key for a code, as far as the device program sees it, and the ways in which one can fail at that."""

import json
import os
import select
import socket
import ssl
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

CODE = "7KQ2-M9XB"
KEY = "0191c5de-0000-7000-8000-0000000000aa.vN3c_key-of-this-computer"
PAIRED = {"agent": "0191c5de-0000-7000-8000-0000000000aa", "name": "Till 2", "outlet": "Corner shop", "key": KEY}


@dataclass
class Office:
    """`asked` holds the path and body of each request; `answers` says what comes back, `meanwhile` what happens before."""

    port: int = 0
    status: int = 201
    answers: Any = field(default_factory=lambda: dict(PAIRED))
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None
    cut_after: int | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def refuses(self, status: int, code: str, **headers: str) -> None:
        self.status, self.headers = status, {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers = {
            "type": "about:blank",
            "title": code,
            "status": status,
            "code": code,
            "detail": f"About {code}.",
        }


@contextmanager
def an_office(folder: Path | None = None) -> Generator[Office]:
    """Runs on this computer; with TLS where `folder` holds the certificates of a shop."""
    office = Office()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            office.asked.append((self.path, json.loads(body)))
            office.meanwhile()
            whole = office.answers if isinstance(office.answers, bytes) else json.dumps(office.answers).encode()
            if office.cut_after is not None:
                head = b"HTTP/1.1 %d Created\r\nContent-Length: %d\r\n\r\n" % (office.status, len(whole))
                self.wfile.write((head + whole)[: office.cut_after])
                self.close_connection = True
                return
            self.send_response(office.status)
            self.send_header("Content-Length", str(len(whole)))
            for name, value in office.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(whole)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A caller that does not trust the certificate goes away: no news here."""

        def finish_request(self, request: Any, client_address: Any) -> None:
            super().finish_request(
                context.wrap_socket(request, server_side=True) if context else request, client_address
            )

    context: ssl.SSLContext | None = None
    if folder is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "chain.pem", folder / "shop.key")
    with Server(("127.0.0.1", 0), Handler) as server:
        office.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield office
        server.shutdown()
        thread.join()


@contextmanager
def a_proxy(to: int, answer: bytes = b"HTTP/1.1 200 OK\r\n\r\n") -> Generator[tuple[int, list[str]]]:
    """Takes every CONNECT to this port of this computer; its own port, and the heads it was sent."""
    heads: list[str] = []

    def serve() -> None:
        while True:
            try:
                caller, _ = listening.accept()
            except OSError:
                return
            with caller:
                head = b""
                while b"\r\n\r\n" not in head:
                    head += caller.recv(4_096)
                heads.append(head.decode())
                caller.sendall(answer)
                if b" 200 " in answer:
                    with socket.create_connection(("127.0.0.1", to)) as server:
                        _carry(caller, server)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1], heads
        listening.shutdown(socket.SHUT_RDWR)


def _carry(one: socket.socket, other: socket.socket) -> None:
    while True:
        for ready in select.select([one, other], [], [])[0]:
            try:
                data = ready.recv(65_536)
            except OSError:
                return
            if not data:
                return
            (other if ready is one else one).sendall(data)


def modes(folder: Path) -> dict[str, str]:
    """Who may do what with each file there."""
    return {path.name: oct(path.stat().st_mode & 0o777) for path in folder.iterdir() if os.name == "posix"}
