"""Registering with a fiscal register: every state, the page reloaded in the middle of each, nothing ever registered twice."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from devices.receipt.config import printer_config
from devices.receipt.printer import ReceiptPrinter
from devices.receipt.simulator import PrinterSimulator
from tests.till.devices.fiscal_device import AWAY, TOKEN, WELL, AgentBeside, FiscalDevice, an_agent
from tests.till.page import Refused, Till
from tests.till.regulated_shop import CIGARETTES_CODE
from tests.till.server import ShopServer
from tests.till.shop import BREAD_CODE, GOLD, MARO, MILK_CODE, REGISTER
from tests.waiting import eventually

pytestmark = pytest.mark.browser
ROW = "till.fiscal.value?.rows.find((row) => row.document === '{0}')"
SETTLED = "till.fiscal.value.rows.every((row) => row.settled)"


@pytest.fixture
def device() -> FiscalDevice:
    return FiscalDevice()


@pytest.fixture
async def agent(shop_server: ShopServer, device: FiscalDevice, tmp_path: Path) -> AsyncIterator[AgentBeside]:
    async with an_agent(tmp_path / "agent", shop_server.address, device) as beside:
        shop_server.agent = {"url": beside.url, "token": TOKEN}
        yield beside


@pytest.fixture
async def fiscal(till: Till, agent: AgentBeside) -> Till:
    """A till beside a fiscal register: paired, Anna signed in, both shifts open."""
    await begun(till)
    return till


async def begun(till: Till) -> None:
    await till.do("till.pair('CODE-2345')")
    await till.until("till.fiscal.value && till.fiscal.value.dead === null")
    await till.begin_shift()
    await till.until(f"{SETTLED} && till.sync.value.online")


async def row(till: Till, sale: Any) -> Any:
    return await till.do(ROW.format(sale["id"]))


async def becomes(till: Till, sale: Any, state: str) -> Any:
    await till.until(f"{ROW.format(sale['id'])}?.state === '{state}'")
    return await row(till, sale)


async def told(shop_server: ShopServer, sale: Any, *states: str) -> None:
    await eventually(lambda: shop_server.fiscal_states(sale["id"]) == list(states))


async def test_a_sale_is_registered_with_the_shifts_of_both_and_told_to_the_server(
    fiscal: Till, device: FiscalDevice, shop_server: ShopServer
) -> None:
    sale = await fiscal.sell(MILK_CODE, BREAD_CODE)
    found = await becomes(fiscal, sale, "registered")

    assert found["result"]["number"] == device.registered[sale["id"]]["number"]
    assert device.done() == ["open_shift", "receipt"]
    assert device.registered[sale["id"]]["total"] == 85_000
    await told(shop_server, sale, "pending", "registered")


async def test_pending_is_on_disk_before_the_agent_has_the_job(fiscal: Till, device: FiscalDevice) -> None:
    device.does = "hold"
    sale = await fiscal.sell(MILK_CODE)
    await becomes(fiscal, sale, "pending")
    await eventually(lambda: len(device.done("fiscal.receipt")) == 1)
    kept = await fiscal.do(STORED, sale["id"])

    assert kept["state"] == "pending"
    assert kept["attempt"] == device.jobs[-1].id
    await fiscal.until(f"{ROW.format(sale['id'])}.waiting?.[0] === 'fiscal.paper_out'")
    device.go.set()
    await becomes(fiscal, sale, "registered")


STORED = """return await new Promise((resolve, reject) => {
  const opening = indexedDB.open('tillcard');
  opening.onsuccess = () => {
    const asked = opening.result.transaction('fiscal').objectStore('fiscal').get(given);
    asked.onsuccess = () => { opening.result.close(); resolve(asked.result); };
  };
  opening.onerror = () => reject(opening.error);
});"""


async def test_a_page_reloaded_while_the_register_works_hears_how_it_ended(fiscal: Till, device: FiscalDevice) -> None:
    device.does = "hold"
    sale = await fiscal.sell(MILK_CODE)
    await becomes(fiscal, sale, "pending")
    await eventually(lambda: len(device.done("fiscal.receipt")) == 1)

    await fiscal.go()
    await becomes(fiscal, sale, "pending")
    device.go.set()

    await becomes(fiscal, sale, "registered")
    assert len(device.registered) == 1


async def test_a_lost_answer_is_asked_about_and_never_sent_again(
    fiscal: Till, device: FiscalDevice, shop_server: ShopServer
) -> None:
    device.does, device.knows = "lose", False
    sale = await fiscal.sell(MILK_CODE)
    await becomes(fiscal, sale, "uncertain")
    await fiscal.go()  # asked again after the restart
    await fiscal.until("till.fiscal.value?.dead === null")
    await fiscal.do("till.fiscalFlow.ask(given)", sale["id"])
    assert (await row(fiscal, sale))["state"] == "uncertain"

    device.knows = True
    await fiscal.do("till.fiscalFlow.ask(given)", sale["id"])

    found = await becomes(fiscal, sale, "registered")
    assert found["result"]["sign"] == f"30876{device.registered[sale['id']]['number']}"
    assert len(device.done("fiscal.receipt")) == 1
    await told(shop_server, sale, "pending", "uncertain", "registered")


async def test_a_receipt_that_the_register_certainly_does_not_have_is_a_new_attempt(
    fiscal: Till, device: FiscalDevice, shop_server: ShopServer
) -> None:
    device.does, device.knows = "swallow", False
    sale = await fiscal.sell(MILK_CODE)
    await becomes(fiscal, sale, "uncertain")

    device.does, device.knows = "register", True
    await fiscal.do("till.fiscalFlow.ask(given)", sale["id"])

    await becomes(fiscal, sale, "registered")
    assert len({job.id for job in device.jobs if job.kind == "fiscal.receipt"}) == 2
    await told(shop_server, sale, "pending", "uncertain", "none", "pending", "registered")


@pytest.mark.parametrize(("number", "state"), [(77, "registered"), (None, "none")], ids=["it is there", "it is not"])
async def test_a_person_says_what_the_tape_says(
    fiscal: Till, device: FiscalDevice, shop_server: ShopServer, number: int | None, state: str
) -> None:
    device.does, device.knows = "lose", False
    sale = await fiscal.sell(MILK_CODE)
    await becomes(fiscal, sale, "uncertain")
    with pytest.raises(Refused) as refused:
        await fiscal.do("till.fiscalFlow.decide(given[0], { number: given[1], approver: null })", [sale["id"], number])
    assert str(refused.value) == "approval.needed"

    await fiscal.do(
        "till.fiscalFlow.decide(given[0], { number: given[1], approver: await till.approve(given[2], '9876') })",
        [sale["id"], number, MARO],
    )

    await becomes(fiscal, sale, state)
    await told(shop_server, sale, "pending", "uncertain", state)
    assert [record["decided_by"] for record in shop_server.fiscal.values() if record["place"] == 3] == [MARO]


async def test_a_refused_sale_is_registered_later(fiscal: Till, device: FiscalDevice, shop_server: ShopServer) -> None:
    device.does = "refuse"
    sale = await fiscal.sell(MILK_CODE)
    found = await becomes(fiscal, sale, "refused")
    assert (found["error"], found["error_text"]) == (115, "command not allowed")
    await fiscal.go()  # a refused one waits for a person, also after a restart
    await becomes(fiscal, sale, "refused")

    await fiscal.do("till.fiscalFlow.later(given)", sale["id"])
    assert await fiscal.do("till.fiscal.value.open") == 1
    device.does = "register"
    await fiscal.until("till.fiscal.value.dead === null")
    await fiscal.do("till.fiscalFlow.retry(given)", sale["id"])

    await becomes(fiscal, sale, "registered")
    await told(shop_server, sale, "pending", "refused", "none", "pending", "registered")


async def test_a_refused_sale_is_cancelled_by_a_refund_that_no_register_hears_of(
    fiscal: Till, device: FiscalDevice, shop_server: ShopServer
) -> None:
    device.does = "refuse"
    sale = await fiscal.sell(MILK_CODE, BREAD_CODE)
    await becomes(fiscal, sale, "refused")
    with pytest.raises(Refused) as refused:
        await fiscal.do(REFUND, sale["receipt"])
    assert str(refused.value) == "fiscal.sale_open"

    refund = (await fiscal.do("till.fiscalFlow.cancel(given, 'cash', 'refused')", sale["id"]))["document"]

    assert [line["origin"]["document"] for line in refund["lines"]] == [sale["id"], sale["id"]]
    assert await fiscal.do("till.fiscal.value.open") == 0
    assert device.done("fiscal.receipt") == ["receipt"]
    await told(shop_server, sale, "pending", "refused", "none")
    await told(shop_server, refund, "none")
    gone = [
        record for record in shop_server.fiscal.values() if record["state"] == "none" and record["kind"] == "receipt"
    ]
    assert {(record["document"], record["cause"]) for record in gone} == {
        (sale["id"], "fiscal.cancelled"),
        (refund["id"], "fiscal.cancelled"),
    }


@pytest.mark.usefixtures("laws")
async def test_a_refused_sale_is_undone_though_the_law_does_not_take_the_goods_back(
    fiscal: Till, device: FiscalDevice
) -> None:
    device.does = "refuse"
    await fiscal.do("till.scan(given)", CIGARETTES_CODE)
    await fiscal.do("till.confirmAge(18)")
    sale = await fiscal.sell()
    await becomes(fiscal, sale, "refused")

    refund = (await fiscal.do("till.fiscalFlow.cancel(given, 'cash', 'refused')", sale["id"]))["document"]

    assert [line["name"] for line in refund["lines"]] == ["Cigarettes"]


REFUND = """const found = await till.startRefund(given);
const lines = found.lines.map(({ line, left }) => ({ line, quantity: left }));
await till.refund({ document: found.document, lines, tender: 'cash', reason: 'back' });
return till.lastReceipt.value;"""


async def test_a_return_names_the_receipt_that_it_goes_back_to(fiscal: Till, device: FiscalDevice) -> None:
    sale = await fiscal.sell(MILK_CODE)
    number = (await becomes(fiscal, sale, "registered"))["result"]["number"]

    back = await fiscal.do(REFUND, sale["receipt"])
    await fiscal.until(ROW.format(back["document"]) + ".state === 'registered'")

    told = device.registered[back["document"]]
    assert (told["operation"], told["origin"]) == (
        "return",
        {"document": number, "device": "0012345", "at": "2026-11-22T09:30:00"},
    )


async def test_without_the_device_no_sale_begins_unless_a_manager_agrees_and_a_paid_one_is_kept(
    fiscal: Till, device: FiscalDevice, shop_server: ShopServer
) -> None:
    device.become(AWAY)
    await fiscal.until("till.fiscal.value.dead === 'fiscal.offline'")
    await fiscal.do("till.scan(given)", MILK_CODE)
    with pytest.raises(Refused) as refused:
        await fiscal.do("till.startPayment()")
    assert (str(refused.value), refused.value.fields) == ("fiscal.dead", {"cause": "fiscal.offline"})

    await fiscal.do("till.fiscalFlow.pass(await till.approve(given, '9876'))", MARO)
    sale = await fiscal.sell()
    await becomes(fiscal, sale, "none")
    said = [message["code"] for message in await fiscal.do("till.messages.value")]
    device.become(WELL)

    await becomes(fiscal, sale, "registered")
    assert {"fiscal.dead", "fiscal.open"} <= set(said)
    await told(shop_server, sale, "none", "pending", "registered")
    first = next(
        record for record in shop_server.fiscal.values() if record["document"] == sale["id"] and record["place"] == 1
    )
    assert (first["cause"], first["decided_by"]) == ("fiscal.offline", MARO)


async def test_a_shop_may_sell_without_the_device(
    till: Till, agent: AgentBeside, device: FiscalDevice, shop_server: ShopServer
) -> None:
    shop_server.snapshot["fiscal"] = {REGISTER: {"sell_without": True, "prints_itself": False}}
    await begun(till)
    device.become(AWAY)
    await till.until("till.fiscal.value.dead")

    sale = await till.sell(MILK_CODE)

    await becomes(till, sale, "none")


async def test_an_agent_that_dies_in_the_middle_is_asked_when_it_is_back(
    fiscal: Till, device: FiscalDevice, agent: AgentBeside
) -> None:
    device.does = "hold"
    sale = await fiscal.sell(MILK_CODE)
    await eventually(lambda: len(device.done("fiscal.receipt")) == 1)
    stopping = agent.stop()
    device.does = "register"
    device.go.set()
    await stopping
    await fiscal.until("till.fiscal.value.dead === 'fiscal.no_agent'")
    await fiscal.go()
    await fiscal.until("till.fiscal.value?.dead === 'fiscal.no_agent'")

    await agent.start()

    await becomes(fiscal, sale, "registered")
    assert len(device.done("fiscal.receipt")) == 1


async def test_an_agent_that_never_got_the_job_leaves_the_register_to_say_so(
    fiscal: Till, device: FiscalDevice, agent: AgentBeside, tmp_path: Path
) -> None:
    device.does = "hold"
    sale = await fiscal.sell(MILK_CODE)
    await eventually(lambda: len(device.done("fiscal.receipt")) == 1)
    device.go.set()
    await becomes(fiscal, sale, "registered")
    await fiscal.do(BACK_TO_PENDING, sale["id"])
    await agent.stop()
    (tmp_path / "agent" / "journal.sqlite").unlink()  # another PC, another journal

    await fiscal.go()
    await agent.start()

    await becomes(fiscal, sale, "registered")
    assert len(device.registered) == 1


BACK_TO_PENDING = """return await new Promise((resolve, reject) => {
  const opening = indexedDB.open('tillcard');
  opening.onsuccess = () => {
    const tx = opening.result.transaction('fiscal', 'readwrite');
    const asked = tx.objectStore('fiscal').get(given);
    asked.onsuccess = () => tx.objectStore('fiscal').put({ ...asked.result, state: 'pending', result: null, content: {} }, given);
    tx.oncomplete = () => { opening.result.close(); resolve(true); };
    tx.onabort = () => reject(tx.error);
  };
});"""


async def test_a_sale_whose_page_died_before_the_attempt_is_registered_after_the_restart(
    fiscal: Till, device: FiscalDevice, agent: AgentBeside
) -> None:
    device.does = "hold"
    first = await fiscal.sell(MILK_CODE)
    await becomes(fiscal, first, "pending")
    second = await fiscal.sell(BREAD_CODE)  # waits for the one before it; nothing of it was handed over
    assert (await row(fiscal, second))["place"] == 0

    await fiscal.go()
    device.does = "register"
    device.go.set()

    await becomes(fiscal, first, "registered")
    await becomes(fiscal, second, "registered")
    assert [job.content["document"] for job in device.jobs if job.kind == "fiscal.receipt"] == [
        first["id"],
        second["id"],
    ]


async def test_cash_in_and_out_x_and_z_go_to_the_device_and_its_sums_are_compared(
    fiscal: Till, device: FiscalDevice, shop_server: ShopServer
) -> None:
    sale = await fiscal.sell(MILK_CODE)
    await becomes(fiscal, sale, "registered")
    await fiscal.do("till.cashIn({ amount: 10000, reason: 'change' })")
    await fiscal.do("till.cashOut({ amount: 4000, reason: 'bank' })")
    await fiscal.do("till.xReport()")
    await fiscal.until(SETTLED)
    device.beyond = 1

    await fiscal.do("till.closeShift({ counted: 4056000, counts: [], reason: '' })")
    await fiscal.until(
        f"{SETTLED} && till.fiscal.value.rows.some((row) => row.job === 'z_report' && row.state === 'registered')"
    )

    assert device.done() == ["open_shift", "receipt", "cash_in", "cash_out", "x_report", "z_report"]
    await eventually(
        lambda: any(record["kind"] == "z_report" and record["counts"] for record in shop_server.fiscal.values())
    )
    counts = next(record["counts"] for record in shop_server.fiscal.values() if record["counts"])
    assert counts["till"] == {
        "sales": 1,
        "sales_sum": 50_000,
        "returns": 0,
        "returns_sum": 0,
        "cash_in": 10_000,
        "cash_out": 4_000,
    }
    assert counts["device"] == counts["till"] | {"sales": 2}
    assert "fiscal.counters" in [message["code"] for message in await fiscal.do("till.messages.value")]


async def test_records_wait_for_the_server(fiscal: Till, shop_server: ShopServer) -> None:
    shop_server.away = True
    sale = await fiscal.sell(MILK_CODE)
    await becomes(fiscal, sale, "registered")
    await fiscal.go()
    shop_server.away = False
    await fiscal.do("dispatchEvent(new Event('online'))")

    await told(shop_server, sale, "pending", "registered")


@pytest.fixture
async def printer() -> AsyncIterator[PrinterSimulator]:
    simulator = PrinterSimulator()
    yield simulator
    await simulator.stop()


async def with_printer(shop_server: ShopServer, printer: PrinterSimulator, *devices: Any, folder: Path) -> AgentBeside:
    paper = ReceiptPrinter(printer_config("receipt", await printer.start_tcp(), {}))
    beside = AgentBeside(folder, shop_server.address, *devices, paper)
    await beside.start()
    shop_server.agent = {"url": beside.url, "token": TOKEN}
    return beside


async def test_our_own_receipt_waits_for_the_number_and_the_drawer_does_not(
    till: Till, device: FiscalDevice, printer: PrinterSimulator, shop_server: ShopServer, tmp_path: Path
) -> None:
    beside = await with_printer(shop_server, printer, device, folder=tmp_path / "agent")
    try:
        await begun(till)
        device.does = "hold"
        sale = await till.sell(MILK_CODE)
        await eventually(lambda: len(printer.kicks) == 1)
        before = len(printer.receipts)

        device.go.set()
        await becomes(till, sale, "registered")
        await till.until("till.lastReceipt.value.print.state === 'done'")
        await till.do("till.reprint(given)", sale["id"])
        await eventually(lambda: len(printer.receipts) == before + 2)
    finally:
        await beside.stop()

    sign = f"30876{device.registered[sale['id']]['number']}".encode()
    assert all(sign in receipt.data for receipt in printer.receipts[before:])
    assert len(printer.kicks) == 1


async def test_a_device_that_prints_itself_leaves_our_printer_alone(
    till: Till, device: FiscalDevice, printer: PrinterSimulator, shop_server: ShopServer, tmp_path: Path
) -> None:
    shop_server.snapshot["fiscal"] = {REGISTER: {"sell_without": True, "prints_itself": True}}
    beside = await with_printer(shop_server, printer, device, folder=tmp_path / "agent")
    try:
        await begun(till)
        registered = await till.sell(MILK_CODE)
        await becomes(till, registered, "registered")
        device.become(AWAY)
        await till.until("till.fiscal.value.dead")
        unregistered = await till.sell(BREAD_CODE)
        await becomes(till, unregistered, "none")
        await eventually(lambda: any(unregistered["receipt"].encode() in receipt.data for receipt in printer.receipts))
    finally:
        await beside.stop()

    assert not any(registered["receipt"].encode() in receipt.data for receipt in printer.receipts)
    assert any(b"Not registered yet" in receipt.data for receipt in printer.receipts)


async def test_a_register_that_was_taken_away_is_forgotten_only_by_a_manager(
    till: Till, device: FiscalDevice, shop_server: ShopServer, tmp_path: Path
) -> None:
    beside = AgentBeside(tmp_path / "agent", shop_server.address, device)
    await beside.start()
    shop_server.agent = {"url": beside.url, "token": TOKEN}
    await begun(till)
    with pytest.raises(Refused) as refused:
        await till.do("till.fiscalFlow.forget(await till.approve(given, '9876'))", MARO)
    assert str(refused.value) == "fiscal.not_gone"
    await beside.stop()
    beside.devices = ()
    await beside.start()
    try:
        await till.until("till.fiscal.value.dead === 'fiscal.no_device'")
        await till.go()
        assert await till.do("till.fiscal.value.dead !== null")
        await till.until("till.fiscal.value.dead === 'fiscal.no_device'")

        await till.do("till.fiscalFlow.forget(await till.approve(given, '9876'))", MARO)

        assert await till.do("till.fiscal.value") is None
        await till.go()
        assert await till.do("till.fiscal.value") is None
        await till.sell(MILK_CODE)
    finally:
        await beside.stop()


async def test_paying_a_debt_is_registered_as_its_settlement(fiscal: Till, device: FiscalDevice) -> None:
    await fiscal.do("till.payDebt({ account: given, amount: 30000, tender: 'cash', reference: null })", GOLD)
    await fiscal.until(f"{SETTLED} && till.fiscal.value.rows.some((row) => row.kind === 'debt_payment')")

    (told,) = device.registered.values()
    assert (told["lines"][0]["method"], told["total"]) == ("settlement", 30_000)


async def test_a_register_whose_shift_is_over_its_time_is_closed_and_what_waits_is_registered(
    fiscal: Till, device: FiscalDevice
) -> None:
    device.does = "refuse"
    device.cause = "fiscal.shift_expired"
    sale = await fiscal.sell(MILK_CODE)
    assert (await becomes(fiscal, sale, "refused"))["cause"] == "fiscal.shift_expired"

    device.does = "register"
    await fiscal.do("till.fiscalFlow.alone('fiscal.z_report')")

    await becomes(fiscal, sale, "registered")
    assert device.done() == ["open_shift", "receipt", "z_report", "receipt"]
