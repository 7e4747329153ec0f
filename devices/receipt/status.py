"""What a printer says back: one parser that tells the kinds of replies apart, and the state they add up to.

Bits by Epson's command reference; the replies differ in their fixed bits:
real time `0xx1xx10`, first byte of automatic status `0xx1xx00`, queued `0xx0xxxx`, XON 11, XOFF 13, blocks by their
first byte (35, 37, 3B, 3D, 5F) up to a 00.
"""

from dataclasses import dataclass, replace

BLOCK_STARTS = frozenset((0x35, 0x37, 0x3B, 0x3D, 0x5F))
LONGEST_BLOCK = 256
ASB_LENGTH = 4
XON, XOFF = 0x11, 0x13


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
    """A block, its 00 left out: a name (`GS I`) or a process id (37 22 and four bytes)."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Flow:
    """XON or XOFF."""

    go: bool


@dataclass(frozen=True, slots=True)
class Strange:
    """Bytes that fit no kind: noise, another language, or the rest of something cut short."""

    data: bytes


Reply = RealTime | Automatic | Queued | Block | Flow | Strange


class ReplyParser:
    """Bytes in, in any portions; replies out, as soon as each is complete."""

    def __init__(self) -> None:
        self._automatic = bytearray()
        self._block = bytearray()

    def feed(self, data: bytes) -> list[Reply]:
        replies: list[Reply] = []
        for byte in data:
            replies += self._take(byte)
        return replies

    def _take(self, byte: int) -> list[Reply]:
        if self._block:
            return self._in_block(byte)
        if byte in (XON, XOFF):
            return [Flow(byte == XON)]
        if byte in BLOCK_STARTS:
            self._block.append(byte)
            return self._dropped()
        if byte & 0x93 == 0x12:  # may stand between the bytes of an automatic status
            return [RealTime(byte)]
        if byte & 0x93 == 0x10:
            dropped = self._dropped()
            self._automatic.append(byte)
            return dropped
        if byte & 0x90 == 0:
            return self._low(byte)
        return [Strange(bytes([byte]))]

    def _low(self, byte: int) -> list[Reply]:
        if not self._automatic:
            return [Queued(byte)]
        self._automatic.append(byte)
        if len(self._automatic) < ASB_LENGTH:
            return []
        whole = bytes(self._automatic)
        self._automatic.clear()
        return [Automatic(whole)]

    def _in_block(self, byte: int) -> list[Reply]:
        self._block.append(byte)
        whole = bytes(self._block)
        if byte == 0:
            self._block.clear()
            return [Block(whole[:-1])]
        if len(whole) >= LONGEST_BLOCK:
            self._block.clear()
            return [Strange(whole)]
        return []

    def _dropped(self) -> list[Reply]:
        dropped = bytes(self._automatic)
        self._automatic.clear()
        return [Strange(dropped)] if dropped else []


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """What is known of the printer. `drawer_high` is the level of the drawer's pin 3: open or closed, by wiring."""

    offline: bool = False
    cover_open: bool = False
    paper_out: bool = False
    paper_near_end: bool = False
    cutter: bool = False
    unrecoverable: bool = False
    recoverable: bool = False
    drawer_high: bool | None = None

    @property
    def needs_person(self) -> tuple[str, ...]:
        """Why it stands still until somebody helps; it goes on by itself after that. "printer.offline" when it gives
        no reason: somebody holds its feed button."""
        known = _codes(
            (self.paper_out, "printer.paper_out"),
            (self.cover_open, "printer.cover_open"),
            (self.recoverable and not self.cover_open, "printer.overheated"),
        )
        return known or _codes((self.offline and not self.broken, "printer.offline"))

    @property
    def broken(self) -> tuple[str, ...]:
        """Why it will not go on with what it was given."""
        return _codes((self.unrecoverable, "printer.broken"), (self.cutter, "printer.cutter"))

    @property
    def causes(self) -> tuple[str, ...]:
        """Every reason for attention, the worst first."""
        stopped = self.broken + self.needs_person
        return stopped + _codes((self.paper_near_end and not self.paper_out, "printer.paper_near_end"))


def _codes(*pairs: tuple[bool, str]) -> tuple[str, ...]:
    return tuple(code for holds, code in pairs if holds)


def automatic_status(data: bytes) -> PrinterStatus:
    """The state in the four bytes of an automatic status."""
    printer, error, paper = data[0], data[1], data[2]
    return PrinterStatus(
        offline=bool(printer & 0x08),
        cover_open=bool(printer & 0x20),
        paper_out=bool(paper & 0x0C),
        paper_near_end=bool(paper & 0x03),
        cutter=bool(error & 0x08),
        unrecoverable=bool(error & 0x20),
        recoverable=bool(error & 0x40),
        drawer_high=bool(printer & 0x04),
    )


def with_real_time(status: PrinterStatus, number: int, byte: int) -> PrinterStatus:
    """The state after the answer to `DLE EOT number` (1 printer, 2 offline cause, 3 error cause, 4 paper)."""
    match number:
        case 1:
            return replace(status, offline=bool(byte & 0x08), drawer_high=bool(byte & 0x04))
        case 2:
            return replace(status, cover_open=bool(byte & 0x04))
        case 3:
            return replace(
                status, cutter=bool(byte & 0x08), unrecoverable=bool(byte & 0x20), recoverable=bool(byte & 0x40)
            )
        case _:
            return replace(status, paper_near_end=bool(byte & 0x0C), paper_out=bool(byte & 0x60))
