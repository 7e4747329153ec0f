"""ZVT messages on a serial line: DLE STX, the message with each DLE doubled, DLE ETX, CRC; ACK or NAK for each.

The CRC is CRC-16/CCITT, reflected (8408), from 0, over the message without doubled DLEs and the ETX; its low byte comes
first and is not doubled. Sources: Portalum.Zvt (`ChecksumHelper`, `SerialPortDeviceCommunication`: tried by its authors
on real terminals), Wireshark `packet-zvt.c` (little-endian CRC). The usual line is 9600 8N2 (Portalum.Zvt).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from devices.payment.zvt.apdu import LARGEST, Apdu, take

STX, ETX, ACK, DLE, NAK = 0x02, 0x03, 0x06, 0x10, 0x15


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """`good`: ACK; else NAK, the frame has to be said again."""

    good: bool

    def encode(self) -> bytes:
        return bytes([ACK if self.good else NAK])


def crc(data: bytes) -> int:
    """CRC-16/CCITT, reflected, starting from 0 ("Kermit")."""
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ 0x8408 if value & 1 else value >> 1
    return value


def frame(apdu: Apdu) -> bytes:
    message = apdu.encode()
    doubled = message.replace(bytes([DLE]), bytes([DLE, DLE]))
    check = crc(message + bytes([ETX])).to_bytes(2, "little")
    return bytes([DLE, STX]) + doubled + bytes([DLE, ETX]) + check


def encode(said: Apdu | Acknowledged) -> bytes:
    """What stands on the line for it."""
    return frame(said) if isinstance(said, Apdu) else said.encode()


class SerialDecoder:
    """Frames, ACK and NAK in any pieces. A frame that fails its check or is no whole message counts in `damaged`.

    Amid bytes that belong to no frame an ACK is none either: it may stand in a message whose beginning was damaged. It counts
    again after the next frame.
    """

    def __init__(self) -> None:
        self.damaged = 0
        self._message = bytearray()
        self._inside = self._escaped = self._lost = False
        self._check: bytearray | None = None

    def feed(self, data: bytes) -> Sequence[Apdu | Acknowledged]:
        found: list[Apdu | Acknowledged] = []
        for byte in data:
            said = self._take(byte)
            if said is not None:
                found.append(said)
        return found

    def _take(self, byte: int) -> Apdu | Acknowledged | None:
        if self._check is not None:
            return self._take_check(byte)
        if self._escaped:
            self._escaped = False
            self._after_dle(byte)
        elif byte == DLE:
            self._escaped = True
        elif self._inside:
            self._keep(byte)
        elif byte not in (ACK, NAK):
            self._lost = True
        elif not self._lost:
            return Acknowledged(byte == ACK)
        return None

    def _after_dle(self, byte: int) -> None:
        if byte == STX:
            self.damaged += self._inside
            self._begin()
        elif self._inside and byte == ETX:
            self._check = bytearray()
        elif self._inside and byte == DLE:
            self._keep(byte)
        elif self._inside:
            self._lose()
        else:
            self._lost = True

    def _begin(self) -> None:
        self._inside, self._lost = True, False
        self._message.clear()

    def _keep(self, byte: int) -> None:
        if len(self._message) >= LARGEST:
            self._lose()
        else:
            self._message.append(byte)

    def _lose(self) -> None:
        self.damaged += 1
        self._inside, self._lost = False, True
        self._message.clear()

    def _take_check(self, byte: int) -> Apdu | None:
        check = self._check
        assert check is not None
        check.append(byte)
        if len(check) < 2:
            return None
        message = bytes(self._message)
        self._check, self._inside = None, False
        self._message.clear()
        taken = take(message)
        if crc(message + bytes([ETX])).to_bytes(2, "little") != bytes(check) or not taken or taken[1] != len(message):
            self.damaged += 1
            return None
        return taken[0]
