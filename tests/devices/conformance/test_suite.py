"""The suite passes a protocol that is right, and names what is wrong with one that is not."""

import asyncio
import json
from dataclasses import replace

import pytest

from devices.conformance.bench import bench
from devices.conformance.frames import parser_checks
from devices.conformance.states import breaches
from devices.conformance.suite import against_device, against_simulator
from devices.conformance.wire import SCENARIOS, reconnects, scenario_check
from devices.device import DeviceState, Health, Power
from devices.ports.address import port_at
from tests.devices.conformance.sample import SAMPLE, Grams, SampleDecoder, SampleScale, written

ONLINE = DeviceState(Power.ONLINE, Health.OK)
GONE = DeviceState(Power.OFFLINE, Health.CANNOT_WORK, ("scale.offline",))


def failed(checks) -> set[str]:
    return {check.name for check in checks if not check.passed}


async def test_a_protocol_that_is_right_passes_everything():
    report = await against_simulator(SAMPLE)

    assert report.failures == []
    assert len(report.checks) > len(SCENARIOS)
    assert json.loads(report.as_json())["passed"] is True
    assert "everything tried is as it should be" in report.as_text()


class Forgetful(SampleDecoder):
    """Starts anew with every piece."""

    def feed(self, data):
        self._held = b""
        return super().feed(data)


class Trusting(SampleDecoder):
    """Looks at no check sum."""

    def _whole(self):
        frame, self._held = self._held, b""
        return [Grams(int(frame[1:6]))] if frame[1:6].isdigit() else []


class Guessing(SampleDecoder):
    """Makes a weight of a piece of a frame."""

    def feed(self, data):
        found = super().feed(data)
        return found or ([Grams(int(data[1:]))] if data[:1] == b"\x02" and data[1:].isdigit() else [])


class Hoarding(SampleDecoder):
    """Keeps whatever it ever heard."""

    def __init__(self):
        super().__init__()
        self._all = bytearray()

    def feed(self, data):
        self._all += data
        return super().feed(data)


@pytest.mark.parametrize(
    ("decoder", "fails"),
    [
        (Forgetful, {"split at every byte"}),
        (Trusting, {"every bit turned"}),
        (Guessing, {"truncated at every byte", "split at every byte"}),
        (Hoarding, {"flood"}),
    ],
)
def test_a_decoder_that_is_wrong_fails_where_it_is(decoder, fails):
    assert failed(parser_checks(replace(SAMPLE, decoder=decoder))) == fails


def test_a_golden_frame_that_is_something_else_and_a_way_back_that_is_none_are_found():
    other = replace(SAMPLE, golden=(replace(SAMPLE.golden[0], values=(Grams(1),)),))
    assert "golden frames" in failed(parser_checks(other))

    doubled = replace(SAMPLE, encode=lambda value: written(value) * 2)
    assert "way back" in failed(parser_checks(doubled))


class Stuck(SampleScale):
    """Never opens its line again once it was lost."""

    async def sleep_for_ever(self, seconds):
        await asyncio.Event().wait()


async def test_a_driver_that_does_not_come_back_fails():
    def stuck(id, url, options):
        device = Stuck(id, port_at(url))
        device.sleep = device.sleep_for_ever
        return device

    scenario = next(scenario for scenario in SCENARIOS if scenario.faults.disconnect_after == 1)

    found = await scenario_check(replace(SAMPLE, device=stuck), scenario, patience=0.2)

    assert not found.passed


class Leaking(SampleScale):
    async def converse(self):
        self.kept = [*getattr(self, "kept", []), asyncio.create_task(asyncio.sleep(60))]
        return await super().converse()


async def test_a_driver_that_leaves_something_behind_fails():
    devices = []

    def leaking(id, url, options):
        devices.append(Leaking(id, port_at(url)))
        return devices[-1]

    found = await reconnects(replace(SAMPLE, device=leaking))
    for task in devices[0].kept:
        task.cancel()

    assert "tasks left over" in found.seen


async def test_a_device_that_is_there_is_verified_and_one_that_is_not_is_told():
    async with bench(SAMPLE) as other:
        simulator = SAMPLE.simulator()
        url = await simulator.start_tcp()
        found = await against_device(SAMPLE, url, lambda asked: None)
        await simulator.stop()
    nobody = await against_device(SAMPLE, url, lambda asked: None, patience=0.2)

    assert other.up
    assert found.failures == []
    assert "weighs" in found.as_text()
    assert found.not_tried
    assert nobody.failures == ["answers: offline: scale.offline"]


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ([GONE, ONLINE, GONE], 0),
        ([ONLINE], 1),
        ([GONE, ONLINE, ONLINE], 1),
        ([GONE, DeviceState(Power.ONLINE, Health.OK, ("scale.unstable",))], 1),
        ([GONE, DeviceState(Power.ONLINE, Health.ATTENTION)], 1),
        ([DeviceState(Power.OFFLINE, Health.OK)], 1),
        ([DeviceState(Power.OFFLINE, Health.CANNOT_WORK, ("It is off",))], 1),
        ([DeviceState(Power.OFFLINE, Health.CANNOT_WORK, ("a.b", "a.b"))], 1),
    ],
)
def test_states_that_cannot_be_are_named(told, wrong):
    assert len(breaches(told)) == wrong
