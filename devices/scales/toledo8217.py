"""Toledo 8217, also called 8213: Mettler Toledo Ariva and Viva, Magellan and DIVA counters, Brecknell, many clones.

9600 baud, 7 bits, even parity. `W` asks; a steady weight is `STX WW.WWW CR` in kilograms or `STX 0WW.WW CR` in pounds,
with `N` before CR while a tare is taken off; everything else is `STX ? s CR`, one byte of flags. `Z` sets to zero, `T`
takes the tare; both are answered with the flags, after up to 150 ms. Source: Mettler Toledo DIVA service manual
pp. 34-44, Viva service manual; the driver of Odoo's IoT box (open client).

There is no check sum but the parity bit. A serial port checks it (see `devices.ports.serial_port`); an adapter to TCP
must do so itself.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntFlag

from devices.device import DeviceError
from devices.scales.dialect import Talk
from devices.scales.frames import Frames, Part
from devices.scales.reading import Reading, Unit

STX, CR, PARITY = 0x02, 0x0D, 0x80
WEIGHT = re.compile(rb"\x02(?:(?P<kg>\d\d\.\d{3})|(?P<lb>0\d\d\.\d\d))(?P<net>N?)\r")
LONGEST = 9
STATUS_LENGTH = 4


class Flags(IntFlag):
    """The byte that stands in for a weight, or answers a command."""

    MOTION = 0x01
    OVER = 0x02
    UNDER = 0x04
    OUTSIDE_ZERO = 0x08
    AT_ZERO = 0x10
    NET = 0x20
    BAD_COMMAND = 0x40


def encode(value: Reading | Flags) -> bytes:
    """The frame that says it; the inverse of the decoder."""
    if isinstance(value, Flags):
        return bytes([STX, ord("?"), value, CR])
    if value.digits is None:
        raise ValueError("a weight frame needs a weight")
    whole, part = divmod(value.digits, 10**value.decimals)
    text = f"{whole:02}.{part:03}" if value.unit is Unit.KILOGRAM else f"{whole:03}.{part:02}"
    return b"\x02" + text.encode() + (b"N" if value.net else b"") + b"\r"


def read(held: bytes) -> Reading | Flags | Part:
    return read_frame(held, _weight)


def read_frame(held: bytes, weight: Callable[[bytes], Reading | None]) -> Reading | Flags | Part:
    """What these bytes are, for this protocol and those that differ in the `weight` alone. The flags may look like STX
    or CR, so they are found by their place."""
    if held[0] != STX:
        return Part.NONE
    if held[1:2] == b"?":
        if len(held) < STATUS_LENGTH:
            return Part.MORE
        return Flags(held[2]) if held[3] == CR and held[2] < PARITY else Part.NONE
    if held[-1] != CR:
        return Part.NONE if held.rfind(STX) else Part.MORE
    return weight(held) or Part.NONE


def _weight(frame: bytes) -> Reading | None:
    match = WEIGHT.fullmatch(frame)
    if match is None:
        return None
    text = match["kg"] or match["lb"]
    unit, decimals = (Unit.KILOGRAM, 3) if match["kg"] else (Unit.POUND, 2)
    digits = int(text.replace(b".", b""))
    net = bool(match["net"])
    return Reading(digits, decimals, unit, stable=True, net=net, zero=digits == 0 and not net)


@dataclass(frozen=True, slots=True)
class Toledo8217:
    """`reply_ms`: the longest that an answer may take."""

    reply_ms: int = 1_000

    name = "toledo8217"
    line = "baud=9600&bits=7&parity=E"
    pause = 0.0

    def decoder(self) -> Frames[Reading | Flags]:
        return Frames(read, LONGEST)

    async def weigh(self, talk: Talk) -> Reading:
        return weight_of(await self._ask(talk, b"W"))

    async def zero(self, talk: Talk) -> None:
        """Believed once the scale says that it is at zero: in its flags, or by the weight that it shows then. A flag
        that is not set is no proof: a byte damaged on the line has none."""
        flags = await self._ask(talk, b"Z")
        if not isinstance(flags, Flags) or flags & (Flags.BAD_COMMAND | Flags.OUTSIDE_ZERO | Flags.MOTION):
            raise DeviceError("scale.cannot_zero")
        if Flags.AT_ZERO not in flags and not weight_of(await self._ask(talk, b"W")).zero:
            raise DeviceError("scale.cannot_zero")

    async def tare(self, talk: Talk) -> None:
        flags = await self._ask(talk, b"T")
        if not isinstance(flags, Flags) or flags & Flags.BAD_COMMAND or Flags.NET not in flags:
            raise DeviceError("scale.cannot_tare")

    async def _ask(self, talk: Talk, command: bytes) -> Reading | Flags:
        talk.send(command)
        value = await talk.hear(self.reply_ms / 1_000)
        assert isinstance(value, (Reading, Flags))  # nothing else comes out of the decoder
        return value


def weight_of(value: Reading | Flags) -> Reading:
    """The answer to `W`. Raises `DeviceError` scale.refused."""
    if isinstance(value, Reading):
        return value
    if Flags.BAD_COMMAND in value:
        raise DeviceError("scale.refused")
    return no_weight(value)


def no_weight(flags: Flags) -> Reading:
    """What the flags say in place of a weight. With none of them set the scale is not ready to weigh yet."""
    return Reading(
        None,
        3,
        Unit.KILOGRAM,
        stable=Flags.MOTION not in flags,
        net=Flags.NET in flags,
        zero=Flags.AT_ZERO in flags,
        over=Flags.OVER in flags,
        under=Flags.UNDER in flags,
    )
