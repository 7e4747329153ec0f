"""A simulated web server: real HTTP over sockets, one request to a connection."""

import asyncio
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any

import h11

from devices.fiscal.numbers import written
from devices.simulation.callers import CalledAnew


class WebSimulator(CalledAnew):
    """A simulator says what it answers to a request, or hangs up."""

    def __init__(self, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        super().__init__(baud=0, sleep=sleep)
        self._talk = h11.Connection(h11.SERVER)
        self._asked: h11.Request | None = None
        self._body = b""

    @abstractmethod
    def asked(self, method: str, path: str, body: bytes) -> None:
        """A whole request came: `reply` to it, or `disconnect`."""

    def connected(self) -> None:
        self._talk = h11.Connection(h11.SERVER)
        self._asked, self._body = None, b""

    def hear(self, data: bytes) -> None:
        try:
            self._talk.receive_data(data)
            while self._one_event():
                pass
        except h11.ProtocolError:
            self.disconnect()

    def _one_event(self) -> bool:
        match self._talk.next_event():
            case h11.Request() as asked:
                self._asked = asked
            case h11.Data(data=data):
                self._body += data
            case h11.EndOfMessage():
                self._answer()
                return False
            case _:
                return False
        return True

    def _answer(self) -> None:
        asked = self._asked
        if asked is None:
            return
        if self.faults.refuse:
            self.reply(503, {})
        else:
            self.asked(asked.method.decode(), asked.target.decode(), self._body)

    def reply(self, status: int, value: Any) -> None:
        body = written(value).encode()
        head = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("Connection", "close")]
        said = self._talk.send(h11.Response(status_code=status, headers=head)) or b""
        said += self._talk.send(h11.Data(data=body)) or b""
        self.say(said + (self._talk.send(h11.EndOfMessage()) or b""))
