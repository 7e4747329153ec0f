"""What the shop sees when it prints, on real sockets and ptys."""

from dataclasses import replace

import pytest

from devices.device import Ending, Health, Outcome, Progress
from devices.receipt.decoder import decode
from devices.receipt.model import PAPER_80, STAR_80
from tests.devices.receipt.builders import CURT, a_receipt, a_shop, figures, words

WIRES = pytest.mark.parametrize("wire", ["tcp", "pty"])
SENT = [(Progress.SENDING, ()), (Progress.SENT, ())]


@WIRES
async def test_a_receipt_is_done_when_the_printer_says_that_it_printed_it(wire):
    async with a_shop(wire) as shop:
        ended = await shop.print(a_receipt())

        assert ended == Ending(Outcome.DONE)
        assert shop.told == SENT
        printed = decode(shop.simulator.receipts[0].data)
        assert "Corner shop" in printed.text
        assert printed.errors == []


@WIRES
async def test_the_drawer_opens_before_the_first_byte_of_the_receipt(wire):
    async with a_shop(wire) as shop:
        await shop.print(a_receipt(drawer=True))

        assert [(kick.receipts, kick.bytes) for kick in shop.simulator.kicks] == [(0, 0)]
        assert bytes(shop.simulator.received).index(b"\x1bp") < bytes(shop.simulator.received).index(b"\x1b@")


async def test_a_receipt_without_cash_leaves_the_drawer_shut():
    async with a_shop() as shop:
        await shop.print(a_receipt())

        assert shop.simulator.kicks == []


async def test_the_drawer_opens_alone_and_prints_nothing():
    async with a_shop() as shop:
        assert await shop.open_drawer() == Ending(Outcome.DONE)

        assert len(shop.simulator.kicks) == 1
        assert shop.simulator.unfinished == b""


@pytest.mark.parametrize(("language", "mark"), [("en", "COPY 2"), ("ru", "КОПИЯ 2"), ("de", "COPY 2")])
async def test_a_copy_says_so_with_its_number_and_never_opens_the_drawer(language, mark):
    async with a_shop() as shop:
        await shop.print(a_receipt(drawer=True, language=language), copy=2)

        assert mark in decode(shop.simulator.receipts[0].data).text
        assert shop.simulator.kicks == []


@WIRES
async def test_paper_out_in_the_middle_is_waited_for_and_the_receipt_comes_out_once(wire):
    async with a_shop(wire) as shop:
        await shop.print(a_receipt())
        shop.simulator.paper_out_after(2)
        printing = shop.start(a_receipt())
        await shop.until_told(Progress.WAITING, ("printer.paper_out",))
        assert shop.printer.state.health is Health.CANNOT_WORK

        shop.simulator.set_paper("ok")

        assert await printing == Ending(Outcome.DONE, ("printer.resumed",))
        first, second = shop.simulator.receipts
        assert first.data == second.data
        await shop.until_ready()


@WIRES
async def test_an_open_cover_in_the_middle_is_waited_for(wire):
    async with a_shop(wire, line_seconds=0.05) as shop:
        printing = shop.start(a_receipt(*[words(f"line {n}") for n in range(12)]))
        await shop.simulator.until(lambda printer: b"line 3" in printer.unfinished)
        shop.simulator.set_cover(opened=True)
        await shop.until_told(Progress.WAITING, ("printer.cover_open",))

        shop.simulator.set_cover(opened=False)

        assert await printing == Ending(Outcome.DONE, ("printer.resumed",))
        assert len(shop.simulator.receipts) == 1
        text = decode(shop.simulator.receipts[0].data).text
        assert [line for line in text.splitlines() if line.startswith("line")] == [f"line {n}" for n in range(12)]


async def test_a_receipt_longer_than_the_printers_buffer_survives_paper_out():
    async with a_shop(buffer=256) as shop:
        content = a_receipt(*[figures(f"Item {n}", "1.00") for n in range(400)])
        shop.simulator.paper_out_after(5)
        printing = shop.start(content)
        await shop.until_told(Progress.WAITING, ("printer.paper_out",))

        shop.simulator.set_paper("ok")

        assert await printing == Ending(Outcome.DONE, ("printer.resumed",))
        assert decode(shop.simulator.receipts[0].data).text.count("Item") == 400


async def test_a_receipt_for_a_printer_without_paper_waits_with_nothing_written():
    async with a_shop() as shop:
        shop.simulator.set_paper("out")
        await shop.until_state(Health.CANNOT_WORK, "printer.paper_out")
        printing = shop.start(a_receipt())
        await shop.until_told(Progress.WAITING, ("printer.paper_out",))
        assert b"Corner shop" not in shop.simulator.received

        shop.simulator.set_paper("ok")

        assert (await printing).outcome is Outcome.DONE
        assert shop.told == [(Progress.WAITING, ("printer.paper_out",)), *SENT]


async def test_a_receipt_waits_while_somebody_holds_the_feed_button():
    async with a_shop() as shop:
        shop.simulator.hold_feed(held=True)
        await shop.until_state(Health.CANNOT_WORK, "printer.feed_held")
        printing = shop.start(a_receipt())
        await shop.until_told(Progress.WAITING, ("printer.feed_held",))

        shop.simulator.hold_feed(held=False)

        assert (await printing).outcome is Outcome.DONE


async def test_a_drawer_is_not_left_to_spring_open_when_paper_is_loaded_later():
    async with a_shop() as shop:
        shop.simulator.set_paper("out")
        await shop.until_state(Health.CANNOT_WORK, "printer.paper_out")

        ended = await shop.open_drawer()
        shop.simulator.set_paper("ok")
        await shop.until_ready()

        assert ended == Ending(Outcome.FAILED, ("printer.paper_out",))
        assert shop.simulator.kicks == []


async def test_where_the_printer_knows_how_change_is_given_while_paper_is_out():
    async with a_shop(model=replace(PAPER_80, real_time_pulse=True)) as shop:
        shop.simulator.set_paper("out")
        await shop.until_state(Health.CANNOT_WORK, "printer.paper_out")

        alone = await shop.open_drawer()
        printing = shop.start(a_receipt(drawer=True))
        await shop.until_told(Progress.WAITING, ("printer.paper_out",))
        kicked = len(shop.simulator.kicks)
        shop.simulator.set_paper("ok")

        assert alone == Ending(Outcome.DONE)
        assert kicked == 2
        assert (await printing).outcome is Outcome.DONE
        assert len(shop.simulator.kicks) == 2


@pytest.mark.parametrize("moment", ["while it prints", "while it waits for paper"])
@WIRES
async def test_a_power_cycle_leaves_the_receipt_uncertain_and_nothing_is_printed_again(wire, moment):
    async with a_shop(wire, line_seconds=0.02, timing=CURT) as shop:
        if moment == "while it waits for paper":
            shop.simulator.paper_out_after(3)
        printing = shop.start(a_receipt(*[words(f"line {n}") for n in range(20)]))
        await shop.simulator.until(lambda printer: b"line 2" in printer.unfinished)
        if moment == "while it waits for paper":
            await shop.until_told(Progress.WAITING, ("printer.paper_out",))

        shop.simulator.power_off()
        shop.simulator.set_paper("ok")
        ending = await printing
        shop.simulator.power_on()
        await shop.until_ready()

        assert ending.outcome is Outcome.UNCERTAIN
        assert ending.causes == (("printer.offline",) if wire == "tcp" else ("printer.silent",))
        assert shop.simulator.receipts == []
        assert b"line 2" in shop.simulator.torn[0]


@WIRES
async def test_the_next_receipt_after_a_power_cycle_prints_whole(wire):
    async with a_shop(wire, line_seconds=0.02, timing=CURT) as shop:
        lost = shop.start(a_receipt(*[words(f"line {n}") for n in range(20)]))
        await shop.simulator.until(lambda printer: b"line 2" in printer.unfinished)
        shop.simulator.power_off()
        await lost
        shop.simulator.power_on()
        await shop.until_ready()

        ended = await shop.print(a_receipt())

        assert ended == Ending(Outcome.DONE)
        assert "Total" in decode(shop.simulator.receipts[0].data).text


@WIRES
async def test_a_brief_power_cycle_that_nobody_noticed_is_uncertain_too(wire):
    async with a_shop(wire, line_seconds=0.02, timing=CURT) as shop:
        printing = shop.start(a_receipt(*[words(f"line {n}") for n in range(20)]))
        await shop.simulator.until(lambda printer: b"line 2" in printer.unfinished)
        shop.simulator.power_off()
        shop.simulator.power_on()

        assert (await printing).outcome is Outcome.UNCERTAIN


async def test_a_printer_switched_off_and_on_that_prints_the_rest_and_answers_the_last_fence_is_found_out():
    async with a_shop("pty", timing=CURT, baud=19_200, line_seconds=0.01) as shop:
        printing = shop.start(a_receipt(*[words(f"line {n} " + "x" * 36) for n in range(60)]))
        await shop.simulator.until(lambda printer: b"line 9" in printer.unfinished)
        shop.simulator.power_off()
        await shop.simulator.until(lambda printer: printer.unheard >= 400)
        shop.simulator.power_on()

        ended = await printing
        await shop.simulator.until(lambda printer: len(printer.receipts) == 1)

        assert ended == Ending(Outcome.UNCERTAIN, ("printer.silent",))
        assert b"line 59" in shop.simulator.receipts[0].data


async def test_a_mute_printer_is_given_nothing_and_the_job_may_be_tried_again():
    async with a_shop(timing=replace(CURT, watch=600)) as shop:
        shop.simulator.faults.silent = True

        ended = await shop.print(a_receipt())

        assert ended == Ending(Outcome.FAILED, ("printer.silent",))
        assert b"Corner shop" not in shop.simulator.received


async def test_a_printer_that_falls_silent_while_printing_leaves_the_receipt_uncertain():
    async with a_shop(timing=CURT, line_seconds=0.02) as shop:
        printing = shop.start(a_receipt())
        await shop.simulator.until(lambda printer: b"Corner" in printer.received)
        shop.simulator.faults.silent = True

        assert await printing == Ending(Outcome.UNCERTAIN, ("printer.silent",))


async def test_a_late_answer_to_an_old_fence_is_not_taken_for_the_next_receipts():
    async with a_shop("pty", timing=replace(CURT, fence=0.6), line_seconds=0.5) as shop:
        late = shop.start(a_receipt(*[words(f"line {n}") for n in range(8)]))
        assert await late == Ending(Outcome.UNCERTAIN, ("printer.silent",))
        shop.simulator.faults.slow = 0.02

        second = await shop.print(a_receipt(words("second")))

        assert second == Ending(Outcome.DONE)
        assert len(shop.simulator.receipts) == 2
        assert "second" in decode(shop.simulator.receipts[1].data).text


async def test_a_printer_that_is_late_between_two_old_fences_is_given_nothing_yet():
    async with a_shop("pty", timing=replace(CURT, fence=0.6), line_seconds=0.5) as shop:
        first = await shop.print(a_receipt(*[words(f"line {n}") for n in range(8)]))
        shop.simulator.faults.slow = 0.1
        early = shop.start(a_receipt(words("second")))
        await shop.simulator.until(lambda printer: b"line 4" in printer.unfinished)
        shop.simulator.faults.slow = 3

        assert first == Ending(Outcome.UNCERTAIN, ("printer.silent",))
        assert await early == Ending(Outcome.FAILED, ("printer.silent",))
        shop.simulator.faults.slow = 0.02
        await shop.simulator.until(lambda printer: len(printer.receipts) == 1)
        assert b"second" not in shop.simulator.received


async def test_a_printer_that_is_not_there_fails_the_job_at_once_and_is_found_later():
    async with a_shop(ready=False) as shop:
        assert await shop.print(a_receipt()) == Ending(Outcome.FAILED, ("printer.offline",))
        await shop.until_ready()

        assert (await shop.print(a_receipt())).outcome is Outcome.DONE


@pytest.mark.parametrize("after", [0, 1, 7, 60, 130])
async def test_a_connection_lost_at_any_byte_never_looks_printed(after):
    async with a_shop() as shop:
        printing = shop.start(a_receipt(*[words("x" * 40) for _ in range(5)]))
        await shop.until_told(Progress.SENDING, ())
        shop.simulator.faults.disconnect_after = after

        ending = await printing
        await shop.until_ready()

        assert ending == Ending(Outcome.UNCERTAIN, ("printer.offline",))


async def test_a_jammed_cutter_makes_the_receipt_uncertain_and_the_next_one_prints_after_the_repair():
    async with a_shop(line_seconds=0.02, timing=CURT) as shop:
        printing = shop.start(a_receipt(*[words(f"line {n}") for n in range(20)]))
        await shop.simulator.until(lambda printer: b"line 2" in printer.unfinished)
        shop.simulator.set_error("cutter", present=True)
        assert await printing == Ending(Outcome.UNCERTAIN, ("printer.cutter",))
        await shop.until_ready()

        assert (await shop.print(a_receipt())).outcome is Outcome.DONE
        assert len(shop.simulator.receipts) == 1


async def test_paper_near_its_end_asks_for_attention_and_prints_on():
    async with a_shop() as shop:
        shop.simulator.set_paper("near end")
        await shop.until_state(Health.ATTENTION, "printer.paper_near_end")

        assert await shop.print(a_receipt()) == Ending(Outcome.DONE)


async def test_a_printer_that_cannot_answer_is_sent_everything_and_promises_nothing():
    one_way = replace(PAPER_80, answers=False)
    async with a_shop(model=one_way) as shop:
        shop.simulator.faults.silent = True

        ended = await shop.print(a_receipt())
        await shop.simulator.until(lambda printer: len(printer.receipts) == 1)

        assert ended == Ending(Outcome.SENT_UNCONFIRMED)
        assert b"\x1dr" not in shop.simulator.received


async def test_epsons_process_id_serves_as_the_fence_too():
    async with a_shop(model=replace(PAPER_80, fence="process_id")) as shop:
        assert await shop.print(a_receipt()) == Ending(Outcome.DONE)
        assert await shop.print(a_receipt()) == Ending(Outcome.DONE)
        assert len(shop.simulator.receipts) == 2


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"lines": [{"kind": "hologram"}]}, "receipt.malformed"),
        ({"lines": "all"}, "receipt.malformed"),
        ({"lines": [{"kind": "barcode", "symbology": "code128", "data": "x" * 48}]}, "receipt.barcode_too_wide"),
    ],
)
async def test_content_that_is_no_receipt_fails_with_its_code_and_writes_nothing(content, code):
    async with a_shop() as shop:
        assert await shop.print(content) == Ending(Outcome.FAILED, (code,))
        assert b"\x1b@" not in shop.simulator.received


async def test_a_line_that_no_page_holds_is_refused_where_pictures_are_off():
    async with a_shop(model=replace(PAPER_80, raster=False)) as shop:
        assert await shop.print(a_receipt(words("Խանութ"))) == Ending(Outcome.FAILED, ("receipt.text_not_printable",))


async def test_each_change_of_state_is_told_once():
    async with a_shop() as shop:
        shop.simulator.set_cover(opened=True)
        await shop.until_state(Health.CANNOT_WORK, "printer.cover_open")
        shop.simulator.set_cover(opened=False)
        await shop.until_ready()

        assert all(one != other for one, other in zip(shop.states, shop.states[1:], strict=False))


async def test_ten_receipts_in_a_row_come_out_in_order_over_a_slow_line():
    async with a_shop("pty", baud=38_400) as shop:
        for number in range(10):
            assert await shop.print(a_receipt(words(f"No {number}"))) == Ending(Outcome.DONE)

        texts = [decode(receipt.data).text.splitlines()[0] for receipt in shop.simulator.receipts]
        assert texts == [f"No {number}" for number in range(10)]


@pytest.mark.parametrize("model", [PAPER_80, STAR_80], ids=["ESC/POS", "Star"])
@pytest.mark.parametrize("wire", ["tcp", "pty"])
async def test_a_line_that_gives_back_what_is_sent_is_found_out_and_nothing_is_printed(wire, model):
    async with a_shop(wire, model=model, timing=CURT) as shop:
        shop.simulator.faults.echo = True
        ended = await shop.print(a_receipt(drawer=True))
        await shop.until_state(Health.CANNOT_WORK, "printer.echo")
        again = await shop.print(a_receipt())

        assert ended.outcome is Outcome.FAILED
        assert again == Ending(Outcome.FAILED, ("printer.echo",))
        assert b"Corner shop" not in shop.simulator.received
        assert shop.simulator.kicks == []
