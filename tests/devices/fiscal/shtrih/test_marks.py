"""Marked goods at a Shtrih-M register: each code is checked, taken and bound to its line, or nothing is registered."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.device import Outcome
from devices.fiscal.content import Operation
from devices.fiscal.shtrih import commands as c
from devices.fiscal.shtrih import marks
from devices.fiscal.shtrih.answers import BadAnswer, read
from devices.fiscal.shtrih.config import ShtrihConfig
from devices.fiscal.shtrih.marks import Checked
from devices.fiscal.shtrih.work import work_of
from tests.devices.fiscal.builders import CHEESE, PACK, SHOES, a_line, a_receipt, cigarettes, shoes
from tests.devices.fiscal.shtrih.kit import SIMULATORS, Hours, a_shop

VERSIONS = pytest.mark.parametrize("protocol", [1, 2], ids=["v1", "v2"])
MARKED = a_receipt(cigarettes(), a_line(), shoes())
REGISTERED = {Outcome.DONE: 1, Outcome.FAILED: 0}
ABOUT_MARKS = {c.CHECK_MARK: "check", c.DECIDE_MARK: "decide", c.OPERATION: "line", c.BIND_MARK: "bind"}


def test_a_pack_is_told_in_the_bytes_that_the_makers_list_of_commands_asks_for():
    work = work_of("fiscal.receipt", a_receipt(cigarettes()), ShtrihConfig("fiscal", "tcp://register:7778"))

    assert work is not None
    told = [c.command(code, 30, data) for code, data in work.orders]
    [(_, check)] = work.checks
    assert c.command(c.CHECK_MARK, 30, check) == bytes.fromhex("FF61 1E000000 01 00 1D 00") + PACK.encode()
    assert told[1][:2] == bytes.fromhex("FF46")
    assert told[1][6 + 25] == 31  # excisable goods with a code
    assert told[2] == bytes.fromhex("FF67 1E000000 1D") + PACK.encode()
    assert c.command(c.DECIDE_MARK, 30, marks.TAKE) == bytes.fromhex("FF69 1E000000 01")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("03 00 00 02 00 0F", Checked(3, 0, 0, 15)),
        ("03 00 00 00", Checked(3, 0)),
        ("00 01 00 01 FF", Checked(0, 1, 0xFF)),
        ("00 01 00 02 FF 00", Checked(0, 1, 0xFF)),
        ("01 00 00 02 00 05", Checked(1, 0, 0, 5)),
        ("03 00 00 08 00 0F 0100 0200 0506", Checked(3, 0, 0, 15)),
    ],
    ids=["online", "without a system", "no answer", "no answer, with a result", "false", "more requisites"],
)
def test_the_answer_to_a_check_is_read_as_the_makers_list_of_commands_has_it(answer, said):
    assert read(marks.checked, bytes.fromhex(answer)) == said


@given(st.binary(max_size=40))
def test_any_answer_is_read_or_refused_and_a_short_one_is_never_a_good_one(answer):
    try:
        said = read(marks.checked, answer)
    except BadAnswer:
        return
    assert len(answer) >= 4
    assert said.fault is None or said.fault.isascii()


@pytest.mark.parametrize(
    ("found", "sold"),
    [
        (Checked(3, 0, 0, 15), True),
        (Checked(3, 0), True),
        (Checked(0, 1, 0xFF), True),
        (Checked(0, 1, 0, 15), True),
        (Checked(1, 0), False),
        (Checked(0, 2), False),
        (Checked(0, 3), False),
        (Checked(0, 4), False),
        (Checked(3, 0, 0x20), False),
        (Checked(3, 0, 0, 13), False),
        (Checked(3, 0, 0, 7), False),
    ],
)
def test_what_refuses_a_code_is_what_the_makers_own_driver_refuses(found, sold):
    assert (found.fault is None) == sold


@VERSIONS
async def test_marked_goods_are_sold_with_their_codes_byte_for_byte_and_may_come_back(protocol):
    async with a_shop(protocol) as shop:
        sold = await shop.do("fiscal.receipt", MARKED)
        back = await shop.do("fiscal.receipt", a_receipt(shoes(), operation="return"))
        again = await shop.do("fiscal.receipt", a_receipt(shoes()))

        assert [each.outcome for each in (sold, back, again)] == [Outcome.DONE] * 3
        assert [(d.operation, d.lines, d.marks) for d in shop.storage.registered] == [
            (Operation.SALE, ("Cigarettes", "Milk", "Shoes"), (PACK, "", SHOES)),
            (Operation.RETURN, ("Shoes",), (SHOES,)),
            (Operation.SALE, ("Shoes",), (SHOES,)),
        ]


async def test_the_order_is_the_makers_open_check_and_take_each_then_each_line_and_its_code():
    async with a_shop() as shop:
        before = len(shop.simulator.commands)

        await shop.do("fiscal.receipt", MARKED)

        given = [code for code in shop.simulator.commands[before:] if code in {c.OPEN_RECEIPT, c.CLOSE, *ABOUT_MARKS}]
        assert given == [
            c.DECIDE_MARK,
            c.OPEN_RECEIPT,
            *(c.CHECK_MARK, c.DECIDE_MARK),
            *(c.CHECK_MARK, c.DECIDE_MARK),
            *(c.OPERATION, c.BIND_MARK),
            c.OPERATION,
            *(c.OPERATION, c.BIND_MARK),
            c.CLOSE,
        ]


@pytest.mark.parametrize("model", sorted(marks.CODES_FIRST))
async def test_models_that_want_the_code_before_its_line_get_it_so(model):
    async with a_shop() as shop:
        shop.simulator.machine.model = model

        ended = await shop.do("fiscal.receipt", MARKED)

        assert ended.outcome is Outcome.DONE
        assert shop.storage.registered[0].marks == (PACK, "", SHOES)


@VERSIONS
async def test_a_code_that_the_system_knows_to_be_false_refuses_the_receipt_and_says_which(protocol):
    async with a_shop(protocol) as shop:
        shop.simulator.machine.checking.system.false.add(SHOES)

        ended = await shop.do("fiscal.receipt", MARKED)

        assert (ended.outcome, ended.causes) == (Outcome.FAILED, ("fiscal.mark_refused",))
        assert ended.result == {"text": "Shoes: the storage finds the code false", "field": "lines[2].marking"}
        assert left_behind(shop) == ([], None, {}, None)
        assert (await shop.do("fiscal.receipt", a_receipt(cigarettes()))).outcome is Outcome.DONE


async def test_a_pack_that_was_sold_before_is_not_sold_again():
    async with a_shop() as shop:
        await shop.do("fiscal.receipt", a_receipt(cigarettes()))

        again = await shop.do("fiscal.receipt", a_receipt(cigarettes()))

        assert again.causes == ("fiscal.mark_refused",)
        assert again.result["text"] == "Cigarettes: the goods must not be sold or taken back now"
        assert len(shop.storage.registered) == 1


@pytest.mark.parametrize("code", [SHOES.replace("\x1d", ""), PACK[:21], "4623091234503"])
async def test_a_code_that_is_not_whole_is_refused(code):
    async with a_shop() as shop:
        ended = await shop.do("fiscal.receipt", a_receipt(shoes(marking=code)))

        assert (ended.outcome, ended.causes) == (Outcome.FAILED, ("fiscal.mark_refused",))
        assert left_behind(shop) == ([], None, {}, None)


@pytest.mark.parametrize("code", [SHOES, PACK, CHEESE], ids=["signed", "tobacco", "checked"])
async def test_a_system_that_does_not_answer_keeps_nobody_from_buying(code):
    async with a_shop() as shop:
        shop.simulator.machine.checking.system.answering = False

        assert (await shop.do("fiscal.receipt", a_receipt(shoes(marking=code)))).outcome is Outcome.DONE


async def test_a_storage_without_keys_checks_no_signed_code():
    async with a_shop() as shop:
        shop.simulator.machine.checking.keys = False

        ended = await shop.do("fiscal.receipt", a_receipt(shoes()))

        assert ended.result["text"] == "Shoes: the storage has no key for such a code"


@pytest.mark.parametrize("old", ["1.05", "1.1"])
async def test_a_register_of_an_older_format_refuses_before_anything_is_opened(old):
    async with a_shop() as shop:
        shop.simulator.machine.data_format = old
        before = len(shop.simulator.commands)

        ended = await shop.do("fiscal.receipt", MARKED)

        assert (ended.outcome, ended.causes, ended.result) == (
            Outcome.FAILED,
            ("fiscal.marking_unsupported",),
            {"ffd": old},
        )
        assert c.OPEN_RECEIPT not in shop.simulator.commands[before:]
        assert (await shop.do("fiscal.receipt", a_receipt())).outcome is Outcome.DONE


@pytest.mark.parametrize("error", [0x37, 0xA0])
async def test_one_that_does_not_say_its_format_and_knows_no_codes_sells_nothing_without_them(error):
    async with a_shop() as shop:
        shop.simulator.fail_after |= {c.TABLE: 0x37, c.CHECK_MARK: error}

        ended = await shop.do("fiscal.receipt", MARKED)

        assert (ended.outcome, ended.causes) == (Outcome.FAILED, ("fiscal.marking_unsupported",))
        assert (ended.result["error"], ended.result["field"]) == (error, "lines[0].marking")
        assert left_behind(shop) == ([], None, {}, None)


@pytest.mark.parametrize("error", [0xD3, 0xD4, 0xAC, 0x7E])
async def test_an_error_at_the_binding_leaves_nothing_registered(error):
    async with a_shop() as shop:
        shop.simulator.fail_after[c.BIND_MARK] = error

        ended = await shop.do("fiscal.receipt", MARKED)

        assert ended.outcome is Outcome.FAILED
        assert (ended.result["error"], ended.result["field"]) == (error, "lines[0].marking")
        assert left_behind(shop) == ([], None, {}, None)


async def test_a_register_that_has_no_codes_to_forget_and_says_so_sells_all_the_same():
    async with a_shop() as shop:
        shop.simulator.fail_after[c.DECIDE_MARK] = 0xA1

        assert (await shop.do("fiscal.receipt", MARKED)).outcome is Outcome.DONE


@VERSIONS
@pytest.mark.parametrize("code", ABOUT_MARKS, ids=ABOUT_MARKS.values())
async def test_an_answer_lost_before_the_closing_leaves_nothing_behind(protocol, code):
    class Losing(SIMULATORS[protocol]):
        lost = False

        def _carried_out(self, message: bytes) -> bytes | None:
            if self.machine.receipt and not self.lost and message.startswith(code.to_bytes(2, "big")):
                self.lost, self.lose_answer_to = True, code
            return super()._carried_out(message)

    async with a_shop(protocol, simulator=Losing(now=Hours(), baud=0)) as shop:
        lost = await shop.do("fiscal.receipt", MARKED)
        left = left_behind(shop)
        await shop.until_state()
        again = await shop.do("fiscal.receipt", MARKED)

        assert (lost.outcome, lost.causes) == (Outcome.FAILED, ("fiscal.link_lost",))
        assert left == ([], None, {}, None)
        assert again.outcome is Outcome.DONE
        assert shop.storage.registered[0].marks == (PACK, "", SHOES)


@VERSIONS
async def test_the_connection_may_be_lost_at_any_byte_of_a_marked_receipt(protocol):
    told: Counter[Outcome] = Counter()
    async with a_shop(protocol) as shop:
        heard = len(shop.simulator.heard)
        await shop.do("fiscal.receipt", MARKED)
        sent = len(shop.simulator.heard) - heard
        for byte in range(1, sent + 1, 7):
            shop.simulator.machine.checking.system.sold.clear()
            before = len(shop.storage.registered)
            shop.simulator.faults.disconnect_after = byte
            ended = await shop.do("fiscal.receipt", MARKED)
            shop.simulator.faults.disconnect_after = None
            told[ended.outcome] += 1
            new = shop.storage.registered[before:]
            assert len(new) == REGISTERED[ended.outcome], (byte, ended)
            assert all(document.marks == (PACK, "", SHOES) for document in new)
            assert shop.simulator.machine.checking.taken == {}
            await shop.until_state()

    assert told[Outcome.DONE] > 0
    assert told[Outcome.FAILED] > 0


def left_behind(shop):
    """What of a receipt the register still has: documents, the open one, codes taken and the one awaiting its lot."""
    machine = shop.simulator.machine
    return shop.storage.registered, machine.receipt, machine.checking.taken, machine.checking.awaits
