"""Protocol version 1: `STX len data LRC`, and the single bytes ENQ, ACK, NAK around it.

LRC is the XOR of everything after STX. Source: captured talk of a MINI-01F (toposhibok.ru); shtrih-m/javapos_shtrih
and pyshtrih agree.
"""

from dataclasses import dataclass
from enum import IntEnum

STX, ERASED = 0x02, 0xFF
LONGEST = 255


class Control(IntEnum):
    ENQ = 0x05
    ACK = 0x06
    NAK = 0x15


CONTROLS = frozenset(int(control) for control in Control)


@dataclass(frozen=True, slots=True)
class Message:
    """What stands in a whole frame: the command's code and its data."""

    data: bytes


Value = Control | Message


def encode(value: Value) -> bytes:
    """The bytes on the wire; a message has 1 to 255 bytes."""
    if isinstance(value, Control):
        return bytes([value])
    body = bytes([len(value.data)]) + value.data
    return bytes([STX]) + body + bytes([lrc(body)])


def lrc(body: bytes) -> int:
    check = 0
    for byte in body:
        check ^= byte
    return check


class Decoder:
    """Either side's bytes in any pieces; a frame whose LRC is wrong is dropped whole and counted."""

    def __init__(self) -> None:
        self.damaged = 0
        self._held = bytearray()

    def feed(self, data: bytes) -> list[Value]:
        self._held += data
        found: list[Value] = []
        while (taken := self._take(found)) > 0:
            del self._held[:taken]
        return found

    def _take(self, found: list[Value]) -> int:
        """How many bytes at the beginning are dealt with; 0 if more must come first."""
        if not self._held:
            return 0
        first = self._held[0]
        if first in CONTROLS:
            found.append(Control(first))
            return 1
        if first != STX:
            self.damaged += first != ERASED  # a register may send FF before a control byte
            return 1
        return self._take_frame(found)

    def _take_frame(self, found: list[Value]) -> int:
        if len(self._held) < 2:
            return 0
        size = self._held[1]
        whole = size + 3
        if len(self._held) < whole and size:
            return 0
        if size and lrc(bytes(self._held[1 : whole - 1])) == self._held[whole - 1]:
            found.append(Message(bytes(self._held[2 : whole - 1])))
            return whole
        self.damaged += 1
        return whole if size else 1
