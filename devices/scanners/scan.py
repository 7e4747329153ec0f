"""One code that was scanned, as the scanner sent it and as tills are told of it."""

from dataclasses import dataclass
from typing import Any

from devices.scanners.aim import gtin_holds, symbology, taken_off
from devices.scanners.gs1 import gs1_of
from devices.scanners.marking import Marking, marking_of

INSIDE = frozenset(b"\t\n\r\x04\x1c\x1d\x1e\x1f")
"""Control characters that codes really hold: line ends of a QR text, the separators of GS1 and of ISO/IEC 15434."""
LENGTHS = {"]E0": (6, 7, 8, 12, 13), "]E4": (8,)}
"""What an EAN or UPC may be sent as; UPC-E, in 6 to 8 digits, has a check digit only when it is expanded."""
CHECKED = {"]E0": (12, 13), "]E4": (8,)}


@dataclass(frozen=True, slots=True)
class Scan:
    """`data` are the bytes of the code, without the identifier `aim` that stood before it, separators kept."""

    aim: str | None
    data: bytes

    @property
    def raw(self) -> str:
        """The bytes as text: UTF-8 where they are that, else Latin-1."""
        try:
            return self.data.decode("utf-8")
        except UnicodeDecodeError:
            return self.data.decode("latin-1")

    @property
    def sent(self) -> bytes:
        """As it came over the wire, but for prefix and suffix."""
        return (self.aim or "").encode("ascii") + self.data

    def read(self) -> "Read":
        """What the code says."""
        raw = self.raw
        gs1 = gs1_of(raw, self.aim)
        return Read(self.aim, raw, gs1, marking_of(raw, self.aim, gs1))


@dataclass(frozen=True, slots=True)
class Read:
    """A scan with its GS1 values and its marking code, where it has them."""

    aim: str | None
    raw: str
    gs1: dict[str, str] | None
    marking: Marking | None

    def as_said(self) -> dict[str, Any]:
        """`code` is what a scanner that types would have typed; `raw` has its separators."""
        return {
            "code": "".join(sign for sign in self.raw if sign.isprintable()).strip(),
            "symbology": symbology(self.aim),
            "aim": self.aim,
            "gs1": self.gs1,
            "marking": self.marking.as_dict() if self.marking else None,
            "raw": self.raw,
        }


def scan_in(data: bytes) -> Scan | None:
    """The scan in the bytes between two ends; None where they were damaged on the way.

    Damaged is: a control character that no code holds, or an EAN or UPC of a wrong length or with a wrong check digit: a
    scanner reads none.
    """
    return scan_of(*taken_off(data))


def scan_of(aim: str | None, code: bytes) -> Scan | None:
    """As `scan_in`, where the identifier came by itself."""
    if not code.strip() or any((byte < 0x20 and byte not in INSIDE) or byte == 0x7F for byte in code):
        return None
    if aim in LENGTHS and (len(code) not in LENGTHS[aim] or not code.isdigit()):
        return None
    if aim in CHECKED and len(code) in CHECKED[aim] and not gtin_holds(code.decode("ascii")):
        return None
    return Scan(aim, code)
