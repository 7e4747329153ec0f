"""MASSA-K, old binary protocol with the command `J`: MK-A, TB, PV.

4800 baud 8E1. `J` (4A) is answered by five bytes: status, one not known, the weight in two bytes (low first), one not
known. Status 80 steady, 40 negative. `0E` sets to zero, without an answer. Source: labelpilot (open client, the answer
caught on the line of a real scale: `80 00 D0 07 00` is 2.000 kg); `0E` from another open client; how an overload looks
is not known. A scale that does not know `J` has `massa-k-e`.

There is no check but the parity bit, which an adapter to TCP may not look at, and a bit turned twice passes it. So the
weight is asked for twice, and only two answers that are the same are believed.
"""

from dataclasses import dataclass

from devices.device import DeviceError
from devices.scales.dialect import Talk
from devices.scales.frames import Frames, Part
from devices.scales.reading import Reading, Unit

LENGTH = 5
STABLE, NEGATIVE = 0x80, 0x40
ZERO = b"\x0e"


@dataclass(frozen=True, slots=True)
class JAnswer:
    """`weight` counts divisions, without sign."""

    status: int
    weight: int

    def reading(self, division: int) -> Reading:
        digits = self.weight * division * (-1 if self.status & NEGATIVE else 1)
        stable = bool(self.status & STABLE)
        return Reading(digits, 3, Unit.KILOGRAM, stable=stable, zero=digits == 0, under=digits < 0)


def encode(value: JAnswer) -> bytes:
    """The answer that says it; the inverse of the decoder."""
    return bytes([value.status, 0]) + value.weight.to_bytes(2, "little") + b"\x00"


def read(held: bytes) -> JAnswer | Part:
    """The two bytes that are not known were 00 in every answer seen: another one is taken for damage."""
    if held[0] & ~(STABLE | NEGATIVE) or held[1:2] not in (b"", b"\x00"):
        return Part.NONE
    if len(held) < LENGTH:
        return Part.MORE
    return JAnswer(held[0], int.from_bytes(held[2:4], "little")) if held[4] == 0 else Part.NONE


@dataclass(frozen=True, slots=True)
class MassaKJ:
    """`division`: grams that one of the weight counts. `reply_ms`: the longest that an answer may take."""

    division: int = 1
    reply_ms: int = 1_000

    name = "massa-k-j"
    line = "baud=4800&bits=8&parity=E"
    pause = 0.0

    def __post_init__(self) -> None:
        check_division(self.division)

    def decoder(self) -> Frames[JAnswer]:
        return Frames(read, LENGTH + 1)

    async def weigh(self, talk: Talk) -> Reading:
        """Raises `DeviceError` scale.damaged where two answers differ though both are steady."""
        first, second = await self._ask(talk), await self._ask(talk)
        if first != second and first.status & second.status & STABLE:
            raise DeviceError("scale.damaged")
        steady = first == second
        return second.reading(self.division) if steady else JAnswer(0, second.weight).reading(self.division)

    async def zero(self, talk: Talk) -> None:
        """Believed once the scale shows zero."""
        talk.send(ZERO)
        if (await self.weigh(talk)).digits != 0:
            raise DeviceError("scale.cannot_zero")

    async def _ask(self, talk: Talk) -> JAnswer:
        talk.send(b"J")
        value = await talk.hear(self.reply_ms / 1_000)
        assert isinstance(value, JAnswer)  # nothing else comes out of the decoder
        return value


def check_division(division: int) -> None:
    """Raises `ValueError`."""
    if not 1 <= division <= 1_000:
        raise ValueError("division: 1 to 1000")
