"""How far a long work is: a bar that is drawn over itself on a terminal, plain lines elsewhere."""

import sys
import time
from typing import TextIO

WIDTH = 30
STEP = 10
"""Percent between two plain lines."""


class Progress:
    """Counts work done, in whatever unit; tells percent and the time that is left, measured on what was done."""

    def __init__(self, out: TextIO | None = None) -> None:
        self.out = out or sys.stdout
        self.total, self.done, self.began, self.told = 0, 0, 0.0, 0
        self.drawn = False

    def say(self, line: str) -> None:
        """One line of its own."""
        if self.drawn:
            self.out.write("\n")
            self.drawn = False
        self.out.write(line + "\n")
        self.out.flush()

    def begin(self, total: int) -> None:
        """The clock runs from now; `total` is all there is to do."""
        self.total, self.done, self.began, self.told = max(total, 1), 0, time.monotonic(), 0

    def left(self) -> int:
        """Seconds to go at the pace so far; 0 before anything is done."""
        if not self.done:
            return 0
        return round((time.monotonic() - self.began) * (self.total - self.done) / self.done)

    def add(self, work: int, what: str) -> None:
        """`work` more is done; `what` says on which."""
        self.done += work
        percent = self.done * 100 // self.total
        text = f"{percent:3} %  {what}, {spoken(self.left())} left"
        if self.out.isatty():
            filled = percent * WIDTH // 100
            self.out.write(f"\r[{'#' * filled}{'.' * (WIDTH - filled)}] {text}\x1b[K")
            self.out.flush()
            self.drawn = True
        elif percent // STEP > self.told:
            self.told = percent // STEP
            self.say(text)

    def took(self) -> str:
        return spoken(round(time.monotonic() - self.began))


def spoken(seconds: int) -> str:
    """ "45 s", "3 min 05 s"."""
    return f"{seconds} s" if seconds < 60 else f"{seconds // 60} min {seconds % 60:02} s"
