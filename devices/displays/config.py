"""How one customer display is set up: where it is, what it speaks, its code page."""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from devices.displays.commands import Dialect
from devices.displays.dialects import DIALECTS
from devices.options import BadOption
from devices.scales.config import with_line

KNOWN = ("dialect", "page", "page_number", "brightness", "shared")


@dataclass(frozen=True, slots=True)
class DisplayConfig:
    """`page`: Python's name of the code page; `number`: the display's for it, None where it is set on the display itself.
    `brightness`: 1 to 4, None as it is. `shared`: the display hangs behind a printer (DM-D)."""

    id: str
    address: str
    dialect: Dialect
    page: str
    number: int | None
    brightness: int | None = None
    shared: bool = False
    open_timeout: float = 3.0
    write_timeout: float = 2.0


def display_config(id: str, address: str, options: Mapping[str, Any]) -> DisplayConfig:
    """The set-up written in a configuration file. Raises `BadOption`."""
    for option in options:
        if option not in KNOWN:
            raise BadOption(option=option, why="not known; one of " + ", ".join(KNOWN))
    name = options.get("dialect")
    if name not in DIALECTS:
        raise BadOption(option="dialect", why="one of " + ", ".join(DIALECTS))
    dialect = DIALECTS[name]
    page = _page(options.get("page", dialect.page))
    number = _number(options, "page_number", 0, 255)
    if number is None and page == dialect.page:
        number = dialect.number
    brightness = _number(options, "brightness", 1, 4)
    if brightness is not None and not dialect.dims:
        raise BadOption(option="brightness", why=f"{name} has no such command")
    shared = options.get("shared", False)
    if not isinstance(shared, bool) or (shared and name != "dm-d"):
        raise BadOption(option="shared", why="true or false, and only for dm-d")
    return DisplayConfig(id, with_line(address, dialect.line), dialect, page, number, brightness, shared)


def _page(name: object) -> str:
    try:
        if isinstance(name, str) and "A0 ~".encode(name) == b"A0 ~" and len("ab".encode(name)) == 2:
            return codecs.lookup(name).name
    except (LookupError, UnicodeError):
        pass
    raise BadOption(option="page", why="a code page of one byte a letter, such as cp866")


def _number(options: Mapping[str, Any], option: str, least: int, most: int) -> int | None:
    value = options.get(option)
    if value is not None and (type(value) is not int or not least <= value <= most):
        raise BadOption(option=option, why=f"a whole number from {least} to {most}")
    return value
