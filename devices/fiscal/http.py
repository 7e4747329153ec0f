"""HTTP answers out of bytes, and one request on a connection of its own.

h11 knows HTTP; here is only what a driver needs around it: bounds, and that no input raises.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import h11

from devices.ports.port import Port, PortLost

MOST_HEAD, MOST_BODY = 16_384, 1_048_576
BEGINNING = b"HTTP/1."


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """`raw` is the whole answer as it stood on the wire."""

    status: int
    body: bytes
    raw: bytes = b""


class Decoder:
    """What a web server says, in any pieces. What is no HTTP is dropped up to the next `HTTP/1.`."""

    _connection: h11.Connection
    _status: int
    _body: bytearray
    _begun: bool
    _raw: bytearray

    def __init__(self) -> None:
        self.damaged: int = 0
        self._kept: bytes = b""
        self._anew()

    def feed(self, data: bytes) -> list[HttpAnswer]:
        found: list[HttpAnswer] = []
        left = self._from_beginning(data)
        while left:
            try:
                self._raw += left
                self._connection.receive_data(left)
                left = self._take(found)
            except (h11.RemoteProtocolError, _TooLong):
                self.damaged += 1
                self._anew()
                left = left[1:]
            left = self._from_beginning(left)
        return found

    def _from_beginning(self, data: bytes) -> bytes:
        """Between two answers: what stands before the next beginning is dropped, the start of one is kept."""
        if self._begun:
            return data
        data, self._kept = self._kept + data, b""
        at = data.find(BEGINNING)
        if at < 0:
            keep = next((size for size in range(len(BEGINNING) - 1, 0, -1) if data.endswith(BEGINNING[:size])), 0)
            self.damaged += len(data) > keep
            self._kept = data[len(data) - keep :]
            return b""
        self.damaged += at > 0
        self._begun = True
        return data[at:]

    def end(self) -> list[HttpAnswer]:
        """The connection was closed: an answer without a length ends here."""
        found: list[HttpAnswer] = []
        if not self._begun:
            return found
        try:
            self._connection.receive_data(b"")
            self._take(found)
        except (h11.RemoteProtocolError, _TooLong):
            self.damaged += 1
        self._anew()
        return found

    def _take(self, found: list[HttpAnswer]) -> bytes:
        """Take in events until more bytes are needed; returns what stands behind a finished answer."""
        while True:
            match self._connection.next_event():
                case h11.Response(status_code=status):
                    self._status = status
                case h11.Data(data=data):
                    self._body += data
                    if len(self._body) > MOST_BODY:
                        raise _TooLong
                case h11.EndOfMessage():
                    rest = self._unread()
                    raw = bytes(self._raw[: len(self._raw) - len(rest)])
                    found.append(HttpAnswer(self._status, bytes(self._body), raw))
                    self._anew()
                    return rest
                case h11.InformationalResponse():
                    continue
                case _:
                    return b""

    def _unread(self) -> bytes:
        return bytes(self._connection.trailing_data[0])

    def _anew(self) -> None:
        self._connection, self._status, self._body = _listening(), 0, bytearray()
        self._begun, self._raw = False, bytearray()


class _TooLong(Exception):
    pass


def _listening() -> h11.Connection:
    """A client that has asked and awaits the answer."""
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=MOST_HEAD)
    connection.send(h11.Request(method="GET", target="/", headers=[("Host", "register")]))
    connection.send(h11.EndOfMessage())
    return connection


def request(method: str, target: str, host: str, body: bytes = b"", more: Mapping[str, str] | None = None) -> bytes:
    """A whole request that closes its connection behind it; `more` are further headers."""
    head = [("Host", host), ("Accept", "application/json"), ("Connection", "close"), *(more or {}).items()]
    if body:
        head += [("Content-Type", "application/json; charset=utf-8"), ("Content-Length", str(len(body)))]
    connection = h11.Connection(h11.CLIENT)
    asked = connection.send(h11.Request(method=method, target=target, headers=head)) or b""
    sent = (connection.send(h11.Data(data=body)) or b"") if body else b""
    return asked + sent + (connection.send(h11.EndOfMessage()) or b"")


async def answered(port: Port) -> HttpAnswer:
    """The first whole answer that comes in at the port, also one that ends with the connection. Raises `PortLost`."""
    decoder = Decoder()
    while True:
        try:
            found = decoder.feed(await port.read())
        except PortLost:
            found = decoder.end()
            if not found:
                raise
        if found:
            return found[0]
