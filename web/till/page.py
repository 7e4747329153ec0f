"""The till page on the wire: its files, the list its service worker takes in, and the way out of that worker."""

from typing import Any

from litestar import Request, Response, Router, get
from litestar.exceptions import NotFoundException
from litestar.response import Redirect

from web.till.files import WORKER, precache, till_files, version

Asker = Request[Any, Any, Any]


@get(["/till", "/till/{file_path:path}", "/i18n/{file_path:path}"], include_in_schema=False)
async def till_file(request: Asker) -> Response[bytes]:
    """One file of the page; a browser that has this content already is told so."""
    file = till_files().get(request.url.path.rstrip("/"))
    if file is None:
        raise NotFoundException
    headers = {"etag": file.etag, "cache-control": "no-cache", "vary": "accept-encoding"}
    if request.url.path == WORKER:
        headers["service-worker-allowed"] = "/till"
    if request.headers.get("if-none-match") == file.etag:
        return Response(b"", status_code=304, headers=headers, media_type=file.media_type)
    if file.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.packed, headers={**headers, "content-encoding": "gzip"}, media_type=file.media_type)
    return Response(file.content, headers=headers, media_type=file.media_type)


@get("/till/precache.json", include_in_schema=False)
async def precache_list() -> Response[dict[str, Any]]:
    """What the service worker takes in, all or nothing."""
    return Response({"version": version(), "files": precache()}, headers={"cache-control": "no-cache"})


@get("/till/sw-reset", include_in_schema=False)
async def without_worker() -> Redirect:
    """Where one lands who has no service worker to take away."""
    return Redirect("/till")


TILL_PAGE = Router(path="/", route_handlers=[till_file, precache_list, without_worker])
