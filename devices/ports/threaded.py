"""A port whose library blocks: its calls run in two threads of the port's own, one that reads and one that writes."""

import asyncio
import os
import select
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar, Generic, TypeVar

from devices.ports.port import PortLost, PortUnavailable

T = TypeVar("T")
Opened = TypeVar("Opened")
POLL_SECONDS = 0.2
"""The longest that one call may block."""
CHUNK = 4096


class ThreadedPort(ABC, Generic[Opened]):
    """`errors`: what the library raises when something is wrong with the port; nothing else leaves it."""

    errors: ClassVar[tuple[type[Exception], ...]]

    def __init__(self, name: str, open_timeout: float) -> None:
        self.name = name
        self._open_timeout = open_timeout
        self._opened: Opened | None = None
        self._threads: ThreadPoolExecutor | None = None
        self._received = asyncio.Queue[bytes | PortLost]()
        self._unsent = bytearray()
        self._sent = asyncio.Event()
        self._fed = asyncio.Event()
        self._lost: PortLost | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @abstractmethod
    def open_now(self) -> Opened: ...

    @abstractmethod
    def read_some(self, opened: Opened) -> bytes:
        """What came; empty after `POLL_SECONDS` without."""

    @abstractmethod
    def write_some(self, opened: Opened, data: bytes) -> int:
        """How many of the bytes were taken within `POLL_SECONDS`."""

    def interrupt(self, opened: Opened) -> None:
        """Cut a read short, where that can be done."""

    @abstractmethod
    def close_now(self, opened: Opened) -> None:
        """Never raises."""

    async def open(self) -> None:
        await self.close()
        threads = ThreadPoolExecutor(2, thread_name_prefix=self.name)
        loop = asyncio.get_running_loop()
        opening = loop.run_in_executor(threads, self.open_now)
        try:
            async with asyncio.timeout(self._open_timeout):
                opened = await asyncio.shield(opening)
        except TimeoutError as error:
            opening.add_done_callback(self._close_late)
            threads.shutdown(wait=False)
            raise PortUnavailable(f"{self.name}: did not open in {self._open_timeout} s") from error
        except asyncio.CancelledError:
            opening.add_done_callback(self._close_late)
            threads.shutdown(wait=False)
            raise
        except self.errors as error:
            threads.shutdown(wait=False)
            raise PortUnavailable(f"{self.name}: {error}") from error
        self._opened, self._threads, self._lost = opened, threads, None
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
        opened, self._opened, self._tasks = self._opened, None, []
        self._lose(PortLost(f"{self.name}: closed"))
        threads, self._threads = self._threads, None
        if opened is not None and threads is not None:
            await asyncio.to_thread(self._close_after, threads, opened)

    async def _pump(self, step: Callable[[Opened], Awaitable[None]], opened: Opened) -> None:
        try:
            while True:
                await step(opened)
        except self.errors as error:
            self._lose(PortLost(f"{self.name}: {error}"))

    async def _receive(self, opened: Opened) -> None:
        data = await self._in_thread(lambda: self.read_some(opened))
        if data:
            self._received.put_nowait(data)

    async def _transmit(self, opened: Opened) -> None:
        await self._fed.wait()
        chunk = bytes(self._unsent[:CHUNK])
        taken = await self._in_thread(lambda: self.write_some(opened, chunk))
        del self._unsent[:taken]
        if not self._unsent:
            self._fed.clear()
            self._sent.set()

    async def _in_thread(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    def _lose(self, lost: PortLost) -> None:
        if self._lost is None:
            self._lost = lost
            self._received.put_nowait(lost)
            self._sent.set()

    def _check_open(self) -> None:
        if self._opened is None or self._lost is not None:
            raise self._lost or PortLost(f"{self.name}: not open")

    def _close_after(self, threads: ThreadPoolExecutor, opened: Opened) -> None:
        """Close once no thread works on it any more, which is within `POLL_SECONDS`."""
        self.interrupt(opened)
        threads.shutdown(wait=True)
        self.close_now(opened)

    def _close_late(self, opening: "asyncio.Future[Opened]") -> None:
        if not opening.cancelled() and opening.exception() is None:
            self.close_now(opening.result())


def write_some(descriptor: int, data: bytes) -> int:
    """How many of the bytes the system took within `POLL_SECONDS`."""
    _, writable, _ = select.select([], [descriptor], [], POLL_SECONDS)
    if not writable:
        return 0
    try:
        return os.write(descriptor, data)
    except BlockingIOError:
        return 0
