"""Lines of text as CAS and other indicators send them, by themselves or on request: `ST,GS,+  1.500kg CR LF`.

9600 baud, 8 bits, no parity. `ST` steady, `US` in motion, `OL` overload; `GS` gross, `NT` net, `TR` the tare itself;
then sign, weight and unit. Source: labelpilot (open client), WTM indicator sheets. There is no check of any kind and
no verb for zero that all of them know.
"""

import re
from dataclasses import dataclass

from devices.device import DeviceError
from devices.scales.dialect import Talk
from devices.scales.frames import Frames, Part
from devices.scales.reading import Reading, Unit

LONGEST = 32
LINE = re.compile(rb"(ST|US|OL),(GS|NT|TR),([+ -])([ -~]{5,10}?)( ?[A-Za-z]{1,2} ?)\r\n")
WEIGHT = re.compile(rb" *(\d{1,7})(?:\.(\d{1,4}))? *")
UNITS = {b"kg": Unit.KILOGRAM, b"g": Unit.GRAM, b"lb": Unit.POUND, b"oz": Unit.OUNCE}


@dataclass(frozen=True, slots=True)
class CasLine:
    """The fields as they stand in the line; put together they are the line."""

    state: bytes
    kind: bytes
    sign: bytes
    weight: bytes
    unit: bytes

    def reading(self) -> Reading:
        """No digits for a line that tells the tare. Raises `DeviceError` scale.unit, scale.damaged (no number there)."""
        unit = UNITS.get(self.unit.strip().lower())
        if unit is None:
            raise DeviceError("scale.unit", unit=self.unit.strip().decode())
        if self.state == b"OL":
            return Reading(None, 3, unit, stable=True, net=self.kind == b"NT", over=True)
        if self.kind == b"TR":
            return Reading(None, 3, unit, stable=True)
        match = WEIGHT.fullmatch(self.weight)
        if match is None:
            raise DeviceError("scale.damaged")
        whole, part = match.groups(b"")
        digits = int(whole + part) * (-1 if self.sign == b"-" else 1)
        net = self.kind == b"NT"
        return Reading(
            digits,
            len(part),
            unit,
            stable=self.state == b"ST",
            net=net,
            zero=digits == 0 and not net,
            under=digits < 0,
        )


def encode(value: CasLine) -> bytes:
    """The line that says it; the inverse of the decoder."""
    return b",".join((value.state, value.kind, value.sign + value.weight + value.unit)) + b"\r\n"


def read(held: bytes) -> CasLine | Part:
    if held[0] not in b"SUO" or not all(0x20 <= byte < 0x7F for byte in held[:-2]):
        return Part.NONE
    if not held.endswith(b"\r\n"):
        return Part.MORE
    match = LINE.fullmatch(held)
    return Part.NONE if match is None else CasLine(*match.groups())


@dataclass(frozen=True, slots=True)
class CasText:
    """`ask`: what to send for a line; empty for a scale that sends by itself. `reply_ms`: the longest wait for one."""

    ask: str = "W"
    reply_ms: int = 1_000

    name = "cas-text"
    line = "baud=9600"
    pause = 0.0

    def decoder(self) -> Frames[CasLine]:
        return Frames(read, LONGEST)

    async def weigh(self, talk: Talk) -> Reading:
        if self.ask:
            talk.send(self.ask.encode("ascii"))
        value = await talk.hear(self.reply_ms / 1_000)
        assert isinstance(value, CasLine)  # nothing else comes out of the decoder
        return value.reading()

    async def zero(self, talk: Talk) -> None:
        raise DeviceError("scale.cannot_zero")
