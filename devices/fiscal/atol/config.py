"""How one ATOL register is set up: where the web server of its driver is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from devices.options import BadOption
from devices.ports.port import BadAddress

DEFAULT_PORT = 16_732
TAX_SYSTEMS = ("osn", "usnIncome", "usnIncomeOutcome", "esn", "patent")


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. `open`, `reply`: of one request; `work`: for a task to end while nobody is needed; `mark`: that the
    server may take longer for each marking code, as its own scripts have it; `resolve`: to reach
    the server again after an answer was lost; `poll` between looks at a task, `watch` at the register."""

    open: float = 3.0
    reply: float = 3.0
    work: float = 60.0
    mark: float = 60.0
    resolve: float = 60.0
    poll: float = 0.3
    watch: float = 10.0


@dataclass(frozen=True, slots=True)
class AtolConfig:
    """`path`: of the tasks, "/requests" or "/api/v2/requests"."""

    id: str
    host: str
    port: int
    path: str
    tax_system: str | None = None
    unsent_hours: int = 24
    timing: Timing = field(default_factory=Timing)


def atol_config(id: str, url: str, options: Mapping[str, Any], timing: Timing | None = None) -> AtolConfig:
    """The set-up written in a configuration file: url such as http://127.0.0.1:16732/api/v2/requests. Raises
    `BadOption`, `BadAddress`."""
    if unknown := options.keys() - {"tax_system", "unsent_hours"}:
        raise BadOption(option=sorted(unknown)[0], why="not known; one of model, tax_system, unsent_hours")
    system, hours = options.get("tax_system"), options.get("unsent_hours", 24)
    if system is not None and system not in TAX_SYSTEMS:
        raise BadOption(option="tax_system", why="one of " + ", ".join(TAX_SYSTEMS))
    if type(hours) is not int or not 1 <= hours <= 720:
        raise BadOption(option="unsent_hours", why="a whole number from 1 to 720")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or DEFAULT_PORT
    except ValueError as error:
        raise BadAddress(f"{url}: {error}") from error
    if parts.scheme not in ("http", "tcp") or not host:
        raise BadAddress(f"{url}: such as http://127.0.0.1:{DEFAULT_PORT}/api/v2/requests")
    return AtolConfig(id, host, port, parts.path.rstrip("/") or "/requests", system, hours, timing or Timing())
