"""The till's files as they are sent: read once, joined and compressed once, named by a hash of their content."""

import gzip
import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pos import __version__
from web.till.lean import lean, lean_css
from web.till.modules import join

FOLDER = Path(__file__).parent
TEXTS = FOLDER.parent / "i18n"
WORKER = "/till/sw.js"
PAGE = "/till/app.js"
CATALOGUE_WORKER = "/till/core/catalogue-worker.js"
DISPLAY = "/till/display.js"
"""The modules that the page, its worker and the customer's window begin with; whatever they import is sent inside them."""
PARTS = "/till/parts/"
PARTS_STYLE = "/till/parts.css"
"""What is loaded when it is first needed: each file of this folder with whatever only it imports, and their style."""
SOURCE = "TILLCARD_TILL_SOURCE"
"""With this variable set, every module is sent as it is written: for a debugger."""
TYPES: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
"""What is sent at all; everything else in the folder is the server's own."""
PACKED = {".png", ".woff2"}


@dataclass(frozen=True, slots=True)
class TillFile:
    """One file. `packed` is its gzip form, None where that saves nothing."""

    content: bytes
    packed: bytes | None
    media_type: str
    etag: str


@cache
def till_files() -> Mapping[str, TillFile]:
    """Every file of the page by its address; the service worker has its version written in."""
    found = dict(contents())
    found[WORKER] = found[WORKER].replace(b"@VERSION@", version().encode())
    return {address: made(content, Path(address).suffix or ".html") for address, content in found.items()}


@cache
def contents() -> Mapping[str, bytes]:
    """What is sent for each address, before the version is known: the modules joined, the rest as it is."""
    files = dict(addresses())
    if os.environ.get(SOURCE):
        return {address: path.read_bytes() for address, path in files.items()}
    scripts = {path: address for address, path in files.items() if path.suffix == ".js"}
    sent = {address: path.read_bytes() for address, path in files.items() if path not in scripts}
    sent |= {address: lean_css(sent[address].decode()).encode() for address in sent if address.endswith(".css")}
    sent[WORKER] = lean(files[WORKER].read_text("utf-8")).encode()
    page = [files[PAGE], *(path for path, address in scripts.items() if address.startswith(PARTS))]
    programs = join(page, scripts)
    for alone in (CATALOGUE_WORKER, DISPLAY):
        programs |= join([files[alone]], scripts)
    return sent | {scripts[entry]: program.encode() for entry, program in programs.items()}


@cache
def version() -> str:
    """The program's version and a hash over every file: what the service worker keeps is of one version."""
    digest = hashlib.sha256()
    for address, content in contents().items():
        digest.update(address.encode() + b"\0" + content)
    return f"{__version__}-{digest.hexdigest()[:12]}"


def precache() -> list[str]:
    """The addresses that the service worker takes in, all or nothing."""
    return [address for address in till_files() if address != WORKER]


def addresses() -> Iterator[tuple[str, Path]]:
    """Address and place of every file, in a fixed order; pages stand there without their ending, the till's own at /till."""
    for path in sorted(FOLDER.rglob("*")):
        if path.suffix in TYPES:
            inside = path.relative_to(FOLDER).as_posix()
            page = "/till" if inside == "index.html" else f"/till/{inside.removesuffix('.html')}"
            yield page, path
    for path in sorted([*TEXTS.glob("till.*.json"), *TEXTS.glob("formats.*.json")]):
        yield f"/i18n/{path.name}", path


def made(content: bytes, suffix: str) -> TillFile:
    packed = None if suffix in PACKED else gzip.compress(content, 9, mtime=0)
    return TillFile(content, packed, TYPES[suffix], f'"{hashlib.sha256(content).hexdigest()[:24]}"')
