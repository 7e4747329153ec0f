"""A scanner made of software: sends codes over TCP or a pty as a real one does, at the pace of its line, with faults."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from devices.scanners.aim import gtin_holds
from devices.scanners.hid_pos import reports_of
from devices.scanners.scan import Scan
from devices.simulation.simulator import Simulator

MILK = Scan("]E0", b"4850001234562")
SHOES = Scan(
    "]d2", b"010462309123450321abcDEF12345/7\x1d91EE05\x1d92" + b"c2lnbmF0dXJlIG9mIGEgc2ltdWxhdGVkIG9wZXJhdG9y"
)
"""Goods with an EAN-13, and a pair of shoes that is marked."""
SCAN_GOODS = "Scan the EAN barcode of any goods."
SCAN_MARKED = "Scan the DataMatrix of a marked pack."


class ScannerSimulator(Simulator):
    """`scan` sends one code, framed as the scanner is set up."""

    def __init__(
        self,
        *,
        suffix: bytes = b"\r",
        prefix: bytes = b"",
        identifiers: bool = True,
        baud: int = 9600,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(baud=baud, sleep=sleep)
        self.suffix, self.prefix, self.identifiers = suffix, prefix, identifiers

    def scan(self, scan: Scan) -> None:
        """Read this code now."""
        self.say(self.frame(scan))

    def frame(self, scan: Scan) -> bytes:
        """The bytes of one code on the wire."""
        return self.prefix + (scan.sent if self.identifiers else scan.data) + self.suffix

    def hear(self, data: bytes) -> None:
        """Nobody tells a scanner anything."""

    def verbs(self) -> Mapping[str, Callable[..., object]]:
        return {"scan": self.scan_text, "shoes": self.scan_shoes}

    def scan_text(self, code: str) -> None:
        """Read a code: EAN-13, or any text; <GS> stands for the separator of a marking code."""
        data = code.replace("<GS>", "\x1d")
        aim = "]E0" if gtin_holds(data) and len(data) == 13 else "]d2" if "\x1d" in data else "]C0"
        self.scan(Scan(aim, data.encode()))

    def scan_shoes(self) -> None:
        """Read the marking code of a pair of shoes."""
        self.scan(SHOES)

    def person(self, asked: str) -> None:
        """Scan what `verify` asks for."""
        if asked == SCAN_GOODS:
            self.scan(MILK)
        if asked == SCAN_MARKED:
            self.scan(SHOES)


class HidPosSimulator(ScannerSimulator):
    """The same codes as the reports that a HID-POS scanner sends."""

    def __init__(self, *, baud: int = 0) -> None:
        super().__init__(baud=baud)

    def frame(self, scan: Scan) -> bytes:
        return reports_of(scan)
