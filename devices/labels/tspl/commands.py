"""TSPL cut into its commands, for the simulator and for whoever asks whether a text became one."""

import re
from dataclasses import dataclass

BITMAP = re.compile(rb"BITMAP \d+,\d+,(\d{1,4}),(\d{1,5}),\d,")
END = b"\r\n"
LONGEST_LINE = 4096


@dataclass(frozen=True, slots=True)
class Command:
    """A line without its end; `data` are the dots of a picture."""

    line: bytes
    data: bytes = b""

    @property
    def name(self) -> str:
        return self.line.split(b" ", 1)[0].decode("latin-1")


def first(held: bytes) -> tuple[Command, int] | None:
    """The first command and how many bytes it takes; None while it is not whole."""
    picture = BITMAP.match(held)
    if picture:
        count = int(picture[1]) * int(picture[2])
        end = picture.end() + count
        if len(held) < end + len(END):
            return None
        return Command(picture[0], held[picture.end() : end]), end + len(END)
    at = held.find(END)
    return None if at < 0 else (Command(held[:at]), at + len(END))


def scan(data: bytes) -> list[Command]:
    """Every whole command."""
    found: list[Command] = []
    while (one := first(data)) is not None:
        found.append(one[0])
        data = data[one[1] :]
    return found
