"""CD5220, as Partner's displays and most clones speak it: whole rows by `ESC Q A` and `ESC Q B`.

Sources: batzlerg/cd5220 (open client), LCDproc's serialPOS driver. Rows are only ever written whole: string and cursor mode
do not mix. The number of a code page (`ESC t`) is the maker's own and unconfirmed; without one nothing is selected.
"""

from devices.conformance.spec import Decoder
from devices.displays.commands import COLUMNS, PRINTABLE, Brightness, Clear, Command, Letter, Page, Row, Start
from devices.displays.parsing import CommandDecoder, Found

ROWS = {1: b"A", 2: b"B"}


class Cd5220:
    name, title = "cd5220", "Customer displays CD5220"
    line, page, number, dims = "baud=9600", "cp866", None, True

    def encode(self, command: Command) -> bytes:
        match command:
            case Start():
                return b"\x1b@"
            case Clear():
                return b"\x0c"
            case Row(row, text):
                return b"\x1bQ" + ROWS[row] + text + b"\r"
            case Brightness(level):
                return b"\x1b*" + bytes([level])
            case Page(number):
                return b"\x1bt" + bytes([number])
            case Letter(byte):
                return bytes([byte])
            case _:
                return b""

    def decoder(self) -> Decoder:
        return CommandDecoder(b"\x1b\x0c", _look)

    def rows(self, texts: tuple[bytes, bytes]) -> list[Command]:
        return [Row(1, texts[0]), Row(2, texts[1])]


def _look(held: bytes) -> Found:
    match tuple(held[:3]):
        case (0x0C,):
            return Clear()
        case (0x1B,) | (0x1B, 0x51 | 0x2A | 0x74):
            return True
        case (0x1B, 0x40):
            return Start()
        case (0x1B, 0x51, 0x41 | 0x42 as row):
            return _row(row - 0x40, held[3:])
        case (0x1B, 0x2A, level) if 1 <= level <= 4:
            return Brightness(level)
        case (0x1B, 0x74, number) if number not in (0x1B, 0x0C):
            return Page(number)
        case _:
            return False


def _row(row: int, text: bytes) -> Found:
    if text.endswith(b"\r"):
        return Row(row, text[:-1])
    return len(text) <= COLUMNS and all(byte in PRINTABLE for byte in text)
