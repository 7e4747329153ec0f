"""A till, a real agent, a real driver and a simulated terminal: whatever is killed in between, a card is charged once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devices.payment.simulator import STEPS
from tests.till.page import Refused, Till
from tests.till.regulated_shop import CIGARETTES_CODE
from tests.till.server import ShopServer
from tests.till.shop import BREAD_CODE, MARO, MILK_CODE, REGISTER
from tests.till.terminal import Counter

pytestmark = pytest.mark.browser


@pytest.fixture
def counter(shop_server: ShopServer, tmp_path: Path) -> Iterator[Counter]:
    found = Counter(tmp_path, REGISTER, shop_server.address)
    shop_server.agent = found.start()
    yield found
    found.stop()


@pytest.fixture
async def paying(till: Till, counter: Counter) -> Till:
    """Milk in the basket, payment begun, the terminal ready."""
    await till.begin()
    await joined(till)
    await till.do("till.scan(given)", MILK_CODE)
    await till.do("till.startPayment()")
    return till


async def joined(till: Till) -> None:
    await till.until("till.devices.value.all[0]?.state.health === 'ok'")


async def press_card(till: Till) -> None:
    await till.do("till.atTerminal('pay', till.paying.value.left)")


async def phase(till: Till, wanted: str) -> dict[str, Any]:
    await till.until(f"till.card.value?.phase === '{wanted}'")
    return await till.do("till.card.value")


async def sale(till: Till) -> Any:
    """The one sale that arrived."""
    await till.until("till.lastReceipt.value?.kind === 'sale' && till.card.value === null")
    await till.sent()
    sales = [document for document in till.server.documents() if document.kind == "sale"]
    assert len(sales) == 1
    return sales[0]


async def test_an_approved_card_payment_is_the_sales_tender_with_the_terminals_reference(
    paying: Till, counter: Counter
) -> None:
    await press_card(paying)
    document = await sale(paying)

    assert [(tender.kind, tender.applied, tender.reference) for tender in document.tenders] == [
        ("card", document.totals.total, "28004869/1/1/611804")
    ]
    assert [each.amount for each in counter.bank.charged] == [document.totals.total]


async def test_a_declined_card_says_why_and_another_way_to_pay_is_open(paying: Till, counter: Counter) -> None:
    counter.bank.answers.append(0x78)

    await press_card(paying)
    told = await phase(paying, "refused")
    await paying.do("till.atTerminal('close')")
    await paying.do("till.addTender({ kind: 'cash', amount: 5_000_000 })")
    await paying.do("till.finish()")

    assert told["causes"] == ["payment.declined", "payment.card_refused"]
    assert (await sale(paying)).tenders[0].kind == "cash"
    assert counter.bank.charged == []


async def test_the_cashier_sees_what_the_terminal_does_and_can_cancel_it(paying: Till, counter: Counter) -> None:
    counter.simulator.customer_seconds = 10

    await press_card(paying)
    await paying.until("till.card.value?.status === 'payment.status.bank'")
    with pytest.raises(Refused) as refused:
        await press_card(paying)
    with pytest.raises(Refused) as kept:
        await paying.do("till.leavePayment()")
    await paying.do("till.scan(given)", BREAD_CODE)
    await paying.do("till.atTerminal('abort')")
    told = await phase(paying, "refused")

    assert (refused.value.code, kept.value.code) == ("payment.busy", "payment.busy")
    assert len(await paying.do("till.basket.value.lines")) == 1
    assert told["causes"] == ["payment.aborted"]
    assert counter.bank.charged == []


@pytest.mark.parametrize("step", STEPS)
async def test_a_lost_answer_is_found_and_the_card_charged_once(paying: Till, counter: Counter, step: Any) -> None:
    counter.bank.book("payment", 700, 51)
    counter.simulator.lose_at = step

    await press_card(paying)
    if step == "command":
        assert (await phase(paying, "refused"))["causes"] == ["payment.not_taken"]
        await press_card(paying)
    document = await sale(paying)

    assert [each.amount for each in counter.bank.charged] == [700, document.totals.total]
    assert document.tenders[0].reference == "28004869/2/2/611804"


async def test_a_page_loaded_anew_in_the_middle_finds_the_payment_and_takes_it_into_the_basket(
    paying: Till, counter: Counter
) -> None:
    counter.simulator.customer_seconds = 0.6
    await press_card(paying)
    await paying.until("till.card.value?.status !== null")

    await paying.go()
    told = await phase(paying, "taken")
    await paying.do("till.atTerminal('take')")
    document = await sale(paying)

    assert told["result"]["amount"] == document.totals.total
    assert [each.amount for each in counter.bank.charged] == [document.totals.total]


async def test_the_money_found_after_a_new_start_can_go_back_instead(paying: Till, counter: Counter) -> None:
    counter.simulator.customer_seconds = 0.6
    await press_card(paying)
    await paying.until("till.card.value?.status !== null")

    await paying.go()
    await phase(paying, "taken")
    await paying.do("till.atTerminal('giveBack')")
    await paying.until("till.card.value === null")

    assert counter.bank.charged == []
    assert [each.kind for each in counter.bank.bookings] == ["payment", "reversal"]


async def test_a_payment_that_no_agent_heard_of_is_never_begun_later(paying: Till, counter: Counter) -> None:
    await paying.do(
        """const send = WebSocket.prototype.send;
           WebSocket.prototype.send = function (text) { if (!text.includes('"payment.authorise"')) send.call(this, text); };
           till.atTerminal('pay', till.paying.value.left).catch(() => {});
           await new Promise((resume) => setTimeout(resume, 300));
           return null;"""
    )
    assert (await phase(paying, "running"))["causes"] == []

    await paying.go()
    told = await phase(paying, "refused")

    assert told["causes"] == ["job.expired"]
    assert counter.bank.bookings == []


async def test_an_agent_killed_in_the_middle_is_asked_what_the_terminal_knows(paying: Till, counter: Counter) -> None:
    counter.bank.book("payment", 700, 51)
    counter.simulator.customer_seconds = 1.5
    await press_card(paying)
    await paying.until("till.card.value?.status !== null")

    counter.call(counter.break_agent())
    counter.call(counter.start_agent())
    document = await sale_after_asking(paying)

    assert [each.amount for each in counter.bank.charged] == [700, document.totals.total]


async def sale_after_asking(till: Till) -> Any:
    """The till asks by itself; while the terminal is at work still, the cashier asks again."""
    await till.until("till.card.value === null || till.card.value.phase !== 'running'")
    await till.do(
        """for (let tries = 0; till.card.value?.phase === "unclear" && tries < 50; tries++) {
             await till.atTerminal('ask').catch(() => {});
             await new Promise((resume) => setTimeout(resume, 100));
           }
           return null;"""
    )
    if await till.do("till.card.value?.phase ?? null") == "taken":
        await till.do("till.atTerminal('take')")
    return await sale(till)


async def test_what_nobody_can_find_out_a_manager_decides(paying: Till, counter: Counter) -> None:
    counter.simulator.lose_at, counter.simulator.repeats = "booked", False

    await press_card(paying)
    await phase(paying, "unclear")
    with pytest.raises(Refused) as refused:
        await paying.do("till.atTerminal('decide', true, null, { auth_code: '1', card: '4771' })")
    await paying.do(
        "till.atTerminal('decide', true, await till.approve(given, '9876'), { auth_code: '611804', card: '4771' })",
        MARO,
    )
    document = await sale(paying)

    assert refused.value.code == "approval.needed"
    assert document.tenders[0].reference == "manual/611804/4771"
    assert len(counter.bank.charged) == 1


async def test_a_card_tender_leaves_the_basket_once_the_terminal_gave_the_money_back(
    paying: Till, counter: Counter
) -> None:
    await paying.do("till.atTerminal('pay', 10_000)")
    await paying.until("till.paying.value.tenders.length === 1 && till.card.value === null")
    with pytest.raises(Refused) as refused:
        await paying.do("till.leavePayment()")
    await paying.do("till.atTerminal('reverse', 0)")
    await paying.until("till.paying.value.tenders.length === 0 && till.card.value === null")
    await paying.do("till.leavePayment()")

    assert refused.value.code == "payment.card_taken"
    assert counter.bank.charged == []


async def test_goods_come_back_and_the_money_goes_to_the_card(paying: Till, counter: Counter) -> None:
    await press_card(paying)
    document = await sale(paying)
    counter.simulator.lose_at = "booked"

    await paying.do(
        """const refund = await till.startRefund(given);
           const lines = refund.lines.map(({ line, left }) => ({ line, quantity: left }));
           const [part] = till.refundPreview(lines, "card").parts;
           await till.atTerminal('refund', { document: refund.document, receipt: given, lines, reason: "unwanted" }, part.amount);
           return null;""",
        document.receipt,
    )
    await paying.until("till.lastReceipt.value?.kind === 'refund' && till.card.value === null")
    await paying.sent()

    refund = next(each for each in paying.server.documents() if each.kind == "refund")
    assert [(each.kind, each.amount) for each in counter.bank.bookings] == [
        ("payment", document.totals.total),
        ("refund", document.totals.total),
    ]
    assert refund.tenders[0].reference.startswith("28004869/2/2/")


@pytest.mark.usefixtures("laws")
async def test_what_the_law_does_not_take_back_goes_to_the_card_only_where_a_manager_agrees(
    paying: Till, counter: Counter
) -> None:
    await paying.do("till.leavePayment()")
    await paying.do("till.scan(given)", CIGARETTES_CODE)
    await paying.do("till.confirmAge(18)")
    await paying.do("till.startPayment()")
    await press_card(paying)
    document = await sale(paying)
    counter.simulator.lose_at = "booked"
    back = """const refund = await till.startRefund(given.receipt);
              const lines = [{ line: 2, quantity: 1000 }];
              if (given.approver) await till.allowReturn(await till.approve(given.approver, '9876'));
              const [part] = till.refundPreview(lines, "card").parts;
              const wish = { document: refund.document, receipt: given.receipt, lines, reason: "damaged" };
              await till.atTerminal('refund', wish, part.amount);
              return null;"""

    with pytest.raises(Refused, match=r"refund.not_returnable"):
        await paying.do(back, {"receipt": document.receipt})
    await paying.do(back, {"receipt": document.receipt, "approver": MARO})
    await paying.until("till.lastReceipt.value?.kind === 'refund' && till.card.value === null")
    await paying.sent()

    refund = next(each for each in paying.server.documents() if each.kind == "refund")
    assert (str(refund.approver), refund.totals.total) == (MARO, -90_000)
    assert [each.kind for each in counter.bank.bookings] == ["payment", "refund"]


async def test_a_terminal_without_a_wire_is_typed_by_the_cashier(
    till: Till, shop_server: ShopServer, tmp_path: Path
) -> None:
    counter = Counter(tmp_path, REGISTER, shop_server.address, typed=True)
    shop_server.agent = counter.start()
    try:
        await till.begin()
        await till.until("till.devices.value.all[0]?.kind === 'payment-terminal'")
        await till.do("till.scan(given)", BREAD_CODE)
        await till.do("till.startPayment()")
        await press_card(till)
        await phase(till, "typing")
        await till.do("till.atTerminal('confirm', { auth_code: 'A1', card: '1234' })")
        document = await sale(till)
    finally:
        counter.stop()

    assert document.tenders[0].reference == "typed/A1/1234"


async def show_code(till: Till, counter: Counter) -> str:
    """Asks for the whole sum by QR code; answers the payment's reference once its code is shown."""
    await till.until("till.devices.value.all.every(({ state }) => state.health === 'ok')")
    await till.do("till.atTerminal('pay', till.paying.value.left, 'qr-payment')")
    await till.until("till.card.value?.qr?.length > 20")
    return next(iter(counter.provider.bank.payments))


async def test_a_qr_payment_is_shown_and_becomes_the_tender_when_it_is_paid(paying: Till, counter: Counter) -> None:
    reference = await show_code(paying, counter)
    counter.provider.bank.pay(reference)
    document = await sale(paying)

    assert document.tenders[0].reference == f"qr/{reference}/Q000001"
    assert counter.provider.bank.taken == document.totals.total


async def test_a_qr_payment_made_while_the_page_was_away_is_found_and_can_go_back(
    paying: Till, counter: Counter
) -> None:
    reference = await show_code(paying, counter)
    await paying.go()
    counter.provider.bank.pay(reference)
    await phase(paying, "taken")
    await paying.do("till.atTerminal('giveBack')")
    await paying.until("till.card.value === null")

    assert counter.provider.bank.taken == 0


async def test_a_qr_payment_may_be_a_part_of_what_is_paid(paying: Till, counter: Counter) -> None:
    await paying.do("till.addTender({ kind: 'cash', amount: 1_000 })")
    counter.provider.bank.pay(await show_code(paying, counter))
    document = await sale(paying)

    assert [tender.kind for tender in document.tenders] == ["cash", "card"]


async def test_without_a_terminal_the_card_is_taken_as_ever(selling: Till) -> None:
    await selling.do("till.scan(given)", MILK_CODE)
    await selling.do("till.startPayment()")
    await selling.do("till.addTender({ kind: 'card', amount: till.paying.value.left, reference: null })")
    await selling.do("till.finish()")

    assert (await sale(selling)).tenders[0].reference is None
