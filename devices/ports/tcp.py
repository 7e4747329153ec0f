"""A raw TCP port, as network printers offer on 9100; inside TLS where a service asks for it."""

import asyncio
import contextlib
import socket
import ssl

from devices.ports.port import PortLost, PortUnavailable

KEEPALIVE_SECONDS = 5
CHUNK = 4096


class TcpPort:
    """`host`:`port`; opening, the handshake of `tls` included, ends within `open_timeout` seconds."""

    def __init__(self, host: str, port: int, *, open_timeout: float = 3.0, tls: ssl.SSLContext | None = None) -> None:
        self.name = f"tcp://{host}:{port}"
        self._host, self._port, self._open_timeout, self._tls = host, port, open_timeout, tls
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def open(self) -> None:
        await self.close()
        try:
            async with asyncio.timeout(self._open_timeout):
                self._reader, self._writer = await asyncio.open_connection(self._host, self._port, ssl=self._tls)
        except (OSError, TimeoutError, UnicodeError) as error:  # the last: a name that is none
            raise PortUnavailable(f"{self.name}: {error or 'no answer'}") from error
        transport = self._writer.transport
        transport.set_write_buffer_limits(high=0)  # so that drain() means: the system has it all
        sock = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if hasattr(socket, "TCP_KEEPIDLE"):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE_SECONDS)

    def feed(self, data: bytes) -> None:
        self._open_writer().write(data)

    async def flush(self, seconds: float) -> bool:
        writer = self._open_writer()
        try:
            async with asyncio.timeout(seconds):
                await writer.drain()
        except TimeoutError:
            return False
        except OSError as error:
            raise PortLost(f"{self.name}: {error}") from error
        return True

    async def read(self) -> bytes:
        if self._reader is None:
            raise PortLost(f"{self.name}: not open")
        try:
            data = await self._reader.read(CHUNK)
        except OSError as error:
            raise PortLost(f"{self.name}: {error}") from error
        if not data:
            raise PortLost(f"{self.name}: closed by the other side")
        return data

    async def close(self) -> None:
        writer, self._reader, self._writer = self._writer, None, None
        if writer is not None:
            writer.transport.abort()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def _open_writer(self) -> asyncio.StreamWriter:
        if self._writer is None or self._writer.is_closing():
            raise PortLost(f"{self.name}: not open")
        return self._writer
