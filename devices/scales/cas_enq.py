"""CAS scales with the ENQ protocol (AD, ER, SW), and others that offer it as "CAS" (Ohaus Aviator).

9600 baud, 8 bits, no parity. `ENQ` is answered by `ACK`, then `DC1` by 15 bytes: `SOH STX state sign WW.WWW unit check
ETX EOT`; state `S` steady or `U` in motion, sign ` `, `-` or `F` for overflow. The check is the exclusive or of the
characters between STX and ETX without itself. Whether SOH counts too is not clear from the manual ("all characters
except STX and ETX"): `check_soh` says so for a scale that does. Source: Ohaus Aviator 7000 service manual p. 36.
No verb for zero or tare is known.
"""

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import partial

from devices.device import DeviceError
from devices.scales.dialect import Talk
from devices.scales.frames import Frames, Part, exclusive_or
from devices.scales.reading import Reading, Unit

ENQ, DC1 = b"\x05", b"\x11"
SOH, STX = 0x01, 0x02
LENGTH = 15
BODY = re.compile(rb"([SU])([ F-])([ -~]{6})(kg|KG|lb|LB|oz|OZ| g|g | G|G )")
WEIGHT = re.compile(rb" *(\d+)\.(\d+)")
UNITS = {b"kg": Unit.KILOGRAM, b"lb": Unit.POUND, b"oz": Unit.OUNCE, b"g": Unit.GRAM}


class Control(IntEnum):
    ACK = 0x06
    NAK = 0x15


@dataclass(frozen=True, slots=True)
class CasBlock:
    """The fields as they stand in the frame; `weight` has six characters, `unit` two."""

    state: bytes
    sign: bytes
    weight: bytes
    unit: bytes

    def reading(self) -> Reading:
        """Raises `DeviceError` scale.damaged for a weight that is none though the scale reports no overflow."""
        unit, stable, over = UNITS[self.unit.strip().lower()], self.state == b"S", self.sign == b"F"
        match = WEIGHT.fullmatch(self.weight)
        if over:
            return Reading(None, 3, unit, stable=stable, over=True)
        if match is None:
            raise DeviceError("scale.damaged")
        digits = int(match[1] + match[2]) * (-1 if self.sign == b"-" else 1)
        return Reading(digits, len(match[2]), unit, stable=stable, zero=digits == 0, under=digits < 0)


def check(body: bytes, *, soh: bool) -> int:
    return exclusive_or(body, SOH if soh else 0)


def encode(value: CasBlock | Control, *, soh: bool = False) -> bytes:
    """The bytes that say it; the inverse of the decoder."""
    if isinstance(value, Control):
        return bytes([value])
    body = value.state + value.sign + value.weight + value.unit
    return b"\x01\x02" + body + bytes([check(body, soh=soh)]) + b"\x03\x04"


def read(held: bytes, *, soh: bool) -> CasBlock | Control | Part:
    """The check may look like any other byte: everything is found by its place."""
    if held[0] in (Control.ACK, Control.NAK):
        return Control(held[0])
    if held[0] != SOH or held[1:2] not in (b"", b"\x02"):
        return Part.NONE
    if len(held) < LENGTH:
        return Part.MORE
    body = BODY.fullmatch(held[2:12])
    if body is None or held[12] != check(held[2:12], soh=soh) or held[13:] != b"\x03\x04":
        return Part.NONE
    return CasBlock(*body.groups())


@dataclass(frozen=True, slots=True)
class CasEnq:
    """`reply_ms`: the longest that an answer may take. `check_soh`: SOH counts in the check."""

    reply_ms: int = 1_000
    check_soh: bool = False

    name = "cas-enq"
    line = "baud=9600"
    pause = 0.0

    def decoder(self) -> Frames[CasBlock | Control]:
        return Frames(partial(read, soh=self.check_soh), LENGTH)

    async def weigh(self, talk: Talk) -> Reading:
        talk.send(ENQ)
        if await talk.hear(self.reply_ms / 1_000) is not Control.ACK:
            raise DeviceError("scale.refused")
        talk.send(DC1)
        block = await talk.hear(self.reply_ms / 1_000)
        if not isinstance(block, CasBlock):
            raise DeviceError("scale.refused")
        return block.reading()

    async def zero(self, talk: Talk) -> None:
        raise DeviceError("scale.cannot_zero")
