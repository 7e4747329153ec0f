"""Whatever happens to the printer, and whenever: nothing is printed twice, and no outcome is a lie."""

import asyncio
from random import Random

import pytest

from devices.device import Outcome
from devices.receipt.model import PAPER_80, STAR_80
from tests.devices.receipt.builders import CURT, a_receipt, a_shop, words

JOBS = 12


def setting(fault, value):
    return lambda sim: setattr(sim.faults, fault, value)


FAULTS = {
    "nothing": (lambda sim: None, lambda sim: None),
    "paper out": (lambda sim: sim.set_paper("out"), lambda sim: sim.set_paper("ok")),
    "cover open": (lambda sim: sim.set_cover(opened=True), lambda sim: sim.set_cover(opened=False)),
    "power cycle": (lambda sim: sim.power_off(), lambda sim: sim.power_on()),
    "mute": (setting("silent", True), setting("silent", False)),
    "cutter": (lambda sim: sim.set_error("cutter", present=True), lambda sim: sim.set_error("cutter", present=False)),
    "disconnect": (setting("disconnect_after", 0), lambda sim: None),
    "slow": (setting("slow", 30), setting("slow", 1)),
}


@pytest.mark.parametrize("model", [PAPER_80, STAR_80], ids=["ESC/POS", "Star"])
@pytest.mark.parametrize(("wire", "seed"), [("tcp", 1), ("pty", 2)])
async def test_done_is_printed_once_failed_is_not_printed_and_uncertain_is_never_printed_twice(wire, seed, model):
    random = Random(seed)
    ended: list[Outcome] = []
    async with a_shop(wire, model=model, timing=CURT, line_seconds=0.002) as shop:
        simulator = shop.simulator
        for number in range(JOBS):
            await shop.until_ready()
            begin, end = FAULTS[random.choice(list(FAULTS))]
            moment = len(simulator.received) + random.randrange(500)
            lines = [words(f"<{number}> line {line}") for line in range(20)]

            printing = shop.start(a_receipt(words(f"[{number}]"), *lines, drawer=True))
            reached = asyncio.create_task(simulator.until(lambda sim, at=moment: len(sim.received) >= at))
            await asyncio.wait([printing, reached], return_when=asyncio.FIRST_COMPLETED)
            reached.cancel()
            begin(simulator)
            await asyncio.sleep(random.choice([0.2, 0.4, 1.0]))  # no printer starts in less
            end(simulator)
            outcome = (await printing).outcome
            ended.append(outcome)
            if outcome is Outcome.DONE:
                assert any(b"[%d]" % number in receipt.data for receipt in simulator.receipts), number

        await shop.until_ready()
        await shop.open_drawer()
        for number, outcome in enumerate(ended):
            mark = b"[%d]" % number
            whole = sum(mark in receipt.data for receipt in simulator.receipts)
            torn = sum(mark in paper for paper in simulator.torn)
            written = bytes(simulator.received).count(mark)
            match outcome:
                case Outcome.DONE:
                    assert (whole, torn, written) == (1, 0, 1), number
                case Outcome.FAILED:
                    assert (whole, torn, written) == (0, 0, 0), number
                case _:
                    assert outcome is Outcome.UNCERTAIN
                    assert whole + torn <= 1, number
                    assert written <= 1, number
        assert len(simulator.kicks) <= JOBS - ended.count(Outcome.FAILED) + 1
        assert Outcome.DONE in ended
