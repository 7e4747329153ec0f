"""Simulated scales: one pan for all of them, and what each protocol makes of it on the wire."""

import time
from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from devices.scales.reading import MICROGRAMS, Reading, Unit
from devices.simulation.simulator import Simulator

PERSON_PUTS = 1_250
ZERO_SPAN = 50
"""The pan may be set to zero within one fiftieth of the capacity, as OIML R 76 has it."""


class Pan:
    """What lies on the scale, and what its display makes of it.

    The display shows `digits` with `decimals` behind the sign, in steps of `division` of the last digit:
    15 kg by 5 g is `Pan(capacity=15_000, division=5)`.
    """

    def __init__(
        self,
        *,
        unit: Unit = Unit.KILOGRAM,
        decimals: int = 3,
        division: int = 5,
        capacity: int = 15_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.unit, self.decimals, self.division, self.capacity = unit, decimals, division, capacity
        self.broken = False
        self.load = self.zero_at = self.tare = 0
        """Micrograms on the pan, those that count as nothing, and those of the tare."""
        self.moves = 0
        """How often something was put on or taken off."""
        self._clock, self._steady_at = clock, clock()

    def put(self, grams: int, *, settle: float = 0.0) -> None:
        """Now so many grams lie there, in all, and the pan is in motion for `settle` seconds."""
        self.load = grams * 1_000_000
        self.moves += 1
        self._steady_at = self._clock() + settle

    @property
    def moving(self) -> bool:
        return self._clock() < self._steady_at

    @property
    def reading(self) -> Reading:
        """What the display shows now; no digits while it is over its capacity."""
        gross, net = self._digits(self.load - self.zero_at), self._digits(self.load - self.zero_at - self.tare)
        over = gross > self.capacity + 9 * self.division
        return Reading(
            None if over else net,
            self.decimals,
            self.unit,
            stable=not self.moving,
            net=self.tare != 0,
            zero=gross == 0 and not self.tare,
            over=over,
            under=not over and net < 0,
            tare=self._digits(self.tare),
        )

    def set_zero(self) -> bool:
        """False, and nothing happens, while it moves or too much lies there."""
        done = not self.moving and abs(self._digits(self.load)) * ZERO_SPAN <= self.capacity
        if done:
            self.zero_at, self.tare = self.load, 0
        return done

    def take_tare(self) -> bool:
        """False, and nothing happens, while it moves or has no weight; on an empty pan the tare is cleared."""
        reading = self.reading
        done = reading.stable and not reading.over and self.load >= self.zero_at
        if done:
            self.tare = self.load - self.zero_at
        return done

    def _digits(self, micrograms: int) -> int:
        step = MICROGRAMS[self.unit] * self.division
        size = (2 * abs(micrograms) * 10**self.decimals + step) // (2 * step) * self.division
        return size if micrograms >= 0 else -size


class ScaleSimulator(Simulator):
    """A protocol says what it answers to what it hears; `pan` is what people do to the scale."""

    def __init__(self, pan: Pan | None = None, **line: Any) -> None:
        super().__init__(**line)
        self.pan = pan or Pan()

    def person(self, asked: str) -> None:
        self.put(PERSON_PUTS)

    def verbs(self) -> Mapping[str, Callable[..., object]]:
        return {"put": self.put, "shake": self.shake, "break": self.break_down, "mend": self.mend}

    def put(self, grams: int) -> None:
        """So many grams lie on the pan now, in all; below zero: something was taken off that stood there at zero."""
        self.pan.put(grams)

    def shake(self, seconds: int) -> None:
        """The pan is in motion for so many seconds."""
        self.pan.put(self.pan.load // 1_000_000, settle=seconds)

    def break_down(self) -> None:
        """It measures no more."""
        self.pan.broken = True

    def mend(self) -> None:
        """It measures again."""
        self.pan.broken = False

    def hear(self, data: bytes) -> None:
        for byte in data:
            self.hear_byte(byte)

    @abstractmethod
    def hear_byte(self, byte: int) -> None:
        """Take one byte and `say` what it is answered, if it completes a request."""


class TalkingSimulator(ScaleSimulator):
    """Speaks by itself, every so many seconds (0: never); what, is `unasked`."""

    def __init__(self, pan: Pan | None = None, *, every: float = 0.0, **line: int) -> None:
        super().__init__(pan, **line)
        self.every = every

    async def start_tcp(self, host: str = "127.0.0.1", port: int = 0) -> str:
        address = await super().start_tcp(host, port)
        self.spawn(self._stream())
        return address

    async def start_pty(self, line: str = "") -> str:
        address = await super().start_pty(line)
        self.spawn(self._stream())
        return address

    @abstractmethod
    def unasked(self) -> bytes:
        """What it says now."""

    async def _stream(self) -> None:
        while self.every:
            self.say(self.unasked())
            await self._sleep(self.every)
