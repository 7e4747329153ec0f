"""Adam Equipment AZextra and others of the maker that print a label line on request.

4800 baud, 8 bits, no parity. `P CR LF` asks; the answer is the weight and its unit in one line (`  1.250kg CR LF`, label
format 3 with the unit). Source: Odoo's driver of these scales (open client) with its comments; the maker's manual names the
same commands. Not captured.

The scale answers only a steady weight above zero that is new to it, and beeps at whoever asks again too soon: questions are
five seconds apart, and it is asked for a sale alone. Silence may mean motion, an empty pan, a weight already given, or
a scale that is off; it is told as scale.no_new_weight. `Z` and `T` are not answered, so neither is offered. No check of any kind.
"""

import re
from dataclasses import dataclass

from devices.device import DeviceError
from devices.scales.dialect import Talk
from devices.scales.frames import Frames, Part
from devices.scales.reading import Reading, Unit

LONGEST = 24
LINE = re.compile(rb"( *-? *)(\d{1,6}(?:\.\d{1,4})?)( *(?:kg|g|lb|oz) *)\r\n", re.IGNORECASE)
UNITS = {b"kg": Unit.KILOGRAM, b"g": Unit.GRAM, b"lb": Unit.POUND, b"oz": Unit.OUNCE}


@dataclass(frozen=True, slots=True)
class AdamLine:
    """The parts of the line as they stand there."""

    sign: bytes
    weight: bytes
    unit: bytes

    def reading(self) -> Reading:
        whole, _, part = self.weight.partition(b".")
        digits = int(whole + part) * (-1 if b"-" in self.sign else 1)
        unit = UNITS[self.unit.strip().lower()]
        return Reading(digits, len(part), unit, stable=True, zero=digits == 0, under=digits < 0)


def encode(value: AdamLine) -> bytes:
    """The line that says it; the inverse of the decoder."""
    return value.sign + value.weight + value.unit + b"\r\n"


def read(held: bytes) -> AdamLine | Part:
    if held[0] not in b" -0123456789" or not all(0x20 <= byte < 0x7F for byte in held[:-2]):
        return Part.NONE
    if not held.endswith(b"\r\n"):
        return Part.MORE
    match = LINE.fullmatch(held)
    return Part.NONE if match is None else AdamLine(*match.groups())


@dataclass(frozen=True, slots=True)
class Adam:
    """`pause_ms`: between two questions. `reply_ms`: how long silence lasts until it is taken for an answer."""

    pause_ms: int = 5_000
    reply_ms: int = 1_000

    name = "adam"
    line = "baud=4800"
    answers_once = True

    def __post_init__(self) -> None:
        if not 0 <= self.pause_ms <= 60_000:
            raise ValueError("pause_ms: 0 to 60000")

    @property
    def pause(self) -> float:
        return self.pause_ms / 1_000

    def decoder(self) -> Frames[AdamLine]:
        return Frames(read, LONGEST)

    async def weigh(self, talk: Talk) -> Reading:
        talk.send(b"P\r\n")
        try:
            value = await talk.hear(self.reply_ms / 1_000)
        except DeviceError as error:
            raise DeviceError("scale.no_new_weight") if error.code == "scale.silent" else error from None
        assert isinstance(value, AdamLine)  # nothing else comes out of the decoder
        return value.reading()

    async def zero(self, talk: Talk) -> None:
        raise DeviceError("scale.cannot_zero")
