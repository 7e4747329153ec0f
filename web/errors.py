"""Errors as problem documents (RFC 9457): a stable code, a sentence, and the numbers of HTTP in one table."""

from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException, ValidationException
from litestar.status_codes import HTTP_500_INTERNAL_SERVER_ERROR
from sqlalchemy.exc import DBAPIError

from pos.core.errors import Conflict, Malformed, NotAllowed, NotFound, NotSignedIn, TillError, Unavailable
from web.office.pages import page
from web.texts import language_of, text

log = structlog.get_logger()

STATUS: dict[type[TillError], int] = {
    Malformed: 422,
    NotSignedIn: 401,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    Unavailable: 503,
}
PROBLEM = "application/problem+json"
DATA_EXCEPTION = "22"
"""Class of PostgreSQL's error codes for values, told by asyncpg too before it sends them."""


def status_of(error: TillError) -> int:
    """The HTTP status of an error's kind; a code may name a sharper one by its class attribute `status`."""
    sharper = getattr(type(error), "status", None)
    if isinstance(sharper, int):
        return sharper
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 400)


def problem(request: Request[Any, Any, Any], status: int, code: str, fields: dict[str, object]) -> Response[Any]:
    """One problem document in the asker's language."""
    detail = text(language_of(request), f"error.{code}", **fields)
    if wants_page(request):
        return problem_page(request, status, code, detail)
    body: dict[str, object] = {
        "type": "about:blank",
        "title": detail,
        "status": status,
        "code": code,
        "detail": detail,
    }
    body.update({name: value for name, value in fields.items() if name not in body})
    return Response(body, status_code=status, media_type=PROBLEM)


def problem_page(request: Request[Any, Any, Any], status: int, code: str, detail: str) -> Response[Any]:
    """The same for a person in the back office."""
    return page(request, "problem.html", code=code, detail=detail, status=status)


def wants_page(request: Request[Any, Any, Any]) -> bool:
    """Whether a person looks at the answer in a browser."""
    return request.url.path.startswith("/office") and "text/html" in request.headers.get("accept", "")


def expected(request: Request[Any, Any, Any], error: TillError) -> Response[Any]:
    """A failure that callers are told how to handle; a person is sent to sign in, or shown a page."""
    if isinstance(error, NotSignedIn) and wants_page(request):
        return Response(None, status_code=303, headers={"location": "/office/sign-in"})
    return problem(request, status_of(error), error.code, error.fields)


def malformed(request: Request[Any, Any, Any], error: ValidationException) -> Response[Any]:
    """A body or parameter that is not of the documented form; names each place."""
    places = [
        {"field": str(place.get("key", "")), "message": str(place.get("message", ""))}
        for place in (error.extra if isinstance(error.extra, list) else [])
        if isinstance(place, dict)
    ]
    return problem(request, 422, Malformed.code, {"places": places})


def refused(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """What the framework itself refuses: unknown address, wrong method, too large, wrong form."""
    if isinstance(error, NotFoundException):
        return problem(request, 404, "address.unknown", {})
    if isinstance(error, MethodNotAllowedException):
        return problem(request, 405, "address.wrong_method", {})
    codes = {400: "input.malformed", 401: "not_signed_in", 403: "request.refused", 413: "input.too_large"}
    return problem(request, error.status_code, codes.get(error.status_code, "request.refused"), {})


def unstorable(request: Request[Any, Any, Any], error: DBAPIError) -> Response[Any]:
    """What is well-formed and yet beyond what the database can hold or look for: NUL in a text, a number past 64 bits."""
    if str(getattr(error.orig, "sqlstate", "") or "").startswith(DATA_EXCEPTION):
        return problem(request, 422, Malformed.code, {})
    return unexpected(request, error)


def too_deep(request: Request[Any, Any, Any], error: RecursionError) -> Response[Any]:
    """JSON nested beyond what can be read."""
    return problem(request, 400, Malformed.code, {})


def unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Our own mistake: logged whole, told without detail."""
    log.error("unexpected", path=request.url.path, method=request.method, exc_info=error)
    return problem(request, HTTP_500_INTERNAL_SERVER_ERROR, "server.unexpected", {})


HANDLERS = {
    TillError: expected,
    ValidationException: malformed,
    HTTPException: refused,
    DBAPIError: unstorable,
    RecursionError: too_deep,
    Exception: unexpected,
}
