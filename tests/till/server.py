"""The server's side of `docs/till-api.md` on a real socket: small, but it validates and refuses as the real one."""

import contextlib
import hashlib
import json
import re
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from pydantic import ValidationError

from pos.documents.envelope import GENESIS
from pos.documents.schema import documents
from tests.till import shop
from tests.till.promises import Promises
from web.fiscal.schemas import FiscalRecordBody

WEB = Path(__file__).parents[2] / "web"
TYPES = {
    ".js": "text/javascript",
    ".json": "application/json",
    ".html": "text/html",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}
CSP = "default-src 'self'; connect-src 'self' ws://127.0.0.1:*; base-uri 'none'; frame-ancestors 'none'"
REFUNDED = ("quantity", "gross", "net", "tax_base", "tax_amount")
PAGE = b"""<!doctype html><html lang=en><title>till</title><link rel=icon href=data:,>
<script type=module src=/till/app.js></script><input id=field></html>"""


class ShopServer:
    """A shop's server that can die and come back on its port, refuse single documents, and remembers what it stored."""

    def __init__(self) -> None:
        self.stored: dict[str, bytes] = {}
        self.puts: list[str] = []
        self.poisoned: set[str] = set()
        """Kinds of documents that are answered with 500."""
        self.quarantine: set[str] = set()
        """Kinds of documents that are put aside with 202."""
        self.agent: dict[str, str] | None = None
        self.relay = 0
        """The port of a program that speaks to tills at `/api/till/agent`; without one they are refused."""
        self.epoch = 0
        self.key = ""
        self.time_offset = 0
        self.changes: list[dict[str, Any]] = []
        self.start_again = False
        self.products = shop.products()
        self.accounts = shop.accounts()
        self.snapshot = shop.snapshot()
        self.hidden: list[dict[str, Any]] = []
        """Accounts only the server knows."""
        self.promises = Promises()
        self.fiscal: dict[str, dict[str, Any]] = {}
        self.away = False
        """The page's files are served (as the service worker will), the API does not answer: the server is dead."""
        self.port = 0
        self._server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        handler = type("Handler", (Handler,), {"shop": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def documents(self) -> list[Any]:
        """What arrived, as the published schema reads it, in the order of the chain."""
        read = [documents.validate_json(body) for body in self.stored.values()]
        return sorted(read, key=lambda document: (document.epoch, document.seq))

    def keep_fiscal(self, record_id: str, body: bytes) -> tuple[int, Any]:
        """As the real server: by the published form, once."""
        try:
            FiscalRecordBody.model_validate_json(body)
        except ValidationError as error:
            return 422, str(error)
        known = self.fiscal.setdefault(record_id, json.loads(body))
        return (200, {"id": record_id}) if known == json.loads(body) else (409, "fiscal.record_differs")

    def fiscal_states(self, document: str) -> list[str]:
        """What became known about registering a document, in the till's order."""
        records = [record for record in self.fiscal.values() if record["document"] == document]
        return [record["state"] for record in sorted(records, key=lambda record: record["place"])]

    def kinds(self) -> list[str]:
        return [document.kind for document in self.documents()]

    def broken_links(self) -> list[str]:
        """Every document that does not name the hash before it, or leaves a gap."""
        raw = sorted(self.stored.values(), key=lambda body: (json.loads(body)["epoch"], json.loads(body)["seq"]))
        faults, before, seq, epoch = [], GENESIS, 0, None
        for body in raw:
            document = json.loads(body)
            if document["epoch"] != epoch:
                before, seq, epoch = GENESIS, 0, document["epoch"]
            if document["prev"] != before or document["seq"] != seq + 1:
                faults.append(document["id"])
            before, seq = hashlib.sha256(body).hexdigest(), document["seq"]
        return faults


class Handler(BaseHTTPRequestHandler):
    shop: ClassVar[ShopServer]
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def answer(self, status: int, body: Any = None, kind: str = "application/json") -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw)))
        self.send_header("Content-Security-Policy", CSP)
        self.send_header("Tillcard-Time", str(time.time_ns() // 1_000_000 + self.shop.time_offset))
        self.end_headers()
        self.wfile.write(raw)

    def problem(self, status: int, code: str, **fields: Any) -> None:
        self.answer(
            status, {"type": "about:blank", "title": code, "status": status, "code": code, "detail": "", **fields}
        )

    def gone(self) -> bool:
        """Hangs up without a word while the server is away."""
        if self.shop.away and self.path.startswith("/api/"):
            self.close_connection = True
            self.connection.shutdown(2)
            return True
        return False

    def allowed(self) -> bool:
        wanted = f"Register {shop.REGISTER}.{self.shop.epoch}.{self.shop.key}"
        if self.headers.get("Authorization") == wanted:
            return True
        self.problem(401, "register.not_known")
        return False

    def do_GET(self) -> None:
        if self.gone():
            return None
        path, _, query = self.path.partition("?")
        if path == "/till":
            return self.answer(200, PAGE, "text/html")
        if path.startswith(("/till/", "/i18n/")):
            return self.file(WEB / path.lstrip("/"))
        if path == "/api/till/health":
            return self.answer(200, {"time": time.time_ns() // 1_000_000, "version": "0.1.0", "minimum_till": "0.1.0"})
        if path == "/api/till/agent" and self.shop.relay:
            return self.relayed()
        if not path.startswith("/api/till/"):
            return self.answer(404, b"", "text/plain")
        if not self.allowed():
            return None
        return self.data(path.removeprefix("/api/till/"), query)

    def relayed(self) -> None:
        """Bytes go to and fro until either end has had enough."""
        self.close_connection = True
        with socket.create_connection(("127.0.0.1", self.shop.relay)) as relay:
            head = [self.requestline, *(f"{name}: {value}" for name, value in self.headers.items())]
            relay.sendall("\r\n".join([*head, "", ""]).encode())
            back = threading.Thread(target=passed_on, args=(relay.recv, self.connection), daemon=True)
            back.start()
            passed_on(self.rfile.read1, relay)  # type: ignore[attr-defined]
            back.join()

    def data(self, path: str, query: str) -> None:
        mine = self.shop
        if path == "snapshot":
            return self.answer(200, mine.snapshot)
        if found := re.fullmatch(r"(products|accounts)/(\d+)", path):
            rows = mine.products if found[1] == "products" else mine.accounts
            chunk = int(found[2])
            return self.answer(200, {"chunk": chunk, found[1]: [row for row in rows if row["seq"] // 2000 == chunk]})
        if path == "changes":
            if mine.start_again:
                mine.start_again = False
                return self.problem(410, "feed.start_again")
            page = (
                mine.changes.pop(0)
                if mine.changes
                else {"cursor": query.removeprefix("cursor="), "products": [], "accounts": []}
            )
            return self.answer(200, {"more": bool(mine.changes), **page})
        if path.startswith("receipts/"):
            return self.receipt(path.removeprefix("receipts/"))
        if path == "accounts/lookup":
            digest = query.removeprefix("card=")
            rows = [row for row in mine.hidden if any(card[0] == digest for card in row["cards"])]
            return self.answer(200, {"accounts": rows, "card": mine.promises.blank.get(digest)})
        if path == "accounts/same-phone":
            return self.answer(200, mine.promises.same_phone)
        if path.startswith(("coupons/", "gift-cards/")):
            return self.told(mine.promises.get(path))
        return self.problem(404, "not_found")

    def told(self, answer: tuple[int, Any]) -> None:
        status, body = answer
        return self.problem(status, body) if status >= 400 else self.answer(status, body)

    def receipt(self, number: str) -> None:
        """A sale of any register, and what was refunded of it already; positive."""
        for body in self.shop.stored.values():
            sale = json.loads(body)
            if sale.get("receipt") == number:
                refunds = [
                    other
                    for other in map(json.loads, self.shop.stored.values())
                    if other["kind"] == "refund" and other["lines"][0]["origin"]["document"] == sale["id"]
                ]
                sums: dict[int, dict[str, int]] = {}
                for line in (line for refund in refunds for line in refund["lines"]):
                    known = sums.setdefault(line["origin"]["line"], dict.fromkeys(REFUNDED, 0))
                    for name in REFUNDED:
                        known[name] -= line[name]
                back = [{"line": line, **amounts} for line, amounts in sums.items()]
                paid = [
                    {"kind": tender["kind"], "reference": tender["reference"], "amount": -tender["applied"]}
                    for refund in refunds
                    for tender in refund["tenders"]
                ]
                answer = {"document": body.decode(), "refunded": back, "tenders": paid}
                return self.answer(200, {**answer, "refunds": [refund["id"] for refund in refunds]})
        return self.problem(404, "receipt.not_found")

    def do_POST(self) -> None:
        if self.gone():
            return None
        body = json.loads(self.body())
        if self.path != "/api/till/pair" or body["code"] != "CODE2345":
            return self.problem(403, "pairing.refused")
        self.shop.epoch += 1
        self.shop.key = hashlib.sha256(str(self.shop.epoch).encode()).hexdigest()
        told = {"register": shop.REGISTER, "epoch": self.shop.epoch, "key": self.shop.key, "prefix": "A1"}
        return self.answer(
            201, {**told, "outlet": self.shop.snapshot["outlet"], "agent": self.shop.agent, "database": "1"}
        )

    def do_PUT(self) -> None:
        if self.gone():
            return None
        body = self.body()
        if not self.allowed():
            return None
        path = self.path.removeprefix("/api/till/")
        if path.startswith("fiscal-records/"):
            return self.told(self.shop.keep_fiscal(path.rsplit("/", 1)[1], body))
        if path.startswith(("reservations/", "new-accounts/", "persons/")):
            return self.told(self.shop.promises.put(path, body))
        document_id = self.path.rsplit("/", 1)[1]
        self.shop.puts.append(document_id)
        kind = json.loads(body)["kind"]
        if kind in self.shop.poisoned:
            return self.problem(500, "server.failed")
        if kind in self.shop.quarantine:
            return self.answer(202, {"code": "document.strange", "detail": "for the test"})
        known = self.shop.stored.get(document_id)
        if known is not None:
            return self.answer(200, {}) if known == body else self.problem(409, "document.differs")
        try:
            assert str(documents.validate_json(body).id) == document_id
        except ValidationError as error:
            return self.answer(202, {"code": "document.malformed", "detail": str(error)[:2000]})
        self.shop.stored[document_id] = body
        return self.answer(201, {"document": document_id})

    def do_DELETE(self) -> None:
        if self.gone() or not self.allowed():
            return
        self.shop.promises.released.append(self.path.rsplit("/", 1)[1])
        self.send_response(204)
        self.end_headers()

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def file(self, path: Path) -> None:
        if not path.is_file() or WEB not in path.resolve().parents:
            return self.answer(404, b"", "text/plain")
        return self.answer(200, path.read_bytes(), TYPES.get(path.suffix, "application/octet-stream"))


def passed_on(read: Callable[[int], bytes], to: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while said := read(65_536):
            to.sendall(said)
    with contextlib.suppress(OSError):
        to.shutdown(socket.SHUT_RDWR)
