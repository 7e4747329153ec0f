"""The till and the real device agent: the second copy of unsent documents, and receipts that could not be printed."""

import re
import sys
from asyncio import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.till.page import Till
from tests.till.server import ShopServer
from tests.till.shop import ANNA, MILK_CODE, REGISTER

pytestmark = pytest.mark.browser
TOKEN = "token-of-the-till"


@pytest.fixture
async def agent(shop_server: ShopServer, tmp_path: Path) -> AsyncIterator[None]:
    """The device agent as a process of its own, with a printer that is not there."""
    config = tmp_path / "devices.toml"
    config.write_text(
        f'state = "{tmp_path / "agent"}"\nport = 0\norigins = ["{shop_server.address}"]\n'
        f'[[registers]]\nid = "{REGISTER}"\ntoken = "{TOKEN}"\n'
        '[[devices]]\nid = "receipt"\nkind = "receipt-printer"\nurl = "tcp://127.0.0.1:9"\n'
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
async def test_a_printer_that_is_not_there_never_holds_up_the_sale(till: Till) -> None:
    await till.begin()
    await till.until("till.devices.value.agent === 'connected'")

    sale = await till.sell(MILK_CODE)
    await till.until("till.lastReceipt.value.print.state === 'failed'")

    stuck = (await till.do("till.devices.value.jobs"))[0]
    assert (stuck["document"], stuck["receipt"]) == (sale["id"], "A1-1-1")
    assert "print.failed" in [message["code"] for message in await till.do("till.messages.value")]
    assert (await till.sell(MILK_CODE))["receipt"] == "A1-1-2"
    await till.do("till.dismissPrint(given)", stuck["job"])
    assert stuck["job"] not in [job["job"] for job in await till.do("till.devices.value.jobs")]
