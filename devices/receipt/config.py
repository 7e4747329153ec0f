"""How one receipt printer is set up: where it is, what model it is, how long to wait for it."""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, cast

from devices.options import BadOption
from devices.receipt.logo import logo_from
from devices.receipt.model import MODELS, PAPER_80, PrinterModel

CHOICES: dict[str, tuple[object, ...]] = {
    "fence": ("gs_r", "process_id"),
    "cut": ("partial", "full", "none"),
    "drawer_pin": (2, 5),
    "drawer_open": ("high", "low", "unknown"),
}
LARGEST = 2_000
ONE_WAY = "cups:"
"""Addresses behind which no printer can answer."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds, but for two of them.

    `open`, `reply`, `write`: the longest that one of them may take. `fence`: for the printer to finish after the last
    byte, or the next lines. `poll`: between looks at a printer that says nothing while it has a job; `watch`: while it
    has none. `slowest`: bytes a second the printer takes at worst; its time is added to `write` and `fence`.
    `silent_polls`: looks in vain before a printer that waits for a person is given up. `drawer`: for a pulse to show in
    the drawer's contact.
    """

    open: float = 3.0
    reply: float = 1.0
    write: float = 5.0
    fence: float = 10.0
    poll: float = 1.0
    watch: float = 5.0
    slowest: float = 900.0
    silent_polls: int = 3
    drawer: float = 0.5


@dataclass(frozen=True, slots=True)
class PrinterConfig:
    """`address`: "tcp://192.168.1.50:9100" or "serial:///dev/ttyS0?baud=19200", see `devices.ports.address`."""

    id: str
    address: str
    model: PrinterModel = PAPER_80
    timing: Timing = field(default_factory=Timing)


def printer_config(id: str, address: str, options: Mapping[str, Any]) -> PrinterConfig:
    """The set-up written in a configuration file: `options` are fields of `PrinterModel`, on top of those of the
    `model` named ("epson80", "pos58" or "star80"); `pages` is a list of pairs such as ["cp866", 17], `logo` the path of a
    picture. Raises `BadOption`.
    """
    name = options.get("model", "epson80")
    if name not in MODELS:
        raise BadOption(option="model", why="one of " + ", ".join(MODELS))
    changes = {option: _value(option, value) for option, value in options.items() if option not in ("model", "logo")}
    model = replace(MODELS[name], **changes)
    if "logo" in options:
        model = replace(model, logo=logo_from(str(options["logo"]), model.dots))
    if address.startswith(ONE_WAY):
        if options.get("answers"):
            raise BadOption(option="answers", why="false: a queue of the system brings nothing back from the printer")
        model = replace(model, answers=False)
    return PrinterConfig(id, address, model)


def _value(option: str, value: object) -> Any:
    known = {field.name for field in fields(PrinterModel)} - {"dialect"}
    if option in ("pages", "substitutes"):
        return _pairs(option, value)
    if option not in known:
        raise BadOption(option=option, why="not known; one of model, " + ", ".join(sorted(known)))
    if option in CHOICES:
        if value not in CHOICES[option]:
            raise BadOption(option=option, why="one of " + ", ".join(map(str, CHOICES[option])))
        return value
    usual = getattr(PAPER_80, option)
    if type(value) is not type(usual):
        raise BadOption(option=option, why="true or false" if isinstance(usual, bool) else "a whole number")
    least = 0 if option == "lines_between_fences" else 1
    if isinstance(value, int) and not isinstance(value, bool) and not least <= value <= LARGEST:
        raise BadOption(option=option, why=f"a whole number from {least} to {LARGEST}")
    return value


def _pairs(option: str, value: object) -> tuple[tuple[str, Any], ...]:
    """`pages`: code page and number; `substitutes`: character and text."""
    second = int if option == "pages" else str
    why = 'pairs such as ["cp866", 17]' if option == "pages" else 'pairs such as ["₽", "RUB"]'
    pairs: list[tuple[str, Any]] = []
    for pair in cast("list[object]", value) if isinstance(value, list) else [value]:
        match pair:
            case [str(first), int() | str() as found] if type(found) is second:
                pairs.append((first, found))
            case _:
                raise BadOption(option=option, why=why)
    if option == "pages":
        for name, number in pairs:
            _check_page(name, number)
    return tuple(pairs)


def _check_page(name: str, number: int) -> None:
    try:
        ascii_stays = "A0 ~".encode(name) == b"A0 ~"
    except (LookupError, UnicodeError):
        ascii_stays = False
    if not ascii_stays or not 0 <= number <= 255 or codecs.lookup(name).name.startswith("utf"):
        raise BadOption(option="pages", why=f"{name}, {number}: a code page with ASCII in it and a number up to 255")
