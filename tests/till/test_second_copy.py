"""The till, the real device agent and a simulated printer: receipts on paper, and the second copy of unsent documents."""

import re
import sys
from asyncio import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from devices.receipt.simulator import PrinterSimulator
from tests.till.page import Till
from tests.till.server import ShopServer
from tests.till.shop import ANNA, BREAD_CODE, MILK_CODE, REGISTER

pytestmark = pytest.mark.browser
TOKEN = "token-of-the-till"


@pytest.fixture
async def printer() -> AsyncIterator[PrinterSimulator]:
    simulator = PrinterSimulator()
    yield simulator
    await simulator.stop()


@pytest.fixture
async def agent(shop_server: ShopServer, printer: PrinterSimulator, tmp_path: Path) -> AsyncIterator[None]:
    """The device agent as a process of its own, with the simulated printer on a TCP port."""
    address = await printer.start_tcp()
    config = tmp_path / "devices.toml"
    config.write_text(
        f'state = "{tmp_path / "agent"}"\nport = 0\norigins = ["{shop_server.address}"]\n'
        f'[[registers]]\nid = "{REGISTER}"\ntoken = "{TOKEN}"\n'
        f'[[devices]]\nid = "receipt"\nkind = "receipt-printer"\nurl = "{address}"\n'
    )
    command = ("-u", "-m", "devices.agent.main", "--config", str(config))
    process = await subprocess.create_subprocess_exec(
        sys.executable, *command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert process.stdout
    said = (await process.stdout.readline()).decode()
    found = re.search(r"ws://\S+", said)
    assert found, said
    shop_server.agent = {"url": found[0], "token": TOKEN}
    yield
    process.terminate()
    await process.wait()


@pytest.mark.usefixtures("agent")
async def test_documents_of_a_wiped_browser_come_back_from_the_agent(till: Till, shop_server: ShopServer) -> None:
    await till.begin()
    await till.until("till.devices.value.agent === 'connected'")
    await till.sent()
    shop_server.away = True
    sale = await till.sell(MILK_CODE)
    await till.until("till.sync.value.online === false")
    await till.do("new Promise((resume) => setTimeout(resume, 300))")  # the copy travels beside the sale

    await till.close()  # a context's storage goes with it
    await till.open()
    assert await till.do("till.ready.value") == "unpaired"
    shop_server.away = False
    await till.do("till.pair('CODE-2345')")
    await till.until("till.devices.value.agent === 'connected'")
    await till.sent()

    assert sale["id"] in shop_server.stored
    assert shop_server.broken_links() == []
    await till.do("till.signIn(given, '1234')", ANNA)
    await till.do("till.openShift({ float: 0, counts: [] })")
    assert (await till.sell(MILK_CODE))["receipt"] == "A1-2-1"


@pytest.mark.usefixtures("agent")
async def test_the_receipt_prints_and_the_drawer_opens_once(till: Till, printer: PrinterSimulator) -> None:
    await till.begin()
    await till.until("till.devices.value.agent === 'connected'")

    sale = await till.sell(MILK_CODE, f"2*{BREAD_CODE}")
    await till.until("till.lastReceipt.value.print.state === 'done'")

    assert sale["receipt"].encode() in printer.receipts[0].data
    assert len(printer.kicks) == 1


@pytest.mark.usefixtures("agent")
async def test_without_paper_the_next_sale_goes_on_and_both_print_later(till: Till, printer: PrinterSimulator) -> None:
    await till.begin()
    await till.until("till.devices.value.agent === 'connected'")
    printer.set_paper("out")

    await till.sell(MILK_CODE)
    await till.until("till.lastReceipt.value.print.waiting || till.lastReceipt.value.print.causes.length > 0")
    said = [message["code"] for message in await till.do("till.messages.value")]
    second = await till.sell(MILK_CODE)
    printer.set_paper("ok")
    await till.until("till.devices.value.jobs.filter((job) => job.state === 'done').length === 2")

    assert "print.waiting" in said
    assert second["receipt"] == "A1-1-2"
