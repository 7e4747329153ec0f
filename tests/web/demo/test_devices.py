"""The demo's simulated scale and scanner, from their page through the agent to what a till is told."""

import argparse

import httpx
import pytest

from devices.agent.errors import ConfigError
from devices.receipt.simulator import PrinterSimulator
from tests.waiting import eventually
from tests.web.serving import served
from web.agent.beside import free_port
from web.app import create_app
from web.demo.devices import devices_wished, simulated_devices
from web.demo.shop import DemoShop
from web.settings import Settings


@pytest.fixture
async def demo(database, tmp_path):
    settings = Settings(
        data=tmp_path, demo=True, csrf_secret="a secret of this test", agent_token="a token", agent_port=free_port(0)
    )
    printer = PrinterSimulator()
    async with simulated_devices(devices_wished(argparse.Namespace())) as others:
        shop = DemoShop(printer, [], "", printer_address=await printer.start_tcp(), others=others)
        app = create_app(settings, database, [shop.beside(settings, database)])
        async with served(app) as address, httpx.AsyncClient(base_url=address, timeout=60) as client:
            await client.get("/demo/devices")
            client.headers["x-csrftoken"] = client.cookies.get("tillcard_csrf", "")
            client.agent = app.state.agent.agent
            yield client
    await printer.stop()


async def test_goods_put_on_the_pan_weigh_and_a_fault_is_felt_at_once(demo):
    scale = demo.agent._queues["scale"].device
    await eventually(lambda: scale.state.health == "ok")
    put = await demo.post("/demo/devices/scale", data={"line": "put", "words": "1250"})
    weighed = await scale.ask("weight", {})
    await demo.post("/demo/devices/scale", data={"line": "fault silent on"})
    page = (await demo.get("/demo/devices")).text

    assert put.status_code == 303
    assert weighed["grams"] == 1250
    assert 'value="fault silent off"' in page


async def test_what_a_simulated_device_does_not_know_is_said(demo):
    wrong = await demo.post("/demo/devices/scale", data={"line": "dance"})
    missing = await demo.post("/demo/devices/toaster", data={"line": "put", "words": "1"})

    assert (wrong.status_code, missing.status_code) == (422, 404)


def test_a_fiscal_register_and_a_terminal_are_there_when_they_are_asked_for():
    asked = argparse.Namespace(fiscal="shtrih-m1", terminal="zvt-tcp")

    assert list(devices_wished(argparse.Namespace(fiscal=None, terminal=None))) == ["scale", "scanner"]
    assert devices_wished(asked)["fiscal"] == "fiscal:shtrih-m1"
    assert devices_wished(asked)["terminal"] == "payment:zvt-tcp"


async def test_a_device_that_nobody_simulates_is_refused():
    with pytest.raises(ConfigError, match="scale:toledo8217"):
        async with simulated_devices({"fiscal": "fiscal:abacus"}):
            pass
