"""How one payment terminal is set up.

| option | values | usual |
| --- | --- | --- |
| `protocol` | `zvt-tcp`, `zvt-serial` | by the address: `tcp://` or `serial:` |
| `currency` | letters of ISO 4217 | `EUR` |
| `password` | six digits | `000000` |
| `prints` | `till`, `terminal`: on whose printer slips and reports come out | `till` |
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from devices.options import BadOption
from devices.payment.content import CURRENCIES

ZVT_TCP_PORT: Final = 20_007
Protocol = Literal["zvt-tcp", "zvt-serial"]


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. `reply`: until the terminal takes a command (T3 of the protocol is 5). `step`: until it says something more (T4
    is 180: people look for their cards); `answer`: the same where nobody has to do anything. `acknowledge`: of a serial
    frame. `busy`: between tries while it does something else. `recover`: how long a payment whose answer was lost is asked
    for before it is uncertain. `watch`: between questions whether it is still there.
    """

    open: float = 3.0
    reply: float = 5.0
    step: float = 180.0
    answer: float = 20.0
    acknowledge: float = 1.0
    write: float = 5.0
    busy: float = 1.0
    recover: float = 120.0
    watch: float = 20.0


@dataclass(frozen=True, slots=True)
class TerminalConfig:
    """`address`: "tcp://192.168.1.60:20007" or "serial:///dev/ttyUSB0?baud=9600&stop=2", see `devices.ports.address`."""

    id: str
    address: str
    protocol: Protocol = "zvt-tcp"
    currency: int = CURRENCIES["EUR"]
    password: str = "000000"  # noqa: S105  # the makers'
    prints: bool = True
    """Slips and reports are sent to us; else the terminal prints them."""
    timing: Timing = field(default_factory=Timing)


def terminal_config(id: str, address: str, options: Mapping[str, Any]) -> TerminalConfig:
    """The set-up written in a configuration file. Raises `BadOption`."""
    if unknown := options.keys() - {"protocol", "currency", "password", "prints"}:
        raise BadOption(option=min(unknown), why="not known; one of protocol, currency, password, prints")
    protocol = options.get("protocol", "zvt-serial" if address.startswith("serial:") else "zvt-tcp")
    if protocol not in ("zvt-tcp", "zvt-serial"):
        raise BadOption(option="protocol", why="zvt-tcp or zvt-serial")
    currency = options.get("currency", "EUR")
    if currency not in CURRENCIES:
        raise BadOption(option="currency", why="one of " + ", ".join(CURRENCIES))
    password = options.get("password", "000000")
    if not isinstance(password, str) or not re.fullmatch(r"[0-9]{6}", password):
        raise BadOption(option="password", why="six digits in quotes")
    prints = options.get("prints", "till")
    if prints not in ("till", "terminal"):
        raise BadOption(option="prints", why="till or terminal")
    return TerminalConfig(id, _with_port(address), protocol, CURRENCIES[currency], password, prints == "till")


def _with_port(address: str) -> str:
    """A TCP address without a port means the protocol's own, not that of printers."""
    return f"{address}:{ZVT_TCP_PORT}" if re.fullmatch(r"tcp://[^/:\]]+", address) else address
