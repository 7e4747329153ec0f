"""Protocol version 2: `8F len number data CRC`, every 8F after the first written 9F 81 and every 9F as 9F 83.

`len` counts number and data, all little-endian; CRC is CRC-16/CCITT (1021, from FFFF) over len, number and data before
the escaping. A request with len 0 asks for the register's frame number. Source: two frames of a public log
(shtrih-m/fr_drv_ng issue 71); shtrih-m/javapos_shtrih for escaping and numbering.
"""

from binascii import crc_hqx
from dataclasses import dataclass

STX, ESC = 0x8F, 0x9F
ESCAPED = {STX: 0x81, ESC: 0x83}
MEANT = {escaped: byte for byte, escaped in ESCAPED.items()}
NUMBERS = 0x1_0000
LONGEST = 4_096
HEAD, CHECK = 2, 2


@dataclass(frozen=True, slots=True)
class Frame:
    """`number` None is the request for the register's frame number; its answer has a number and no data."""

    number: int | None
    data: bytes = b""


def encode(frame: Frame) -> bytes:
    """The bytes on the wire."""
    counted = b"" if frame.number is None else frame.number.to_bytes(2, "little") + frame.data
    checked = len(counted).to_bytes(2, "little") + counted
    body = checked + crc(checked).to_bytes(2, "little")
    return bytes([STX]) + b"".join(_escaped(byte) for byte in body)


def _escaped(byte: int) -> bytes:
    return bytes([ESC, ESCAPED[byte]]) if byte in ESCAPED else bytes([byte])


def crc(checked: bytes) -> int:
    return crc_hqx(checked, 0xFFFF)


class Decoder:
    """Either side's bytes in any pieces. An 8F always begins a frame: what stood before it unfinished is damaged."""

    def __init__(self) -> None:
        self.damaged = 0
        self._body: bytearray | None = None
        self._escaping = False

    def feed(self, data: bytes) -> list[Frame]:
        return [frame for byte in data if (frame := self._take(byte)) is not None]

    def _take(self, byte: int) -> Frame | None:
        if byte == STX:
            self.damaged += bool(self._body)  # a lone 8F before the frame is usual
            self._body, self._escaping = bytearray(), False
            return None
        if self._body is None:
            self.damaged += 1
            return None
        if byte == ESC and not self._escaping:
            self._escaping = True
            return None
        if self._escaping:
            self._escaping = False
            if byte not in MEANT:
                return self._drop()
            byte = MEANT[byte]
        self._body.append(byte)
        return self._whole(self._body)

    def _whole(self, body: bytearray) -> Frame | None:
        if len(body) < HEAD:
            return None
        size = int.from_bytes(body[:HEAD], "little")
        if size == 1 or size > LONGEST:
            return self._drop()
        if len(body) < HEAD + size + CHECK:
            return None
        checked = bytes(body[: HEAD + size])
        if crc(checked) != int.from_bytes(body[HEAD + size :], "little"):
            return self._drop()
        self._body = None
        return Frame(int.from_bytes(checked[2:4], "little"), checked[4:]) if size else Frame(None)

    def _drop(self) -> None:
        self.damaged += 1
        self._body = None
