"""Shtrih-M POS2: Shtrih-Slim, the weighing module of Shtrih-Print.

9600 baud (2400 to 115200), 8 bits, no parity. A frame is `STX length command data LRC`, the LRC the exclusive or of
everything behind STX. `ENQ` is answered by `NAK` (waiting for a command) or `ACK` (an answer is ready and follows); a
command by `ACK`, then its answer, which the host confirms with `ACK`. Numbers are little endian. Source: the maker's
"Протокол весового модуля v1.2"; shtrih-m/jpos_scale (open driver of the maker).

The password is four digits; 0030 is the usual one by the maker's driver (unconfirmed on a scale). A weight counts in the
scale's divisions of `decimals` digits behind the sign; the driver does not ask the scale for them (command E8), so the
first weight must be compared with its display.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import IntEnum, IntFlag

from devices.device import DeviceError
from devices.scales.dialect import Talk
from devices.scales.frames import Frames, Part, exclusive_or
from devices.scales.reading import Reading, Unit

STX = 0x02
ENQ, ACKNOWLEDGE = b"\x05", b"\x06"
ZERO, TARE, WEIGHT = 0x30, 0x31, 0x3A
WEIGHT_LENGTH = 11
ANSWER_LENGTHS = (2, WEIGHT_LENGTH)
"""Of the commands used here: an error byte alone, or the weight; so that noise is not waited on for long."""
TRIES = 3
MOST_UNWANTED = 8
CONFIRM_SECONDS = 0.5
"""The maker says 0.2; an adapter to USB or TCP adds its own."""


class Control(IntEnum):
    ACK = 0x06
    NAK = 0x15


class Status(IntFlag):
    """The word of status in the answer to 3A."""

    FIXED = 0x0001
    AUTO_ZERO = 0x0002
    CHANNEL_ON = 0x0004
    TARE = 0x0008
    STABLE = 0x0010
    ZERO_ERROR = 0x0020
    OVERLOAD = 0x0040
    MEASURE_ERROR = 0x0080
    UNDERLOAD = 0x0100
    ADC_SILENT = 0x0200


FAULTS = Status.ZERO_ERROR | Status.MEASURE_ERROR | Status.ADC_SILENT


@dataclass(frozen=True, slots=True)
class Answer:
    """One frame: `body` is the command it answers, its error byte and data."""

    body: bytes

    @property
    def command(self) -> int:
        return self.body[0]

    @property
    def error(self) -> int:
        return self.body[1]


def frame(body: bytes) -> bytes:
    """`STX length body LRC`."""
    checked = bytes([len(body)]) + body
    return bytes([STX]) + checked + bytes([exclusive_or(checked)])


def encode(value: Answer | Control) -> bytes:
    """The bytes that say it; the inverse of the decoder."""
    return bytes([value]) if isinstance(value, Control) else frame(value.body)


def read(held: bytes, lengths: Collection[int] = ANSWER_LENGTHS) -> Answer | Control | Part:
    if held[0] in (Control.ACK, Control.NAK):
        return Control(held[0])
    if held[0] != STX or (len(held) > 1 and held[1] not in lengths):
        return Part.NONE
    if len(held) < 2 or len(held) < held[1] + 3:
        return Part.MORE
    return Answer(held[2:-1]) if exclusive_or(held[1:]) == 0 else Part.NONE


@dataclass(frozen=True, slots=True)
class ShtrihPos2:
    """`password`: four digits. `decimals`: of the weight in kilograms. `reply_ms`: the longest an answer may take."""

    password: str = "0030"  # noqa: S105  the maker's, printed in its manual
    decimals: int = 3
    reply_ms: int = 1_000

    name = "shtrih-pos2"
    line = "baud=9600"
    pause = 0.0

    def __post_init__(self) -> None:
        if len(self.password) != 4 or not self.password.isdecimal() or not self.password.isascii():
            raise ValueError("the password is four digits")
        if not 0 <= self.decimals <= 6:
            raise ValueError("decimals: 0 to 6")

    def decoder(self) -> Frames[Answer | Control]:
        return Frames(read, WEIGHT_LENGTH + 3)

    async def weigh(self, talk: Talk) -> Reading:
        answer = await self._command(talk, WEIGHT)
        if answer.error:
            raise DeviceError("scale.refused", error=answer.error)
        if len(answer.body) != WEIGHT_LENGTH:
            raise DeviceError("scale.damaged")
        return self._reading(answer.body)

    async def zero(self, talk: Talk) -> None:
        if error := (await self._command(talk, ZERO)).error:
            raise DeviceError("scale.cannot_zero", error=error)

    async def tare(self, talk: Talk) -> None:
        if error := (await self._command(talk, TARE)).error:
            raise DeviceError("scale.cannot_tare", error=error)

    def _reading(self, body: bytes) -> Reading:
        status = Status(int.from_bytes(body[2:4], "little"))
        digits = int.from_bytes(body[4:8], "little", signed=True)
        if status & FAULTS or Status.CHANNEL_ON not in status:
            raise DeviceError("scale.fault")
        net = Status.TARE in status
        return Reading(
            digits,
            self.decimals,
            Unit.KILOGRAM,
            stable=Status.STABLE in status,
            net=net,
            zero=digits == 0 and not net,
            over=Status.OVERLOAD in status,
            under=Status.UNDERLOAD in status or digits < 0,
            tare=int.from_bytes(body[8:10], "little"),
        )

    async def _command(self, talk: Talk, command: int) -> Answer:
        """Raises `DeviceError`; an answer that is not confirmed is still there for the next `ENQ`, and read away."""
        await self._until_idle(talk)
        request = frame(bytes([command]) + self.password.encode("ascii"))
        for _ in range(TRIES):
            talk.send(request)
            if await talk.hear(CONFIRM_SECONDS) is Control.ACK:
                break
        else:
            raise DeviceError("scale.refused")
        answer = await self._hear(talk, lambda value: isinstance(value, Answer))
        talk.send(ACKNOWLEDGE)
        if not isinstance(answer, Answer) or answer.command != command:
            raise DeviceError("scale.damaged")
        return answer

    async def _until_idle(self, talk: Talk) -> None:
        """Let the scale say what it still has to say to somebody before us, until it waits for a command."""
        for _ in range(TRIES):
            talk.send(ENQ)
            value = await self._hear(talk, lambda value: value is not Control.ACK)
            if value is Control.NAK:
                return
            talk.send(ACKNOWLEDGE)
        raise DeviceError("scale.refused")

    async def _hear(self, talk: Talk, wanted: Callable[[object], bool]) -> object:
        for _ in range(MOST_UNWANTED):
            if wanted(value := await talk.hear(self.reply_ms / 1_000)):
                return value
        raise DeviceError("scale.damaged")
