"""USB scales of the HID class (usage page 8D): postal and counter scales that need no driver of their maker.

The scale sends its weight by itself, several times a second, as input report 3: status, unit, exponent of ten (signed), the
weight in two bytes, low first. Status: 1 fault, 2 at zero, 3 in motion, 4 steady, 5 below zero, 6 over, 7 needs calibration,
8 needs to be set to zero. Unit: 2 grams, 3 kilograms, 11 ounces, 12 pounds. Feature report 2 with both its bits sets to
zero. Source: USB-IF "HID Point of Sale Usage Tables" 1.02; usbscale (open client) and its issue 36 for the report of zero,
which not every scale takes.

One read of `hid:/dev/hidrawN` is one report; USB itself has a check, the report has none. A scale that reports only changes
is told as silent while nothing moves; those that were tried by others report all the time.
"""

from dataclasses import dataclass
from enum import IntEnum

from devices.device import DeviceError
from devices.scales.dialect import Talk
from devices.scales.frames import Frames, Part
from devices.scales.reading import Reading, Unit

REPORT, LENGTH = 3, 6
ZERO = b"\x02\x03"
"""Feature report 2: enforced zero return, zero scale."""
UNITS = {2: Unit.GRAM, 3: Unit.KILOGRAM, 11: Unit.OUNCE, 12: Unit.POUND}
MOST_UNITS = 12
EXPONENTS = range(-6, 4)
LOOKS_FOR_ZERO = 10


class Status(IntEnum):
    FAULT = 1
    AT_ZERO = 2
    MOTION = 3
    STABLE = 4
    UNDER = 5
    OVER = 6
    CALIBRATE = 7
    SET_TO_ZERO = 8


@dataclass(frozen=True, slots=True)
class Report:
    """The fields of input report 3."""

    status: Status
    unit: int
    exponent: int
    weight: int

    def reading(self) -> Reading:
        """Raises `DeviceError` scale.fault, scale.unit."""
        if self.status in (Status.FAULT, Status.CALIBRATE):
            raise DeviceError("scale.fault")
        if self.unit not in UNITS:
            raise DeviceError("scale.unit", unit=str(self.unit))
        under = self.status in (Status.UNDER, Status.SET_TO_ZERO)
        return Reading(
            None if self.status is Status.OVER or under else self.weight,
            -self.exponent,
            UNITS[self.unit],
            stable=self.status is not Status.MOTION,
            zero=self.status is Status.AT_ZERO,
            over=self.status is Status.OVER,
            under=under,
        )


def encode(value: Report) -> bytes:
    """The report that says it; the inverse of the decoder."""
    exponent = value.exponent.to_bytes(1, "little", signed=True)
    return bytes([REPORT, value.status, value.unit]) + exponent + value.weight.to_bytes(2, "little")


def read(held: bytes) -> Report | Part:
    if held[0] != REPORT or (len(held) > 1 and not 1 <= held[1] <= len(Status)):
        return Part.NONE
    if len(held) > 2 and not 1 <= held[2] <= MOST_UNITS:
        return Part.NONE
    exponent = int.from_bytes(held[3:4], "little", signed=True)
    if exponent not in EXPONENTS:
        return Part.NONE
    if len(held) < LENGTH:
        return Part.MORE
    return Report(Status(held[1]), held[2], exponent, int.from_bytes(held[4:6], "little"))


@dataclass(frozen=True, slots=True)
class UsbHid:
    """`reply_ms`: the longest that the next report may take."""

    reply_ms: int = 1_000

    name = "usb-hid"
    line = ""
    pause = 0.0

    def decoder(self) -> Frames[Report]:
        return Frames(read, LENGTH + 1)

    async def weigh(self, talk: Talk) -> Reading:
        """By the second report: the first may have been under way before the question."""
        await self._next(talk)
        return (await self._next(talk)).reading()

    async def zero(self, talk: Talk) -> None:
        """Believed once a report says that the scale is at zero."""
        talk.send(ZERO)
        for _ in range(LOOKS_FOR_ZERO):
            if (await self._next(talk)).status is Status.AT_ZERO:
                return
        raise DeviceError("scale.cannot_zero")

    async def _next(self, talk: Talk) -> Report:
        value = await talk.hear(self.reply_ms / 1_000)
        assert isinstance(value, Report)  # nothing else comes out of the decoder
        return value
