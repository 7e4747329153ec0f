"""The agent with the real receipt driver and a simulated printer on a real socket."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from devices.agent.agent import Agent
from devices.agent.build import build_device
from devices.agent.client import AgentClient
from devices.agent.config import DeviceConfig, read_config
from devices.agent.errors import ConfigError
from devices.ports.backoff import Backoff
from devices.receipt.config import PrinterConfig
from devices.receipt.decoder import decode
from devices.receipt.printer import ReceiptPrinter
from devices.receipt.simulator import PrinterSimulator
from tests.devices.agent.kit import HeldClock, a_config, a_till, new_id, seen
from tests.devices.receipt.builders import PATIENT, a_receipt, words
from tests.waiting import eventually


@asynccontextmanager
async def a_till_with_a_printer(tmp_path, clock=None) -> AsyncGenerator[tuple[AgentClient, PrinterSimulator]]:
    simulator = PrinterSimulator()
    config = PrinterConfig("receipt", await simulator.start_tcp(), timing=PATIENT)
    printer = ReceiptPrinter(config, backoff=Backoff(0.05, 0.2))
    try:
        async with Agent(a_config(tmp_path), [printer], clock) as agent, a_till(agent, resume=0) as till:
            await eventually(lambda: printer.state.health == "ok")
            yield till, simulator
    finally:
        await simulator.stop()


async def test_a_receipt_with_three_alphabets_is_on_the_paper_once(tmp_path):
    job = new_id()
    async with a_till_with_a_printer(tmp_path) as (till, simulator):
        content = a_receipt(words("Milk Молоко Կաթ"), words("129.90"))
        await till.submit(job, "receipt", "receipt", content)
        ended = await till.until(job)
        again = await till.submit(job, "receipt", "receipt", content)

        assert till.welcome["devices"][0]["kind"] == "receipt-printer"
        assert len(simulator.receipts) == 1
        assert "129.90" in decode(simulator.receipts[0].data).text
    assert ended["state"] == again["state"] == "done"


async def test_paper_out_in_the_middle_waits_for_a_person_and_then_ends_well(tmp_path):
    job = new_id()
    async with a_till_with_a_printer(tmp_path) as (till, simulator):
        simulator.paper_out_after(2)
        await till.submit(job, "receipt", "receipt", a_receipt(*(words(f"line {n}") for n in range(9))))
        waits = await till.events.get()
        while not waits.get("waiting"):
            waits = await till.events.get()
        simulator.set_paper("ok")
        ended = await till.until(job)

        assert len(simulator.receipts) == 1
    assert waits["job"] == job
    assert "printer.paper_out" in waits["causes"]
    assert (ended["state"], ended["waiting"]) == ("done", False)


async def test_a_receipt_whose_time_ends_while_it_waits_for_paper_is_not_printed(tmp_path):
    clock = HeldClock()
    late, fresh = new_id(), new_id()
    async with a_till_with_a_printer(tmp_path, clock) as (till, simulator):
        simulator.set_paper("out")
        await till.submit(late, "receipt", "receipt", a_receipt(words("late")), ttl=60, made_at=clock.now())
        await till.submit(fresh, "receipt", "receipt", a_receipt(words("fresh")), ttl=6_000, made_at=clock.now())
        await eventually(lambda: any(e.get("waiting") and "printer.paper_out" in e["causes"] for e in seen(till)))
        clock.move_on(61)
        expired = await till.until(late)
        simulator.set_paper("ok")
        ended = await till.until(fresh)

        texts = [decode(receipt.data).text for receipt in simulator.receipts]
    assert (expired["state"], expired["causes"]) == ("failed", ["job.expired"])
    assert ended["state"] == "done"
    assert len(texts) == 1
    assert "fresh" in texts[0]


async def test_a_printer_switched_off_in_the_middle_leaves_the_receipt_to_the_cashier(tmp_path):
    job, next_job = new_id(), new_id()
    async with a_till_with_a_printer(tmp_path) as (till, simulator):
        simulator.paper_out_after(2)
        await till.submit(job, "receipt", "receipt", a_receipt(*(words(f"line {n}") for n in range(9))))
        await eventually(lambda: any(e.get("waiting") for e in seen(till)))
        simulator.power_off()
        ended = await till.until(job)
        simulator.set_paper("ok")
        simulator.power_on()
        await till.submit(next_job, "receipt", "receipt", a_receipt(words("next")))
        after = await till.until(next_job)

    assert ended["state"] == "uncertain"
    assert after["state"] == "done"


async def test_the_drawer_opens_once(tmp_path):
    job = new_id()
    async with a_till_with_a_printer(tmp_path) as (till, simulator):
        await till.submit(job, "receipt", "drawer", {"reason": "no_sale", "note": "change"}, ttl=5)
        ended = await till.until(job)
        await till.submit(job, "receipt", "drawer", {"reason": "no_sale", "note": "change"}, ttl=5)

        assert len(simulator.kicks) == 1
    assert ended["state"] == "done"


async def test_a_receipt_that_makes_no_sense_fails_and_says_why(tmp_path):
    job = new_id()
    async with a_till_with_a_printer(tmp_path) as (till, simulator):
        await till.submit(job, "receipt", "receipt", {"lines": [{"kind": "video"}]})
        ended = await till.until(job)

        assert simulator.receipts == []
    assert ended["state"] == "failed"
    assert ended["causes"]


def test_a_printer_is_built_from_its_table(tmp_path):
    table = """
    state = "s"
    [[devices]]
    id = "front"
    kind = "receipt-printer"
    url = "tcp://192.168.1.50:9100"
    model = "pos58"
    pages = [["cp866", 17]]
    cut = "full"
    answers = false
    """
    path = tmp_path / "devices.toml"
    path.write_text(table)
    printer = build_device(read_config(path).devices[0])

    assert isinstance(printer, ReceiptPrinter)
    assert (printer.id, printer.model.columns, printer.model.pages) == ("front", 32, (("cp866", 17),))
    assert (printer.model.cut, printer.model.answers) == ("full", False)


@pytest.mark.parametrize(
    ("url", "options", "says"),
    [
        ("ftp://x", {}, "url"),
        ("tcp://x:1", {"model": "tm-u2"}, "epson80"),
        ("tcp://x:1", {"colour": "red"}, "colour"),
        ("tcp://x:1", {"columns": "42"}, "columns"),
        ("tcp://x:1", {"cut": "sideways"}, "cut"),
        ("tcp://x:1", {"drawer_pin": 3}, "drawer_pin"),
        ("tcp://x:1", {"raster": 1}, "raster"),
        ("tcp://x:1", {"pages": ["cp866"]}, "pages"),
        ("tcp://x:1", {"pages": [["cp866", "17"]]}, "pages"),
    ],
)
def test_what_is_wrong_with_a_printers_table_is_named(url, options, says):
    with pytest.raises(ConfigError) as wrong:
        build_device(DeviceConfig("front", "receipt-printer", url, options))

    assert "front" in str(wrong.value)
    assert says in str(wrong.value)
