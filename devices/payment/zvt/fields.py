"""The fields of a ZVT message: tagged bytes ("BMPs") of known length, LL and LLL ones with F-digits, TLV containers, BCD.

Source: tag table of Portalum.Zvt (`BmpParser`) and of Wireshark `packet-zvt.c`, which agree on every tag used here.
"""

from collections.abc import Iterator, Sequence
from typing import Final

AMOUNT, TLV, TRACE, TIME, DATE, CARD, RESULT = 0x04, 0x06, 0x0B, 0x0C, 0x0D, 0x22, 0x27
TERMINAL, ORIGINAL_TRACE, AUTHORISATION_CODE, TEXT = 0x29, 0x37, 0x3B, 0x3C
CURRENCY, RECEIPT, CARD_NAME, STATUS_BYTE = 0x49, 0x87, 0x8B, 0x19

FIXED: Final = {
    0x01: 1, 0x02: 1, 0x03: 1, AMOUNT: 6, 0x05: 1, TRACE: 3, TIME: 3, DATE: 2, 0x0E: 2, 0x17: 2, STATUS_BYTE: 1, RESULT: 1,
    TERMINAL: 4, 0x2A: 15, ORIGINAL_TRACE: 3, 0x3A: 2, AUTHORISATION_CODE: 8, 0x3D: 3, CURRENCY: 2, RECEIPT: 2, 0x88: 3,
    0x8A: 1, 0x8C: 1, 0xA0: 1, 0xAA: 3, 0xBA: 5, 0xD0: 1, 0xD2: 1, 0xD3: 1, 0xF0: 1, 0xF9: 1,
}  # fmt: skip
DIGITS: Final = {CARD: 2, 0x23: 2, 0x2D: 2, CARD_NAME: 2, 0xA7: 2, 0xD1: 2, 0xF1: 2, 0xF2: 2, 0xF3: 2, 0xF4: 2,
                 0x24: 3, 0x2E: 3, TEXT: 3, 0x60: 3, 0x9A: 3, 0xAF: 3}  # fmt: skip
"""How many F-digits the length has."""


def fields(data: bytes) -> dict[int, bytes]:
    """Fields by tag, the first of each; reading ends at a tag that is not known or a field that is cut off."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(data):
        tag, at = data[at], at + 1
        size = _size(tag, data, at)
        if size is None or at + size[0] + size[1] > len(data):
            break
        head, body = size
        found.setdefault(tag, data[at + head : at + head + body])
        at += head + body
    return found


def _size(tag: int, data: bytes, at: int) -> tuple[int, int] | None:
    """Bytes of the length and of the field itself; None if nobody knows."""
    if tag in FIXED:
        return 0, FIXED[tag]
    if tag == TLV:
        return tlv_length(data, at)
    if tag not in DIGITS:
        return None
    digits = data[at : at + DIGITS[tag]]
    if len(digits) < DIGITS[tag] or any(digit >> 4 != 0xF or digit & 0xF > 9 for digit in digits):
        return None
    return len(digits), int("".join(str(digit & 0xF) for digit in digits))


def tlv_length(data: bytes, at: int) -> tuple[int, int] | None:
    """Bytes of a TLV length and what it says: one byte to 7F, 81 and one, 82 and two with the high one first."""
    if at >= len(data):
        return None
    first = data[at]
    if first < 0x80:
        return 1, first
    more = first & 0x7F
    if more not in (1, 2) or at + 1 + more > len(data):
        return None
    return 1 + more, int.from_bytes(data[at + 1 : at + 1 + more], "big")


def objects(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tags and contents of a TLV container, one level deep; ends at what is cut off. Two-byte tags begin with five set bits."""
    at = 0
    while at < len(data):
        tag, at = data[at], at + 1
        if tag & 0x1F == 0x1F and at < len(data):
            tag, at = tag << 8 | data[at], at + 1
        size = tlv_length(data, at)
        if size is None or at + sum(size) > len(data):
            return
        yield tag, data[at + size[0] : at + sum(size)]
        at += sum(size)


def number(bcd: bytes | None) -> int | None:
    """The number in packed decimal digits; None where there is none or a nibble is no digit."""
    text = bcd.hex() if bcd else ""
    return int(text) if text.isdecimal() else None


def packed(value: int, size: int) -> bytes:
    """A number in so many bytes of packed decimal digits. Raises `ValueError` if it does not fit or is negative."""
    text = f"{value:0{size * 2}d}"
    if len(text) > size * 2 or value < 0:
        raise ValueError(f"{value} does not fit {size * 2} digits")
    return bytes.fromhex(text)


def counted(tag: int, data: bytes) -> bytes:
    """A field whose length stands before it in F-digits."""
    digits = f"{len(data):0{DIGITS[tag]}d}"
    return bytes([tag]) + bytes(0xF0 | int(digit) for digit in digits) + data


def tlv(tag: Sequence[int], data: bytes) -> bytes:
    """One object of a TLV container."""
    size = len(data)
    length = [size] if size < 0x80 else [0x81, size] if size < 0x100 else [0x82, size >> 8, size & 0xFF]
    return bytes([*tag, *length]) + data
