"""MT-SICS level 0, Mettler Toledo's standard interface command set: bench, counter and laboratory scales.

9600 baud, 8 bits, no parity; lines that end in CR LF. `SI` asks for the weight now: `S S      1.250 kg` steady, `S D`
the same in motion, `S +` overload, `S -` below the pan's range, `S I` not possible now. `Z` sets to zero (`Z A`), `T` takes
the tare (`T S      0.120 kg`), `I4` tells the serial number (`I4 A "..."`). `ES` not understood, `EL` cannot be done, `ET`
damaged on the way. Source: Mettler Toledo "MT-SICS Reference Manual" 11780711; the open drivers of pymeasure and
dotnet/iot. `S`, which waits for a steady weight, is not used: a till wants the weight of now or its cause.

What the scale shows is net where a tare was taken; level 0 does not say whether one was. There is no check of any kind.
"""

import re
from dataclasses import dataclass

from devices.device import DeviceError
from devices.scales.dialect import Talk
from devices.scales.frames import Frames, Part
from devices.scales.reading import Reading, Unit

LONGEST = 48
PATTERN = re.compile(
    rb"([ST]) ([SD])( +-?\d{1,8}(?:\.\d{1,6})? [ -~]{1,5})\r\n"
    rb"|([SZT]) ([I+-])()\r\n"
    rb"|(Z) (A)()\r\n"
    rb"|(I4) (A)( \"[ -!#-~]{0,36}\")\r\n"
    rb"|(I4) (I)()\r\n"
    rb"|(E)([SLT])()\r\n"
)
WEIGHT = re.compile(rb" +(-?)(\d+)(?:\.(\d+))? ([ -~]+)")
UNITS = {b"kg": Unit.KILOGRAM, b"g": Unit.GRAM, b"lb": Unit.POUND, b"oz": Unit.OUNCE}
COMMAND_SECONDS = 5.0
"""Zero and tare wait for the pan to stand still before they answer."""


@dataclass(frozen=True, slots=True)
class SicsLine:
    """`about` is the command that is answered (`E`: an error), `status` its letter, `rest` what follows it."""

    about: bytes
    status: bytes
    rest: bytes = b""

    def reading(self) -> Reading:
        """Of an answer to `SI`. Raises `DeviceError`."""
        match self.status:
            case b"I":
                return Reading(None, 3, Unit.KILOGRAM, stable=False)
            case b"+":
                return Reading(None, 3, Unit.KILOGRAM, stable=True, over=True)
            case b"-":
                return Reading(None, 3, Unit.KILOGRAM, stable=True, under=True)
            case _:
                return self._weight()

    def _weight(self) -> Reading:
        match = WEIGHT.fullmatch(self.rest)
        if match is None:
            raise DeviceError("scale.damaged")
        sign, whole, part, unit = match.groups(b"")
        if unit.strip() not in UNITS:
            raise DeviceError("scale.unit", unit=unit.strip().decode())
        digits = int(sign + whole + part)
        zero, stable = digits == 0, self.status == b"S"
        return Reading(digits, len(part), UNITS[unit.strip()], stable=stable, zero=zero, under=digits < 0)


def encode(value: SicsLine) -> bytes:
    """The line that says it; the inverse of the decoder."""
    return value.about + (b"" if value.about == b"E" else b" ") + value.status + value.rest + b"\r\n"


def read(held: bytes) -> SicsLine | Part:
    if held[0] not in b"SZTIE" or not all(0x20 <= byte < 0x7F for byte in held[:-2]):
        return Part.NONE
    if not held.endswith(b"\r\n"):
        return Part.MORE
    match = PATTERN.fullmatch(held)
    return Part.NONE if match is None else SicsLine(*(group for group in match.groups() if group is not None))


@dataclass(frozen=True, slots=True)
class MtSics:
    """`reply_ms`: the longest that an answer to a question for the weight may take."""

    reply_ms: int = 1_000

    name = "mt-sics"
    line = "baud=9600"
    pause = 0.0

    def decoder(self) -> Frames[SicsLine]:
        return Frames(read, LONGEST)

    async def weigh(self, talk: Talk) -> Reading:
        return (await self._ask(talk, b"SI", b"S", self.reply_ms / 1_000)).reading()

    async def zero(self, talk: Talk) -> None:
        if (await self._ask(talk, b"Z", b"Z", COMMAND_SECONDS)).status != b"A":
            raise DeviceError("scale.cannot_zero")

    async def tare(self, talk: Talk) -> None:
        if (await self._ask(talk, b"T", b"T", COMMAND_SECONDS)).status != b"S":
            raise DeviceError("scale.cannot_tare")

    async def serial(self, talk: Talk) -> str:
        answer = await self._ask(talk, b"I4", b"I4", self.reply_ms / 1_000)
        if answer.status != b"A":
            raise DeviceError("scale.refused")
        return answer.rest[2:-1].decode("ascii")

    async def _ask(self, talk: Talk, command: bytes, about: bytes, seconds: float) -> SicsLine:
        talk.send(command + b"\r\n")
        answer = await talk.hear(seconds)
        assert isinstance(answer, SicsLine)  # nothing else comes out of the decoder
        if answer.about == b"E":
            raise DeviceError("scale.damaged" if answer.status == b"T" else "scale.refused")
        if answer.about != about:
            raise DeviceError("scale.damaged")
        return answer
