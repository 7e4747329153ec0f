"""Epson DM-D (DM-D110 and its kin): cursor and letters, in overwrite mode; on a line of its own or behind a printer.

Sources: python-escpos (`linedisplay`: `ESC = 2` display, `ESC = 1` printer), LCDproc's serialPOS driver. Page 17 is code page
866 as in Epson's printers; unconfirmed for every model.
"""

from devices.conformance.spec import Decoder
from devices.displays.commands import (
    COLUMNS,
    ROWS,
    Brightness,
    Clear,
    Command,
    Letter,
    Move,
    Page,
    Route,
    Start,
    written,
)  # fmt: skip
from devices.displays.parsing import CommandDecoder, Found

BEGINS = b"\x1b\x1f\x0c"


class DmD:
    name, title = "dm-d", "Customer displays Epson DM-D"
    line, page, number, dims = "baud=9600", "cp866", 17, True

    def encode(self, command: Command) -> bytes:
        match command:
            case Start():
                return b"\x1b@"
            case Clear():
                return b"\x0c"
            case Move(column, row):
                return b"\x1f$" + bytes([column, row])
            case Brightness(level):
                return b"\x1fX" + bytes([level])
            case Page(number):
                return b"\x1bt" + bytes([number])
            case Route(to):
                return b"\x1b=" + bytes([to])
            case Letter(byte):
                return bytes([byte])
            case _:
                return b""

    def decoder(self) -> Decoder:
        return CommandDecoder(BEGINS, _look)

    def rows(self, texts: tuple[bytes, bytes]) -> list[Command]:
        return [*written(1, texts[0]), *written(2, texts[1])]


def _look(held: bytes) -> Found:
    match tuple(held):
        case (0x0C,):
            return Clear()
        case (0x1B | 0x1F,) | (0x1B, 0x74 | 0x3D) | (0x1F, 0x24 | 0x58):
            return True
        case (0x1B, 0x40):
            return Start()
        case (0x1F, 0x24, column):
            return 1 <= column <= COLUMNS
        case (0x1F, 0x24, column, row) if 1 <= row <= ROWS:
            return Move(column, row)
        case (0x1F, 0x58, level) if 1 <= level <= 4:
            return Brightness(level)
        case (0x1B, 0x74, number) if number not in BEGINS:
            return Page(number)
        case (0x1B, 0x3D, to) if to in (1, 2):
            return Route(to)
        case _:
            return False
