"""The server's processes: found by pid and full command line, never by name alone; nothing else is ever signalled."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import psutil

_GONE = (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess)


def server_command(postgres: Path, data: Path) -> list[str]:
    """The whole command line of our server; every setting is in its files, so that it can be recognised again."""
    return [str(postgres), "-D", str(data)]


def is_our_server(pid: int, data: Path) -> bool:
    """Whether `pid` is a live PostgreSQL server whose whole command line names this data folder."""
    try:
        process = psutil.Process(pid)
        command = process.cmdline()
        if process.status() == psutil.STATUS_ZOMBIE or not command:
            return False
    except _GONE:
        return False
    return Path(command[0]).name in ("postgres", "postgres.exe", "postmaster") and command[1:] == ["-D", str(data)]


def running_server(data: Path) -> int | None:
    """The pid of this folder's server: from its pid file, else, where that is damaged, by looking at every process."""
    pid = recorded_pid(data)
    if pid is not None and is_our_server(pid, data):
        return pid
    return next((other for other in psutil.pids() if is_our_server(other, data)), None)


def recorded_pid(data: Path) -> int | None:
    """The first line of postmaster.pid, or None where there is no such file or no number in it."""
    try:
        return int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def orphans(data: Path) -> list[psutil.Process]:
    """Backends of this folder whose server is dead: they call themselves "postgres:" and work inside `data`."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        with contextlib.suppress(*_GONE, OSError):
            if " ".join(process.cmdline()).startswith("postgres: ") and process.cwd() == str(data):
                found.append(process)
    return found


def wait_for_orphans(data: Path, seconds: float) -> None:
    """Let backends of a killed server end by themselves; whoever is left after `seconds` is ended, then killed."""
    for signal_name, wait in ((None, seconds), ("SIGQUIT", 5.0), ("SIGKILL", 5.0)):
        left = orphans(data)
        if not left:
            return
        for process in left if signal_name else ():
            with contextlib.suppress(*_GONE):
                process.send_signal(getattr(signal, signal_name or "", signal.SIGTERM))
        psutil.wait_procs(left, timeout=wait)


def clear_stale_pid_file(data: Path) -> None:
    """Remove a postmaster.pid that PostgreSQL would stumble over: damaged, or its number now a stranger's.

    Called when no server and no orphan of this folder runs. A file whose process is gone stays: PostgreSQL clears it
    itself, after checking by its own means that no old backend holds the shared memory.
    """
    pid = recorded_pid(data)
    if pid is None or (psutil.pid_exists(pid) and not is_our_server(pid, data)):
        (data / "postmaster.pid").unlink(missing_ok=True)


def tell_to_stop(pid: int, data: Path, how: str) -> None:
    """Send the server a signal, after comparing its command line once more."""
    if is_our_server(pid, data):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, getattr(signal, how, signal.SIGTERM))


def wait_until_gone(pid: int, data: Path, seconds: float, child: "subprocess.Popen[Any] | None") -> bool:
    """Whether the server ended within `seconds`; a child is reaped, so that no zombie keeps its number."""
    until = time.monotonic() + seconds
    while is_our_server(pid, data):
        if child is not None and child.pid == pid:
            child.poll()
        if time.monotonic() >= until:
            return False
        time.sleep(0.02)
    if child is not None and child.pid == pid:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(1)
    return True
