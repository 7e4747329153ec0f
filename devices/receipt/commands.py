"""ESC/POS bytes cut into commands: how long each is, and which bytes are none. Source: Epson's command reference.

The simulator executes what `scan` finds, the decoder draws it. It knows more than we send, because receipts of other
encoders are read with it too.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name ("ESC p"), what follows the name, and all its bytes.

    Text is one command a run, named "text". What cannot be a command is named "unknown", one byte at a time after
    its lead byte.
    """

    name: str
    args: bytes
    raw: bytes


FIXED = {
    b"\n": 0, b"\r": 0, b"\t": 0, b"\x0c": 0, b"\x18": 0,
    b"\x10\x04": 1, b"\x10\x05": 1, b"\x10\x14": 3,
    b"\x1b@": 0, b"\x1b2": 0, b"\x1bL": 0, b"\x1bS": 0, b"\x1bi": 0, b"\x1bm": 0,
    b"\x1b ": 1, b"\x1b!": 1, b"\x1b%": 1, b"\x1b-": 1, b"\x1b3": 1, b"\x1b=": 1, b"\x1bE": 1, b"\x1bG": 1,
    b"\x1bJ": 1, b"\x1bM": 1, b"\x1bR": 1, b"\x1bT": 1, b"\x1bV": 1, b"\x1ba": 1, b"\x1bd": 1, b"\x1be": 1,
    b"\x1bt": 1, b"\x1bu": 1, b"\x1bv": 0, b"\x1b{": 1, b"\x1br": 1, b"\x1bU": 1,
    b"\x1b$": 2, b"\x1b\\": 2, b"\x1bc": 2, b"\x1bp": 3, b"\x1bW": 8,
    b"\x1c.": 0, b"\x1c&": 0, b"\x1c!": 1, b"\x1c-": 1, b"\x1cC": 1, b"\x1cS": 2, b"\x1cW": 1, b"\x1cp": 2,
    b"\x1d!": 1, b"\x1dB": 1, b"\x1dH": 1, b"\x1dI": 1, b"\x1da": 1, b"\x1db": 1, b"\x1df": 1, b"\x1dh": 1,
    b"\x1dr": 1, b"\x1dw": 1, b"\x1dL": 2, b"\x1dP": 2, b"\x1dW": 2, b"\x1d$": 2, b"\x1d\\": 2, b"\x1d:": 0,
    b"\x1d/": 1,
}  # fmt: skip
"""Commands by their bytes, with the number of argument bytes."""

NAMES = {
    0x0A: "LF", 0x0D: "CR", 0x09: "HT", 0x0C: "FF", 0x18: "CAN", 0x10: "DLE", 0x1B: "ESC", 0x1C: "FS", 0x1D: "GS",
}  # fmt: skip
REAL_TIME = {4: "EOT", 5: "ENQ", 20: "DC4"}
LEADS = (0x10, 0x1B, 0x1C, 0x1D)


def scan(data: bytes | bytearray, at: int = 0) -> Command | None:
    """The command that starts at `at`; None if its bytes are not all there yet (or `at` is the end)."""
    if at >= len(data):
        return None
    first = data[at]
    if first not in NAMES:
        return _text(data, at) if first >= 0x20 and first != 0x7F else _command(data, at, 1, "unknown", 1)
    if first not in LEADS:
        return _command(data, at, 1, NAMES[first])
    if at + 1 >= len(data):
        return None
    head = bytes(data[at : at + 2])
    if head in FIXED:
        return _command(data, at, 2 + FIXED[head], _name(head))
    length = _variable(data, at, head)
    if length is None:
        return None
    return _command(data, at, length, _name(head)) if length else _command(data, at, 1, "unknown", 1)


def scan_all(data: bytes) -> list[Command]:
    """All commands in order; bytes of a command that is cut off at the end are one "unknown" command."""
    commands: list[Command] = []
    at = 0
    while at < len(data):
        command = scan(data, at) or Command("unknown", data[at:], data[at:])
        commands.append(command)
        at += len(command.raw)
    return commands


def _text(data: bytes | bytearray, at: int) -> Command:
    end = at
    while end < len(data) and data[end] >= 0x20 and data[end] != 0x7F:
        end += 1
    run = bytes(data[at:end])
    return Command("text", run, run)


def _command(data: bytes | bytearray, at: int, length: int, name: str, head: int | None = None) -> Command | None:
    raw = bytes(data[at : at + length])
    if len(raw) < length:
        return None
    return Command(name, raw if name == "unknown" else raw[head or min(2, length) :], raw)


def _name(head: bytes) -> str:
    if head[0] == 0x10:
        return "DLE " + REAL_TIME[head[1]]
    return f"{NAMES[head[0]]} {chr(head[1])}"


def _variable(data: bytes | bytearray, at: int, head: bytes) -> int | None:
    """Length of a command whose arguments say how long they are; None: not all there; 0: no such command."""
    rest = bytes(data[at + 2 : at + 8])
    match head:
        case b"\x1dV":
            return _by_first(rest, lambda mode: 3 if mode in (0, 1, 48, 49) else 4 if mode in (65, 66, 97, 98) else 0)
        case b"\x1dk":
            return _barcode_length(data, at, rest)
        case b"\x1dv":
            if len(rest) < 6:
                return None
            across, down = int.from_bytes(rest[2:4], "little"), int.from_bytes(rest[4:6], "little")
            return 8 + across * down if rest[0] == 0x30 else 0
        case b"\x1b*":
            if len(rest) < 3:
                return None
            return 5 + int.from_bytes(rest[1:3], "little") * (3 if rest[0] in (32, 33) else 1)
        case b"\x1d(" | b"\x1b(" | b"\x1c(":
            return None if len(rest) < 3 else 5 + int.from_bytes(rest[1:3], "little")
        case b"\x1d8":
            return None if len(rest) < 5 else 7 + int.from_bytes(rest[1:5], "little")
        case b"\x1d*":
            return None if len(rest) < 2 else 4 + rest[0] * rest[1] * 8
        case b"\x1bD":
            end = bytes(data[at : at + 35]).find(b"\x00")
            return end + 1 if end >= 0 else (None if len(data) - at < 35 else 0)
        case _:
            return 0


def _by_first(rest: bytes, length: Callable[[int], int]) -> int | None:
    return length(rest[0]) if rest else None


def _barcode_length(data: bytes | bytearray, at: int, rest: bytes) -> int | None:
    if not rest:
        return None
    if rest[0] <= 6:
        end = data.find(b"\x00", at + 3)
        return end + 1 - at if end >= 0 else None
    if 65 <= rest[0] <= 79:
        return None if len(rest) < 2 else 4 + rest[1]
    return 0
