"""What an ESC/POS printer says back: one parser that tells the kinds of replies apart.

They differ in their fixed bits: real time `0xx1xx10`, first byte of automatic status `0xx1xx00`, queued `0xx0xxxx`,
XON 11, XOFF 13, blocks by their first byte (35, 37, 3B, 3D, 5F) up to a 00. Source: "transmission status
identification" in the manuals of Epson TM, Citizen iDP, Bixolon SRP and Custom printers.
Star printers speak otherwise (`devices.receipt.star.replies`): 03 and 0F are whole replies here and begin a status there.
"""

from dataclasses import dataclass

BLOCK_STARTS = frozenset((0x35, 0x37, 0x3B, 0x3D, 0x5F))
LONGEST_BLOCK = 256
ASB_LENGTH = 4
XON, XOFF = 0x11, 0x13
SEPARATOR = 0x1F
"""The one control character that stands inside blocks (settings read back by `GS ( E`)."""


@dataclass(frozen=True, slots=True)
class RealTime:
    """The answer to one `DLE EOT n`; which n only the asker knows."""

    byte: int


@dataclass(frozen=True, slots=True)
class Automatic:
    """Status sent by itself (ASB), four bytes."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Queued:
    """The answer to a `GS r`: everything before it has been done."""

    byte: int


@dataclass(frozen=True, slots=True)
class Block:
    """A block, its 00 left out: a name (`GS I`), a process id (37 22 and four bytes), the stored pictures (37 72)."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Flow:
    """XON or XOFF."""

    go: bool


Reply = RealTime | Automatic | Queued | Block | Flow


class ReplyParser:
    """Bytes in, in any portions; replies out, as soon as each is complete. Holds at most one block of 256 bytes.

    Real-time answers and flow control may stand inside the longer replies. What fits no kind (noise, the rest of
    something cut short) is dropped, its bytes counted in `damaged`.
    """

    def __init__(self) -> None:
        self.damaged = 0
        self._automatic = bytearray()
        self._block = bytearray()

    def feed(self, data: bytes) -> list[Reply]:
        return [reply for byte in data if (reply := self._take(byte)) is not None]

    def _take(self, byte: int) -> Reply | None:
        if byte in (XON, XOFF):
            return Flow(byte == XON)
        if byte & 0x93 == 0x12 and (byte < 0x20 or not self._block):
            return RealTime(byte)
        if self._block and (byte == 0 or byte >= 0x20 or byte == SEPARATOR):
            return self._in_block(byte)
        self._drop(self._block)
        if byte & 0x90 == 0 and self._automatic:  # also the bytes that would begin a block
            return self._in_automatic(byte)
        if byte in BLOCK_STARTS:
            self._drop(self._automatic)
            self._block.append(byte)
        elif byte & 0x93 == 0x10:
            self._drop(self._automatic)
            self._automatic.append(byte)
        elif byte & 0x90 == 0:
            return Queued(byte)
        else:
            self.damaged += 1
        return None

    def _in_automatic(self, byte: int) -> Reply | None:
        self._automatic.append(byte)
        if len(self._automatic) < ASB_LENGTH:
            return None
        whole = bytes(self._automatic)
        self._automatic.clear()
        return Automatic(whole)

    def _in_block(self, byte: int) -> Reply | None:
        if byte == 0:
            whole = bytes(self._block)
            self._block.clear()
            return Block(whole)
        self._block.append(byte)
        if len(self._block) >= LONGEST_BLOCK:
            self._drop(self._block)
        return None

    def _drop(self, held: bytearray) -> None:
        self.damaged += len(held)
        held.clear()
