"""A customer display made of software: it holds the grid of characters that a customer would see."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

from devices.displays.commands import (
    COLUMNS,
    ROWS,
    Brightness,
    Clear,
    Command,
    Dialect,
    Letter,
    Move,
    Page,
    Route,
    Row,
    Start,
)  # fmt: skip
from devices.simulation.simulator import Simulator


class DisplaySimulator(Simulator):
    """`rows` are the bytes in its cells; `lines` what a person reads, by the code page that is set on it."""

    def __init__(
        self,
        dialect: Dialect,
        *,
        baud: int = 9600,
        page: str = "cp866",
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(baud=baud, sleep=sleep)
        self.dialect, self.page = dialect, page
        self.brightness, self.number = 4, 0
        self.routed = True
        """What comes is for the display, not for the printer before it."""
        self.through = bytearray()
        """What went on to the printer."""
        self.seen: list[tuple[str, str]] = []
        """Every different pair of lines that stood there whole."""
        self._decoder = dialect.decoder()
        self._clear()

    def _clear(self) -> None:
        self.rows = [bytearray(b" " * COLUMNS) for _ in range(ROWS)]
        self._column, self._row = 1, 1

    @property
    def lines(self) -> tuple[str, str]:
        upper, lower = (bytes(row).decode(self.page, "replace").rstrip() for row in self.rows)
        return upper, lower

    def connected(self) -> None:
        self._decoder = self.dialect.decoder()

    def hear(self, data: bytes) -> None:
        for command in self._decoder.feed(data):
            self.obey(cast(Command, command))
            if not self.seen or self.seen[-1] != self.lines:
                self.seen.append(self.lines)

    def obey(self, command: Command) -> None:
        match command:
            case Route(to):
                self.routed = to == 2
            case Letter(byte) if not self.routed:
                self.through.append(byte)
            case _ if not self.routed:
                pass
            case Start() | Clear():
                self._clear()
            case Move(column, row):
                self._column, self._row = column, row
            case Letter(byte):
                self._write(byte)
            case Row(row, text):
                self.rows[row - 1][:] = text.ljust(COLUMNS)
            case Brightness(level):
                self.brightness = level
            case Page(number):
                self.number = number

    def _write(self, byte: int) -> None:
        self.rows[self._row - 1][self._column - 1] = byte
        self._column += 1
        if self._column > COLUMNS:
            self._column, self._row = 1, self._row % ROWS + 1
