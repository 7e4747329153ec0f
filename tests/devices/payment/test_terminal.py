"""A card terminal at work: what it says, how it is refused, aborted, and what can be asked of it."""

import asyncio
from dataclasses import replace

import pytest

from devices.device import DeviceError, Ending, Health, Outcome, Power, Progress
from devices.payment.bank import Bank
from devices.payment.simulator import TerminalSimulator
from devices.payment.zvt import apdu
from tests.devices.payment.kit import QUICK, counter

BODY = ["Kartenzahlung", "Beleg-Nr:              1", "Nr:  **** **** **** 4771", "12.50", "Genehmigt"]


def kinds(ending: Ending) -> list[str]:
    """Whose slips came with it."""
    return [slip["kind"] for slip in (ending.result or {}).get("slips", [])]


async def test_an_approved_payment_says_who_paid_what_by_which_terminal():
    async with counter() as shop:
        ending = await shop.pay(1_250)

        assert ending.outcome is Outcome.DONE
        assert ending.result == {
            "approved": True,
            "amount": 1_250,
            "terminal": "28004869",
            "receipt_no": 1,
            "trace": 1,
            "auth_code": "611804",
            "card": "************4771",
            "card_name": "Debit Mastercard",
            "terminal_time": "10-06 22:39:53",
            "slips": [
                {
                    "kind": "merchant",
                    "lines": [
                        "** HÄNDLERBELEG **",
                        *BODY,
                        "",
                        "Unterschrift:",
                        "",
                        "________________________",
                    ],
                },
                {"kind": "customer", "lines": ["** KUNDENBELEG **", *BODY]},
            ],
        }
        assert shop.progress == [Progress.SENDING, Progress.SENT]
        assert [each["status"] for each in shop.said] == ["payment.status.card", "payment.status.bank"]
        assert shop.terminal.state.health is Health.OK


async def test_the_same_over_a_serial_line_at_its_pace():
    async with counter(TerminalSimulator(serial=True, baud=115_200)) as shop:
        ending = await shop.pay(1_250)

        assert ending.outcome is Outcome.DONE


async def test_a_declined_payment_says_why_and_takes_nothing():
    async with counter(TerminalSimulator(Bank(answers=[0x78]))) as shop:
        ending = await shop.pay(1_250)

        assert (ending.outcome, ending.causes) == (Outcome.FAILED, ("payment.declined", "payment.card_refused"))
        assert ending.result is not None
        assert ending.result["approved"] is False
        assert not shop.simulator.bank.charged


async def test_a_sum_over_the_limit_is_declined_by_the_bank():
    async with counter(TerminalSimulator(Bank(limit=1_000))) as shop:
        assert (await shop.pay(1_001)).causes == ("payment.declined",)
        assert (await shop.pay(1_000)).outcome is Outcome.DONE


async def test_the_cashier_breaks_it_off_while_the_customer_looks_for_the_card():
    async with counter() as shop:
        shop.simulator.customer_seconds = 5
        paying = asyncio.create_task(shop.pay(1_250))
        while len(shop.said) < 2:
            await asyncio.sleep(0.005)

        assert (await shop.terminal.ask("state", {}))["busy"] is True
        assert await shop.terminal.ask("abort", {}) == {"sent": True}
        ending = await paying

        assert (ending.outcome, ending.causes) == (Outcome.FAILED, ("payment.aborted",))
        assert not shop.simulator.bank.charged


async def test_nothing_is_broken_off_while_nothing_goes_on():
    async with counter() as shop:
        assert await shop.terminal.ask("abort", {}) == {"sent": False}
        assert apdu.ABORT not in shop.simulator.commands


async def test_a_terminal_that_is_busy_is_waited_for():
    simulator = TerminalSimulator()
    simulator.busy = True
    async with counter(simulator, waits=False) as shop:
        while shop.terminal.state.causes != ("payment.busy",):
            await asyncio.sleep(0.005)
        assert shop.terminal.state.power is Power.ONLINE
        simulator.busy = False
        await shop.ready()

        assert (await shop.pay(100)).outcome is Outcome.DONE


async def test_a_wrong_password_is_told_and_no_payment_is_tried():
    simulator = TerminalSimulator()
    simulator.password = "123456"
    async with counter(simulator, waits=False) as shop:
        while shop.terminal.state.causes != ("payment.not_registered",):
            await asyncio.sleep(0.005)
        ending = await shop.pay(100)

        assert (ending.outcome, ending.causes) == (Outcome.FAILED, ("payment.not_registered",))
        assert apdu.AUTHORISATION not in simulator.commands


async def test_a_terminal_that_refuses_tlv_is_registered_without():
    simulator = TerminalSimulator()
    simulator.takes_blocks = False
    async with counter(simulator) as shop:
        assert (await shop.pay(100)).outcome is Outcome.DONE


async def test_a_silent_terminal_is_told_as_silent():
    simulator = TerminalSimulator()
    simulator.faults.silent = True
    async with counter(simulator, waits=False) as shop:
        while shop.terminal.state.causes != ("payment.silent",):
            await asyncio.sleep(0.01)

        assert shop.terminal.state.power is Power.UNKNOWN


@pytest.mark.parametrize("fault", ["split", "garbage", "refused_twice"])
async def test_a_bad_serial_line_does_not_spoil_a_payment(fault):
    simulator = TerminalSimulator(serial=True, baud=0)
    async with counter(simulator, timing=replace(QUICK, step=5, answer=5)) as shop:
        await shop.pay(100)
        if fault == "refused_twice":
            simulator.refuse_frames = 2
        else:
            setattr(simulator.faults, fault, True)

        ending = await shop.pay(1_250)

        assert ending.outcome is Outcome.DONE
        assert len(simulator.bank.charged) == 2


async def test_many_reconnects_leave_nothing_behind():
    async with counter() as shop:
        before = len(asyncio.all_tasks())
        for _ in range(60):
            shop.simulator.disconnect()
            await asyncio.sleep(0)
            while shop.terminal.link is not None:
                await asyncio.sleep(0.001)
            await shop.ready()

        assert shop.simulator.connections == 61
        assert len(asyncio.all_tasks()) <= before + 1


async def test_the_last_payment_can_be_asked_for_by_what_stood_before_it():
    async with counter() as shop:
        await shop.pay(500)
        before = (await shop.terminal.ask("state", {}))["last"]
        await shop.pay(1_250)
        asked = {"reference": "0191c5de-0000-7000-8000-000000000001", "currency": "EUR", "before": before}

        found = await shop.terminal.ask("last", asked | {"amount": 1_250})
        other = await shop.terminal.ask("last", asked | {"amount": 999})
        blind = await shop.terminal.ask("last", asked | {"amount": 1_250, "before": None})

        assert before == {"receipt_no": 1, "trace": 1, "amount": 500}
        assert (found["found"], found["result"]["receipt_no"]) == ("approved", 2)
        assert [slip["kind"] for slip in found["result"]["slips"]] == ["merchant", "customer"]
        assert "slips" not in other["result"]
        assert (other["found"], blind["found"]) == ("unknown", "unknown")


async def test_nothing_new_since_before_means_that_nothing_was_taken():
    async with counter() as shop:
        await shop.pay(500)
        before = (await shop.terminal.ask("state", {}))["last"]
        asked = {"reference": "0191c5de-0000-7000-8000-000000000001", "currency": "EUR", "amount": 500}

        assert (await shop.terminal.ask("last", asked | {"before": before}))["found"] == "absent"


@pytest.mark.parametrize("content", [{}, {"amount": "12", "currency": "EUR"}, {"amount": 12, "currency": "XXX"}])
async def test_a_question_that_makes_no_sense_is_refused(content):
    async with counter() as shop:
        with pytest.raises(DeviceError) as refused:
            await shop.terminal.ask("last", content)

        assert refused.value.code == "payment.malformed"


@pytest.mark.parametrize("amount", [0, -1, 1.5, True, "12", None, 10**12])
async def test_a_sum_that_is_none_is_not_sent(amount):
    async with counter() as shop:
        ending = await shop.do("payment.authorise", amount=amount)

        assert (ending.outcome, ending.causes) == (Outcome.FAILED, ("payment.malformed",))
        assert apdu.AUTHORISATION not in shop.simulator.commands


@pytest.mark.parametrize("way", ["blocks", "lines"])
async def test_the_end_of_the_day_brings_its_report(way):
    async with counter() as shop:
        shop.simulator.slips = way
        await shop.pay(1_250)
        ending = await shop.do("payment.end_of_day")

        assert (ending.outcome, kinds(ending), shop.simulator.days) == (Outcome.DONE, ["report"], 1)
        assert ending.result is not None
        assert "GESAMT 12.50" in ending.result["slips"][0]["lines"]
        assert (await shop.do("payment.dance")).causes == ("job.kind_unknown",)


@pytest.mark.parametrize("step", ["command", "taken", "booked", "receipt"])
async def test_an_end_of_day_whose_answer_is_lost_is_uncertain_and_not_tried_again(step):
    async with counter() as shop:
        shop.simulator.lose_at = step
        ending = await shop.do("payment.end_of_day")

        assert (ending.outcome, ending.causes) == (Outcome.UNCERTAIN, ("payment.unknown",))
        assert shop.simulator.commands.count(apdu.END_OF_DAY) == 1
        assert kinds(ending) == (["report"] if step == "receipt" else [])


@pytest.mark.parametrize("way", ["blocks", "lines"])
@pytest.mark.parametrize("answer", [0x00, 0x78])
async def test_both_slips_come_with_every_answer(way, answer):
    async with counter(TerminalSimulator(Bank(answers=[answer]))) as shop:
        shop.simulator.slips = way

        assert kinds(await shop.pay(1_250)) == ["merchant", "customer"]
        assert kinds(await shop.do("payment.refund", amount=500)) == ["merchant", "customer"]


async def test_a_reversal_brings_its_slips_and_lines_without_a_name_are_parted_by_their_ends():
    async with counter() as shop:
        shop.simulator.slips = "bare lines"
        await shop.pay(1_250)
        ending = await shop.do("payment.reverse", amount=1_250, receipt_no=1, trace=1)

        assert kinds(ending) == ["unnamed", "unnamed"]
        assert ending.result is not None
        assert [slip["lines"][1] for slip in ending.result["slips"]] == ["Storno", "Storno"]


@pytest.mark.parametrize("step", ["booked", "status", "receipt", "completion"])
@pytest.mark.parametrize("repeats", [True, False], ids=["repeated with its slips", "repeated without"])
async def test_a_payment_found_after_a_lost_answer_brings_the_slips_that_are_to_be_had(step, repeats):
    async with counter() as shop:
        shop.simulator.bank.book("payment", 700, 978)
        shop.simulator.lose_at, shop.simulator.repeats_slips = step, repeats
        ending = await shop.pay(1_250)

        assert ending.outcome is Outcome.DONE
        had = repeats or step in ("receipt", "completion")
        assert kinds(ending) == (["merchant", "customer"] if had else [])
        if had:
            assert ending.result is not None
            assert {slip["lines"][4] for slip in ending.result["slips"]} == {"12.50"}


async def test_a_terminal_that_prints_itself_sends_no_slip_and_repeats_none():
    async with counter(prints=False) as shop:
        await shop.terminal.ask("state", {})
        paid = await shop.pay(1_250)
        shop.simulator.lose_at = "booked"
        found = await shop.pay(500)
        closed = await shop.do("payment.end_of_day")

        assert [each.outcome for each in (paid, found, closed)] == [Outcome.DONE] * 3
        assert [kinds(each) for each in (paid, found, closed)] == [[], [], []]
        assert shop.simulator.papers == ["** HÄNDLERBELEG **", "** KUNDENBELEG **"] * 2 + ["** KASSENSCHNITT **"]


async def test_an_idle_terminal_is_asked_now_and_then_whether_it_is_there():
    async with counter(timing=replace(QUICK, watch=0.02)) as shop:
        while shop.simulator.commands.count(apdu.STATUS_ENQUIRY) < 2:
            await asyncio.sleep(0.005)
        shop.simulator.faults.silent = True
        while shop.terminal.state.causes != ("payment.silent",):
            await asyncio.sleep(0.01)
