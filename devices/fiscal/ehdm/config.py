"""How one e-HDM is set up: the service's address, the shop's certificate, and what a line does not say."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from devices.fiscal.armenia import options as o
from devices.fiscal.armenia.book import Book
from devices.fiscal.armenia.goods import Rules
from devices.options import BadOption
from devices.ports.port import BadAddress

KNOWN = o.SHARED | {"certificate", "key", "passphrase", "authority", "language", "seq"}
LANGUAGES = ("hy", "en", "ru")
SUCH_AS = "such as https://ecrm.taxservice.am/taxsystem-rs-vcr/api/v1.0"
MOST_SEQ = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. `open`, the handshake included; `reply` of one request; `resolve`: how long a lost document is asked for,
    `poll` between questions; `watch`: between looks."""

    open: float = 10.0
    reply: float = 30.0
    resolve: float = 60.0
    poll: float = 3.0
    watch: float = 60.0


@dataclass(frozen=True, slots=True)
class EhdmConfig:
    """`seq`: of the last request that the service took before the book began."""

    id: str
    host: str
    port: int
    path: str
    crn: str
    operator: int
    rules: Rules
    book: Book = field(repr=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    language: str = "hy"
    seq: int = 0
    timing: Timing = field(default_factory=Timing)

    @property
    def next_seq(self) -> int:
        return (self.seq if self.book.seq is None else self.book.seq) + 1


def ehdm_config(id: str, url: str, options: Mapping[str, Any], timing: Timing | None = None) -> EhdmConfig:
    """The set-up written in a configuration file, `model` left out. Raises `BadOption`, `BadAddress`."""
    o.only(options, KNOWN)
    language = options.get("language", "hy")
    if language not in LANGUAGES:
        raise BadOption(option="language", why="one of " + ", ".join(LANGUAGES))
    secure, host, port, path = _address(url)
    if secure and options.get("book") is None:
        raise BadOption(option="book", why="needed: the numbers of requests must outlast the program")
    return EhdmConfig(
        id,
        host,
        port,
        path,
        o.registration(options),
        o.operator(options),
        o.rules(options),
        o.book(options),
        _tls(options) if secure else None,
        language,
        o.number_option(options, "seq", 0, MOST_SEQ) or 0,
        timing or Timing(),
    )


def _address(url: str) -> tuple[bool, str, int, str]:
    """Without TLS only to this very computer, where a proxy of the shop's may hold the certificate."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadAddress(f"{url}: {error}") from error
    if parts.scheme not in ("https", "http") or not host or not parts.path.strip("/"):
        raise BadAddress(f"{url}: {SUCH_AS}")
    secure = parts.scheme == "https"
    if not secure and not _is_here(host):
        raise BadAddress(f"{url}: http only to this computer")
    return secure, host, port or (443 if secure else 80), parts.path.rstrip("/")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _tls(options: Mapping[str, Any]) -> ssl.SSLContext:
    """The shop shows its certificate, and the service must show one that is trusted."""
    authority = o.text_option(options, "authority", 4_096)
    try:
        context = ssl.create_default_context(cafile=authority)
    except (OSError, ssl.SSLError) as error:
        raise BadOption(option="authority", why="a file of certificates in PEM") from error
    certificate, key = o.needed_text(options, "certificate"), o.needed_text(options, "key")
    try:
        context.load_cert_chain(certificate, key, o.text_option(options, "passphrase") or "")
    except (OSError, ssl.SSLError) as error:
        raise BadOption(option="certificate", why="a certificate, its key and passphrase, in PEM") from error
    return context
