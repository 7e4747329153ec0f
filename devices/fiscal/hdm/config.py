"""How one HDM is set up: its address, who works at it, and what a line does not say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from devices.fiscal.armenia import options as o
from devices.fiscal.armenia.book import Book
from devices.fiscal.armenia.goods import Rules
from devices.options import BadOption
from devices.ports.port import BadAddress

KNOWN = o.SHARED | {"password", "pin", "protocol", "absence"}
PROTOCOLS = (5, 7)
PROVEN = ("unproven", "proven")


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. `open`; `answer` of a question, `work` of a document; `resolve`: how long a lost document is looked for,
    `poll` between looks; `watch`: between looks at the register itself."""

    open: float = 3.0
    answer: float = 10.0
    work: float = 50.0
    resolve: float = 30.0
    poll: float = 2.0
    watch: float = 15.0


@dataclass(frozen=True, slots=True)
class HdmConfig:
    """`absence_proven`: a receipt that it cannot be made to show for `resolve` seconds was never registered."""

    id: str
    host: str
    port: int
    crn: str
    operator: int
    password: str = field(repr=False)
    pin: str = field(repr=False)
    rules: Rules
    book: Book = field(repr=False)
    version: int = 5
    absence_proven: bool = False
    timing: Timing = field(default_factory=Timing)


def hdm_config(id: str, url: str, options: Mapping[str, Any], timing: Timing | None = None) -> HdmConfig:
    """The set-up written in a configuration file, `model` left out. Raises `BadOption`, `BadAddress`."""
    o.only(options, KNOWN)
    version, absence = options.get("protocol", 5), options.get("absence", "unproven")
    if version not in PROTOCOLS:
        raise BadOption(option="protocol", why="5 or 7")
    if absence not in PROVEN:
        raise BadOption(option="absence", why=" or ".join(PROVEN))
    host, port = _address(url)
    return HdmConfig(
        id,
        host,
        port,
        o.registration(options),
        o.operator(options),
        o.needed_text(options, "password"),
        o.needed_text(options, "pin"),
        o.rules(options),
        o.book(options),
        version,
        absence == "proven",
        timing or Timing(),
    )


def _address(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadAddress(f"{url}: {error}") from error
    if parts.scheme != "tcp" or not host or not port:
        raise BadAddress(f"{url}: such as tcp://192.168.1.50:9000")
    return host, port
