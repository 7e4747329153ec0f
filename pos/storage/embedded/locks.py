"""Who uses a data folder. The system drops the lock of a killed process, so nothing here can go stale."""

import sys
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from pos.storage.embedded.errors import InUseElsewhere

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class FileLock:
    """A lock on one file, shared or alone. Where the system has no shared locks (Windows), every lock is alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[bytes] | None = None

    def take(self, *, alone: bool, wait: float) -> bool:
        """Whether the lock was had within `wait` seconds. A lock already held is changed from one kind to the other."""
        if self._file is None:
            self._file = open(self.path, "ab")  # noqa: SIM115 - held as long as the lock
        until = time.monotonic() + wait
        while not self._try(alone):
            if time.monotonic() >= until:
                return False
            time.sleep(0.05)
        return True

    def leave(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _try(self, alone: bool) -> bool:
        assert self._file is not None
        try:
            if sys.platform == "win32":
                self._file.seek(0)
                msvcrt.locking(self._file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(self._file.fileno(), (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


class Users:
    """Everyone who uses one data folder: each holds a shared lock, and the last to leave may stop the server.

    Starting and stopping happen inside `with users.turn():`, one process at a time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._here = FileLock(folder / "users.lock")

    def enter(self) -> None:
        if not self._here.take(alone=False, wait=0):
            raise InUseElsewhere(data=str(self._folder))

    def leave(self) -> None:
        self._here.leave()

    def last(self) -> bool:
        """Whether nobody else uses the folder. Asked inside a turn, so nobody can enter meanwhile."""
        if sys.platform == "win32":
            return True
        alone = self._here.take(alone=True, wait=0)
        self._here.take(alone=False, wait=0)
        return alone

    def turn(self) -> "Turn":
        return Turn(self._folder)


class Turn:
    """One process at a time starts or stops the server of a folder; the others wait, up to six minutes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = FileLock(folder / "start.lock")

    def __enter__(self) -> Self:
        if not self._lock.take(alone=True, wait=360):
            self._lock.leave()
            raise InUseElsewhere(data=str(self._folder))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.leave()
