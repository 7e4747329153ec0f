"""How one scanner is set up: where it is, how it ends its codes, what counts as the same scan."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from devices.options import BadOption
from devices.scanners.framing import SUFFIXES, Suffix

Wire = Literal["serial", "hid-pos"]
LONGEST_PREFIX = 16


@dataclass(frozen=True, slots=True)
class ScannerConfig:
    """`repeat_ms`: the same code again so soon after the last is the same scan; 0 counts every one.

    `silence_ms`: the quiet that ends a code where the scanner sends no suffix: at 9600 baud 20 to 50 ms, the time of 20 to
    50 characters. `unfinished_ms`: how long a code may take to go on before what came of it is dropped.
    """

    id: str
    address: str
    wire: Wire = "serial"
    suffix: Suffix = "any"
    prefix: bytes = b""
    repeat_ms: int = 300
    silence_ms: int = 50
    unfinished_ms: int = 500


def scanner_config(id: str, address: str, options: Mapping[str, Any]) -> ScannerConfig:
    """The set-up written in a configuration file. Raises `BadOption`.

    `protocol` is "serial" or "hid-pos", by the address where it is left out; the others are fields of `ScannerConfig`.
    """
    known = {"protocol", "suffix", "prefix", "repeat_ms", "silence_ms"}
    if unknown := options.keys() - known:
        raise BadOption(option=min(unknown), why="not known; one of " + ", ".join(sorted(known)))
    wire = options.get("protocol", "hid-pos" if address.startswith("hid:") else "serial")
    if wire not in ("serial", "hid-pos"):
        raise BadOption(option="protocol", why="one of serial, hid-pos")
    suffix = options.get("suffix", "any")
    if suffix not in SUFFIXES:
        raise BadOption(option="suffix", why="one of " + ", ".join(SUFFIXES))
    return ScannerConfig(
        id,
        address,
        wire=wire,
        suffix=suffix,
        prefix=_prefix(options.get("prefix", "")),
        repeat_ms=_milliseconds(options, "repeat_ms", 300, 0, 5_000),
        silence_ms=_milliseconds(options, "silence_ms", 50, 10, 1_000),
    )


def _prefix(value: object) -> bytes:
    if not isinstance(value, str) or len(value) > LONGEST_PREFIX or not value.isascii():
        raise BadOption(option="prefix", why=f"at most {LONGEST_PREFIX} ASCII characters")
    return value.encode("ascii")


def _milliseconds(options: Mapping[str, Any], option: str, usual: int, least: int, most: int) -> int:
    value = options.get(option, usual)
    if type(value) is not int or not least <= value <= most:
        raise BadOption(option=option, why=f"a whole number from {least} to {most}")
    return value
