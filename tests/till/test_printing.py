"""What did not come out as it should is printed again by somebody's wish, once; nothing prints by itself at another counter."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from devices.receipt.config import printer_config
from devices.receipt.printer import ReceiptPrinter
from devices.receipt.simulator import PrinterSimulator
from tests.till.devices.fiscal_device import TOKEN, AgentBeside
from tests.till.page import Till
from tests.till.server import ShopServer
from tests.till.shop import MILK_CODE

pytestmark = pytest.mark.browser
JOBS = "till.devices.value.jobs"
CONNECTED = "till.devices.value.agent === 'connected'"
WAITING = f"{JOBS}.some(({{ waiting }}) => waiting)"


@pytest.fixture
async def agent(shop_server: ShopServer, printer: PrinterSimulator, tmp_path: Path) -> AsyncIterator[AgentBeside]:
    device = ReceiptPrinter(printer_config("receipt", await printer.start_tcp(), {}))
    beside = AgentBeside(tmp_path / "agent", shop_server.address, device)
    await beside.start()
    shop_server.agent = {"url": beside.url, "token": TOKEN}
    yield beside
    await beside.stop()


@pytest.fixture
async def joined(till: Till, agent: AgentBeside) -> Till:
    await till.begin()
    await till.until(f"{CONNECTED} && till.devices.value.printer.health === 'ok'")
    return till


def printed(printer: PrinterSimulator) -> list[bytes]:
    return [receipt.data for receipt in printer.receipts]


async def test_a_receipt_that_nobody_knows_of_is_printed_again_as_a_copy(
    joined: Till, printer: PrinterSimulator
) -> None:
    printer.paper_out_after(3)
    sale = await joined.sell(MILK_CODE)
    await joined.until(WAITING)
    printer.power_off()
    printer.set_paper("ok")
    printer.power_on()
    await joined.until(f"{JOBS}.length === 1 && {JOBS}[0].state === 'uncertain'")
    before = await joined.do(JOBS)

    await joined.do(f"till.retryPrint({JOBS}[0].job)")
    await joined.until(f"{JOBS}.length === 1 && {JOBS}[0].state === 'done'")

    after = await joined.do(JOBS)
    assert (after[0]["copy"], after[0]["document"]) == (1, before[0]["document"])
    assert after[0]["job"] != before[0]["job"]
    assert sum(sale["receipt"].encode() in data and b"COPY" in data for data in printed(printer)) == 1


async def test_a_failed_one_that_the_agent_has_forgotten_is_handed_in_anew(
    joined: Till, agent: AgentBeside, printer: PrinterSimulator
) -> None:
    printer.power_off()
    await joined.until("till.devices.value.printer.health === 'cannot-work'")
    await joined.do("till.openDrawer('change')")
    await joined.until(f"{JOBS}[0]?.state === 'failed'")  # nobody expects it any more after ten seconds
    await agent.stop()
    agent.folder = agent.folder.with_name("another-agent")
    printer.power_on()
    await agent.start()
    await joined.until(f"{CONNECTED} && till.devices.value.printer.health === 'ok'")
    before = await joined.do(JOBS)

    await joined.do(f"till.retryPrint({JOBS}[0].job)")
    await joined.until(f"{JOBS}.length === 1 && {JOBS}[0].state === 'done'")

    assert (await joined.do(JOBS))[0]["job"] != before[0]["job"]
    assert len(printer.kicks) == 1


async def test_what_one_agent_had_in_hand_is_not_printed_by_another(
    joined: Till, agent: AgentBeside, printer: PrinterSimulator
) -> None:
    printer.set_paper("out")
    await joined.sell(MILK_CODE)
    await joined.until(WAITING)
    await agent.stop()
    printer.set_paper("ok")
    await joined.until("till.devices.value.agent !== 'connected'")
    later = await joined.sell(MILK_CODE)
    agent.folder = agent.folder.with_name("another-agent")
    await agent.start()
    await joined.until(f"{JOBS}.some(({{ state }}) => state === 'done')")

    first, second = await joined.do(JOBS)
    assert (first["state"], first["causes"]) == ("uncertain", ["agent.changed"])
    assert second["state"] == "done"
    assert [later["receipt"].encode() in data for data in printed(printer)] == [True]
