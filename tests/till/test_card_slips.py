"""What a card terminal wants printed comes out of the till's printer, once, whatever is killed in between; the end of its day."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.till.page import Refused, Till
from tests.till.server import ShopServer
from tests.till.shop import BREAD_CODE, MILK_CODE, REGISTER
from tests.till.terminal import Counter
from tests.till.test_card_terminal import phase, press_card, sale, sale_after_asking
from tests.waiting import eventually

pytestmark = pytest.mark.browser

MERCHANT, CUSTOMER, REPORT = "HÄNDLERBELEG", "KUNDENBELEG", "KASSENSCHNITT"
TITLES = (MERCHANT, CUSTOMER, REPORT)


@pytest.fixture
def counter(shop_server: ShopServer, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Counter]:
    """Terminal and receipt printer, unless a test wants it otherwise."""
    found = Counter(tmp_path, REGISTER, shop_server.address, **{"printer": True, **getattr(request, "param", {})})
    shop_server.agent = found.start()
    yield found
    found.stop()


@pytest.fixture
async def selling(till: Till, counter: Counter) -> Till:
    """Devices ready, the shift open."""
    await till.begin()
    await till.until(
        "till.devices.value.all.length >= 2 && till.devices.value.all.every(({ state }) => state.health === 'ok')"
    )
    return till


@pytest.fixture
async def paying(selling: Till) -> Till:
    """Milk in the basket, payment begun."""
    await selling.do("till.scan(given)", MILK_CODE)
    await selling.do("till.startPayment()")
    return selling


def titles(counter: Counter) -> list[str]:
    """What each paper is: a slip by its heading, else "receipt"."""
    return [next((title for title in TITLES if title in paper), "receipt") for paper in counter.papers]


async def printed(counter: Counter, *expected: str) -> None:
    await eventually(lambda: len(titles(counter)) >= len(expected))
    assert titles(counter) == list(expected)


async def jobs(till: Till) -> list[dict[str, Any]]:
    return [job for job in await till.do("till.devices.value.jobs") if job["says"] == "slip"]


async def all_printed(till: Till) -> None:
    await till.until("till.devices.value.jobs.every(({ state }) => state === 'done')")


async def test_the_merchants_slip_comes_first_then_the_customers_then_the_receipt(
    paying: Till, counter: Counter
) -> None:
    await press_card(paying)
    document = await sale(paying)

    await printed(counter, MERCHANT, CUSTOMER, "receipt")
    merchant, customer, receipt = counter.papers
    assert merchant.splitlines()[:6] == [
        "** HÄNDLERBELEG **",
        "Kartenzahlung",
        "Beleg-Nr:              1",
        "Nr:  **** **** **** 4771",
        f"{document.totals.total // 100}.{document.totals.total % 100:02}",
        "Genehmigt",
    ]
    assert "Unterschrift:" in merchant
    assert "Unterschrift:" not in customer
    assert document.receipt in receipt


@pytest.mark.parametrize("way", ["lines", "bare lines"])
async def test_a_terminal_that_sends_line_by_line_gets_two_papers_too(paying: Till, counter: Counter, way: Any) -> None:
    counter.simulator.slips = way

    await press_card(paying)
    await sale(paying)

    await printed(counter, MERCHANT, CUSTOMER, "receipt")
    assert counter.papers[0].splitlines()[0] == "   ** HÄNDLERBELEG **"


async def test_a_page_killed_between_the_approval_and_the_tender_prints_once(paying: Till, counter: Counter) -> None:
    await paying.do(
        "const { Checkout } = await import('/till/core/checkout.js'); Checkout.prototype.addTender = () => new Promise(() => {});"
    )

    await press_card(paying)
    await printed(counter, MERCHANT, CUSTOMER)
    await paying.go()
    await phase(paying, "taken")
    await paying.do("till.atTerminal('take')")
    await sale(paying)
    await all_printed(paying)

    assert titles(counter) == [MERCHANT, CUSTOMER, "receipt"]


async def test_a_page_that_was_away_when_the_answer_came_prints_once(paying: Till, counter: Counter) -> None:
    counter.simulator.customer_seconds = 0.6

    await press_card(paying)
    await paying.until("till.card.value?.status !== null")
    await paying.go()
    await phase(paying, "taken")
    await paying.go()
    await phase(paying, "taken")
    await all_printed(paying)

    assert titles(counter) == [MERCHANT, CUSTOMER]


async def test_a_declined_card_has_its_slips_and_no_receipt(paying: Till, counter: Counter) -> None:
    counter.bank.answers.append(0x78)

    await press_card(paying)
    await phase(paying, "refused")

    await printed(counter, MERCHANT, CUSTOMER)
    assert all("Zahlung nicht möglich" in paper for paper in counter.papers)


async def test_a_tender_taken_back_and_a_refund_have_their_slips(selling: Till, counter: Counter) -> None:
    await selling.do("till.scan(given)", MILK_CODE)
    await selling.do("till.startPayment()")
    await selling.do("till.atTerminal('pay', 10_000)")
    await selling.until("till.paying.value.tenders.length === 1 && till.card.value === null")
    await selling.do("till.atTerminal('reverse', 0)")
    await selling.until("till.paying.value.tenders.length === 0 && till.card.value === null")
    await printed(counter, *[MERCHANT, CUSTOMER] * 2)
    await press_card(selling)
    document = await sale(selling)
    await selling.do(
        """const refund = await till.startRefund(given);
           const lines = refund.lines.map(({ line, left }) => ({ line, quantity: left }));
           const [part] = till.refundPreview(lines, "card").parts;
           await till.atTerminal('refund', { document: refund.document, receipt: given, lines, reason: "unwanted" }, part.amount);
           return null;""",
        document.receipt,
    )
    await selling.until("till.lastReceipt.value?.kind === 'refund' && till.card.value === null")

    await printed(counter, *[MERCHANT, CUSTOMER] * 3, "receipt", MERCHANT, CUSTOMER, "receipt")
    slips = [paper for paper in counter.papers if MERCHANT in paper]
    assert [paper.splitlines()[1] for paper in slips] == ["Kartenzahlung", "Storno", "Kartenzahlung", "Gutschrift"]


async def test_the_slips_of_a_payment_found_after_a_lost_answer_are_printed(paying: Till, counter: Counter) -> None:
    counter.bank.book("payment", 700, 51)
    counter.simulator.lose_at = "booked"

    await press_card(paying)
    document = await sale(paying)

    await printed(counter, MERCHANT, CUSTOMER, "receipt")
    assert f"{document.totals.total // 100}.{document.totals.total % 100:02}" in counter.papers[0]


async def test_the_slips_of_a_payment_that_the_till_asked_for_after_the_agent_was_killed_are_printed(
    paying: Till, counter: Counter
) -> None:
    counter.bank.book("payment", 700, 51)
    counter.simulator.customer_seconds = 1.0
    await press_card(paying)
    await paying.until("till.card.value?.status !== null")

    counter.call(counter.break_agent())
    counter.call(counter.start_agent())
    await sale_after_asking(paying)
    await all_printed(paying)

    assert titles(counter) == [MERCHANT, CUSTOMER, "receipt"]


async def test_a_dead_printer_holds_up_no_sale_and_the_slips_come_when_it_is_back(
    paying: Till, counter: Counter
) -> None:
    assert counter.printer
    counter.call(counter.printer.power_off)
    await paying.until("till.devices.value.printer.health === 'cannot-work'")

    await press_card(paying)
    await sale(paying)
    await paying.until("till.devices.value.jobs.filter(({ waiting }) => waiting).length >= 1")
    waiting = await paying.do("till.messages.value.map(({ code }) => code)")
    counter.call(counter.printer.power_on)
    await all_printed(paying)

    assert "slip.waiting" in waiting
    assert titles(counter) == [MERCHANT, CUSTOMER, "receipt"]


async def test_slips_that_nobody_knows_of_whether_they_were_printed_come_again_as_a_copy(
    paying: Till, counter: Counter
) -> None:
    assert counter.printer
    counter.call(lambda: counter.printer.paper_out_after(4))  # type: ignore[union-attr]
    await press_card(paying)
    await sale(paying)
    await paying.until("till.devices.value.jobs.some(({ says, waiting }) => says === 'slip' && waiting)")
    counter.call(counter.printer.power_off)
    await paying.until("till.devices.value.jobs.some(({ says, state }) => says === 'slip' && state === 'uncertain')")
    counter.call(lambda: counter.printer.set_paper("ok"))  # type: ignore[union-attr]
    counter.call(counter.printer.power_on)
    [job] = await jobs(paying)
    message = await paying.do("till.messages.value.find(({ id }) => id === given)?.code", f"job:{job['job']}")
    await paying.do("till.answer(given, 'retry_print')", f"job:{job['job']}")
    await all_printed(paying)

    await printed(counter, "receipt", MERCHANT, CUSTOMER)
    assert message == "slip.uncertain"
    assert "COPY" in next(paper for paper in counter.papers if MERCHANT in paper)


@pytest.mark.parametrize("counter", [{"printer": False}], indirect=True)
async def test_without_a_printer_the_sale_goes_on_and_the_slip_says_that_it_is_missing(
    paying: Till, counter: Counter
) -> None:
    await press_card(paying)
    await sale(paying)
    await paying.until("till.devices.value.jobs.some(({ says, state }) => says === 'slip' && state === 'failed')")

    [job] = await jobs(paying)
    assert job["causes"] == ["device.none"]


@pytest.mark.parametrize("counter", [{"prints": "terminal"}], indirect=True)
async def test_a_terminal_that_prints_itself_leaves_the_till_its_receipts(paying: Till, counter: Counter) -> None:
    await press_card(paying)
    await sale(paying)
    await paying.do("till.atTerminal('endOfDay')")
    await phase(paying, "closed")
    await all_printed(paying)

    assert counter.simulator.config == 0x38
    assert await jobs(paying) == []
    assert titles(counter) == ["receipt"]
    assert [MERCHANT in counter.simulator.papers[0], len(counter.simulator.papers)] == [True, 3]


async def test_the_end_of_the_day_is_done_and_its_report_printed(paying: Till, counter: Counter) -> None:
    await press_card(paying)
    document = await sale(paying)

    await paying.do("till.atTerminal('wishEndOfDay')")
    assert (await phase(paying, "asked"))["kind"] == "payment.end_of_day"
    assert counter.simulator.days == 0
    await paying.do("till.atTerminal('endOfDay')")
    await phase(paying, "closed")
    await paying.do("till.atTerminal('close')")
    await printed(counter, MERCHANT, CUSTOMER, "receipt", REPORT)

    assert await paying.do("till.card.value") is None
    assert f"GESAMT {document.totals.total // 100}." in counter.papers[-1]
    assert counter.simulator.days == 1


@pytest.mark.parametrize("step", ["taken", "booked"])
async def test_an_end_of_day_whose_answer_is_lost_is_never_begun_again_by_itself(
    selling: Till, counter: Counter, step: Any
) -> None:
    counter.simulator.lose_at = step

    await selling.do("till.atTerminal('endOfDay')")
    told = await phase(selling, "refused")
    await selling.go()
    await selling.until("till.devices.value.agent === 'connected' && till.devices.value.all[0].state.health === 'ok'")

    assert told["causes"] == ["payment.day_unknown"]
    assert await selling.do("till.card.value") is None
    assert counter.simulator.days == 1
    assert titles(counter) == []


async def test_an_end_of_day_goes_on_while_the_page_is_loaded_anew(selling: Till, counter: Counter) -> None:
    counter.simulator.customer_seconds = 0.6
    await selling.do("till.atTerminal('endOfDay')")
    await selling.until("till.card.value?.status === 'payment.status.wait'")

    await selling.go()
    await phase(selling, "closed")

    await printed(counter, REPORT)
    assert counter.simulator.days == 1


async def test_a_day_that_the_agent_never_came_back_to_tell_of_is_left_to_people(
    selling: Till, counter: Counter
) -> None:
    counter.simulator.customer_seconds = 5
    await selling.do(
        """const send = WebSocket.prototype.send;
           WebSocket.prototype.send = function (text) { globalThis.line = this; send.call(this, text); };
           await till.atTerminal('endOfDay');"""
    )
    await selling.until("till.card.value?.status === 'payment.status.wait'")
    await selling.do("till.atTerminal('close')")
    assert await selling.do("till.card.value.phase") == "running"

    await selling.do("globalThis.WebSocket = class { constructor() { throw new Error('gone'); } }; line.close();")
    await selling.until("till.devices.value.agent !== 'connected'")
    await selling.do("till.atTerminal('close')")

    assert (await phase(selling, "refused"))["causes"] == ["payment.day_unknown"]


async def test_a_payment_and_the_end_of_the_day_never_meet(paying: Till, counter: Counter) -> None:
    counter.simulator.customer_seconds = 10
    await press_card(paying)
    await paying.until("till.card.value?.status === 'payment.status.bank'")
    for what in ("wishEndOfDay", "endOfDay"):
        with pytest.raises(Refused) as refused:
            await paying.do(f"till.atTerminal('{what}')")
        assert refused.value.code == "payment.busy"
    await paying.do("till.atTerminal('abort')")
    await phase(paying, "refused")
    counter.simulator.customer_seconds = 1.5
    await paying.do("till.atTerminal('endOfDay')")
    with pytest.raises(Refused) as refused:
        await press_card(paying)
    await phase(paying, "closed")

    assert refused.value.code == "payment.busy"
    assert (counter.bank.bookings, counter.simulator.days) == ([], 1)


@pytest.mark.parametrize("counter", [{"typed": True}], indirect=True)
async def test_a_terminal_without_a_wire_prints_nothing_here_and_has_no_end_of_day(
    till: Till, counter: Counter
) -> None:
    await till.begin()
    await till.until("till.devices.value.printer.health === 'ok'")
    await till.do("till.scan(given)", BREAD_CODE)
    await till.do("till.startPayment()")
    await press_card(till)
    await phase(till, "typing")
    await till.do("till.atTerminal('confirm', { auth_code: 'A1', card: '1234' })")
    await sale(till)
    with pytest.raises(Refused) as refused:
        await till.do("till.atTerminal('endOfDay')")

    await printed(counter, "receipt")
    assert refused.value.code == "device.none"
