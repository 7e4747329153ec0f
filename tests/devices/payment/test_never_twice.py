"""Whatever breaks off, a payment is never taken twice, and is never told other than it was."""

import pytest

from devices.device import Outcome
from devices.payment.bank import Bank
from devices.payment.simulator import STEPS, TerminalSimulator
from tests.devices.payment.kit import counter

TAKEN_ALL_THE_SAME = [step for step in STEPS if step != "command"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("serial", [False, True], ids=["tcp", "serial"])
async def test_a_payment_that_lost_its_answer_is_found_by_asking(step, serial):
    async with counter(TerminalSimulator(serial=serial, baud=0)) as shop:
        await shop.pay(500)
        shop.simulator.lose_at = step

        ending = await shop.pay(1_250)

        taken = step in TAKEN_ALL_THE_SAME
        assert [each.amount for each in shop.simulator.bank.charged] == [500, 1_250][: 1 + taken]
        assert ending.outcome is (Outcome.DONE if taken else Outcome.FAILED), ending
        assert ending.causes == (() if taken else ("payment.not_taken",))
        if taken:
            assert ending.result is not None
            assert (ending.result["approved"], ending.result["amount"], ending.result["receipt_no"]) == (True, 1_250, 2)


@pytest.mark.parametrize("step", TAKEN_ALL_THE_SAME)
async def test_the_same_sum_twice_in_a_row_is_not_taken_for_one_payment(step):
    async with counter() as shop:
        await shop.pay(1_250)
        shop.simulator.lose_at = step

        second = await shop.pay(1_250)

        assert second.outcome is Outcome.DONE
        assert second.result is not None
        assert second.result["receipt_no"] == 2
        assert len(shop.simulator.bank.charged) == 2


async def test_the_same_sum_that_was_not_taken_again_is_not_found_in_the_payment_before():
    async with counter() as shop:
        await shop.pay(1_250)
        shop.simulator.lose_at = "command"

        second = await shop.pay(1_250)

        assert (second.outcome, second.causes) == (Outcome.FAILED, ("payment.not_taken",))
        assert len(shop.simulator.bank.charged) == 1


class CutAfter(TerminalSimulator):
    """Hangs up once so many bytes of its answers were said, counted from `bytes_left`'s setting."""

    bytes_left: int | None = None

    def say(self, reply: bytes) -> None:
        if self.bytes_left is not None:
            if len(reply) >= self.bytes_left:
                self.faults.cut_reply_after, self.bytes_left = self.bytes_left, None
            else:
                self.bytes_left -= len(reply)
        super().say(reply)


async def test_a_payment_cut_off_at_any_byte_of_the_answers_is_charged_once_and_told_as_it_was():
    async with counter(CutAfter()) as shop:
        assert (await shop.pay(100)).outcome is Outcome.DONE
        bank, expected = shop.simulator.bank, 1
        for cut in range(380):
            shop.simulator.bytes_left = cut
            ending = await shop.pay(100 + cut)
            done = ending.outcome is Outcome.DONE
            expected += done
            assert ending.outcome in (Outcome.DONE, Outcome.FAILED), (cut, ending)
            assert len(bank.charged) == expected, (cut, ending)
            shop.simulator.bytes_left = None
            await shop.ready()
        assert shop.simulator.connections > 100


async def test_a_payment_whose_question_is_cut_off_at_any_byte_is_never_taken_twice():
    async with counter() as shop:
        await shop.pay(100)
        bank, expected = shop.simulator.bank, 1
        for cut in range(1, 40):
            shop.simulator.faults.disconnect_after = cut
            ending = await shop.pay(100 + cut)
            expected += ending.outcome is Outcome.DONE
            assert ending.outcome in (Outcome.DONE, Outcome.FAILED), (cut, ending)
            assert len(bank.charged) == expected, (cut, ending)
            shop.simulator.faults.disconnect_after = None
            await shop.ready()


async def test_a_terminal_that_does_not_come_back_leaves_the_payment_uncertain():
    async with counter() as shop:
        await shop.pay(500)
        shop.simulator.lose_at = "booked"
        shop.simulator.repeats = False

        ending = await shop.pay(1_250)

        assert (ending.outcome, ending.causes) == (Outcome.UNCERTAIN, ("payment.unknown",))
        assert len(shop.simulator.bank.charged) == 2


async def test_the_first_payment_of_a_terminal_that_tells_of_none_before_is_uncertain_when_its_answer_is_lost():
    async with counter() as shop:
        shop.simulator.lose_at = "booked"

        ending = await shop.pay(1_250)

        assert (ending.outcome, ending.causes) == (Outcome.UNCERTAIN, ("payment.unknown",))
        assert ending.result is not None
        assert ending.result["last"]["amount"] == 1_250


async def test_what_the_terminal_said_before_it_was_lost_proves_the_first_payment_of_all():
    async with counter() as shop:
        shop.simulator.lose_at = "receipt"

        ending = await shop.pay(1_250)

        assert ending.outcome is Outcome.DONE


async def test_a_customer_who_is_slow_while_the_till_is_away_is_waited_for():
    async with counter() as shop:
        await shop.pay(500)
        shop.simulator.customer_seconds, shop.simulator.lose_at = 0.2, "state"

        ending = await shop.pay(1_250)

        assert ending.outcome is Outcome.DONE
        assert len(shop.simulator.bank.charged) == 2


async def test_the_bank_said_no_and_nobody_heard_it():
    async with counter(TerminalSimulator(Bank(answers=[0, 0x05]))) as shop:
        await shop.pay(500)
        shop.simulator.lose_at = "booked"

        ending = await shop.pay(1_250)

        assert (ending.outcome, ending.causes) == (Outcome.FAILED, ("payment.declined",))


@pytest.mark.parametrize("step", ["command", "booked", "status", "receipt", "completion"])
async def test_a_reversal_that_lost_its_answer_is_done_once(step):
    async with counter() as shop:
        paid = (await shop.pay(1_250)).result
        assert paid is not None
        shop.simulator.lose_at = step
        wish = {"receipt_no": paid["receipt_no"], "trace": paid["trace"], "amount": 1_250}

        first = await shop.do("payment.reverse", **wish)
        if first.outcome is Outcome.FAILED:
            assert (step, first.causes) == ("command", ("payment.not_taken",))
            first = await shop.do("payment.reverse", **wish)
        again = await shop.do("payment.reverse", **wish)

        assert first.outcome is again.outcome is Outcome.DONE
        assert again.causes == ("payment.reversed",)
        assert not shop.simulator.bank.charged
        assert [each.kind for each in shop.simulator.bank.bookings] == ["payment", "reversal"]


@pytest.mark.parametrize("step", STEPS)
async def test_a_refund_that_lost_its_answer_is_given_once(step):
    async with counter() as shop:
        await shop.pay(1_250)
        shop.simulator.lose_at = step

        ending = await shop.do("payment.refund", amount=300)

        given = [each.amount for each in shop.simulator.bank.bookings if each.kind == "refund"]
        assert given == ([] if step == "command" else [300])
        assert ending.outcome is (Outcome.DONE if given else Outcome.FAILED)
