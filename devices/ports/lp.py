"""A USB printer through the kernel's own driver, `/dev/usb/lp0`. Source: Linux drivers/usb/class/usblp.c.

The driver lets one program in at a time (EBUSY), takes at most 8 KiB at once, and answers ENODEV once the printer is
unplugged. A printer that cannot answer never becomes readable.
"""

import contextlib
import errno
import os
import select
import stat
import time

from devices.ports.threaded import POLL_SECONDS, ThreadedPort, write_some

CHUNK = 4096
EMPTY_PAUSE = 0.05
"""After a read that brought nothing though the device was readable: some printers send empty packets without end."""


class LpPort(ThreadedPort[int]):
    """The character device at `path`, both ways; opening ends within `open_timeout` seconds."""

    errors = (OSError,)

    def __init__(self, path: str, *, open_timeout: float = 3.0) -> None:
        super().__init__(f"lp://{path}", open_timeout)
        self._path = path

    def open_now(self) -> int:
        descriptor = os.open(self._path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        if not stat.S_ISCHR(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(errno.ENODEV, "no character device: what is written there is printed by nobody", self._path)
        return descriptor

    def read_some(self, opened: int) -> bytes:
        looking = select.poll()
        looking.register(opened, select.POLLIN)
        events = dict(looking.poll(POLL_SECONDS * 1000)).get(opened, 0)
        if events & (select.POLLHUP | select.POLLERR | select.POLLNVAL):
            raise OSError(errno.ENODEV, "unplugged", self._path)
        if not events:
            return b""
        try:
            data = os.read(opened, CHUNK)
        except BlockingIOError:
            return b""
        if not data:
            time.sleep(EMPTY_PAUSE)
        return data

    def write_some(self, opened: int, data: bytes) -> int:
        return write_some(opened, data)

    def close_now(self, opened: int) -> None:
        with contextlib.suppress(OSError):
            os.close(opened)
