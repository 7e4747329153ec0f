"""ZVT messages (APDUs) and how they follow one another on a TCP connection.

`control` (class and instruction), length (one byte; FF and two bytes, the low one first, from 255 on), data.
Sources: ZVT specification PA00P015 (public, terminalhersteller.de) as read by the dissector `packet-zvt.c` of Wireshark
and by the open client Portalum.Zvt; the spec itself was not at hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

STATUS_INFORMATION: Final = 0x040F
INTERMEDIATE_STATUS: Final = 0x04FF
STATUS_ENQUIRY: Final = 0x0501
REGISTRATION: Final = 0x0600
AUTHORISATION: Final = 0x0601
COMPLETION: Final = 0x060F
ABORTED: Final = 0x061E
REPEAT_RECEIPT: Final = 0x0620
REVERSAL: Final = 0x0630
REFUND: Final = 0x0631
END_OF_DAY: Final = 0x0650
ABORT: Final = 0x06B0
PRINT_LINE: Final = 0x06D1
PRINT_TEXT: Final = 0x06D3
POSITIVE: Final = 0x8000
NEGATIVE: Final = 0x84
"""The class of a refusal; its instruction is the reason."""

CLASSES: Final = frozenset([0x04, 0x05, 0x06, 0x08, 0x80, NEGATIVE])
LONG: Final = 0xFF
LARGEST: Final = 16_384
"""More than any text block; a longer one is taken for damage."""


@dataclass(frozen=True, slots=True)
class Apdu:
    """One message. `wide`: its length stood in three bytes although one would do."""

    control: int
    data: bytes = b""
    wide: bool = False

    @property
    def refused(self) -> int | None:
        """Why the other side said no, or None if this is no refusal."""
        return self.control & 0xFF if self.control >> 8 == NEGATIVE else None

    def encode(self) -> bytes:
        size = len(self.data)
        length = bytes([LONG, size & 0xFF, size >> 8]) if self.wide or size >= LONG else bytes([size])
        return self.control.to_bytes(2, "big") + length + self.data


ACCEPTED: Final = Apdu(POSITIVE)


def take(data: bytes | bytearray) -> tuple[Apdu, int] | None:
    """The message at the beginning and how many bytes it took; None while it is not whole."""
    if len(data) < 3 or (data[2] == LONG and len(data) < 5):
        return None
    wide = data[2] == LONG
    size, start = (data[3] | data[4] << 8, 5) if wide else (data[2], 3)
    if len(data) < start + size:
        return None
    control = data[0] << 8 | data[1]
    return Apdu(control, bytes(data[start : start + size]), wide and size < LONG), start + size


class ApduDecoder:
    """What a terminal says over TCP. What begins no message is dropped byte by byte, each run of it counted once."""

    def __init__(self) -> None:
        self.damaged = 0
        self._held = bytearray()
        self._dropping = False

    def feed(self, data: bytes) -> Sequence[Apdu]:
        self._held += data
        found: list[Apdu] = []
        while self._held:
            if self._held[0] not in CLASSES or self._too_long():
                self._drop()
            elif taken := take(self._held):
                apdu, size = taken
                found.append(apdu)
                del self._held[:size]
                self._dropping = False
            else:
                break
        return found

    def _too_long(self) -> bool:
        held = self._held
        return len(held) >= 5 and held[2] == LONG and held[3] | held[4] << 8 > LARGEST

    def _drop(self) -> None:
        self.damaged += not self._dropping
        self._dropping = True
        del self._held[:1]
