"""Checkout-Dialog 06, and 02 and 04 before it: Bizerba, Mettler Toledo, Dibal, Cely, Ohaus.

7 bits, odd parity; 9600 baud (Dialog 06), 4800 (04), 2400 (02). The till sends a price, record 01 (`EOT STX "01" ESC price
ESC ETX`); the scale says `ACK`, and to `EOT ENQ` record 02: `STX "02" ESC unit ESC weight ESC price ESC amount ETX`, unit
`3` for kilograms with three decimals. `NAK` means no, and record 08 (`EOT STX "08" ETX`) gets record 09 with the reason. A scale
of Dialog 06 may answer record 01 with record 11: it demands a check sum by a polynomial that its maker gives under seal
(records 10 and 11). That is not in here: it is told as scale.handshake_secret. Source: Ohaus Aviator 7000 service manual
pp. 38-45, Cely and Dibal manuals; an open module for Odoo (hw_dialog06_scale).

The scale gives a weight once, and none again until the pan has moved (reason 21): it is asked for a sale alone. It works
with the price that `price` says, not with that of the goods: what its own display shows of price and amount must not be
read to a customer. There is no verb for zero, and no check but the parity bit.
"""

import re
from dataclasses import dataclass
from enum import IntEnum

from devices.device import DeviceError
from devices.scales.dialect import Talk
from devices.scales.frames import Frames, Part
from devices.scales.reading import Reading, Unit

LONGEST = 40
STX, EOT = 0x02, b"\x04"
ENQUIRY, WHY = b"\x04\x05", b"\x04\x02" + b"08" + b"\x03"
RECORD = re.compile(
    rb"\x02(?:(02)\x1b([0-9])\x1b(\d{5})\x1b(\d{5,6})\x1b(\d{5,6})|(09)\x1b(\d\d)|(11)\x1b([0-9])([0-9A-Fa-f]{0,2}))\x03"
)


class Control(IntEnum):
    ACK = 0x06
    NAK = 0x15


@dataclass(frozen=True, slots=True)
class Record:
    """`fields` as they stand between the escapes: of 02 unit, weight, price, amount; of 09 the reason; of 11 what it wants
    and the number that goes with it."""

    number: bytes
    fields: tuple[bytes, ...]


def encode(value: Record | Control) -> bytes:
    """The bytes that say it; the inverse of the decoder."""
    if isinstance(value, Control):
        return bytes([value])
    between = b"" if value.number == b"11" else b"\x1b"
    return b"\x02" + value.number + b"\x1b" + between.join(value.fields) + b"\x03"


def read(held: bytes) -> Record | Control | Part:
    if held[0] in (Control.ACK, Control.NAK):
        return Control(held[0])
    if held[0] != STX:
        return Part.NONE
    if not held.endswith(b"\x03"):
        return Part.MORE if len(held) == 1 or held[-1] == 0x1B or held[-1:].isalnum() else Part.NONE
    match = RECORD.fullmatch(held)
    if match is None:
        return Part.NONE
    number, *values = (group for group in match.groups() if group is not None)
    return Record(number, tuple(values))


@dataclass(frozen=True, slots=True)
class Dialog06:
    """`price`: five or six digits for record 01; some scales take no zero. `reply_ms`: the longest an answer may take."""

    price: str = "000100"
    reply_ms: int = 1_000

    name = "dialog06"
    line = "baud=9600&bits=7&parity=O"
    pause = 0.0
    answers_once = True

    def __post_init__(self) -> None:
        if not self.price.isascii() or not self.price.isdecimal() or len(self.price) not in (5, 6):
            raise ValueError("the price is five or six digits")

    def decoder(self) -> Frames[Record | Control]:
        return Frames(read, LONGEST)

    async def weigh(self, talk: Talk) -> Reading:
        value = await self._ask(talk, b"\x04\x0201\x1b" + self.price.encode("ascii") + b"\x1b\x03")
        if value is Control.ACK:
            value = await self._ask(talk, ENQUIRY)
        if value is Control.NAK:
            value = await self._ask(talk, WHY)
        talk.send(EOT)
        match value:
            case Record(b"02", fields):
                return _weight(fields)
            case Record(b"09", fields):
                return _no_weight(fields[0])
            case Record(b"11", _):
                raise DeviceError("scale.handshake_secret")
            case _:
                raise DeviceError("scale.refused")

    async def zero(self, talk: Talk) -> None:
        raise DeviceError("scale.cannot_zero")

    async def _ask(self, talk: Talk, request: bytes) -> object:
        talk.send(request)
        return await talk.hear(self.reply_ms / 1_000)


def _weight(fields: tuple[bytes, ...]) -> Reading:
    unit, weight = fields[:2]
    if unit != b"3":
        raise DeviceError("scale.unit", unit=unit.decode())
    digits = int(weight)
    return Reading(digits, 3, Unit.KILOGRAM, stable=True, zero=digits == 0)


def _no_weight(reason: bytes) -> Reading:
    """What record 09 says in place of a weight. Raises `DeviceError`."""
    match reason:
        case b"20" | b"22":  # in motion, not finished
            return Reading(None, 3, Unit.KILOGRAM, stable=False)
        case b"30":  # less than the least
            return Reading(None, 3, Unit.KILOGRAM, stable=True, zero=True)
        case b"31":
            return Reading(None, 3, Unit.KILOGRAM, stable=True, under=True)
        case b"32":
            return Reading(None, 3, Unit.KILOGRAM, stable=True, over=True)
        case b"21":  # no motion since the last weight
            raise DeviceError("scale.same")
        case b"01":
            raise DeviceError("scale.fault")
        case b"02":
            raise DeviceError("scale.damaged")
        case _:
            raise DeviceError("scale.refused", error=reason.decode())
