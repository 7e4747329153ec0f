"""A label printer made of software: takes jobs in its language, prints label by label, stops without paper and goes on.

What it printed stands in `printed`, one entry a label, with the bytes of its format.
"""

import asyncio
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from devices.simulation.simulator import Simulator


@dataclass(slots=True)
class Batch:
    """A format, and how many labels of it are still to come."""

    data: bytes
    left: int


class LabelSimulator(Simulator):
    """`label_seconds`: how long one label takes. `mute_when_stopped`: says nothing without paper or with its head open,
    as Zebra's manual has it."""

    def __init__(
        self,
        *,
        baud: int = 9600,
        bits_a_byte: int = 10,
        label_seconds: float = 0.02,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(baud=baud, bits_a_byte=bits_a_byte, sleep=sleep)
        self.printed: list[bytes] = []
        self.paper_out = self.head_open = self.paused = self.ribbon_out = self.broken = False
        self.mute_when_stopped = False
        self.out_after: int | None = None
        """The paper ends after so many more labels."""
        self._label_seconds = label_seconds
        self.batches: list[Batch] = []
        self._work = asyncio.Event()

    async def start_tcp(self, host: str = "127.0.0.1", port: int = 0) -> str:
        self.spawn(self._print_on())
        return await super().start_tcp(host, port)

    async def start_pty(self, line: str = "") -> str:
        self.spawn(self._print_on())
        return await super().start_pty(line)

    # what a language does

    @abstractmethod
    def forget(self) -> None:
        """What was half heard is gone."""

    def label_done(self) -> None:
        """A batch is through: some say so."""

    # what a person does

    @property
    def stopped(self) -> bool:
        return self.paper_out or self.head_open or self.paused or self.ribbon_out or self.broken

    @property
    def mute(self) -> bool:
        return self.mute_when_stopped and (self.paper_out or self.head_open or self.ribbon_out)

    def set(self, **faults: bool) -> None:
        """paper_out, head_open, paused, ribbon_out, broken."""
        for name, on in faults.items():
            setattr(self, name, on)
        self._work.set()

    def power_cycle(self) -> None:
        """Everything that was not printed is lost, and the connection with it."""
        self.batches.clear()
        self.forget()
        self.disconnect()

    def verbs(self) -> Mapping[str, Callable[..., object]]:
        return {"paper": self._paper, "head": self._head, "pause": self._pause, "power": self._power}

    def _paper(self, how: str) -> None:
        """out or ok"""
        self.set(paper_out=how == "out")

    def _head(self, how: str) -> None:
        """open or closed"""
        self.set(head_open=how == "open")

    def _pause(self, how: str) -> None:
        """on or off"""
        self.set(paused=how == "on")

    def _power(self, how: str) -> None:
        """cycle: off and on"""
        self.power_cycle()

    # the head

    def take(self, data: bytes, copies: int) -> None:
        """A whole format came."""
        self.batches.append(Batch(data, copies))
        self._work.set()

    async def _print_on(self) -> None:
        while True:
            self._work.clear()
            if self.stopped or not self.batches:
                await self._work.wait()
                continue
            batch = self.batches[0]
            await self._sleep(self._label_seconds * self.faults.slow)
            if self.stopped or not self.batches or self.batches[0] is not batch:
                continue
            self.printed.append(batch.data)
            batch.left -= 1
            if batch.left <= 0:
                self.batches.pop(0)
                self.label_done()
            if self.out_after is not None:
                self.out_after -= 1
                if self.out_after <= 0:
                    self.out_after, self.paper_out = None, True
