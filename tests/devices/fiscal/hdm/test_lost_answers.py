"""The connection is lost at every byte of a registration: what is told is true, and nothing is registered twice."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from devices.device import Outcome
from devices.fiscal.hdm.codes import Operation
from devices.fiscal.hdm.machine import CRN, Kept, KeptRow
from devices.fiscal.hdm.simulator import HdmSimulator
from tests.devices.fiscal.builders import CASHIER
from tests.devices.fiscal.hdm.kit import IMPATIENT, NOON, ONCE, a_sale, a_shop, bread

REGISTERED = {Outcome.DONE: 1, Outcome.FAILED: 0}


class Cutting(HdmSimulator):
    """Drops the connection in the middle of its next answer to `cut`, after `left` bytes of it."""

    cut, left = None, 0

    def say(self, reply: bytes) -> None:
        if self.cut == self.operations[-1]:
            self.faults.cut_reply_after, self.cut = min(self.left, len(reply) - 1), None
        super().say(reply)


def asked(content) -> dict:
    made_at = datetime.now(UTC).isoformat()
    return {name: content[name] for name in ("document", "operation", "total")} | {"made_at": made_at}


@pytest.mark.parametrize(("absence", "step"), [("unproven", 7), ("proven", 1)])
async def test_the_connection_may_be_lost_at_every_byte_that_is_sent(absence, step):
    told: Counter[Outcome] = Counter()
    async with a_shop(ONCE, looking=False, absence=absence) as shop:
        await shop.do("receipt", a_sale(bread()))
        before = len(shop.simulator.heard)
        await shop.do("receipt", a_sale(bread()))
        sent = len(shop.simulator.heard) - before
        for byte in range(1, sent + 1, step):
            before = len(shop.machine.receipts)
            shop.simulator.faults.disconnect_after = byte
            ended = await shop.do("receipt", a_sale(bread()))
            shop.simulator.faults.disconnect_after = None
            told[ended.outcome] += 1
            registered = len(shop.machine.receipts) - before
            assert registered == REGISTERED.get(ended.outcome, registered), (byte, ended)
            assert registered <= 1

    assert told[Outcome.FAILED] > 0
    assert (told[Outcome.UNCERTAIN] > 0) is (absence == "unproven")


@pytest.mark.parametrize("left", [0, 1, 11], ids=["nothing", "a byte", "the head"])
async def test_the_connection_may_be_lost_in_every_answer(left):
    simulator = Cutting(now=lambda: NOON)
    simulator.left = left
    async with a_shop(simulator=simulator, looking=False) as shop:
        await shop.do("receipt", a_sale(bread()))
        simulator.cut = Operation.LOGIN
        before = await shop.do("receipt", a_sale(bread()))
        simulator.cut = Operation.PRINT
        after = await shop.do("receipt", a_sale(bread()))

        assert (before.outcome, before.causes) == (Outcome.FAILED, ("fiscal.offline",))
        assert (after.outcome, after.causes) == (Outcome.DONE, ("fiscal.found_registered",))
        assert len(shop.machine.receipts) == 2


async def test_a_receipt_whose_answer_was_lost_is_found_by_its_number_and_never_sent_again():
    async with a_shop() as shop:
        last = (await shop.do("receipt", a_sale(bread()))).result["number"]
        shop.simulator.lose_answer_to = Operation.PRINT
        shop.machine.unsent = 2
        content = a_sale(bread(), bread(10_000, code="2"))

        ended = await shop.do("receipt", content)
        found = await shop.driver.ask("find", asked(content))
        again = await shop.do("receipt", content)

        proof = {"number": last + 1, "shift": 1, "device": CRN, "total": 35_000}
        assert (ended.outcome, ended.causes, ended.result) == (Outcome.DONE, ("fiscal.found_registered",), proof)
        assert found == {"found": "registered", "result": proof}
        assert (again.outcome, again.result) == (Outcome.DONE, proof)
        assert len(shop.machine.receipts) == 2
        assert shop.machine.synchronised > 0


async def test_a_return_whose_answer_was_lost_is_found_too():
    async with a_shop() as shop:
        number = (await shop.do("receipt", a_sale(bread()))).result["number"]
        shop.simulator.lose_answer_to = Operation.PRINT_RETURN

        ended = await shop.do("receipt", a_sale(bread(), operation="return", origin={"document": number}))

        assert (ended.outcome, ended.result["number"]) == (Outcome.DONE, number + 1)


async def test_a_receipt_that_never_arrived_is_uncertain_until_the_next_one_takes_its_number():
    async with a_shop() as shop:
        await shop.do("receipt", a_sale(bread()))
        shop.simulator.lose = Operation.PRINT
        content = a_sale(bread())

        lost = await shop.do("receipt", content)
        unknown = await shop.driver.ask("find", asked(content))
        await shop.do("receipt", a_sale(bread(90_000)))
        known = await shop.driver.ask("find", asked(content))
        again = await shop.do("receipt", content)

        assert (lost.outcome, lost.causes) == (Outcome.UNCERTAIN, ("fiscal.unknown",))
        assert (unknown["found"], known["found"]) == ("unknown", "absent")
        assert again.outcome is Outcome.DONE
        assert [kept.total for kept in shop.machine.receipts] == [25_000, 90_000, 25_000]


async def test_a_receipt_that_was_made_at_the_register_itself_is_not_taken_for_the_lost_one():
    async with a_shop(absence="proven") as shop:
        await shop.do("receipt", a_sale(bread()))

        stranger = Kept(0, 0, 25_000, 25_000, 0, 0, [KeptRow("other", "Այլ", 1_000, 25_000, 1, "56.10")])
        shop.machine.keep(stranger)
        shop.simulator.lose_answer_to = Operation.PRINT
        ended = await shop.do("receipt", a_sale(bread()))

        assert (ended.outcome, ended.result["number"]) == (Outcome.DONE, stranger.number + 1)
        shop.simulator.lose = Operation.PRINT
        assert (await shop.do("receipt", a_sale(bread()))).causes == ("fiscal.link_lost",)


async def test_a_first_receipt_that_is_lost_can_only_be_found_once_another_has_a_number():
    async with a_shop(absence="proven") as shop:
        shop.simulator.lose_answer_to = Operation.PRINT
        content = a_sale(bread())

        lost = await shop.do("receipt", content)
        await shop.do("receipt", a_sale(bread(90_000)))
        found = await shop.driver.ask("find", asked(content))

        assert lost.outcome is Outcome.UNCERTAIN
        assert (found["found"], found["result"]["number"]) == ("registered", shop.machine.first)


@pytest.mark.parametrize("registers_first", [True, False])
async def test_paper_that_ends_leaves_the_truth_to_be_asked_for(registers_first):
    async with a_shop(absence="proven") as shop:
        await shop.do("receipt", a_sale(bread()))
        shop.machine.registers_first = registers_first
        shop.simulator.remove_paper()

        ended = await shop.do("receipt", a_sale(bread()))

        if registers_first:
            causes = ("fiscal.found_registered", "fiscal.print_unfinished")
            assert (ended.outcome, ended.causes) == (Outcome.DONE, causes)
        else:
            assert (ended.outcome, ended.causes) == (Outcome.FAILED, ("fiscal.paper_out",))
        assert len(shop.machine.receipts) == 1 + registers_first


async def test_without_proof_paper_that_ends_leaves_a_receipt_uncertain():
    async with a_shop() as shop:
        await shop.do("receipt", a_sale(bread()))
        shop.simulator.remove_paper()

        ended = await shop.do("receipt", a_sale(bread()))

        assert (ended.outcome, ended.causes) == (Outcome.UNCERTAIN, ("fiscal.unknown", "fiscal.paper_out"))


@pytest.mark.parametrize(("kind", "operation"), [("cash_in", Operation.CASH), ("z_report", Operation.REPORT)])
async def test_what_leaves_no_document_is_uncertain_when_its_answer_is_lost(kind, operation):
    async with a_shop() as shop:
        shop.simulator.lose_answer_to = operation

        ended = await shop.do(kind, {"amount": 100, "cashier": CASHIER})

        assert (ended.outcome, ended.causes) == (Outcome.UNCERTAIN, ("fiscal.unknown",))


async def test_the_book_outlasts_the_program(tmp_path: Path):
    book = str(tmp_path / "hdm.book")
    content = a_sale(bread())
    simulator = HdmSimulator(now=lambda: NOON)
    async with a_shop(simulator=simulator, book=book) as shop:
        await shop.do("receipt", a_sale(bread(90_000)))
        shop.simulator.lose_answer_to = Operation.PRINT
        shop.machine.unsent = 1_000
        assert (await shop.do("receipt", content)).outcome is Outcome.UNCERTAIN
        kept = shop.machine
    kept.unsent = 0
    later = HdmSimulator(now=lambda: NOON)
    later.machine = kept

    async with a_shop(simulator=later, book=book) as shop:
        found = await shop.driver.ask("find", asked(content))
        state = await shop.driver.ask("state", {})

    assert found["found"] == "registered"
    assert (state["counters"]["sales"], state["last_document"]) == (
        {"count": 2, "sum": 115_000},
        found["result"]["number"],
    )


async def test_nothing_is_sent_if_the_book_cannot_be_written(tmp_path: Path):
    folder = tmp_path / "gone"
    folder.mkdir()
    async with a_shop(book=str(folder / "book")) as shop:
        folder.rmdir()

        ended = await shop.do("receipt", a_sale(bread()))

        assert (ended.outcome, ended.causes, shop.machine.receipts) == (Outcome.FAILED, ("fiscal.book",), [])


async def test_a_register_that_falls_silent_is_told_and_comes_back():
    async with a_shop(IMPATIENT) as shop:
        await shop.until_state()
        shop.simulator.faults.silent = True
        ended = await shop.do("receipt", a_sale(bread()))
        assert (ended.outcome, ended.causes) == (Outcome.FAILED, ("fiscal.silent",))
        await shop.until_state("fiscal.silent")

        shop.simulator.faults.silent = False
        assert (await shop.do("receipt", a_sale(bread()))).outcome is Outcome.DONE
        await shop.until_state()
