"""A raw HID device as Linux shows it: one read is one report. No other system gives them to a program so plainly.

Source of the request that sets a feature report: linux/hidraw.h, HIDIOCSFEATURE.
"""

import asyncio
import contextlib
import os
from pathlib import Path

from devices.ports.port import PortLost, PortUnavailable

LARGEST_REPORT = 4_096
MOST_WAITING = 256
CLASS = Path("/sys/class/hidraw")
BOTH_WAYS, HIDRAW, SET_FEATURE = 3, ord("H"), 0x06


class HidrawPort:
    """The device at `path` ("/dev/hidraw0", or a link that udev keeps). Each `feed` is one feature report, its id first;
    a device may refuse it without a word, what it says next shows whether it did."""

    def __init__(self, path: str) -> None:
        self.name = f"hid:{path}"
        self._path = path
        self._file: int | None = None
        self._received = asyncio.Queue[bytes | PortLost]()
        self._lost: PortLost | None = None
        self._setting: asyncio.Future[None] | None = None

    async def open(self) -> None:
        await self.close()
        self._received, self._lost = asyncio.Queue[bytes | PortLost](), None
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_NONBLOCK)
            asyncio.get_running_loop().add_reader(self._file, self._readable)
        except (OSError, NotImplementedError) as error:
            await self.close()
            raise PortUnavailable(f"{self.name}: {error}") from error

    def descriptor(self) -> bytes | None:
        """The report descriptor; None where the system does not show one."""
        try:
            node = os.path.basename(os.path.realpath(self._path))
            return (CLASS / node / "device" / "report_descriptor").read_bytes()[:LARGEST_REPORT]
        except OSError:
            return None

    def feed(self, data: bytes) -> None:
        if self._file is None or self._lost is not None:
            raise self._lost or PortLost(f"{self.name}: not open")
        file = os.dup(self._file)  # the port may be closed while the device takes its time
        self._setting = asyncio.get_running_loop().run_in_executor(None, _set_feature, file, data)

    async def flush(self, seconds: float) -> bool:
        if self._setting is None:
            return True
        done, _ = await asyncio.wait([self._setting], timeout=seconds)
        return bool(done)

    async def read(self) -> bytes:
        if self._lost is not None and self._received.empty():
            raise self._lost
        received = await self._received.get()
        if isinstance(received, PortLost):
            raise received
        return received

    async def close(self) -> None:
        file, self._file = self._file, None
        self._lose(PortLost(f"{self.name}: closed"))
        if file is not None:
            asyncio.get_running_loop().remove_reader(file)
            with contextlib.suppress(OSError):
                os.close(file)

    def _readable(self) -> None:
        if self._file is None:
            return
        try:
            report = os.read(self._file, LARGEST_REPORT)
        except BlockingIOError:
            return
        except OSError as error:
            report = b""
            self._lose(PortLost(f"{self.name}: {error}"))
        if report and self._received.qsize() < MOST_WAITING:
            self._received.put_nowait(report)
        elif not report:
            self._lose(PortLost(f"{self.name}: unplugged"))
            asyncio.get_running_loop().remove_reader(self._file)

    def _lose(self, lost: PortLost) -> None:
        if self._lost is None:
            self._lost = lost
            self._received.put_nowait(lost)


def set_feature_request(length: int) -> int:
    """The number of the request for a report of so many bytes, its id counted."""
    return BOTH_WAYS << 30 | length << 16 | HIDRAW << 8 | SET_FEATURE


def _set_feature(file: int, report: bytes) -> None:
    import fcntl  # not on Windows, where no such port is opened

    try:
        with contextlib.suppress(OSError):
            fcntl.ioctl(file, set_feature_request(len(report)), bytearray(report))
    finally:
        os.close(file)
