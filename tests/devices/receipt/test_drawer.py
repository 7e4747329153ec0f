"""The drawer: opened with a reason, its side learnt once, pushed again only while it is known to be closed."""

from dataclasses import replace

import pytest

from devices.device import DeviceError, Ending, Outcome
from devices.receipt.drawer import learnt, reason_from, side
from devices.receipt.errors import DrawerNotSeen, MalformedContent, ReasonMissing
from devices.receipt.model import PAPER_80
from tests.devices.receipt.builders import a_receipt, a_shop

KNOWN = replace(PAPER_80, drawer_open="high")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({}, ReasonMissing),
        ({"reason": "no_sale"}, ReasonMissing),
        ({"reason": "no_sale", "note": "  "}, ReasonMissing),
        ({"reason": "fun"}, MalformedContent),
        ({"reason": "sale", "note": 5}, MalformedContent),
        ({"reason": "no_sale", "note": "x" * 501}, MalformedContent),
    ],
)
def test_without_a_reason_nobody_opens_it(content, error):
    with pytest.raises(error):
        reason_from(content)


async def test_a_drawer_job_without_a_reason_fails_and_nothing_is_written():
    async with a_shop() as shop:
        assert await shop.print({}, kind="drawer") == Ending(Outcome.FAILED, ("drawer.reason_missing",))
        assert await shop.print({"reason": "sale"}, kind="drawer") == Ending(Outcome.DONE)

        assert len(shop.simulator.kicks) == 1


@pytest.mark.parametrize(
    ("high", "level", "stands"),
    [
        (True, "high", "open"),
        (False, "high", "closed"),
        (True, "low", "closed"),
        (False, "low", "open"),
        (True, "unknown", "unknown"),
        (None, "high", "unknown"),
    ],
)
def test_the_level_of_the_pin_means_what_the_wiring_makes_of_it(high, level, stands):
    assert side(high, level) == stands


def test_a_pin_that_does_not_move_teaches_nothing():
    assert learnt(open_high=True, closed_high=False) == "high"
    assert learnt(open_high=False, closed_high=True) == "low"
    with pytest.raises(DrawerNotSeen):
        learnt(open_high=True, closed_high=True)


@pytest.mark.parametrize(("wired_high", "level"), [(True, "high"), (False, "low")])
async def test_the_wiring_is_learnt_by_opening_it_and_closing_it(wired_high, level):
    async with a_shop(wired_high=wired_high) as shop:
        assert await shop.printer.ask("drawer", {}) == {"drawer": "unknown"}
        shop.simulator.set_drawer(opened=True)
        assert await shop.printer.ask("learn-drawer", {"drawer": "open"}) == {"learnt": False}
        shop.simulator.set_drawer(opened=False)

        answer = await shop.printer.ask("learn-drawer", {"drawer": "closed"})

        assert answer == {"learnt": True, "options": {"drawer_open": level}}
        assert await shop.printer.ask("drawer", {}) == {"drawer": "closed"}
        shop.simulator.set_drawer(opened=True)
        assert await shop.printer.ask("drawer", {}) == {"drawer": "open"}


async def test_a_drawer_without_a_contact_cannot_be_learnt():
    async with a_shop() as shop:
        await shop.printer.ask("learn-drawer", {"drawer": "open"})
        with pytest.raises(DeviceError) as refused:
            await shop.printer.ask("learn-drawer", {"drawer": "closed"})
        assert refused.value.code == "drawer.not_seen"
        with pytest.raises(DeviceError) as refused:
            await shop.printer.ask("learn-drawer", {"drawer": "ajar"})
        assert refused.value.code == "message.malformed"


async def test_a_known_drawer_says_when_it_is_opened_and_closed():
    async with a_shop(model=KNOWN) as shop:
        await shop.until_said({"drawer": "closed"})
        await shop.open_drawer()
        await shop.until_said({"drawer": "open"})
        shop.simulator.set_drawer(opened=False)
        await shop.until_said({"drawer": "closed"}, times=2)

        assert shop.said == [{"drawer": "closed"}, {"drawer": "open"}, {"drawer": "closed"}]


async def test_a_drawer_that_needs_a_second_push_gets_it():
    async with a_shop(model=KNOWN, drawer_seconds=0.1) as shop:
        shop.simulator.jams = 2

        assert await shop.open_drawer() == Ending(Outcome.DONE)

        assert len(shop.simulator.kicks) == 3
        assert shop.printer.statistics.counts["drawer_opens"] == 1


async def test_a_drawer_that_stays_shut_is_told_and_the_receipt_is_printed_all_the_same():
    async with a_shop(model=replace(KNOWN, drawer_pulses=2), drawer_seconds=0.1) as shop:
        shop.simulator.jams = 99

        assert await shop.open_drawer() == Ending(Outcome.FAILED, ("drawer.stuck",))
        assert await shop.print(a_receipt(drawer=True)) == Ending(Outcome.DONE, ("drawer.stuck",))

        assert len(shop.simulator.kicks) == 4
        assert shop.printer.statistics.counts["failed_drawer_opens"] == 2


async def test_a_drawer_whose_side_nobody_knows_is_pushed_once():
    async with a_shop() as shop:
        shop.simulator.jams = 1

        assert await shop.open_drawer() == Ending(Outcome.DONE)

        assert len(shop.simulator.kicks) == 1


async def test_a_drawer_that_was_closed_again_while_the_receipt_printed_is_not_opened_twice():
    async with a_shop(model=KNOWN, line_seconds=0.05) as shop:
        printing = shop.start(a_receipt(drawer=True))
        await shop.simulator.until(lambda printer: printer.drawer_open)
        await shop.until_said({"drawer": "open"})
        shop.simulator.set_drawer(opened=False)

        assert await printing == Ending(Outcome.DONE)
        assert len(shop.simulator.kicks) == 1
