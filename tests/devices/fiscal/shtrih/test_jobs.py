"""What a shop sees when its Shtrih-M register works, on real sockets and ptys, in both versions of the protocol."""

from dataclasses import replace

import pytest

from devices.device import DeviceError, Health, Outcome, Progress
from devices.fiscal.content import Operation, Tender
from devices.fiscal.shtrih import commands as c
from devices.fiscal.shtrih.codes import SubMode
from tests.devices.fiscal.builders import CASHIER, DOCUMENT, PACK, a_correction, a_line, a_receipt
from tests.devices.fiscal.shtrih.kit import NOON, USUAL, a_shop

VERSIONS = pytest.mark.parametrize("protocol", [1, 2], ids=["v1", "v2"])
WIRES = pytest.mark.parametrize("wire", ["tcp", "pty"])
NOT_PATIENT_WITH_PRINTING = replace(USUAL, printing=0.2)
SENT = [(Progress.SENDING, ()), (Progress.SENT, ())]


@VERSIONS
@WIRES
async def test_a_sale_is_done_with_the_proof_of_the_fiscal_storage(protocol, wire):
    async with a_shop(protocol, wire) as shop:
        ended = await shop.do(
            "fiscal.receipt",
            a_receipt(a_line(), a_line("Сыр", 100_000, 357), tenders=[{"kind": "cash", "sum": 50_000}]),
        )

        [document] = shop.storage.registered
        assert (ended.outcome, ended.causes) == (Outcome.DONE, ())
        assert ended.result == {
            "number": 2,
            "shift": 1,
            "at": "2026-11-22T12:00:00",
            "device": "1234",
            "storage": "9999078900000961",
            "sign": str(document.sign),
            "qr": f"t=20261122T1200&s=446.50&fn=9999078900000961&i=2&fp={document.sign}&n=1",
        }
        assert (document.total, document.lines, document.paid) == (44_650, ("Milk", "Сыр"), ((Tender.CASH, 44_650),))
        assert shop.told == SENT
        assert shop.driver.statistics.counts["fiscal_documents"] == 1


@VERSIONS
async def test_a_register_on_a_slow_line_does_the_same(protocol):
    async with a_shop(protocol, "pty", baud=115_200) as shop:
        ended = await shop.do("fiscal.receipt", a_receipt())

        assert (ended.outcome, len(shop.storage.registered)) == (Outcome.DONE, 1)


@VERSIONS
async def test_a_return_a_deposit_and_its_set_off_are_documents_of_their_own(protocol):
    async with a_shop(protocol) as shop:
        advance = a_line("Deposit", 50_000, subject="advance", method="advance", tax="vat120")
        set_off = [{"kind": "prepaid", "sum": 50_000}, {"kind": "card", "sum": 70_000}]

        await shop.do("fiscal.receipt", a_receipt(advance))
        await shop.do("fiscal.receipt", a_receipt(a_line("Cake", 120_000), tenders=set_off))
        back = await shop.do("fiscal.receipt", a_receipt(operation="return", origin={"document": 2}))

        assert back.result["qr"].endswith("&n=2")
        assert [(d.operation, d.total, dict(d.paid)) for d in shop.storage.registered] == [
            (Operation.SALE, 50_000, {Tender.CASH: 50_000}),
            (Operation.SALE, 120_000, {Tender.PREPAID: 50_000, Tender.CARD: 70_000}),
            (Operation.RETURN, 8_950, {Tender.CASH: 8_950}),
        ]


@VERSIONS
async def test_a_whole_shift_from_its_opening_to_z_with_the_registers_own_counters(protocol):
    async with a_shop(protocol, shift=False) as shop:
        opened = await shop.do("fiscal.open_shift")
        await shop.do("fiscal.receipt", a_receipt())
        moved = await shop.do("fiscal.cash_in", {"amount": 10_000, "cashier": CASHIER})
        await shop.do("fiscal.cash_out", {"amount": 3_000, "cashier": CASHIER})
        corrected = await shop.do("fiscal.correction", a_correction())
        report = await shop.do("fiscal.x_report")
        state = await shop.driver.ask("state", {})
        closed = await shop.do("fiscal.z_report")

        counters = {
            "sales": {"count": 1, "sum": 8_950},
            "returns": {"count": 0, "sum": 0},
            "cash_in": 10_000,
            "cash_out": 3_000,
            "cash": 15_950,
        }
        assert opened.result["number"] == 1
        assert moved.result["counters"]["cash"] == 18_950
        assert corrected.result["number"] == 3
        assert report.result["counters"] == counters
        assert state == {
            "shift": "open",
            "shift_number": 1,
            "last_document": 3,
            "unsent": 0,
            "unsent_since": None,
            "counters": counters,
        }
        assert (closed.result["number"], closed.result["shift"], closed.result["counters"]) == (4, 1, counters)
        assert (await shop.driver.ask("state", {}))["shift"] == "closed"


async def test_a_correction_tells_why_it_is_made():
    async with a_shop() as shop:
        await shop.do(
            "fiscal.correction", a_correction(basis={"kind": "instruction", "at": "2026-11-20", "number": "7"})
        )

        [basis] = shop.simulator.machine.requisites
        assert basis[:2] == (1174).to_bytes(2, "little")
        assert "a sale without a receipt".encode("cp866") in basis


async def test_the_customers_address_and_the_cashiers_tax_id_go_into_the_document():
    async with a_shop() as shop:
        await shop.do(
            "fiscal.receipt",
            a_receipt(customer={"email": "a@b.ru"}, cashier={"name": "Anna", "tax_id": "123456789012"}),
        )

        assert shop.simulator.machine.requisites == [b"\xf0\x03\x06\0a@b.ru", b"\xb3\x04\x0c\x00123456789012"]


@VERSIONS
async def test_a_shift_older_than_24_hours_takes_nothing_but_its_closing(protocol):
    async with a_shop(protocol) as shop:
        shop.hours.turn(hours=24, minutes=1)
        before = len(shop.simulator.commands)

        sale = await shop.do("fiscal.receipt", a_receipt())
        state = await shop.driver.ask("state", {})
        told = list(shop.told)
        closed = await shop.do("fiscal.z_report")

        assert (sale.outcome, sale.causes) == (Outcome.FAILED, ("fiscal.shift_expired",))
        assert told == []
        assert c.OPEN_RECEIPT not in shop.simulator.commands[before:]
        assert state["shift"] == "expired"
        assert closed.outcome is Outcome.DONE


async def test_a_shift_that_expires_between_the_question_and_the_receipt_is_told_the_same_way():
    async with a_shop() as shop:
        shop.simulator.fail_after[c.OPEN_RECEIPT] = 0x4E

        ended = await shop.do("fiscal.receipt", a_receipt())

        assert (ended.outcome, ended.causes) == (Outcome.FAILED, ("fiscal.shift_expired",))
        assert shop.storage.registered == []
        assert shop.simulator.machine.receipt is None


async def test_a_sale_opens_a_closed_shift_by_itself():
    async with a_shop(shift=False) as shop:
        ended = await shop.do("fiscal.receipt", a_receipt())

        assert (ended.outcome, ended.result["number"], ended.result["shift"]) == (Outcome.DONE, 2, 1)


@pytest.mark.parametrize(
    ("kind", "open_before", "cause"),
    [("fiscal.open_shift", True, "fiscal.shift_open"), ("fiscal.z_report", False, "fiscal.shift_closed")],
)
async def test_a_shift_is_neither_opened_nor_closed_twice(kind, open_before, cause):
    async with a_shop(shift=open_before) as shop:
        ended = await shop.do(kind)

        assert (ended.outcome, ended.causes) == (Outcome.FAILED, (cause,))


@VERSIONS
async def test_what_the_register_refuses_has_failed_with_its_number_and_leaves_no_open_receipt(protocol):
    async with a_shop(protocol) as shop:
        ended = await shop.do("fiscal.receipt", a_receipt(operation="return"))

        assert ended.outcome is Outcome.FAILED
        assert ended.causes == ("fiscal.refused",)
        assert ended.result == {"error": 0x46, "text": "not enough cash in the drawer"}
        assert shop.storage.registered == []
        assert shop.simulator.machine.receipt is None
        assert (await shop.do("fiscal.receipt", a_receipt())).outcome is Outcome.DONE


async def test_a_broken_storage_is_told_as_such():
    async with a_shop() as shop:
        shop.storage.broken = True

        ended = await shop.do("fiscal.receipt", a_receipt())

        assert (ended.outcome, ended.causes) == (Outcome.FAILED, ("fiscal.storage_error",))


async def test_a_locked_register_is_not_ready():
    async with a_shop() as shop:
        shop.simulator.machine.locked = True

        ended = await shop.do("fiscal.receipt", a_receipt())

        assert (ended.causes, ended.result) == (("fiscal.not_ready",), {"mode": 5})
        await shop.until_state("fiscal.not_ready")
        assert shop.driver.state.health is Health.CANNOT_WORK


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"tax": "vat99"}, "lines[0].tax"),
        ({"name": "Կաթ"}, "lines[0].name"),
        ({"marking": PACK, "quantity": 2_000, "sum": 17_900}, "lines[0].quantity"),
        ({"marking": PACK, "subject": "service"}, "lines[0].subject"),
        ({"marking": "0" * 246}, "lines[0].marking"),
        ({"price": 2**41, "sum": 2**41}, "lines[0].price"),
    ],
)
async def test_what_the_register_cannot_say_is_refused_before_a_byte_of_it_is_sent(change, field):
    async with a_shop() as shop:
        heard = len(shop.simulator.heard)

        ended = await shop.do("fiscal.receipt", a_receipt(a_line() | change))

        assert (ended.outcome, ended.result["field"]) == (Outcome.FAILED, field)
        assert len(shop.simulator.heard) == heard


@VERSIONS
async def test_paper_out_before_a_sale_is_waited_for_with_nothing_sent(protocol):
    async with a_shop(protocol) as shop:
        shop.simulator.machine.remove_paper()
        selling = shop.start("fiscal.receipt", a_receipt())
        await shop.until_told(Progress.WAITING, ("fiscal.paper_out",))
        assert c.OPEN_RECEIPT not in shop.simulator.commands
        await shop.until_state("fiscal.paper_out")

        shop.simulator.machine.load_paper()

        assert (await selling).outcome is Outcome.DONE
        assert shop.told == [(Progress.WAITING, ("fiscal.paper_out",)), *SENT]


@VERSIONS
@pytest.mark.parametrize("printed", [1, 2, 3], ids=["opening", "a line", "the closing"])
async def test_paper_out_in_the_middle_is_waited_for_and_goes_on_by_itself(protocol, printed):
    async with a_shop(protocol) as shop:
        shop.simulator.machine.paper_ends_in = printed
        selling = shop.start("fiscal.receipt", a_receipt())
        await shop.until_told(Progress.WAITING, ("fiscal.paper_out",))

        shop.simulator.machine.load_paper()

        ended = await selling
        assert ended.outcome is Outcome.DONE
        assert ended.causes == (("fiscal.resumed",) if printed == 3 else ())
        assert len(shop.storage.registered) == 1
        assert shop.simulator.machine.done[c.CONTINUE] == 1
        assert shop.simulator.machine.submode is SubMode.READY


async def test_a_command_refused_while_it_prints_is_given_again_and_registers_once():
    async with a_shop() as shop:
        shop.simulator.machine.busy = 3

        ended = await shop.do("fiscal.receipt", a_receipt(a_line(), a_line()))

        assert ended.outcome is Outcome.DONE
        assert shop.simulator.commands.count(c.OPERATION) > 2
        assert shop.simulator.machine.done[c.CLOSE] == len(shop.storage.registered) == 1


async def test_a_register_that_prints_without_end_is_given_up_before_the_sale():
    async with a_shop(timing=NOT_PATIENT_WITH_PRINTING) as shop:
        shop.simulator.machine.busy = None
        await shop.do("fiscal.x_report")

        ended = await shop.do("fiscal.receipt", a_receipt())

        assert (ended.outcome, ended.causes) == (Outcome.FAILED, ("fiscal.stuck",))


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("fiscal.receipt", a_receipt(), c.CLOSE),
        ("fiscal.cash_in", {"amount": 100, "cashier": CASHIER}, c.CASH_IN),
        ("fiscal.correction", a_correction(), c.CORRECTION),
    ],
)
async def test_what_happened_although_the_register_said_that_it_prints_is_not_done_again(kind, content, code):
    async with a_shop() as shop:
        shop.simulator.fail_after[code] = 0x50

        ended = await shop.do(kind, content)

        assert ended.outcome is Outcome.DONE
        assert shop.simulator.commands.count(code) == 1


async def test_a_register_stuck_after_the_closing_has_registered_all_the_same():
    async with a_shop(timing=NOT_PATIENT_WITH_PRINTING) as shop:
        shop.simulator.stuck_after = c.CLOSE

        ended = await shop.do("fiscal.receipt", a_receipt())

        assert (ended.outcome, ended.causes) == (Outcome.DONE, ("fiscal.stuck",))
        assert len(shop.storage.registered) == 1


async def test_an_error_that_was_answered_to_a_closing_that_happened_does_not_hide_it():
    async with a_shop() as shop:
        shop.simulator.fail_after[c.CLOSE] = 0x75

        ended = await shop.do("fiscal.receipt", a_receipt())

        assert (ended.outcome, ended.causes) == (Outcome.DONE, ("fiscal.found_registered",))
        assert ended.result["number"] == 2


async def test_a_receipt_that_somebody_left_open_is_cancelled_first():
    async with a_shop() as shop:
        shop.simulator.machine.answer(c.command(c.OPEN_RECEIPT, 30, b"\0"))

        ended = await shop.do("fiscal.receipt", a_receipt())

        assert ended.outcome is Outcome.DONE
        assert [document.total for document in shop.storage.registered] == [8_950]


async def test_documents_that_the_operator_has_not_taken_need_attention_after_a_day():
    async with a_shop() as shop:
        shop.storage.connected = False
        await shop.do("fiscal.receipt", a_receipt())
        assert (await shop.driver.ask("state", {}))["unsent_since"] == "2026-11-22T12:00:00"

        shop.hours.turn(hours=25)
        shop.simulator.disconnect()
        await shop.until_state("fiscal.shift_expired", "fiscal.unsent_documents")

        assert shop.driver.state.health is Health.ATTENTION


async def test_find_tells_a_registered_receipt_from_one_that_never_was():
    async with a_shop() as shop:
        await shop.do("fiscal.receipt", a_receipt())
        made_at = NOON.astimezone().isoformat()
        question = {"document": DOCUMENT, "operation": "sale", "total": 8_950, "made_at": made_at}

        found = await shop.driver.ask("find", question)
        other = await shop.driver.ask("find", question | {"document": DOCUMENT.replace("f1", "f2")})
        absent = await shop.driver.ask("find", question | {"operation": "return"})

        assert (found["found"], found["result"]["number"]) == ("registered", 2)
        assert other == absent == {"found": "absent"}


async def test_find_does_not_choose_between_two_receipts_of_the_same_sum():
    async with a_shop() as shop:
        for _ in range(2):
            await shop.do("fiscal.receipt", a_receipt())
        question = {"document": DOCUMENT, "operation": "sale", "total": 8_950, "made_at": NOON.astimezone().isoformat()}

        assert await shop.driver.ask("find", question) == {"found": "unknown"}


async def test_a_question_nobody_knows_and_one_that_says_too_little_are_refused():
    async with a_shop() as shop:
        with pytest.raises(DeviceError) as unknown:
            await shop.driver.ask("dance", {})
        with pytest.raises(DeviceError) as malformed:
            await shop.driver.ask("find", {})

        assert (unknown.value.code, malformed.value.code) == ("device.question_unknown", "fiscal.malformed")
