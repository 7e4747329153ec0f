"""A USB scale of the HID class: over the device file as Linux shows it, and what its reports mean."""

import asyncio
import os

import pytest

from devices.device import DeviceError
from devices.ports.hidraw import HidrawPort, set_feature_request
from devices.scales.config import scale_config
from devices.scales.driver import Scale
from devices.scales.reading import Unit
from devices.scales.usb_hid import ZERO, Report, Status, encode
from devices.scales.usb_hid_spec import UsbHidSimulator
from tests.devices.scales.kit import a_counter
from tests.waiting import eventually


async def test_a_weight_is_read_from_the_device_file(tmp_path):
    path = tmp_path / "hidraw7"
    os.mkfifo(path)
    scale = Scale(scale_config("front", f"hid:{path}", {"dialect": "usb-hid", "reply_ms": 5_000}))
    running = asyncio.create_task(scale.run(lambda state: None, lambda said: None))
    reporting = asyncio.create_task(reports(path, Report(Status.STABLE, 3, -3, 1_250)))
    try:
        await eventually(lambda: scale.state.health == "ok")
        answer = await scale.ask("weight", {})
        with pytest.raises(DeviceError) as refused:  # this file takes no feature report, as some scales do not
            await scale.ask("zero", {})

        assert (answer["grams"], answer["shown"], refused.value.code) == (1_250, "1.250 kg", "scale.cannot_zero")
    finally:
        for task in (running, reporting):
            task.cancel()
        await asyncio.gather(running, reporting, return_exceptions=True)


async def reports(path, report):
    writing = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    try:
        while True:
            os.write(writing, encode(report))
            await asyncio.sleep(0.02)
    finally:
        os.close(writing)


def test_the_request_for_a_feature_report_is_that_of_the_system():
    assert set_feature_request(len(ZERO)) == 0xC0024806


async def test_what_is_fed_to_a_device_that_is_not_open_is_lost_aloud(tmp_path):
    port = HidrawPort(str(tmp_path / "hidraw7"))

    with pytest.raises(Exception, match="not open"):
        port.feed(ZERO)
    assert await port.flush(1.0)


async def test_zero_is_believed_when_a_report_says_so():
    async with a_counter(UsbHidSimulator(every=0.02, baud=0), "usb-hid", reply_ms=5_000) as counter:
        counter.pan.put(20)
        await counter.weigh("zero")
        counter.pan.put(520)
        assert await counter.grams() == 500
        assert await counter.refused("zero") == "scale.cannot_zero"


@pytest.mark.parametrize(
    ("report", "digits", "decimals", "unit"),
    [
        (Report(Status.STABLE, 2, 0, 850), 850, 0, Unit.GRAM),
        (Report(Status.STABLE, 3, -3, 1_250), 1_250, 3, Unit.KILOGRAM),
        (Report(Status.STABLE, 11, -1, 283), 283, 1, Unit.OUNCE),
        (Report(Status.STABLE, 2, 1, 85), 85, -1, Unit.GRAM),
        (Report(Status.OVER, 3, -3, 9), None, 3, Unit.KILOGRAM),
        (Report(Status.SET_TO_ZERO, 3, -3, 9), None, 3, Unit.KILOGRAM),
    ],
)
def test_a_report_is_the_weight_with_its_exponent_and_unit(report, digits, decimals, unit):
    reading = report.reading()

    assert (reading.digits, reading.decimals, reading.unit) == (digits, decimals, unit)


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (Report(Status.FAULT, 3, -3, 0), "scale.fault"),
        (Report(Status.CALIBRATE, 3, -3, 0), "scale.fault"),
        (Report(Status.STABLE, 4, -3, 5), "scale.unit"),
    ],
)
def test_a_fault_or_an_unknown_unit_is_no_weight(report, code):
    with pytest.raises(DeviceError) as raised:
        report.reading()
    assert raised.value.code == code
