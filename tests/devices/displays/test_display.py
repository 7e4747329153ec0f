"""A display on a real socket: it shows the latest, forgets the client before, and never holds anybody up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from devices.device import DeviceError, Health
from devices.displays.config import display_config
from devices.displays.dialects import DIALECTS
from devices.displays.display import CustomerDisplay
from devices.displays.simulator import DisplaySimulator
from devices.options import BadOption
from devices.ports.backoff import Backoff
from tests.waiting import eventually


@asynccontextmanager
async def a_display(name: str, **options) -> AsyncIterator[tuple[CustomerDisplay, DisplaySimulator]]:
    simulator = DisplaySimulator(DIALECTS[name], baud=0)
    address = await simulator.start_tcp()
    display = CustomerDisplay(
        display_config("pole", address, {"dialect": name, **options}), backoff=Backoff(0.01, 0.05)
    )
    running = asyncio.create_task(display.run(lambda state: None, lambda said: None))
    try:
        await eventually(lambda: display.state.health is Health.OK)
        yield display, simulator
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await simulator.stop()


@pytest.mark.parametrize("name", sorted(DIALECTS))
async def test_both_lines_stand_there_and_are_cleared(name):
    async with a_display(name) as (display, simulator):
        answer = await display.ask("show", {"name": "Молоко", "price": "129.90", "total": "129.90", "language": "ru"})
        await eventually(lambda: simulator.lines == ("Молоко        129.90", "ИТОГО         129.90"))
        await display.ask("show", {"total": "129.90", "language": "ru"})
        await eventually(lambda: simulator.lines == ("ИТОГО         129.90", ""))
        await display.ask("clear", {})
        await eventually(lambda: simulator.lines == ("", ""))

        assert answer == {"lines": ["Молоко        129.90", "ИТОГО         129.90"]}


async def test_who_asks_faster_than_it_writes_sees_the_latest():
    async with a_display("cd5220") as (display, simulator):
        await asyncio.gather(*(display.ask("show", {"lines": [str(number)]}) for number in range(50)))
        await eventually(lambda: simulator.lines == ("49", ""))

        assert len(simulator.seen) < 50


async def test_after_a_lost_connection_it_shows_nothing_of_the_client_before():
    async with a_display("cd5220") as (display, simulator):
        await display.ask("show", {"lines": ["mine"]})
        await eventually(lambda: simulator.lines == ("mine", ""))
        simulator.disconnect()
        await eventually(lambda: simulator.connections == 2 and simulator.lines == ("", ""))

        assert (await display.ask("shown", {})) == {"lines": ["", ""]}


async def test_behind_a_printer_its_bytes_are_kept_apart_from_the_printers():
    async with a_display("dm-d", shared=True, brightness=2) as (display, simulator):
        await display.ask("show", {"lines": ["hello"]})
        await eventually(lambda: simulator.lines == ("hello", ""))
        await eventually(lambda: not simulator.routed)

        assert (simulator.brightness, simulator.number, bytes(simulator.through)) == (2, 17, b"")


async def test_brightness_is_kept():
    async with a_display("cd5220") as (display, simulator):
        await display.ask("brightness", {"level": 1})
        await eventually(lambda: simulator.brightness == 1)
        with pytest.raises(DeviceError):
            await display.ask("brightness", {"level": 9})


async def test_one_that_is_not_there_says_so_at_once():
    display = CustomerDisplay(display_config("pole", "tcp://127.0.0.1:1", {"dialect": "ansi"}))

    with pytest.raises(DeviceError, match=r"display\.offline"):
        await display.ask("show", {"lines": ["x"]})


@pytest.mark.parametrize(
    "options",
    [{}, {"dialect": "x"}, {"dialect": "ansi", "brightness": 2}, {"dialect": "cd5220", "shared": True},
     {"dialect": "cd5220", "page": "utf-16"}, {"dialect": "cd5220", "page": "no"}, {"dialect": "cd5220", "speed": 1},
     {"dialect": "dm-d", "page_number": 300}],
)  # fmt: skip
def test_a_wrong_option_is_refused(options):
    with pytest.raises(BadOption):
        display_config("pole", "tcp://127.0.0.1:1", options)
