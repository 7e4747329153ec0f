"""What a Star printer says back: its automatic status, asked for in real time (`ESC ACK SOH`).

Source: Star's "Line Mode Command Specifications", appendix 2 (automatic status, identification of statuses), and the
TSP600/TSP700 manuals. Header 1 is `0xx0xxx1` and says how many bytes there are in all (bits 1 to 3 and 5), header 2 is the
version; everything after header 1 is `0xx0xxx0`. Newer models set bit 6 of header 1 for 16 more, and bit 7 of header 2 for
2 more (from the open client receiptio; no manual confirms it).
"""

from dataclasses import dataclass

from devices.receipt.replies import XOFF, XON, Flow
from devices.receipt.status import PrinterStatus

SHORTEST, LONGEST = 7, 33
WITH_COUNTER = 8
"""So many bytes hold the ETB counter; shorter statuses come from models without one."""


@dataclass(frozen=True, slots=True)
class StarStatus:
    """A whole status, headers included."""

    data: bytes

    @property
    def counter(self) -> int | None:
        """How many `ETB` were done since the counter was cleared, modulo 32; None if none was or the model does not count."""
        if len(self.data) < WITH_COUNTER or not self.data[2] & 0x02:
            return None
        packed = self.data[7]
        return packed >> 2 & 0x18 | packed >> 1 & 0x07

    @property
    def state(self) -> PrinterStatus:
        printer, error, data, paper = self.data[2:6]
        return PrinterStatus(
            offline=bool(printer & 0x08),
            cover_open=bool(printer & 0x20),
            paper_out=bool(paper & 0x08),
            paper_near_end=bool(paper & 0x06),
            mechanical=bool(error & 0x04 or data & 0x0A),
            cutter=bool(error & 0x08),
            unrecoverable=bool(error & 0x20),
            recoverable=bool(error & 0x40),
            drawer_high=bool(printer & 0x04),
        )


class StarReplyParser:
    """As `ReplyParser`, of Star's replies. Holds at most one status of 33 bytes."""

    def __init__(self) -> None:
        self.damaged = 0
        self._held = bytearray()

    def feed(self, data: bytes) -> list[StarStatus | Flow]:
        return [reply for byte in data if (reply := self._take(byte)) is not None]

    def _take(self, byte: int) -> StarStatus | Flow | None:
        if byte in (XON, XOFF):
            return Flow(byte == XON)
        if not self._fits(byte):
            self.damaged += len(self._held)
            self._held.clear()
            if not self._fits(byte):
                self.damaged += 1
                return None
        self._held.append(byte)
        if len(self._held) < 2 or len(self._held) < _length(self._held):
            return None
        whole = bytes(self._held)
        self._held.clear()
        return StarStatus(whole)

    def _fits(self, byte: int) -> bool:
        match len(self._held):
            case 0:
                return byte & 0x91 == 0x01
            case 1:
                return byte & 0x11 == 0 and SHORTEST <= _length(self._held + bytes([byte])) <= LONGEST
            case _:
                return byte & 0x91 == 0


def _length(headers: bytearray) -> int:
    """All bytes of the status that begins with these two."""
    return (headers[0] >> 2 & 0x18 | headers[0] >> 1 & 0x07) + (headers[1] >> 6 & 0x02)
