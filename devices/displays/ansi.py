"""Displays that take ANSI sequences: `ESC [ 2 J`, `ESC [ row ; column H`.

Source: kerilb/VFDSerial (open client), whose Russian display selects code page 866 by `ESC R` and 35h.
"""

import re

from devices.conformance.spec import Decoder
from devices.displays.commands import COLUMNS, ROWS, Clear, Command, Letter, Move, Page, written
from devices.displays.parsing import CommandDecoder, Found

MOVE = re.compile(rb"\x1b\[([1-9]);([1-9]\d?)H")
HALF = re.compile(rb"\x1b\[(2|[1-9];?|[1-9];[1-9]\d?)?")


class Ansi:
    name, title = "ansi", "Customer displays with ANSI sequences"
    line, page, number, dims = "baud=9600", "cp866", 0x35, False

    def encode(self, command: Command) -> bytes:
        match command:
            case Clear():
                return b"\x1b[2J"
            case Move(column, row):
                return b"\x1b[%d;%dH" % (row, column)
            case Page(number):
                return b"\x1bR" + bytes([number])
            case Letter(byte):
                return bytes([byte])
            case _:
                return b""

    def decoder(self) -> Decoder:
        return CommandDecoder(b"\x1b", _look)

    def rows(self, texts: tuple[bytes, bytes]) -> list[Command]:
        return [*written(1, texts[0]), *written(2, texts[1])]


def _look(held: bytes) -> Found:
    if held in (b"\x1b", b"\x1bR"):
        return True
    if held == b"\x1b[2J":
        return Clear()
    if held[:2] == b"\x1bR" and held[2] != 0x1B:
        return Page(held[2])
    move = MOVE.fullmatch(held)
    if move and int(move[1]) <= ROWS and int(move[2]) <= COLUMNS:
        return Move(int(move[2]), int(move[1]))
    return bool(HALF.fullmatch(held))
