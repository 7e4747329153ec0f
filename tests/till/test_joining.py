"""A till joins the agent on its own PC by the code that the agent shows, and leaves it."""

import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import serve

from devices.agent.build import build_device
from devices.agent.config import DeviceConfig
from devices.receipt.simulator import PrinterSimulator
from tests.till.agent import ONLINE, TillAgent
from tests.till.devices.fiscal_device import TOKEN, AgentBeside, FiscalDevice
from tests.till.page import Refused, Till
from tests.till.server import ShopServer
from tests.till.shop import MILK_CODE

pytestmark = pytest.mark.browser
CONNECTED = "till.devices.value.agent === 'connected'"
LEFT_WHILE_WAITING = """let why = null;
void till.ask('scale-1', 'weight').catch(({ code }) => (why = code));
await till.leaveDevices();
const { agent } = till.devices.value;
await new Promise((resume) => setTimeout(resume));
return [why, agent];"""
JOIN = "till.joinDevices(given.code, given.port)"


@pytest.fixture
async def beside(shop_server: ShopServer, printer: PrinterSimulator, tmp_path: Path) -> AsyncIterator[AgentBeside]:
    """It knows no till; the server knows nothing of it."""
    device = build_device(DeviceConfig("receipt", "receipt-printer", await printer.start_tcp()))
    beside = AgentBeside(tmp_path / "agent", shop_server.address, device)
    beside.registers = ()
    await beside.start()
    yield beside
    await beside.stop()


def code(beside: AgentBeside) -> dict[str, Any]:
    """What somebody types who looks at the agent's terminal."""
    assert beside.agent
    shown = beside.agent.access.open_pairing()
    return {"code": f"{shown[:4]} {shown[4:]}".lower(), "port": beside.port}


async def join(till: Till, beside: AgentBeside) -> None:
    await till.do(JOIN, code(beside))
    await till.until(CONNECTED)


async def refusal(till: Till, script: str, given: Any = None) -> Refused:
    with pytest.raises(Refused) as refused:
        await till.do(script, given)
    return refused.value


async def test_a_till_that_joined_prints_its_receipts_there_also_after_a_reload(
    selling: Till, beside: AgentBeside, printer: PrinterSimulator
) -> None:
    assert await selling.do("till.devices.value.agent") == "none"

    await join(selling, beside)
    first = await selling.sell(MILK_CODE)
    await selling.until("till.lastReceipt.value.print.state === 'done'")
    await selling.go()
    await selling.until(CONNECTED)
    second = await selling.sell(MILK_CODE)
    await selling.until("till.lastReceipt.value.print.state === 'done'")

    assert first["receipt"].encode() in printer.receipts[0].data
    assert second["receipt"].encode() in printer.receipts[1].data
    assert await selling.do("till.identity.value.agent") == beside.url
    assert "token" not in await selling.do("till.identity.value")


async def test_a_wrong_or_used_code_is_refused_and_changes_nothing(selling: Till, beside: AgentBeside) -> None:
    given = code(beside)

    wrong = await refusal(selling, JOIN, {**given, "code": "WRONG222"})
    await selling.do(JOIN, given)
    await selling.until(CONNECTED)
    used = await refusal(selling, JOIN, given)

    assert (wrong.code, used.code) == ("pair.refused", "pair.refused")
    assert await selling.do("till.devices.value.agent") == "connected"


@pytest.mark.parametrize("origin", [None, "http://127.0.0.1:1"], ids=["nobody", "an agent of another page"])
async def test_nobody_who_listens_there_says_where_and_for_which_page(
    selling: Till, shop_server: ShopServer, tmp_path: Path, origin: str | None
) -> None:
    beside = AgentBeside(tmp_path / "agent", origin or shop_server.address)
    await beside.start()
    given = code(beside)
    if origin is None:
        await beside.stop()

    refused = await refusal(selling, JOIN, given)
    await beside.stop()

    assert refused.code == "agent.not_here"
    assert refused.fields == {"address": f"127.0.0.1:{beside.port}", "page": shop_server.address}
    assert await selling.do("till.identity.value.agent") is None


async def test_somebody_who_listens_but_does_not_answer_is_not_waited_for(selling: Till) -> None:
    async with serve(lambda connection: connection.wait_closed(), "127.0.0.1", 0) as silent:
        port = silent.sockets[0].getsockname()[1]

        refused = await refusal(selling, JOIN, {"code": "ABCD2345", "port": port})

    assert refused.code == "agent.silent"


@pytest.mark.parametrize("port", [0, 65_536, 1.5, None])
async def test_what_is_no_port_is_refused(selling: Till, port: float | None) -> None:
    assert (await refusal(selling, JOIN, {"code": "ABCD2345", "port": port})).code == "agent.port_invalid"


async def test_a_till_that_left_is_as_before_it_joined(selling: Till, beside: AgentBeside) -> None:
    await join(selling, beside)

    await selling.do("till.leaveDevices()")

    assert await selling.do("till.devices.value.agent") == "none"
    assert await selling.do("till.devices.value.all") == []
    await selling.go()
    assert await selling.do("till.identity.value.agent") is None
    await join(selling, beside)


async def test_pairing_again_with_the_server_keeps_the_devices(till: Till, beside: AgentBeside) -> None:
    await till.do("till.pair('CODE-2345')")
    await join(till, beside)

    await till.do("till.pair('CODE-2345')")

    await till.until(CONNECTED)
    assert await till.do("till.identity.value.epoch") == 2
    await till.go()
    await till.until(CONNECTED)
    assert await till.do("till.identity.value.agent") == beside.url


async def test_a_token_that_is_not_valid_any_more_is_said_and_joining_anew_mends_it(
    selling: Till, beside: AgentBeside
) -> None:
    await join(selling, beside)
    await beside.stop()
    beside.folder = beside.folder.with_name("another-agent")
    await beside.start()

    await selling.until("till.devices.value.refused")
    await join(selling, beside)

    assert await selling.do("till.devices.value.refused") is False


async def test_who_waits_for_an_answer_is_told_that_the_connection_ends(till: Till, shop_server: ShopServer) -> None:
    never = threading.Event()
    agent = TillAgent(
        [{"id": "scale-1", "kind": "scale", "state": ONLINE}], {"scale-1": lambda *_: {"late": never.wait(20)}}
    )
    shop_server.agent = agent.start()
    await till.begin()
    await till.until(CONNECTED)

    told = await till.do(LEFT_WHILE_WAITING)
    never.set()
    agent.stop()

    assert told == ["agent.offline", "none"]


async def test_the_agent_is_not_left_with_a_receipt_in_hand(
    till: Till, shop_server: ShopServer, tmp_path: Path
) -> None:
    device = FiscalDevice()
    beside = AgentBeside(tmp_path / "agent", shop_server.address, device)
    await beside.start()
    shop_server.agent = {"url": beside.url, "token": TOKEN}
    await till.begin()
    await till.until("till.fiscal.value?.dead === null")
    device.does = "hold"
    await till.sell(MILK_CODE)
    await till.until("till.fiscal.value.rows.some((row) => row.waiting)")

    left = await refusal(till, "till.leaveDevices()")
    joined = await refusal(till, JOIN, code(beside))
    device.go.set()
    await till.until("till.fiscal.value.open === 0")
    await till.do("till.leaveDevices()")
    await beside.stop()

    assert (left.code, joined.code) == ("agent.busy", "agent.busy")
