"""What the driver needs of a dialect: how to ask, how to understand the answer; no port, no clock."""

from typing import Protocol, runtime_checkable

from devices.conformance.spec import Decoder
from devices.scales.reading import Reading


class Talk(Protocol):
    """One conversation on an open port; what was left unread before it began is gone."""

    def send(self, data: bytes, *, echoes: bool = True) -> None:
        """`echoes`: an echo of it is left out; False where an answer may begin with the question. Raises `PortLost`."""
        ...

    async def hear(self, seconds: float) -> object:
        """The next value that the dialect's decoder made of what came in.

        Raises `DeviceError` scale.silent after `seconds`, scale.damaged where only damaged frames came; `PortLost`.
        """
        ...


class Dialect(Protocol):
    """One way of talking to scales. `line` is the query of a serial address as the maker sets it."""

    name: str
    line: str

    @property
    def pause(self) -> float:
        """Seconds that must lie between two questions (0: none)."""
        ...

    def decoder(self) -> Decoder:
        """What makes values of bytes: a `Reading`, or the dialect's own values (an ACK, a refusal)."""
        ...

    async def weigh(self, talk: Talk) -> Reading:
        """Ask for the weight now. Raises `DeviceError` (scale.silent, scale.damaged, scale.refused, scale.fault)."""
        ...

    async def zero(self, talk: Talk) -> None:
        """Set the empty pan to zero. Raises `DeviceError` scale.cannot_zero, also where the dialect has no such verb."""
        ...


@runtime_checkable
class TakesTare(Protocol):
    """A dialect with a verb for it: what stands on the pan now is taken off every weight that follows."""

    async def tare(self, talk: Talk) -> None:
        """Raises `DeviceError` scale.cannot_tare."""
        ...


@runtime_checkable
class TellsSerial(Protocol):
    """A dialect that can ask for the serial number of the scale."""

    async def serial(self, talk: Talk) -> str:
        """Raises `DeviceError`."""
        ...


@runtime_checkable
class AnswersOnce(Protocol):
    """A dialect whose scale gives a weight once, and then none until the pan has moved.

    It is asked for a sale alone, never to see how it is or what it shows: that would use up the weight. In return the
    scale itself keeps one weighing from being sold twice.
    """

    answers_once: bool
