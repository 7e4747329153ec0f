"""Labels printed on simulated printers: what is done, what waits, what nobody knows."""

from dataclasses import replace

import pytest

from devices.device import Ending, Outcome, Progress
from devices.labels.config import label_config
from devices.labels.epl2.simulator import Epl2Simulator
from devices.labels.tspl.simulator import TsplSimulator
from devices.labels.zpl.simulator import ZplSimulator
from devices.options import BadOption
from tests.devices.labels.builders import a_desk, a_job
from tests.waiting import eventually


async def test_a_job_is_done_when_the_printer_says_that_nothing_is_left():
    async with a_desk(ZplSimulator(baud=0), "zpl") as desk:
        ending = await desk.print(a_job({"copies": 2}, {"name": "Bread"}))

        assert ending == Ending(Outcome.DONE)
        assert [b"Bread" in each for each in desk.simulator.printed] == [False, False, True]
        assert [progress for progress, _ in desk.told] == [Progress.SENDING, Progress.SENT]
        assert desk.printer.statistics.as_dict()["labels_printed"] == 3


async def test_paper_that_ends_in_the_middle_is_waited_for_and_nothing_is_printed_twice():
    async with a_desk(ZplSimulator(baud=0), "zpl") as desk:
        desk.simulator.out_after = 1
        printing = desk.begin(a_job({"copies": 3}))
        await desk.until_told(Progress.WAITING, "label.paper_out")
        assert len(desk.simulator.printed) == 1
        desk.simulator.set(paper_out=False)

        assert (await printing).outcome is Outcome.DONE
        assert len(desk.simulator.printed) == 3


async def test_a_printer_that_says_nothing_without_paper_is_waited_for_too():
    async with a_desk(ZplSimulator(baud=0), "zpl") as desk:
        desk.printer._timing = type(desk.printer._timing)(reply=0.05, look=0.01, watch=5, patience=5)
        desk.simulator.mute_when_stopped, desk.simulator.out_after = True, 1
        printing = desk.begin(a_job({"copies": 2}))
        await desk.until_told(Progress.WAITING, "label.silent")
        desk.simulator.set(paper_out=False)

        assert (await printing).outcome is Outcome.DONE
        assert len(desk.simulator.printed) == 2


async def test_a_printer_that_stands_still_before_the_first_byte_is_waited_for():
    async with a_desk(ZplSimulator(baud=0), "zpl") as desk:
        desk.simulator.set(head_open=True)
        printing = desk.begin()
        await desk.until_told(Progress.WAITING, "label.head_open")
        assert b"^XA" not in desk.simulator.heard
        desk.simulator.set(head_open=False)

        assert (await printing).outcome is Outcome.DONE


async def test_a_broken_printer_fails_before_the_first_byte():
    async with a_desk(ZplSimulator(baud=0), "zpl") as desk:
        desk.simulator.set(broken=True)

        assert await desk.print() == Ending(Outcome.FAILED, ("label.broken",))
        assert b"^XA" not in desk.simulator.heard


async def test_a_power_cut_in_the_middle_leaves_the_job_uncertain():
    async with a_desk(ZplSimulator(baud=0, label_seconds=0.2), "zpl") as desk:
        printing = desk.begin(a_job({"copies": 5}))
        await eventually(lambda: len(desk.simulator.printed) == 1)
        desk.simulator.power_cycle()

        assert await printing == Ending(Outcome.UNCERTAIN, ("label.offline",))


@pytest.mark.parametrize("count", [0, 1, 40, 150])
async def test_a_connection_lost_at_any_byte_is_never_done(count):
    async with a_desk(ZplSimulator(baud=0), "zpl") as desk:
        desk.simulator.faults.disconnect_after = count
        ending = await desk.print()

        assert ending.outcome in (Outcome.UNCERTAIN, Outcome.FAILED)
        assert not desk.simulator.printed


async def test_one_that_falls_silent_after_the_last_byte_is_uncertain():
    async with a_desk(ZplSimulator(baud=0, label_seconds=0.3), "zpl") as desk:
        printing = desk.begin()
        await desk.until_told(Progress.SENT)
        desk.simulator.faults.silent = True
        ending = await printing

        assert ending.outcome is Outcome.UNCERTAIN


async def test_one_without_a_way_back_is_sent_unconfirmed():
    async with a_desk(ZplSimulator(baud=0), "zpl", answers=False) as desk:
        assert await desk.print() == Ending(Outcome.SENT_UNCONFIRMED)
        assert b"~HS" not in desk.simulator.heard


async def test_an_unprintable_job_fails_with_its_code():
    async with a_desk(ZplSimulator(baud=0), "zpl") as desk:
        assert await desk.print(a_job({"price": ""})) == Ending(Outcome.FAILED, ("label.malformed",))
        assert await desk.print(a_job({"price": "9" * 24}, size={"width_mm": 20, "height_mm": 20})) == Ending(
            Outcome.FAILED, ("label.too_small",)
        )


@pytest.mark.parametrize(("language", "simulator"), [("tspl", TsplSimulator), ("epl2", Epl2Simulator)])
async def test_a_printer_seen_at_work_and_then_idle_is_done(language, simulator):
    async with a_desk(simulator(baud=0, label_seconds=0.15), language, answers=True) as desk:
        desk.simulator.out_after = 1
        printing = desk.begin(a_job({"copies": 2}))
        await desk.until_told(Progress.WAITING, "label.paper_out")
        desk.simulator.set(paper_out=False)

        assert await printing == Ending(Outcome.DONE)
        assert len(desk.simulator.printed) == 2


async def test_a_printer_that_nobody_saw_at_work_is_not_believed():
    async with a_desk(TsplSimulator(baud=0), "tspl") as desk:
        desk.printer._timing = replace(desk.printer._timing, finish=0.2)
        desk.simulator.take = lambda data, copies: None

        assert await desk.print() == Ending(Outcome.UNCERTAIN, ("label.not_seen",))


async def test_epl2_without_a_way_back_is_sent_unconfirmed():
    async with a_desk(Epl2Simulator(baud=0), "epl2") as desk:
        assert await desk.print() == Ending(Outcome.SENT_UNCONFIRMED)
        await eventually(lambda: len(desk.simulator.printed) == 1)


@pytest.mark.parametrize(
    "options", [{}, {"language": "x"}, {"language": "zpl", "answers": 1}, {"language": "zpl", "dpi": 3}]
)
def test_a_wrong_option_is_refused(options):
    with pytest.raises(BadOption):
        label_config("labels", "tcp://127.0.0.1:1", options)


def test_a_queue_of_the_system_brings_nothing_back():
    assert not label_config("labels", "cups://queue", {"language": "zpl"}).answers
    with pytest.raises(BadOption):
        label_config("labels", "cups://queue", {"language": "zpl", "answers": True})
