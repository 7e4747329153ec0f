"""EPL2 cut into its commands, for the simulator and for whoever asks whether a text became one."""

import re
from dataclasses import dataclass

GRAPHICS = re.compile(rb"GW\d+,\d+,(\d{1,4}),(\d{1,5}),")
LONGEST_LINE = 4096


@dataclass(frozen=True, slots=True)
class Command:
    """A line without its end; `data` are the dots of a picture."""

    line: bytes
    data: bytes = b""

    @property
    def name(self) -> str:
        """The letters it begins with."""
        return re.match(rb"[A-Za-z^]*", self.line)[0].decode()  # type: ignore[index] # it matches anything


def first(held: bytes) -> tuple[Command, int] | None:
    """The first command and how many bytes it takes; None while it is not whole."""
    picture = GRAPHICS.match(held)
    if picture:
        end = picture.end() + int(picture[1]) * int(picture[2])
        return None if len(held) <= end else (Command(picture[0], held[picture.end() : end]), end + 1)
    at = held.find(b"\n")
    return None if at < 0 else (Command(held[:at].rstrip(b"\r")), at + 1)


def scan(data: bytes) -> list[Command]:
    """Every whole command."""
    found: list[Command] = []
    while (one := first(data)) is not None:
        found.append(one[0])
        data = data[one[1] :]
    return found
