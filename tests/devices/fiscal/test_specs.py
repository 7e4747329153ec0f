"""Each protocol of a register is listed, its simulator passes `verify`, and the agent builds its driver."""

import asyncio

import pytest

from devices.agent.build import build_device
from devices.agent.config import DeviceConfig
from devices.agent.errors import ConfigError
from devices.protocols import PROTOCOLS
from tests.oracles.pyshtrih_register import oracle

HDM = {"crn": "51815332", "operator": 3, "password": "1234ABCD", "pin": "3233", "departments": {"vat20": 1}}
FISCAL = [spec for name, spec in PROTOCOLS.items() if name.startswith("fiscal:")]


@pytest.mark.parametrize("spec", FISCAL, ids=lambda spec: spec.name)
async def test_a_register_is_verified_without_registering_anything(spec):
    simulator = spec.simulator()
    url = await simulator.start_tcp()
    device = spec.device("fiscal", url.replace("tcp:", "http:") if spec.name == "fiscal:atol" else url, {})
    there = asyncio.Event()
    running = asyncio.create_task(device.run(lambda state: state.causes or there.set(), lambda said: None))
    try:
        await asyncio.wait_for(there.wait(), 10)
        checks = await spec.verify(device, lambda text: None)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await simulator.stop()

    assert [check.seen for check in checks if not check.passed] == []
    assert len(checks) == 3


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("tcp://192.168.137.111:7778", {"model": "shtrih-m"}),
        ("http://127.0.0.1:16732/api/v2/requests", {"model": "atol"}),
        ("tcp://192.168.1.50:9000", {"model": "hdm"} | HDM),
        ("http://127.0.0.1:8080/taxsystem-rs-vcr/api/v1.0", {"model": "e-hdm", "crn": "52031720", "operator": 1}),
    ],
)
def test_the_agent_builds_a_register_from_its_configuration(url, options):
    assert build_device(DeviceConfig("fiscal", "fiscal-register", url, options)).kind == "fiscal-register"


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("tcp://a:1", {}),
        ("tcp://a:1", {"model": "abacus"}),
        ("nowhere", {"model": "shtrih-m"}),
        ("tcp://a:1", {"model": "shtrih-m", "protocol": 3}),
        ("tcp://a:1", {"model": "shtrih-m", "tax_system": 3}),
        ("tcp://a:1", {"model": "shtrih-m", "taxes": {"vat22": 0}}),
        ("tcp://a:1", {"model": "shtrih-m", "color": "red"}),
        ("serial:///dev/ttyS0", {"model": "atol"}),
        ("http://a/requests", {"model": "atol", "tax_system": "none"}),
        ("http://a/requests", {"model": "atol", "unsent_hours": 0}),
        ("tcp://a", {"model": "hdm"} | HDM),
        ("serial:///dev/ttyS0", {"model": "hdm"} | HDM),
        ("tcp://a:1", {"model": "hdm"} | HDM | {"password": None}),
        ("tcp://a:1", {"model": "hdm"} | HDM | {"crn": "12"}),
        ("tcp://a:1", {"model": "hdm"} | HDM | {"departments": {"vat20": 0}}),
        ("tcp://a:1", {"model": "hdm"} | HDM | {"departments": [1]}),
        ("tcp://a:1", {"model": "hdm"} | HDM | {"absence": "perhaps"}),
        ("tcp://a:1", {"model": "hdm"} | HDM | {"protocol": 6}),
        ("tcp://a:1", {"model": "hdm"} | HDM | {"book": "/nowhere/at/all"}),
        ("tcp://a:1", {"model": "hdm"} | HDM | {"color": "red"}),
    ],
)
def test_a_configuration_that_cannot_be_used_says_so_before_the_agent_starts(url, options):
    with pytest.raises(ConfigError):
        build_device(DeviceConfig("fiscal", "fiscal-register", url, options))


async def test_pyshtrih_works_a_whole_shift_on_the_simulated_register():
    passed, seen = await asyncio.to_thread(oracle)

    assert passed, seen
