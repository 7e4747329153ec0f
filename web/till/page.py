"""The till page and its files, of one version: what the service worker keeps for the day the server is away."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from litestar import Response, Router, get
from litestar.response import File, Redirect
from litestar.static_files import create_static_files_router

from pos import __version__

FOLDER = Path(__file__).parent
TEXTS = FOLDER.parent / "i18n"
KEPT = {".html", ".css", ".js", ".webmanifest", ".json", ".woff2", ".png", ".svg"}


@cache
def precache() -> dict[str, Any]:
    """`{"version", "files": [address…]}`: the version is the program's and a hash over every file's content."""
    files = sorted(path for path in FOLDER.rglob("*") if path.suffix in KEPT and path.name != "sw.js")
    texts = sorted(TEXTS.glob("till.*.json")) + sorted(TEXTS.glob("formats*.json"))
    digest = hashlib.sha256()
    for path in [*files, *texts, FOLDER / "sw.js"]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    addresses = ["/till", *(f"/till/{path.relative_to(FOLDER).as_posix()}" for path in files)]
    return {
        "version": f"{__version__}-{digest.hexdigest()[:12]}",
        "files": [*addresses, *(f"/i18n/{path.name}" for path in texts)],
    }


@get("/till", include_in_schema=False)
async def till_page() -> File:
    """The page itself."""
    return File(FOLDER / "index.html", media_type="text/html", content_disposition_type="inline")


@get("/till/precache.json", include_in_schema=False)
async def precache_list() -> Response[dict[str, Any]]:
    """What the service worker takes in, all or nothing."""
    return Response(precache(), headers={"cache-control": "no-cache"})


@get("/till/sw.js", include_in_schema=False)
async def service_worker() -> Response[bytes]:
    """The service worker with its version written in, so that the browser sees a new one."""
    source = (FOLDER / "sw.js").read_bytes().replace(b"@VERSION@", precache()["version"].encode())
    headers = {"cache-control": "no-cache", "service-worker-allowed": "/till"}
    return Response(source, media_type="text/javascript", headers=headers)


@get("/till/sw-reset", include_in_schema=False)
async def without_worker() -> Redirect:
    """Where one lands who has no service worker to take away."""
    return Redirect("/till")


TILL_PAGE = Router(
    path="/",
    route_handlers=[
        till_page,
        precache_list,
        service_worker,
        without_worker,
        create_static_files_router(path="/till", directories=[FOLDER], include_in_schema=False),
    ],
)
