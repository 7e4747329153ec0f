"""AIM symbology identifiers: what kind of code a scanner read, as it says in front of the code (`]E0`).

Source: ISO/IEC 15424 as listed in the manuals of the Motorola LS4208, Datalogic and Cino scanners (manuals, not captured).
"""

import re

AIM = re.compile(rb"\][A-Za-z][0-9A-Za-z]")
UNKNOWN = "unknown"
EXACT = {
    "]E0": "ean13",
    "]E1": "addon2",
    "]E2": "addon5",
    "]E3": "ean13_addon",
    "]E4": "ean8",
    "]C0": "code128",
    "]C1": "gs1_128",
    "]e0": "gs1_databar",
    "]d1": "datamatrix",
    "]d2": "gs1_datamatrix",
    "]Q3": "gs1_qr",
    "]J1": "gs1_dotcode",
}
FAMILIES = {
    "A": "code39",
    "C": "code128",
    "E": "ean",
    "F": "codabar",
    "G": "code93",
    "H": "code11",
    "I": "itf",
    "J": "dotcode",
    "L": "pdf417",
    "M": "msi",
    "Q": "qr",
    "X": "other",
    "d": "datamatrix",
    "e": "databar",
    "z": "aztec",
}
GS1 = frozenset(["]C1", "]e0", "]d2", "]Q3", "]J1"])
"""Codes whose data are GS1 element strings, because the symbol itself says so (FNC1 in the first place)."""


def taken_off(data: bytes) -> tuple[str | None, bytes]:
    """The identifier in front of a code, or None, and the code without it."""
    if AIM.match(data):
        return data[:3].decode("ascii"), data[3:]
    return None, data


def symbology(aim: str | None) -> str:
    """The name of the symbology; `UNKNOWN` where the scanner sends no identifier or one that is not in the list."""
    if aim is None:
        return UNKNOWN
    return EXACT.get(aim) or FAMILIES.get(aim[1], UNKNOWN)


def gtin_holds(digits: str) -> bool:
    """Whether these are the 8, 12, 13 or 14 digits of a GTIN with the right check digit (GS1 General Specifications 7.9)."""
    if len(digits) not in (8, 12, 13, 14) or not (digits.isascii() and digits.isdigit()):
        return False
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return weighted % 10 == 0
