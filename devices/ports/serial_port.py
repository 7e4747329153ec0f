"""A serial port through pyserial; its blocking calls run in two threads of the port's own."""

import asyncio
import contextlib
import os
import select
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import serial

from devices.ports.port import PortLost, PortUnavailable

if sys.platform == "win32":
    PORT_ERRORS: tuple[type[Exception], ...] = (serial.SerialException, OSError)
else:
    import termios

    PORT_ERRORS: tuple[type[Exception], ...] = (serial.SerialException, OSError, termios.error)
"""pyserial lets the system's own errors through in places; `termios.error` is not an `OSError`."""

T = TypeVar("T")
POLL_SECONDS = 0.2
CHUNK = 4096


@dataclass(frozen=True, slots=True)
class Line:
    """Settings of the line. `dtr` and `rts` None leave the signal as the system sets it on opening."""

    baud: int = 9600
    bits: int = 8
    parity: str = "N"
    stop_bits: float = 1
    dtr: bool | None = None
    rts: bool | None = None
    xonxoff: bool = False
    rtscts: bool = False


class SerialPort:
    """The port at `path` ("/dev/ttyS0", "COM3"); opening ends within `open_timeout` seconds."""

    def __init__(self, path: str, line: Line | None = None, *, open_timeout: float = 3.0) -> None:
        self.name = f"serial:{path}"
        self._path, self._line, self._open_timeout = path, line or Line(), open_timeout
        self._serial: serial.Serial | None = None
        self._threads: ThreadPoolExecutor | None = None
        self._received = asyncio.Queue[bytes | PortLost]()
        self._unsent = bytearray()
        self._sent = asyncio.Event()
        self._fed = asyncio.Event()
        self._lost: PortLost | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        await self.close()
        threads = ThreadPoolExecutor(2, thread_name_prefix=self.name)
        loop = asyncio.get_running_loop()
        opening = loop.run_in_executor(threads, self._open)
        try:
            async with asyncio.timeout(self._open_timeout):
                opened = await asyncio.shield(opening)
        except TimeoutError as error:
            opening.add_done_callback(_close_late)
            threads.shutdown(wait=False)
            raise PortUnavailable(f"{self.name}: did not open in {self._open_timeout} s") from error
        except asyncio.CancelledError:
            opening.add_done_callback(_close_late)
            threads.shutdown(wait=False)
            raise
        except (*PORT_ERRORS, ValueError) as error:
            threads.shutdown(wait=False)
            raise PortUnavailable(f"{self.name}: {error}") from error
        self._serial, self._threads, self._lost = opened, threads, None
        self._received, self._unsent = asyncio.Queue[bytes | PortLost](), bytearray()
        self._fed.clear()
        self._sent.set()
        self._tasks = [
            asyncio.create_task(self._pump(self._receive, opened)),
            asyncio.create_task(self._pump(self._transmit, opened)),
        ]

    def feed(self, data: bytes) -> None:
        self._check_open()
        if data:
            self._unsent += data
            self._sent.clear()
            self._fed.set()

    async def flush(self, seconds: float) -> bool:
        self._check_open()
        try:
            async with asyncio.timeout(seconds):
                await self._sent.wait()
        except TimeoutError:
            self._check_open()
            return False
        self._check_open()
        return True

    async def read(self) -> bytes:
        self._check_open()
        received = await self._received.get()
        if isinstance(received, PortLost):
            raise received
        return received

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        opened, self._serial, self._tasks = self._serial, None, []
        self._lose(PortLost(f"{self.name}: closed"))
        threads, self._threads = self._threads, None
        if opened is not None and threads is not None:
            await asyncio.to_thread(_close_after, threads, opened)

    def _open(self) -> serial.Serial:
        line = self._line
        opened = serial.Serial()
        opened.port, opened.baudrate, opened.bytesize = self._path, line.baud, line.bits
        opened.parity, opened.stopbits = line.parity, line.stop_bits
        opened.xonxoff, opened.rtscts = line.xonxoff, line.rtscts
        opened.timeout = opened.write_timeout = POLL_SECONDS
        if os.name == "posix":
            opened.exclusive = True
        if line.dtr is not None:
            opened.dtr = line.dtr
        if line.rts is not None:
            opened.rts = line.rts
        opened.open()
        opened.reset_input_buffer()
        return opened

    async def _pump(self, step: Callable[[serial.Serial], Awaitable[bool]], opened: serial.Serial) -> None:
        try:
            while await step(opened):
                pass
        except (*PORT_ERRORS, TypeError) as error:  # pyserial reads None after an unplug
            self._lose(PortLost(f"{self.name}: {error}"))

    async def _receive(self, opened: serial.Serial) -> bool:
        data = await self._in_thread(lambda: opened.read(max(1, opened.in_waiting)))
        if data:
            self._received.put_nowait(data)
        return True

    async def _transmit(self, opened: serial.Serial) -> bool:
        await self._fed.wait()
        chunk = bytes(self._unsent[:CHUNK])
        taken = await self._in_thread(lambda: _write_some(opened, chunk))
        del self._unsent[:taken]
        if not self._unsent:
            self._fed.clear()
            self._sent.set()
        return True

    async def _in_thread(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    def _lose(self, lost: PortLost) -> None:
        if self._lost is None:
            self._lost = lost
            self._received.put_nowait(lost)
            self._sent.set()

    def _check_open(self) -> None:
        if self._serial is None or self._lost is not None:
            raise self._lost or PortLost(f"{self.name}: not open")


def _write_some(opened: serial.Serial, data: bytes) -> int:
    """How many of the bytes the system took within `POLL_SECONDS`; pyserial itself would not say after a timeout."""
    if os.name != "posix":
        return opened.write(data[:64]) or 0
    descriptor = opened.fileno()
    _, writable, _ = select.select([], [descriptor], [], POLL_SECONDS)
    if not writable:
        return 0
    try:
        return os.write(descriptor, data)
    except BlockingIOError:
        return 0


def _close_after(threads: ThreadPoolExecutor, opened: serial.Serial) -> None:
    """Close once no thread works on the descriptor any more, which is within `POLL_SECONDS`."""
    with contextlib.suppress(AttributeError, OSError):  # not every platform can cut a read short
        opened.cancel_read()
    threads.shutdown(wait=True)
    _close_quietly(opened)


def _close_quietly(opened: serial.Serial) -> None:
    with contextlib.suppress(*PORT_ERRORS):
        opened.reset_output_buffer()
    with contextlib.suppress(*PORT_ERRORS):
        opened.close()


def _close_late(opening: "asyncio.Future[serial.Serial]") -> None:
    if not opening.cancelled() and opening.exception() is None:
        _close_quietly(opening.result())
