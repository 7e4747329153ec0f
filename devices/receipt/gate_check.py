"""Whether any text could be a command: what the fuzzer asks a million times. Text in, bytes out, commands that are not ours."""

from functools import lru_cache

from devices.receipt.commands import Command, scan_all
from devices.receipt.content import Text
from devices.receipt.dialect import dialect_of
from devices.receipt.model import PAPER_80, PrinterModel
from devices.receipt.star.commands import scan_all as scan_all_star
from devices.receipt.text_gate import CONTROL

LONGEST = 96
"""More of a text says nothing new, and pictures of it take long to draw."""
ESCPOS_OURS = frozenset(
    {"ESC @", "FS .", "ESC 3", "GS a", "ESC t", "ESC E", "GS !", "text", "LF", "GS v", "ESC J", "GS r"}
)
STAR_OURS = frozenset({"ESC @", "ESC RS a", "ESC GS t", "ESC E", "ESC F", "ESC i", "text", "LF", "ESC GS S"})
IN_DATA = {"GS v": (b"\x10\x04", b"\x10\x05", b"\x10\x14"), "ESC GS S": (b"\x1b\x06",)}
"""Obeyed even inside a picture."""


def foreign_commands(text: str, model: PrinterModel = PAPER_80) -> list[Command]:
    """The commands in the bytes of a receipt with this text that we did not issue: none, whatever the text is.

    Also counted: a code page that is not the printer's, a text with bytes that are none, a real-time command in a picture.
    """
    lines = (Text(text[:LONGEST]),)
    data = b"".join(part.data for part in dialect_of(model).written(lines, model))
    return foreign_in(data, model)


def foreign_in(data: bytes, model: PrinterModel) -> list[Command]:
    """Those among the commands in the data that printing a text never issues."""
    scanned = scan_all_star(data) if model.dialect == "star" else scan_all(data)
    return [command for command in scanned if not _is_ours(command, model)]


def _is_ours(command: Command, model: PrinterModel) -> bool:
    if command.name in IN_DATA:
        return not any(sign in command.raw for sign in IN_DATA[command.name])
    if command.name in ("ESC t", "ESC GS t"):
        return command.args[0] in _numbers(model)
    if command.name == "text":
        return not CONTROL.search(command.raw)
    return command.name in (STAR_OURS if model.dialect == "star" else ESCPOS_OURS)


@lru_cache(maxsize=8)
def _numbers(model: PrinterModel) -> frozenset[int]:
    return frozenset(number for _, number in model.pages)
