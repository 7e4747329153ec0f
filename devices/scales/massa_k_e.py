"""MASSA-K, old binary protocol with the command `E`: the first MK, TB and PV.

4800 baud 8E1. `E` (45) is answered by two bytes, low first: the sign in bit 15, the weight in divisions in the others. `0E`
sets to zero, without an answer. Source: massa-k-api (open client); `0E` from another one, unconfirmed.

The answer says nothing of motion and has neither beginning nor check. So `E` is sent three times, `gap_ms` apart, and
three equal answers are one weight that stands still; all else is a weight that moves, or a line that damages it. How an
overload looks is not known.
"""

import asyncio
from dataclasses import dataclass

from devices.device import DeviceError
from devices.scales.dialect import Talk
from devices.scales.frames import Frames, Part
from devices.scales.massa_k_j import ZERO, check_division
from devices.scales.reading import Reading, Unit

TIMES = 3
SIGN = 0x8000


@dataclass(frozen=True, slots=True)
class Thrice:
    """What three answers in a row said, sign and all."""

    word: int

    def reading(self, division: int) -> Reading:
        digits = (self.word & ~SIGN) * division * (-1 if self.word & SIGN else 1)
        return Reading(digits, 3, Unit.KILOGRAM, stable=True, zero=digits == 0, under=digits < 0)


def encode(value: Thrice) -> bytes:
    """The three answers; the inverse of the decoder."""
    return value.word.to_bytes(2, "little") * TIMES


def read(held: bytes) -> Thrice | Part:
    if held != (held[:2] * TIMES)[: len(held)]:
        return Part.NONE
    return Thrice(int.from_bytes(held[:2], "little")) if len(held) == 2 * TIMES else Part.MORE


@dataclass(frozen=True, slots=True)
class MassaKE:
    """`division`: grams that one of the weight counts. `gap_ms`: between two of the three questions. `reply_ms`: the longest
    wait after the last."""

    division: int = 1
    gap_ms: int = 60
    reply_ms: int = 500

    name = "massa-k-e"
    line = "baud=4800&bits=8&parity=E"
    pause = 0.0

    def __post_init__(self) -> None:
        check_division(self.division)

    def decoder(self) -> Frames[Thrice]:
        return Frames(read, 2 * TIMES + 1)

    async def weigh(self, talk: Talk) -> Reading:
        """Raises `DeviceError` scale.unstable where the answers differ, scale.silent where none came."""
        for number in range(TIMES):
            if number:
                await asyncio.sleep(self.gap_ms / 1_000)
            talk.send(b"E", echoes=False)
        try:
            value = await talk.hear(self.reply_ms / 1_000)
        except DeviceError as error:
            raise DeviceError("scale.unstable") if error.code == "scale.damaged" else error from None
        assert isinstance(value, Thrice)  # nothing else comes out of the decoder
        return value.reading(self.division)

    async def zero(self, talk: Talk) -> None:
        """Believed once the scale shows zero."""
        talk.send(ZERO)
        if (await self.weigh(talk)).digits != 0:
            raise DeviceError("scale.cannot_zero")
