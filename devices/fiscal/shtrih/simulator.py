"""A Shtrih-M register made of software: versions 1 and 2 on the wire, one machine behind them.

What is registered stays over connections and can be looked at in `machine.storage.documents`.
"""

import asyncio
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from devices.fiscal.shtrih import frames1, frames2
from devices.fiscal.shtrih.frames1 import Control, Message
from devices.fiscal.shtrih.frames2 import Frame
from devices.fiscal.shtrih.machine import Machine
from devices.fiscal.shtrih.talk import code_of
from devices.simulation.simulator import Simulator

BAUD = 115_200


class ShtrihSimulator(Simulator):
    """`lose_answer_to`: code of a command that is carried out and whose answer never leaves, after which the
    connection drops. `fail_after`: code of a command that is carried out and answered with an error all the same."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime] | None = None,
        baud: int = BAUD,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(baud=baud, sleep=sleep)
        self.machine = Machine(now) if now else Machine()
        self.lose_answer_to: int | None = None
        self.fail_after: dict[int, int] = {}
        self.stuck_after: int | None = None
        """Code of a command after which it never ends to print."""
        self.commands: list[int] = []
        """Codes of the commands that arrived whole."""

    def _carried_out(self, message: bytes) -> bytes | None:
        """The answer; None if it is lost."""
        code = int.from_bytes(code_of(message), "big")
        self.commands.append(code)
        if code == self.stuck_after:
            self.machine.busy = None
        answer = self.machine.answer(message)
        if code in self.fail_after:
            return code_of(message) + bytes([self.fail_after.pop(code)])
        if code == self.lose_answer_to:
            self.lose_answer_to = None
            return None
        return answer

    def verbs(self) -> Mapping[str, Callable[..., object]]:
        return {
            "paper_out": self.machine.remove_paper,
            "load_paper": self.machine.load_paper,
            "power_cycle": self.power_cycle,
            "operator_takes_all": self.machine.storage.send,
        }

    def power_cycle(self) -> None:
        """Off and on again: what was open is forgotten, what is registered stays."""
        self.machine.power_cycle()
        self.disconnect()

    @abstractmethod
    def hear(self, data: bytes) -> None: ...


class ShtrihSimulator1(ShtrihSimulator):
    """Holds the last answer until it is acknowledged, over connections too."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime] | None = None,
        baud: int = BAUD,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(now=now, baud=baud, sleep=sleep)
        self._decoder = frames1.Decoder()
        self._held: bytes = b""

    def connected(self) -> None:
        self._decoder = frames1.Decoder()

    def hear(self, data: bytes) -> None:
        for value in self._decoder.feed(data):
            match value:
                case Control.ENQ:
                    self.say(frames1.encode(Control.ACK if self._held else Control.NAK) + self._held)
                case Control.ACK:
                    self._held = b""
                case Control.NAK:
                    pass
                case Message(message):
                    self._obey(message)
        if self._decoder.damaged:
            self._decoder.damaged = 0
            self.say(frames1.encode(Control.NAK))

    def _obey(self, message: bytes) -> None:
        if self.faults.refuse:
            self.say(frames1.encode(Control.NAK))
            return
        answer = self._carried_out(message)
        if answer is None:
            self._held = b""
            self.disconnect()
            return
        self.say(frames1.encode(Control.ACK))
        self._held = frames1.encode(Message(answer))
        self.say(self._held)


class ShtrihSimulator2(ShtrihSimulator):
    """Counts frames; a lone STX stands before each of its own, as was seen of real ones."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime] | None = None,
        baud: int = BAUD,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(now=now, baud=baud, sleep=sleep)
        self._decoder = frames2.Decoder()
        self._number = 0

    def connected(self) -> None:
        self._decoder = frames2.Decoder()

    def hear(self, data: bytes) -> None:
        for frame in self._decoder.feed(data):
            if frame.number is None:
                self._say(Frame(self._number))
                continue
            self._number = frame.number
            if self.faults.refuse:
                self._say(Frame(frame.number, code_of(frame.data) + b"\x37"))
                continue
            answer = self._carried_out(frame.data)
            if answer is None:
                self.disconnect()
            else:
                self._say(Frame(frame.number, answer))

    def _say(self, frame: Frame) -> None:
        self.say(bytes([frames2.STX]) + frames2.encode(frame))
