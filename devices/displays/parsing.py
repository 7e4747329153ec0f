"""Commands found in bytes, in any pieces: what the three dialects have in common.

A dialect says of the bytes held so far that they are a command, the beginning of one, or neither.
"""

from collections.abc import Callable

from devices.displays.commands import PRINTABLE, Command, Letter

LONGEST = 64
Found = Command | bool
"""A command, True for the beginning of one, False for neither."""


class CommandDecoder:
    """Holds at most one unfinished command of `LONGEST` bytes; what fits nothing is dropped and counted in `damaged`."""

    def __init__(self, begins: bytes, look: Callable[[bytes], Found]) -> None:
        self.damaged = 0
        self._begins, self._look = begins, look
        self._held = b""

    def feed(self, data: bytes) -> list[Command]:
        return [command for byte in data if (command := self._take(byte)) is not None]

    def _take(self, byte: int) -> Command | None:
        if not self._held and byte in PRINTABLE:
            return Letter(byte)
        found = self._look(self._held + bytes([byte]))
        if found is True and len(self._held) < LONGEST:
            self._held += bytes([byte])
            return None
        if isinstance(found, bool):
            self.damaged += len(self._held)
            again, self._held = bool(self._held), b""
            if again and byte in self._begins:
                return self._take(byte)
            self.damaged += 1
            return None
        self._held = b""
        return found
