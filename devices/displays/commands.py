"""What a display can be told, whatever the dialect."""

from dataclasses import dataclass
from typing import Protocol

from devices.conformance.spec import Decoder

COLUMNS, ROWS = 20, 2
PRINTABLE = frozenset(range(0x20, 0x100)) - {0x7F}


@dataclass(frozen=True, slots=True)
class Start:
    """As after switching on."""


@dataclass(frozen=True, slots=True)
class Clear:
    pass


@dataclass(frozen=True, slots=True)
class Move:
    """The cursor, counted from 1."""

    column: int
    row: int


@dataclass(frozen=True, slots=True)
class Letter:
    """One printable byte where the cursor stands."""

    byte: int


@dataclass(frozen=True, slots=True)
class Row:
    """A whole row at once; fewer letters than columns clear the rest."""

    row: int
    text: bytes


@dataclass(frozen=True, slots=True)
class Brightness:
    """1 (dark) to 4."""

    level: int


@dataclass(frozen=True, slots=True)
class Page:
    """The code page by the display's own number."""

    number: int


@dataclass(frozen=True, slots=True)
class Route:
    """Where what follows goes, on a line shared with a printer: 1 the printer, 2 the display."""

    to: int


Command = Start | Clear | Move | Letter | Row | Brightness | Page | Route


class Dialect(Protocol):
    """`line`: as displays come from their maker. `page`, `number`: the code page to begin with, and its number if it is told.
    `dims`: its brightness can be set."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def line(self) -> str: ...

    @property
    def page(self) -> str: ...

    @property
    def number(self) -> int | None: ...

    @property
    def dims(self) -> bool: ...

    def encode(self, command: Command) -> bytes: ...

    def decoder(self) -> Decoder:
        """Of what a display is sent: it is what the simulator hears with, and what golden frames are held against."""
        ...

    def rows(self, texts: tuple[bytes, bytes]) -> list[Command]:
        """Both rows in full."""
        ...


def written(row: int, text: bytes) -> list[Command]:
    """A row by cursor and letters."""
    return [Move(1, row), *(Letter(byte) for byte in text)]
