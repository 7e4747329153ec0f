"""What keeps foreign script, frames, pages and guesses of content types out."""

from urllib.parse import urlsplit

from litestar.datastructures import Headers

from pos.core.errors import NotAllowed

POLICY = "; ".join(
    (
        "default-src 'self'",
        "connect-src 'self' ws://127.0.0.1:* ws://localhost:*",  # the device agent on the till's own PC
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


class AskedFromElsewhere(NotAllowed):
    """Another site's page made the browser ask."""

    code = "request.foreign"


def check_origin(headers: Headers) -> None:
    """Raises `AskedFromElsewhere` where the browser says that the page that asks is not ours.

    Cookies, SameSite ones too, do not tell apart the ports of one host; these two headers do, and no script can set them.
    Callers that are no browsers send neither.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        ours = site in {"same-origin", "none"}
    else:
        ours = origin is None or urlsplit(origin).netloc == headers.get("host")
    if not ours:
        raise AskedFromElsewhere


def secure_cookie(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """The header as it is; a cookie is told to travel over https alone."""
    if name.lower() == b"set-cookie" and b"; secure" not in value.lower():
        return name, value + b"; Secure"
    return name, value
