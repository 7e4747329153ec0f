"""SMA SCP-0499, the protocol of the Scale Manufacturers Association (levels 1 and 2).

Any speed, 8 bits, no parity. A command is `LF letter CR`; `W` the weight, `Z` zero, `T` tare. Every answer is
`LF s r n m f weight unit CR`: status, range, net or gross, motion, one character kept for later, ten for the weight
and three for its unit. Status: `Z` centre of zero, `O` over, `U` under, `E` zero error, `I` initial zero error, `T` tare
error, space none of them; with an error there are dashes in place of the weight. What is not understood is `LF ? CR`.
Source: SMA SCP-0499 (April 1999, mod. 1 November 2005) sections 4 and 5, by way of open implementations of it. There
is no check of any kind.
"""

import re
from dataclasses import dataclass

from devices.device import DeviceError
from devices.scales.dialect import Talk
from devices.scales.frames import Frames, Part
from devices.scales.reading import Reading, Unit

LONGEST = 20
UNKNOWN = b"\n?\r"
ANSWER = re.compile(rb"\n([ ZOUEIT])([ 0-9])([GNTgn ])([ M])([ -~])([ \d.-]{10})([ -~]{3})\r")
WEIGHT = re.compile(rb" *(-?) *(\d{1,8})(?:\.(\d{1,7}))? *")
UNITS = {b"kg": Unit.KILOGRAM, b"g": Unit.GRAM, b"lb": Unit.POUND, b"oz": Unit.OUNCE}
COMMAND_SECONDS = 5.0
"""Zero and tare may wait for the pan to stand still."""


@dataclass(frozen=True, slots=True)
class SmaAnswer:
    """The fields as they stand in the answer; all are empty where the scale did not understand."""

    status: bytes = b""
    range: bytes = b""
    kind: bytes = b""
    motion: bytes = b""
    kept: bytes = b""
    weight: bytes = b""
    unit: bytes = b""

    def reading(self) -> Reading:
        """Raises `DeviceError` scale.refused, scale.fault, scale.unit."""
        if not self.status:
            raise DeviceError("scale.refused")
        if self.status in (b"E", b"I"):
            raise DeviceError("scale.fault")
        unit = UNITS.get(self.unit.strip().lower())
        if unit is None:
            raise DeviceError("scale.unit", unit=self.unit.strip().decode())
        match = WEIGHT.fullmatch(self.weight)
        sign, whole, part = match.groups(b"") if match and self.kind in (b"G", b"N", b" ") else (b"", b"", b"")
        return Reading(
            int(sign + whole + part) if whole else None,
            len(part) if whole else 3,
            unit,
            stable=self.motion == b" ",
            net=self.kind == b"N",
            zero=self.status == b"Z",
            over=self.status == b"O",
            under=self.status == b"U",
        )


def encode(value: SmaAnswer) -> bytes:
    """The answer that says it; the inverse of the decoder."""
    if not value.status:
        return UNKNOWN
    fields = (value.status, value.range, value.kind, value.motion, value.kept, value.weight, value.unit)
    return b"\n" + b"".join(fields) + b"\r"


def read(held: bytes) -> SmaAnswer | Part:
    if held == UNKNOWN:
        return SmaAnswer()
    if held[0] != 0x0A or not all(0x20 <= byte < 0x7F for byte in held[1:-1]):
        return Part.NONE
    if not held.endswith(b"\r"):
        return Part.MORE if len(held) == 1 or 0x20 <= held[-1] < 0x7F else Part.NONE
    match = ANSWER.fullmatch(held)
    return Part.NONE if match is None else SmaAnswer(*match.groups())


@dataclass(frozen=True, slots=True)
class Sma:
    """`reply_ms`: the longest that an answer to a question for the weight may take."""

    reply_ms: int = 1_000

    name = "sma"
    line = "baud=9600"
    pause = 0.0

    def decoder(self) -> Frames[SmaAnswer]:
        return Frames(read, LONGEST)

    async def weigh(self, talk: Talk) -> Reading:
        return (await self._ask(talk, b"W", self.reply_ms / 1_000)).reading()

    async def zero(self, talk: Talk) -> None:
        """Believed when the answer says the centre of zero."""
        if (await self._ask(talk, b"Z", COMMAND_SECONDS)).status != b"Z":
            raise DeviceError("scale.cannot_zero")

    async def tare(self, talk: Talk) -> None:
        """Believed when the answer shows a net weight."""
        answer = await self._ask(talk, b"T", COMMAND_SECONDS)
        if answer.status in (b"", b"T", b"E", b"I") or answer.kind != b"N":
            raise DeviceError("scale.cannot_tare")

    async def _ask(self, talk: Talk, command: bytes, seconds: float) -> SmaAnswer:
        talk.send(b"\n" + command + b"\r")
        value = await talk.hear(seconds)
        assert isinstance(value, SmaAnswer)  # nothing else comes out of the decoder
        return value
