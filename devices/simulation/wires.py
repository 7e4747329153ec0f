"""The device's end of a line, for simulators: a TCP connection or the master side of a pty."""

import asyncio
import os
import socket
from typing import Protocol


class WireClosed(Exception):
    """The other side is gone."""


class Wire(Protocol):
    async def read(self, most: int) -> bytes:
        """At least one byte. Raises `WireClosed`."""
        ...

    def write(self, data: bytes) -> None: ...

    def close(self) -> None: ...


class TcpWire:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)  # a printer does not take a whole job at once
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def read(self, most: int) -> bytes:
        try:
            data = await self._reader.read(most)
        except OSError as error:
            raise WireClosed from error
        if not data:
            raise WireClosed
        return data

    def write(self, data: bytes) -> None:
        if self._writer.is_closing():
            raise WireClosed
        self._writer.write(data)

    def close(self) -> None:
        self._writer.transport.abort()


class PtyWire:
    """A pty whose far end, `path`, a serial port may open and close at will; the line stays."""

    def __init__(self) -> None:
        import tty  # not on Windows

        self._near, self._far = os.openpty()
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        self.path = os.ttyname(self._far)
        self._closed = False

    async def read(self, most: int) -> bytes:
        loop = asyncio.get_running_loop()
        while not self._closed:
            try:
                return os.read(self._near, most)
            except BlockingIOError:
                readable = loop.create_future()
                loop.add_reader(self._near, _set, readable)
                try:
                    await readable
                finally:
                    loop.remove_reader(self._near)
            except OSError as error:
                raise WireClosed from error
        raise WireClosed

    def write(self, data: bytes) -> None:
        try:
            os.write(self._near, data)
        except OSError as error:  # nobody reads and the line is full, or it is closed
            raise WireClosed from error

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            os.close(self._near)
            os.close(self._far)


def _set(readable: "asyncio.Future[None]") -> None:
    if not readable.done():
        readable.set_result(None)
