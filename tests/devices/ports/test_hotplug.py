"""What is plugged in again works again at once, not at the end of a long pause."""

import asyncio
import sys

import pytest

from devices.device import DeviceState, Health, Power
from devices.driver import PortDriver
from devices.ports.address import port_at
from devices.ports.backoff import Backoff
from devices.ports.hotplug import UdevUnavailable, rescans, udev_events
from devices.simulation.wires import PtyWire
from tests.waiting import eventually

UP = DeviceState(Power.ONLINE, Health.OK)


class Plain(PortDriver):
    kind, offline = "plain", "plain.offline"

    async def converse(self):
        self.backoff.reset()
        self.become(UP)
        while True:
            await self.port.read()


async def never(seconds: float) -> None:
    await asyncio.Event().wait()


async def test_a_device_that_is_plugged_in_is_opened_before_its_pause_is_over(tmp_path):
    socket = tmp_path / "by-path-port0"
    device = Plain("plain", port_at(f"serial:{socket}"), sleep=never, backoff=Backoff(3600, 3600))
    told = []
    running = asyncio.create_task(device.run(told.append, lambda said: None))
    await eventually(lambda: told and told[-1].power is Power.OFFLINE)
    for _ in range(3):
        wire = PtyWire()
        socket.symlink_to(wire.path)
        device.plugged_in()
        await eventually(lambda: told[-1] == UP)
        socket.unlink()
        wire.close()
        await eventually(lambda: told[-1].power is Power.OFFLINE)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert [state.power for state in told[1:]] == [Power.OFFLINE, *([Power.ONLINE, Power.OFFLINE] * 3)]


async def test_looking_again_and_again_finds_what_arrives_and_not_what_leaves():
    seen = iter([{"a"}, {"a"}, {"a", "b"}, {"b"}, {"b"}, {"b", "c"}])
    arrivals, looks = [], []

    def look():
        looks.append(1)
        return frozenset(next(seen))

    async def sleep(seconds):
        if len(looks) == 6:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await rescans(lambda: arrivals.append(len(looks)), look=look, sleep=sleep)

    assert arrivals == [3, 6]


@pytest.mark.skipif(sys.platform != "linux", reason="udev is Linux's")
async def test_the_events_of_udev_can_be_listened_to_and_let_go():
    listening = asyncio.create_task(udev_events(lambda: None))
    await asyncio.sleep(0.05)
    if listening.done() and isinstance(listening.exception(), UdevUnavailable):
        pytest.skip("this Linux has no libudev")
    assert not listening.done()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    assert listening.cancelled()
