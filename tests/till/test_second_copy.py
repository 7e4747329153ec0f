"""The till, the real device agent and a simulated printer: receipts on paper, and the second copy of unsent documents."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from devices.agent.client import dial
from devices.receipt.simulator import PrinterSimulator
from tests.till.device_program import device_program
from tests.till.page import Refused, Till
from tests.till.server import ShopServer
from tests.till.shop import ANNA, BREAD_CODE, MILK_CODE, REGISTER
from tests.waiting import eventually

pytestmark = pytest.mark.browser


@pytest.fixture
async def agent(shop_server: ShopServer, printer: PrinterSimulator, tmp_path: Path) -> AsyncIterator[None]:
    """The device agent as a process of its own, with the simulated printer on a TCP port."""
    address = await printer.start_tcp()
    devices = f'[[devices]]\nid = "receipt"\nkind = "receipt-printer"\nurl = "{address}"\n'
    async with device_program(tmp_path, shop_server.address, devices) as told:
        shop_server.agent = told
        yield


async def kept(shop_server: ShopServer) -> set[str]:
    """The documents of which the agent has a second copy."""
    assert shop_server.agent is not None
    async with dial(shop_server.agent["url"], origin=shop_server.address) as caller:
        await caller.hello(register=REGISTER, token=shop_server.agent["token"])
        return {document["id"] for document in (await caller.ask("documents"))["documents"]}


@pytest.mark.usefixtures("agent")
async def test_documents_of_a_wiped_browser_come_back_from_the_agent(till: Till, shop_server: ShopServer) -> None:
    await till.begin()
    await till.until("till.devices.value.agent === 'connected'")
    await till.sent()
    shop_server.away = True
    sale = await till.sell(MILK_CODE)
    await till.until("till.sync.value.online === false")
    while sale["id"] not in await kept(shop_server):
        await asyncio.sleep(0.05)  # the copy travels beside the sale

    await till.close()  # a context's storage goes with it
    await till.open()
    assert await till.do("till.ready.value") == "unpaired"
    shop_server.away = False
    await till.do("till.pair('CODE-2345')")
    await eventually(lambda: sale["id"] in shop_server.stored)

    await till.sent()
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


@pytest.mark.usefixtures("agent")
async def test_the_drawer_opens_without_a_sale_only_for_a_reason_that_is_in_the_chain(
    till: Till, printer: PrinterSimulator, shop_server: ShopServer
) -> None:
    await till.begin()
    await till.until("till.devices.value.agent === 'connected'")
    with pytest.raises(Refused) as refused:
        await till.do("till.openDrawer(' ')")
    await till.do("till.openDrawer('change')")
    await till.until("till.devices.value.jobs.some((job) => job.kind === 'drawer' && job.state === 'done')")
    await till.sent()

    assert refused.value.code == "reason.missing"
    assert len(printer.kicks) == 1
    assert [document.reason for document in shop_server.documents() if document.kind == "drawer_opened"] == ["change"]
