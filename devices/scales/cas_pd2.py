"""CAS PD-II set to "ECR type 2": Toledo 8217 with another weight, `STX d d d d d CR`, five digits of grams.

9600 baud, 7 bits, even parity; `?` in place of the first digit and a byte of flags where there is no weight to show.
Source: kortoaus/cas-scale (open client, "tested with CAS PD-II in ECR type 2"). That the flags are those of 8213 is what
the same family does and not confirmed; no verb for zero or tare is known.
"""

import re
from dataclasses import dataclass

from devices.device import DeviceError
from devices.scales.dialect import Talk
from devices.scales.frames import Frames, Part
from devices.scales.reading import Reading, Unit
from devices.scales.toledo8217 import Flags, read_frame, weight_of
from devices.scales.toledo8217 import encode as encode_8217

WEIGHT = re.compile(rb"\x02(\d{5})\r")
LONGEST = 7


def encode(value: Reading | Flags) -> bytes:
    """The frame that says it; the inverse of the decoder."""
    return encode_8217(value) if isinstance(value, Flags) else b"\x02%05d\r" % (value.digits or 0)


def read(held: bytes) -> Reading | Flags | Part:
    return read_frame(held, _weight)


def _weight(frame: bytes) -> Reading | None:
    match = WEIGHT.fullmatch(frame)
    if match is None:
        return None
    digits = int(match[1])
    return Reading(digits, 3, Unit.KILOGRAM, stable=True, zero=digits == 0)


@dataclass(frozen=True, slots=True)
class CasPd2:
    """`reply_ms`: the longest that an answer may take."""

    reply_ms: int = 1_000

    name = "cas-pd2"
    line = "baud=9600&bits=7&parity=E"
    pause = 0.0

    def decoder(self) -> Frames[Reading | Flags]:
        return Frames(read, LONGEST)

    async def weigh(self, talk: Talk) -> Reading:
        talk.send(b"W")
        value = await talk.hear(self.reply_ms / 1_000)
        assert isinstance(value, (Reading, Flags))
        return weight_of(value)

    async def zero(self, talk: Talk) -> None:
        raise DeviceError("scale.cannot_zero")
