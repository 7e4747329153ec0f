"""How one Shtrih-M register is set up."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from devices.fiscal.shtrih.codes import TAXES
from devices.options import BadOption

ADMINISTRATOR = 30
TAX_SYSTEMS = (1, 2, 4, 8, 16, 32)


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. `turn`: within which a control byte or a frame number comes; `answer`: a question may take, `work` a
    command that registers, `mark` one about a marking code, for which the register may ask the state's system
    (javapos_shtrih waits as long); `printing`: a document may print without an end; `resolve`: to reach the register
    again after an answer was lost; `poll` between looks while something is waited for, `watch` while nothing is.
    """

    open: float = 3.0
    turn: float = 1.0
    answer: float = 3.0
    work: float = 10.0
    mark: float = 40.0
    printing: float = 60.0
    resolve: float = 60.0
    poll: float = 0.3
    watch: float = 5.0


@dataclass(frozen=True, slots=True)
class ShtrihConfig:
    """`address` as in `devices.ports.address`. `tax_system`: one bit, as registered (1: the general one). `taxes`: the
    register's number of each tax. `unsent_hours`: after so long an unsent document needs attention.
    """

    id: str
    address: str
    protocol: int = 1
    password: int = ADMINISTRATOR
    tax_system: int = 1
    department: int = 1
    taxes: Mapping[str, int] = field(default_factory=lambda: dict(TAXES))
    unsent_hours: int = 24
    timing: Timing = field(default_factory=Timing)


RANGES = {"protocol": range(1, 3), "password": range(2**32), "department": range(17), "unsent_hours": range(1, 721)}


def shtrih_config(id: str, address: str, options: Mapping[str, Any]) -> ShtrihConfig:
    """The set-up written in a configuration file, `model` left out. Raises `BadOption`."""
    known = {*RANGES, "tax_system", "taxes"}
    for option in options:
        if option not in known:
            raise BadOption(option=option, why="not known; one of model, " + ", ".join(sorted(known)))
    if options.get("tax_system", 1) not in TAX_SYSTEMS:
        raise BadOption(option="tax_system", why="one of 1, 2, 4, 8, 16, 32")
    usual = ShtrihConfig(id, address)
    return replace(
        usual,
        protocol=_number(options, "protocol", usual.protocol),
        password=_number(options, "password", usual.password),
        department=_number(options, "department", usual.department),
        unsent_hours=_number(options, "unsent_hours", usual.unsent_hours),
        tax_system=options.get("tax_system", usual.tax_system),
        taxes=_taxes(options.get("taxes", {})),
    )


def _number(options: Mapping[str, Any], name: str, usual: int) -> int:
    value, allowed = options.get(name, usual), RANGES[name]
    if type(value) is not int or value not in allowed:
        raise BadOption(option=name, why=f"a whole number from {allowed.start} to {allowed.stop - 1}")
    return value


def _taxes(given: object) -> dict[str, int]:
    if not isinstance(given, dict):
        raise BadOption(option="taxes", why="a table such as {vat22 = 1}")
    taxes = dict(TAXES)
    for name, number in cast(dict[object, object], given).items():
        if not isinstance(name, str) or type(number) is not int or not 0 < number < 256:
            raise BadOption(option="taxes", why="names and numbers from 1 to 255")
        taxes[name] = number
    return taxes
