"""Tells when something was plugged in, so that its driver need not wait out its pause.

Linux: the events of udev where they can be had; elsewhere the list of ports is looked at every two seconds.
"""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

from devices.ports.plugged import plugged

log = logging.getLogger(__name__)

LOOK_EVERY = 2.0
SUBSYSTEMS = ("tty", "hidraw", "usbmisc")
Arrived = Callable[[], None]


def nodes() -> frozenset[str]:
    """What is plugged in now."""
    return frozenset(f"{thing.address} {thing.node}" for thing in plugged())


async def watch_ports(arrived: Arrived) -> None:
    """Call `arrived` after each arrival, until cancelled."""
    try:
        await udev_events(arrived)
    except UdevUnavailable as error:
        log.info("no events of udev (%s): ports are looked at every %s s", error, LOOK_EVERY)
        await rescans(arrived)


class UdevUnavailable(Exception):
    """Another system, or a library that is not there."""


async def udev_events(arrived: Arrived) -> None:
    """Raises `UdevUnavailable`."""
    if sys.platform != "linux":
        raise UdevUnavailable(sys.platform)
    try:
        library: Any = import_module("pyudev")
        monitor = library.Monitor.from_netlink(library.Context())
        for subsystem in SUBSYSTEMS:
            monitor.filter_by(subsystem)
        monitor.start()
    except (ImportError, OSError) as error:  # the library, or the system's own libudev, is missing
        raise UdevUnavailable(str(error)) from error
    happened = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(monitor.fileno(), happened.set)
    try:
        while True:
            await happened.wait()
            happened.clear()
            while (device := monitor.poll(timeout=0)) is not None:
                if device.action == "add":
                    arrived()
    finally:
        loop.remove_reader(monitor.fileno())


async def rescans(
    arrived: Arrived,
    *,
    look: Callable[[], frozenset[str]] = nodes,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Look again and again; what is there that was not there before has arrived."""
    before: frozenset[str] | None = None
    while True:
        with contextlib.suppress(OSError):
            now = await asyncio.to_thread(look)
            if before is not None and now - before:
                arrived()
            before = now
        await sleep(LOOK_EVERY)
