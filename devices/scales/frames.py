"""A decoder for frames of any shape: a dialect says what the bytes held so far are, the rest is here."""

from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import Generic, TypeVar

T = TypeVar("T")


class Part(Enum):
    """What bytes are that are no whole frame."""

    MORE = "more"
    """They may become one."""
    NONE = "none"
    """They cannot; not with any bytes behind them."""


class Frames(Generic[T]):
    """Total: any bytes in any pieces. `read` is shown the bytes from a possible beginning on, one more each time, and
    answers with the value as soon as they are a whole frame. At most `longest` bytes are held.

    What cannot be a frame is dropped from its first byte on, and looked at again from the next one: a whole frame
    behind a torn one is found. A run of dropped bytes counts once in `damaged`.
    """

    def __init__(self, read: Callable[[bytes], T | Part], longest: int) -> None:
        self.damaged = 0
        self._read, self._longest = read, longest
        self._held = bytearray()
        self._dropping = False

    @property
    def empty(self) -> bool:
        """Whether no frame has begun."""
        return not self._held

    def feed(self, data: bytes) -> list[T]:
        found: list[T] = []
        coming = deque(data)
        while coming:
            self._held.append(coming.popleft())
            what = self._read(bytes(self._held))
            if what is Part.MORE and len(self._held) < self._longest:
                continue
            if isinstance(what, Part):
                coming.extendleft(reversed(self._held[1:]))
                self.damaged += not self._dropping
                self._dropping = True
            else:
                found.append(what)
                self._dropping = False
            self._held.clear()
        return found


def exclusive_or(data: bytes, start: int = 0) -> int:
    """The check byte of several protocols (BCC, LRC)."""
    for byte in data:
        start ^= byte
    return start
