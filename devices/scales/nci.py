"""NCI, also called SCP-01, SCP-02, SCP-12, 3825, H-100: Weigh-Tronix, Brecknell, Avery, Ohaus, Magellan counters.

9600 baud, 7 bits, even parity. `W CR` asks for the weight, `S CR` for the status, `Z CR` sets to zero. An answer shows
what the display shows, its unit, and two to four bytes of status; the makers frame it in four ways (`Layout`), which are
told apart by themselves. In motion or below zero some answer with the status alone. What a scale does not know it
answers with `LF ? CR ETX`. Source: Avery 7821, Brecknell 3700LP and DIVA manuals; serial-nci-scale (open client);
the Avery Berkel 6702 layout from an open client alone, unconfirmed.
"""

import re
from dataclasses import dataclass
from enum import Enum, IntFlag

from devices.device import DeviceError
from devices.scales.dialect import Talk
from devices.scales.frames import Frames, Part
from devices.scales.reading import Reading, Unit

LF, CR, ETX = b"\n", b"\r", b"\x03"
LONGEST = 26
TEXT = re.compile(rb" *(-?) *(\d{1,7})(?:\.(\d{1,4}))? *([A-Za-z]{1,2}) *")
UNITS = {b"kg": Unit.KILOGRAM, b"g": Unit.GRAM, b"lb": Unit.POUND, b"oz": Unit.OUNCE}


class Layout(Enum):
    """What stands between the text and the status, before the status where it is alone, and behind it."""

    SCP_01 = (b"\r\n", b"\n", b"\r\x03")
    SCP_02 = (b"\r\nS", b"\nS", b"\r\x03")
    SCP_12 = (b"\r", b"\n", b"\x03")
    """Its status alone ends as that of SCP-01."""
    BERKEL = (b"\n\rS", b"\rS", b"\r\x03")


class First(IntFlag):
    MOTION = 0x01
    AT_ZERO = 0x02
    RAM = 0x04
    EEPROM = 0x08


class Second(IntFlag):
    UNDER = 0x01
    OVER = 0x02
    ROM = 0x04
    CALIBRATION = 0x08


class Third(IntFlag):
    NET = 0x04
    INITIAL_ZERO = 0x08


STATUS = rb"[\x30-\x3f][\x30-\x3f\x70-\x7f]{1,3}"
"""Bits 4 and 5 are always set; bit 6 says that one more byte follows."""
WEIGHTS = {
    layout: re.compile(
        rb"\n(?P<text>[ -~]{1,12}[A-Za-z ]{2})" + layout.value[0] + rb"(?P<status>" + STATUS + rb")" + layout.value[2]
    )
    for layout in Layout
}
ALONE = {
    layout: re.compile(layout.value[1] + rb"(?P<status>" + STATUS + rb")\r\x03")
    for layout in Layout
    if layout is not Layout.SCP_12
}
UNKNOWN = b"\n?\r\x03"


@dataclass(frozen=True, slots=True)
class NciAnswer:
    """`text` is what the display shows, the unit in its last two characters, None where the status came alone.

    `status` is empty where the scale did not understand.
    """

    layout: Layout
    text: bytes | None
    status: bytes

    def reading(self) -> Reading:
        """Raises `DeviceError` scale.refused, scale.fault, scale.unit."""
        if not self.status:
            raise DeviceError("scale.refused")
        first, second = First(self.status[0] & 0x0F), Second(self.status[1] & 0x0F)
        third = Third(self.status[2] & 0x0C) if len(self.status) > 2 else Third(0)
        if first & (First.RAM | First.EEPROM) or second & (Second.ROM | Second.CALIBRATION):
            raise DeviceError("scale.fault")
        if Third.INITIAL_ZERO in third:
            raise DeviceError("scale.fault")
        digits, decimals, unit = _number(self.text or b"")
        return Reading(
            digits,
            decimals,
            unit,
            stable=First.MOTION not in first,
            net=Third.NET in third,
            zero=First.AT_ZERO in first,
            over=Second.OVER in second,
            under=Second.UNDER in second,
        )


def _number(text: bytes) -> tuple[int | None, int, Unit]:
    """Digits, decimals and unit of a display's text; no digits where it shows something else."""
    match = TEXT.fullmatch(text)
    if match is None:
        return None, 3, Unit.KILOGRAM
    sign, whole, part, unit = match.groups(b"")
    if unit.lower() not in UNITS:
        raise DeviceError("scale.unit", unit=unit.decode())
    return int(sign + whole + part), len(part), UNITS[unit.lower()]


def encode(value: NciAnswer) -> bytes:
    """The frame that says it; the inverse of the decoder."""
    between, alone, end = value.layout.value
    if not value.status:
        return UNKNOWN
    if value.text is None:
        return alone + value.status + b"\r\x03"
    return LF + value.text + between + value.status + end


def read(held: bytes) -> NciAnswer | Part:
    if held[:1] not in (LF, CR):
        return Part.NONE
    if held[-1:] != ETX:
        return Part.MORE if held[-1:] in (LF, CR) or 0x20 <= held[-1] < 0x80 else Part.NONE
    if held == UNKNOWN:
        return NciAnswer(Layout.SCP_01, None, b"")
    for layout, frame in WEIGHTS.items():
        if match := frame.fullmatch(held):
            return NciAnswer(layout, match["text"], match["status"])
    for layout, frame in ALONE.items():
        if match := frame.fullmatch(held):
            return NciAnswer(layout, None, match["status"])
    return Part.NONE


@dataclass(frozen=True, slots=True)
class Nci:
    """`reply_ms`: the longest that an answer may take."""

    reply_ms: int = 1_000

    name = "nci"
    line = "baud=9600&bits=7&parity=E"
    pause = 0.0

    def decoder(self) -> Frames[NciAnswer]:
        return Frames(read, LONGEST)

    async def weigh(self, talk: Talk) -> Reading:
        return (await self._ask(talk, b"W\r")).reading()

    async def zero(self, talk: Talk) -> None:
        """Believed once the scale's status says that it is at zero: in its answer, or when asked again."""
        for command in (b"Z\r", b"S\r"):
            answer = await self._ask(talk, command)
            if answer.status and answer.reading().zero:
                return
        raise DeviceError("scale.cannot_zero")

    async def _ask(self, talk: Talk, command: bytes) -> NciAnswer:
        talk.send(command)
        value = await talk.hear(self.reply_ms / 1_000)
        assert isinstance(value, NciAnswer)  # nothing else comes out of the decoder
        return value
