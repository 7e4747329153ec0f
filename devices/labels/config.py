"""How one label printer is set up: where it is, what it speaks, how long to wait for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from devices.labels.language import Language
from devices.labels.languages import LANGUAGES
from devices.options import BadOption

ONE_WAY = "cups:"
"""Addresses behind which no printer can answer."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds, but for two of them.

    `open`, `reply`, `write`: the longest that one of them may take. `look`: between looks at a printer that has a job;
    `watch`: at one that has none. `finish`: the longest that it may show no progress. `slowest`: bytes a second it takes
    at worst. `patience`: how long one may be silent in the middle of a job, as some are without paper.
    """

    open: float = 3.0
    reply: float = 1.5
    write: float = 10.0
    look: float = 0.1
    watch: float = 5.0
    finish: float = 20.0
    patience: float = 120.0
    slowest: float = 900.0


@dataclass(frozen=True, slots=True)
class LabelConfig:
    """`address`: "tcp://192.168.1.60:9100", "lp:///dev/usb/lp0" or "serial:///dev/ttyS0?baud=9600". `pictures`: every
    text goes out as a picture."""

    id: str
    address: str
    language: Language
    answers: bool
    pictures: bool = False
    timing: Timing = field(default_factory=Timing)


def label_config(id: str, address: str, options: Mapping[str, Any]) -> LabelConfig:
    """The set-up written in a configuration file: `language` (one of `LANGUAGES`), `answers`, `pictures`.
    Raises `BadOption`."""
    name = options.get("language")
    if name not in LANGUAGES:
        raise BadOption(option="language", why="one of " + ", ".join(LANGUAGES))
    language = LANGUAGES[name]
    for option, value in options.items():
        if option not in ("language", "answers", "pictures"):
            raise BadOption(option=option, why="not known; one of language, answers, pictures")
        if option != "language" and not isinstance(value, bool):
            raise BadOption(option=option, why="true or false")
    if address.startswith(ONE_WAY) and options.get("answers"):
        raise BadOption(option="answers", why="false: a queue of the system brings nothing back from the printer")
    answers = bool(options.get("answers", language.answers)) and not address.startswith(ONE_WAY)
    return LabelConfig(id, address, language, answers, bool(options.get("pictures", False)))
