"""The owner's page of devices, with a real agent on its link and a simulated printer behind it."""

import re
from contextlib import asynccontextmanager

import pytest

from devices.agent.agent import Agent
from devices.agent.config import AgentConfig, ServerLink
from devices.protocols import PROTOCOLS
from devices.receipt.printer import PrinterConfig, ReceiptPrinter
from devices.receipt.simulator import PrinterSimulator
from devices.scales.config import scale_config
from devices.scales.driver import Scale
from tests.waiting import eventually
from tests.web.signed_in import a_known_shop, signed_in


@asynccontextmanager
async def an_agent(client, folder, devices):
    url = str(client.base_url).replace("http", "ws", 1) + "/api/agent/link"
    async with Agent(AgentConfig(folder, None, server=ServerLink(url, "a token of this test")), devices) as agent:
        await eventually(lambda: agent.connected)
        yield agent


@pytest.fixture
async def office(client, database):
    await signed_in(client, await a_known_shop(database))
    return client


@pytest.fixture
async def printer():
    printer = PrinterSimulator()
    printer.address = await printer.start_tcp()
    yield printer
    await printer.stop()


async def said(office, path="/office/devices/now") -> str:
    return re.sub(r"\s+", " ", (await office.get(path)).text)


async def test_without_an_agent_the_page_says_what_to_start(office):
    assert "tillcard devices" in await said(office, "/office/devices")
    assert (await office.post("/office/devices/at/own/receipt", data={"act": "test_page"})).status_code == 503


async def test_a_printer_is_shown_with_what_to_do_when_its_paper_is_out(office, printer, tmp_path):
    device = ReceiptPrinter(PrinterConfig("receipt", printer.address))
    async with an_agent(office, tmp_path, [device]):
        await eventually(lambda: device.state.health == "ok")
        well = await said(office)
        printer.set_paper("out")
        await eventually(lambda: device.state.health == "cannot-work")
        out = await said(office)

    assert 'data-device="receipt" data-health="ok"' in well
    assert 'data-health="cannot-work"' in out
    assert "Put a new roll in" in out


async def test_a_test_page_comes_out_and_the_drawer_opens_with_a_reason(office, printer, tmp_path):
    device = ReceiptPrinter(PrinterConfig("receipt", printer.address))
    async with an_agent(office, tmp_path, [device]):
        await eventually(lambda: device.state.health == "ok")
        printed = await office.post("/office/devices/at/own/receipt", data={"act": "test_page"})
        await eventually(lambda: len(printer.receipts) == 1)
        opened = await office.post("/office/devices/at/own/receipt", data={"act": "drawer", "reason": "change"})
        await eventually(lambda: len(printer.kicks) == 1)
        log = await said(office, "/office/devices")
        missing = await office.post("/office/devices/at/own/toaster", data={"act": "test_page"})

    assert (printed.status_code, opened.status_code, missing.status_code) == (200, 200, 404)
    assert "data-answer" in opened.text
    assert b"Tillcard" in printer.receipts[0].data
    assert "A job is done" in log


async def test_a_scale_is_weighed_from_the_page(office, tmp_path):
    simulator = PROTOCOLS["scale:toledo8217"].simulator()
    simulator.baud = 0
    simulator.pan.put(1250)
    scale = Scale(scale_config("scale", await simulator.start_tcp(), {"dialect": "toledo8217"}))
    async with an_agent(office, tmp_path, [scale]):
        await eventually(lambda: scale.state.health == "ok")
        weighed = await office.post("/office/devices/at/own/scale", data={"act": "weigh"})
    await simulator.stop()

    assert "1.250 kg" in weighed.text
