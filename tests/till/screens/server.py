"""The till's whole page on a real socket: the small server of the core's tests, with index.html, fonts and the service worker."""

import threading
from http.server import ThreadingHTTPServer
from typing import Any

from tests.till import server
from tests.till.screens import shop
from web.till import files

MORE_TYPES = {".woff2": "font/woff2", ".webmanifest": "application/manifest+json", ".png": "image/png"}


PAGES = {"/till": "index.html", "/till/display": "display.html"}


class PageServer(server.ShopServer):
    """Serves the shop of `shop.py`; `version` is the till program's, as the service worker sees it."""

    def __init__(self) -> None:
        super().__init__()
        self.version = "0.1.0-test"
        self.missing: set[str] = set()
        """Addresses that are answered with 404."""
        self.whole = True
        """Whether the service worker is told of all files; else of the pages alone."""
        self.held: dict[str, threading.Event] = {}
        """Addresses that are not answered before their event."""
        self.products = shop.products()
        self.snapshot = shop.snapshot()

    def start(self) -> None:
        handler = type("PageHandler", (self.handled_by(),), {"shop": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def handled_by(self) -> "type[PageHandler]":
        return PageHandler

    def precache(self) -> dict[str, Any]:
        if not self.whole:
            return {"version": self.version, "files": list(PAGES)}
        till = server.WEB / "till"
        files = [path for path in till.rglob("*") if path.suffix in server.TYPES | MORE_TYPES and path.name != "sw.js"]
        texts = [*(server.WEB / "i18n").glob("till.*.json"), *(server.WEB / "i18n").glob("formats.*.json")]
        return {
            "version": self.version,
            "files": [
                *PAGES,
                *sorted(f"/till/{path.relative_to(till).as_posix()}" for path in files),
                *sorted(f"/i18n/{path.name}" for path in texts),
            ],
        }


class PageHandler(server.Handler):
    shop: PageServer  # type: ignore[assignment]

    def do_GET(self) -> None:
        if held := self.shop.held.get(self.path.partition("?")[0]):
            held.wait(30)
        self.serve()

    def serve(self) -> None:
        path = self.path.partition("?")[0]
        till = server.WEB / "till"
        if path in self.shop.missing:
            return self.answer(404, b"", "text/plain")
        if path in PAGES:
            return self.answer(200, (till / PAGES[path]).read_bytes(), "text/html; charset=utf-8")
        if path == "/till/precache.json":
            return self.answer(200, self.shop.precache())
        if path == "/till/sw.js":
            body = (till / "sw.js").read_bytes().replace(b"@VERSION@", self.shop.version.encode())
            return self.answer(
                200, body, "text/javascript", [("Service-Worker-Allowed", "/till"), ("Cache-Control", "no-cache")]
            )
        return super().do_GET()

    def answer(
        self, status: int, body: Any = None, kind: str = "application/json", more: list[tuple[str, str]] | None = None
    ) -> None:
        suffix = self.path.partition("?")[0][self.path.rfind(".") :]
        self._more = more or []
        super().answer(status, body, MORE_TYPES.get(suffix, kind) if kind == "application/octet-stream" else kind)

    def end_headers(self) -> None:
        for name, value in getattr(self, "_more", []):
            self.send_header(name, value)
        self._more = []
        super().end_headers()


class SentServer(PageServer):
    """The same with the page's files as the program sends them: joined, lean, the parts beside the page."""

    def handled_by(self) -> type[PageHandler]:
        return SentHandler

    def precache(self) -> dict[str, Any]:
        return {"version": files.version(), "files": files.precache()}


class SentHandler(PageHandler):
    def serve(self) -> None:
        path = self.path.partition("?")[0]
        sent = files.till_files().get(path)
        if sent is None or path in self.shop.missing:
            return super().serve()
        return self.answer(200, sent.content, sent.media_type, [("Service-Worker-Allowed", "/till")])
