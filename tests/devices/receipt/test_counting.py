"""What a printer has counted, and each cause of a stop by its name."""

import pytest

from devices.device import Ending, Health, Outcome
from tests.devices.receipt.builders import CURT, a_receipt, a_shop, words


async def test_what_was_printed_cut_and_opened_is_counted():
    async with a_shop() as shop:
        await shop.print(a_receipt(drawer=True))
        await shop.print(a_receipt(*[words(f"line {n}") for n in range(9)]))

        counts = shop.printer.statistics.counts
        assert (counts["lines_printed"], counts["cuts"], counts["drawer_opens"]) == (12, 2, 1)
        assert shop.printer.statistics.as_dict()["reply_p95_us"] > 0


async def test_paper_covers_and_jams_are_counted_each_time_they_begin():
    async with a_shop(timing=CURT) as shop:
        for _ in range(2):
            shop.simulator.set_paper("out")
            await shop.until_state(Health.CANNOT_WORK, "printer.paper_out")
            shop.simulator.set_paper("ok")
            await shop.until_ready()
        shop.simulator.set_cover(opened=True)
        await shop.until_state(Health.CANNOT_WORK, "printer.cover_open")
        shop.simulator.set_cover(opened=False)
        await shop.until_ready()
        shop.simulator.set_error("cutter", present=True)
        await shop.until_state(Health.CANNOT_WORK, "printer.cutter")

        counts = shop.printer.statistics.counts
        assert (counts["paper_outs"], counts["cover_opens"], counts["failed_cuts"]) == (2, 1, 1)


async def test_a_connection_lost_while_paper_is_out_does_not_count_it_twice():
    async with a_shop(timing=CURT) as shop:
        shop.simulator.set_paper("out")
        await shop.until_state(Health.CANNOT_WORK, "printer.paper_out")
        shop.simulator.disconnect()
        await shop.until_state(Health.CANNOT_WORK, "printer.offline")
        await shop.until_state(Health.CANNOT_WORK, "printer.paper_out")

        assert shop.printer.statistics.counts["paper_outs"] == 1


@pytest.mark.parametrize(
    ("error", "cause"),
    [("mechanical", "printer.mechanical"), ("unrecoverable", "printer.broken"), ("overheated", "printer.overheated")],
)
async def test_each_error_has_its_own_name(error, cause):
    async with a_shop() as shop:
        shop.simulator.set_error(error, present=True)

        await shop.until_state(Health.CANNOT_WORK, cause)


async def test_a_printer_that_wants_its_button_pressed_says_so_and_goes_on_after_it():
    async with a_shop() as shop:
        shop.simulator.want_button(wanted=True)
        await shop.until_state(Health.CANNOT_WORK, "printer.feed_wanted")
        printing = shop.start(a_receipt())
        shop.simulator.want_button(wanted=False)

        assert (await printing) == Ending(Outcome.DONE)
