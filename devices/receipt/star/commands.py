"""Bytes of Star's line mode cut into commands. Source: as in `devices.receipt.star.encoder`."""

import re

from devices.receipt.commands import Command

FIXED = {
    b"\n": 0, b"\r": 0, b"\t": 0, b"\x07": 0, b"\x17": 0, b"\x18": 0, b"\x19": 0, b"\x1a": 0, b"\x1c": 0, b"\x04": 0, b"\x05": 0,
    b"\x0e": 0, b"\x0f": 0, b"\x12": 0, b"\x14": 0,
    b"\x1b@": 0, b"\x1bE": 0, b"\x1bF": 0, b"\x1b4": 0, b"\x1b5": 0, b"\x1b0": 0, b"\x1bz": 1, b"\x1b-": 1, b"\x1b_": 1,
    b"\x1bR": 1, b"\x1b ": 1, b"\x1bW": 1, b"\x1bh": 1, b"\x1ba": 1, b"\x1bd": 1, b"\x1bJ": 1, b"\x1bI": 1, b"\x1bl": 1,
    b"\x1bQ": 1,
    b"\x1bi": 2, b"\x1b\x07": 2, b"\x1b\x06\x01": 0, b"\x1b\x06\x18": 0,
    b"\x1b\x1ea": 1, b"\x1b\x1eE": 1, b"\x1b\x1eF": 1, b"\x1b\x1dt": 1, b"\x1b\x1da": 1, b"\x1b\x1d\x03": 3,
    b"\x1b\x1dyS": 2, b"\x1b\x1dyP": 0, b"\x1b\x1dyI": 0,
}  # fmt: skip
"""Commands by their bytes, with the number of argument bytes."""
HEADS = sorted(FIXED, key=len, reverse=True)
BEGINNINGS = {head[:at] for head in (*FIXED, b"\x1bb", b"\x1b\x1dS", b"\x1b\x1dyD1") for at in range(1, len(head))}
TEXT = re.compile(rb"[^\x00-\x1f\x7f]+")
NAMES = {0x1B: "ESC", 0x1D: "GS", 0x1E: "RS", 0x06: "ACK", 0x07: "BEL", 0x17: "ETB", 0x18: "CAN", 0x19: "EM", 0x1A: "SUB",
         0x1C: "FS", 0x0A: "LF", 0x0D: "CR", 0x09: "HT", 0x01: "SOH", 0x03: "ETX", 0x04: "EOT", 0x05: "ENQ",
         0x0E: "SO", 0x0F: "SI", 0x12: "DC2", 0x14: "DC4"}  # fmt: skip


def scan(data: bytes | bytearray) -> Command | None:
    """The first command; None if its bytes are not all there yet."""
    if not data:
        return None
    text = TEXT.match(data)
    if text is not None:
        return Command("text", text[0], text[0])
    for head in HEADS:
        if data.startswith(head):
            return _command(data, len(head), FIXED[head])
    if data.startswith(b"\x1bb"):
        end = data.find(b"\x1e", 6)
        return _command(data, 2, end - 1) if end >= 0 else None
    if data.startswith(b"\x1b\x1dS"):
        rest = data[4:8]
        size = int.from_bytes(rest[:2], "little") * int.from_bytes(rest[2:], "little")
        return _command(data, 3, 6 + size) if len(rest) == 4 else None
    if data.startswith(b"\x1b\x1dyD1"):
        return _command(data, 5, 3 + int.from_bytes(data[6:8], "little")) if len(data) >= 8 else None
    return None if bytes(data) in BEGINNINGS else Command("unknown", bytes(data[:1]), bytes(data[:1]))


def scan_all(data: bytes) -> list[Command]:
    """All commands in order; bytes of a command that is cut off at the end are one "unknown" command."""
    commands: list[Command] = []
    while data:
        command = scan(data) or Command("unknown", data, data)
        commands.append(command)
        data = data[len(command.raw) :]
    return commands


def _command(data: bytes | bytearray, head: int, more: int) -> Command | None:
    raw = bytes(data[: head + more])
    if len(raw) < head + more:
        return None
    return Command(" ".join(NAMES.get(byte, chr(byte)) for byte in raw[:head]), raw[head:], raw)
