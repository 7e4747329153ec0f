"""How one scale is set up: where it is, what it speaks, what may be sold by it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

from devices.options import BadOption
from devices.scales.dialect import Dialect
from devices.scales.dialects import DIALECTS
from devices.scales.reading import Unit
from devices.scales.rules import SaleRules

MOST = 60_000


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. `open`: the longest that opening may take. Between two looks at the scale: `live` while somebody watches
    or sold goods may still lie there, `idle` otherwise, `trouble` while it does not answer well."""

    open: float = 3.0
    live: float = 0.15
    idle: float = 5.0
    trouble: float = 1.0


@dataclass(frozen=True, slots=True)
class ScaleConfig:
    """`address`: "tcp://192.168.1.50:4001" or "serial:///dev/ttyS0?baud=9600", see `devices.ports.address`."""

    id: str
    address: str
    dialect: Dialect
    rules: SaleRules = field(default_factory=SaleRules)
    timing: Timing = field(default_factory=Timing)


def scale_config(id: str, address: str, options: Mapping[str, Any]) -> ScaleConfig:
    """The set-up written in a configuration file. Raises `BadOption`.

    `options`: `dialect` (one of `DIALECTS`), `least_grams`, `units`, and the fields of the dialect's class. What the
    address of a serial port does not say of its line is as the scales' maker sets it.
    """
    name = options.get("dialect")
    if name not in DIALECTS:
        raise BadOption(option="dialect", why="one of " + ", ".join(sorted(DIALECTS)))
    of_dialect = {key: value for key, value in options.items() if key not in ("dialect", "least_grams", "units")}
    dialect = _dialect(DIALECTS[name], of_dialect)
    return ScaleConfig(id, with_line(address, dialect.line), dialect, _rules(options))


def with_line(address: str, line: str) -> str:
    """A serial address with everything from `line` that it does not say itself."""
    if not address.startswith("serial:"):
        return address
    path, _, query = address.partition("?")
    return f"{path}?{urlencode(dict(parse_qsl(line)) | dict(parse_qsl(query)))}" if line else address


def _rules(options: Mapping[str, Any]) -> SaleRules:
    least = options.get("least_grams", 1)
    if type(least) is not int or not 0 <= least <= MOST:
        raise BadOption(option="least_grams", why=f"a whole number from 0 to {MOST}")
    units: object = options.get("units", ["g", "kg"])
    known = set(Unit)
    if not isinstance(units, list) or not units or not all(unit in known for unit in cast("list[object]", units)):
        raise BadOption(option="units", why="a list of some of " + ", ".join(Unit))
    return SaleRules(least, frozenset(Unit(unit) for unit in cast("list[str]", units)))


def _dialect(kind: type[Any], options: Mapping[str, Any]) -> Dialect:
    """The dialect with its options, each of the type of its usual value."""
    usual = {option.name: option.default for option in fields(kind) if option.init}
    for name, value in options.items():
        if name not in usual:
            raise BadOption(option=name, why="not known; one of " + ", ".join(["least_grams", "units", *usual]))
        if type(value) is not type(usual[name]):
            raise BadOption(option=name, why=f"must be like {usual[name]!r}")
    try:
        return kind(**options)
    except ValueError as error:
        raise BadOption(option=", ".join(options), why=str(error)) from error
