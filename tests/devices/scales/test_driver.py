"""What a till is told by a scale, on real sockets and ptys."""

import asyncio
from dataclasses import replace

import pytest

from devices.device import DeviceState, Health, Power
from devices.scales.config import scale_config
from devices.scales.driver import Scale
from devices.scales.toledo8217 import Toledo8217
from devices.scales.toledo8217_spec import Toledo8217Simulator
from tests.devices.scales.kit import a_counter
from tests.waiting import eventually


def a_scale(**line):
    return Toledo8217Simulator(**{"baud": 0, **line})


@pytest.mark.parametrize("wire", ["tcp", "pty"])
async def test_a_steady_weight_is_sold_with_everything_the_scale_says_of_it(wire):
    async with a_counter(a_scale(baud=9600), "toledo8217", wire=wire) as counter:
        counter.pan.put(1_250)
        answer = await counter.weigh()

        assert answer | {"age_ms": 0, "seq": 0} == {
            "grams": 1_250, "digits": 1_250, "decimals": 3, "unit": "kg", "stable": True, "net": False, "zero": False,
            "over": False, "under": False, "age_ms": 0, "seq": 0, "shown": "1.250 kg",
        }  # fmt: skip
        assert answer["age_ms"] < 500
        assert counter.scale.statistics.as_dict()["good_weights"] == 1
        assert counter.scale.statistics.as_dict()["reply_mean_us"] > 0


async def test_one_weighing_is_not_sold_twice_until_the_pan_moves():
    async with a_counter(a_scale(), "toledo8217") as counter:
        counter.pan.put(500)
        assert await counter.grams() == 500
        assert await counter.refused() == "scale.same"

        counter.pan.put(0)
        await eventually(lambda: counter.scale._sold is None)
        counter.pan.put(500)
        assert await counter.grams() == 500


async def test_of_two_tills_that_ask_at_once_only_one_gets_the_weight():
    async with a_counter(a_scale(), "toledo8217") as counter:
        counter.pan.put(700)
        outcomes = await asyncio.gather(counter.weigh(), counter.refused(), return_exceptions=True)

        assert [outcomes[0]["grams"], outcomes[1]] == [700, "scale.same"]


@pytest.mark.parametrize(
    ("lay", "code"),
    [
        (lambda pan: pan.put(500, settle=3_600), "scale.unstable"),
        (lambda pan: pan.put(20_000), "scale.over"),
        (lambda pan: pan.put(-200), "scale.under"),
        (lambda pan: pan.put(0), "scale.empty"),
    ],
)
async def test_what_may_not_be_sold_is_refused_with_its_cause(lay, code):
    async with a_counter(a_scale(), "toledo8217") as counter:
        lay(counter.pan)

        assert await counter.refused() == code
        assert counter.scale.statistics.as_dict()["bad_weights"] == 1
        assert counter.scale.state.health == Health.OK


async def test_a_scale_that_says_nothing_is_silent_and_never_at_zero():
    async with a_counter(a_scale(), "toledo8217", reply_ms=30) as counter:
        counter.pan.put(500)
        counter.scale.watch(watched=True)
        await counter.until_said(grams=500)
        counter.simulator.faults.silent = True

        assert await counter.refused() == "scale.silent"
        await counter.until_state(Health.CANNOT_WORK, "scale.silent")
        blank = await counter.until_said(cause="scale.silent")
        assert (blank["grams"], blank["digits"], blank["shown"], blank["sellable"]) == (None, None, "", False)

        counter.simulator.faults.silent = False
        await counter.until_state(Health.OK)
        assert await counter.grams() == 500


async def test_only_damaged_answers_are_told_apart_from_none():
    async with a_counter(a_scale(), "toledo8217", reply_ms=30) as counter:
        counter.pan.put(500)
        counter.simulator.faults.damaged = True

        assert await counter.refused() == "scale.damaged"
        await counter.until_state(Health.CANNOT_WORK, "scale.damaged")


async def test_a_line_that_echoes_changes_nothing():
    async with a_counter(a_scale(), "toledo8217") as counter:
        counter.simulator.faults.echo = True
        counter.pan.put(500)

        assert await counter.grams() == 500


async def test_an_echo_alone_is_silence():
    async with a_counter(a_scale(), "toledo8217", reply_ms=30) as counter:
        counter.simulator.faults.echo = counter.simulator.faults.silent = True

        assert await counter.refused() == "scale.silent"


async def test_a_weight_that_nobody_asked_for_is_thrown_away():
    async with a_counter(a_scale(), "toledo8217") as counter:
        counter.pan.put(500)
        before = counter.scale._line.dropped
        counter.simulator.say(b"\x0209.999\r")
        await eventually(lambda: counter.scale._line.dropped == before + 8)

        assert await counter.grams() == 500


async def test_an_answer_that_comes_too_late_is_not_the_answer_to_the_next_question():
    async with a_counter(a_scale(), "toledo8217", reply_ms=30) as counter:
        counter.pan.put(500)
        counter.simulator.faults.merged = True  # holds the answer back until the next one
        assert await counter.refused() == "scale.silent"
        counter.pan.put(900)
        counter.simulator.faults.merged = False
        counter.simulator.let_go()  # only now

        assert await counter.grams() == 900


async def test_an_unplugged_scale_is_offline_at_once_and_comes_back_by_itself():
    async with a_counter(a_scale(), "toledo8217") as counter:
        counter.pan.put(500)
        counter.simulator.faults.disconnect_after = 1
        assert await counter.refused() == "scale.offline"
        await eventually(lambda: DeviceState(Power.OFFLINE, Health.CANNOT_WORK, ("scale.offline",)) in counter.states)
        await counter.until_state(Health.OK)

        assert await counter.grams() == 500
        assert counter.scale.statistics.as_dict()["reconnects"] >= 1


async def test_watched_it_says_the_weight_and_whether_it_may_be_sold_and_unwatched_nothing():
    async with a_counter(a_scale(), "toledo8217") as counter:
        counter.pan.put(500, settle=3_600)
        assert counter.said == []
        counter.scale.watch(watched=True)
        moving = await counter.until_said(cause="scale.unstable")
        counter.pan.put(500)
        steady = await counter.until_said(cause=None)

        assert (moving["sellable"], steady["sellable"], steady["grams"]) == (False, True, 500)
        assert steady["seq"] > moving["seq"]
        counter.scale.watch(watched=False)
        count = len(counter.said)
        await counter.weigh("reading")
        assert len(counter.said) == count


async def test_the_empty_pan_is_set_to_zero_and_a_loaded_one_is_not():
    async with a_counter(a_scale(), "toledo8217") as counter:
        counter.pan.put(20)
        await counter.weigh("zero")
        counter.pan.put(520)

        assert await counter.grams() == 500
        assert await counter.refused("zero") == "scale.cannot_zero"


@pytest.mark.parametrize("flags", [b"\x02?\x00\r", b"\x02?\x08\r", b"\x02?\x40\r", b"\x0200.500\r"])
async def test_zero_is_believed_only_when_the_scale_says_that_it_is_there(flags):
    simulator = AnswersZero(flags, baud=0)
    async with a_counter(simulator, "toledo8217") as counter:
        counter.pan.put(500)

        assert await counter.refused("zero") == "scale.cannot_zero"


class AnswersZero(Toledo8217Simulator):
    """Answers `Z` with this, and does nothing."""

    def __init__(self, answer, **line):
        super().__init__(**line)
        self.answer = answer

    def hear_byte(self, byte):
        if byte == ord("Z"):
            self.say(self.answer)
        else:
            super().hear_byte(byte)


async def test_a_tare_is_taken_off_and_said():
    async with a_counter(a_scale(), "toledo8217") as counter:
        counter.pan.put(50)
        await counter.weigh("tare")
        counter.pan.put(550)
        answer = await counter.weigh()

        assert (answer["grams"], answer["net"]) == (500, True)


async def test_what_a_scale_cannot_be_asked_is_refused():
    async with a_counter(a_scale(), "toledo8217") as counter:
        assert await counter.refused("dance") == "device.question_unknown"


async def test_a_weight_that_took_too_long_to_arrive_is_stale():
    simulator = a_scale()
    async with a_counter(simulator, "toledo8217", reply_ms=5_000) as counter:
        counter.pan.put(500)
        simulator.baud, simulator.faults.split = 120, True

        assert await counter.refused() == "scale.stale"


async def test_questions_are_as_far_apart_as_the_scale_wants_them():
    now, slept = [100.0], []

    async def sleep(seconds):
        slept.append(seconds)
        now[0] += seconds

    simulator = a_scale()
    config = scale_config("front", await simulator.start_tcp(), {"dialect": "toledo8217"})
    scale = Scale(replace(config, dialect=Unhurried()), clock=lambda: now[0], sleep=sleep)
    running = asyncio.create_task(scale.run(lambda state: None, lambda said: None))
    try:
        await eventually(lambda: scale.state.health == Health.OK)
        simulator.pan.put(500)
        now[0] += 1.0
        assert (await scale.ask("weight", {}))["grams"] == 500
        assert slept == [4.0]
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await simulator.stop()


class Unhurried(Toledo8217):
    """Beeps at whoever asks more often."""

    pause = 5.0


async def test_questions_are_answered_in_the_order_in_which_they_came():
    async with a_counter(a_scale(), "toledo8217") as counter:
        counter.pan.put(500)
        answers = await asyncio.gather(*(counter.weigh("reading") for _ in range(5)))

        assert [answer["seq"] for answer in answers] == sorted({answer["seq"] for answer in answers})


async def test_a_question_given_up_in_the_middle_spoils_none_of_the_next():
    async with a_counter(a_scale(baud=2_400), "toledo8217", reply_ms=5_000) as counter:
        for grams in (500, 700, 900):
            counter.pan.put(grams)
            given_up = asyncio.create_task(counter.weigh("reading"))
            while not counter.scale._turn.locked():
                await asyncio.sleep(0)
            given_up.cancel()
            await asyncio.gather(given_up, return_exceptions=True)
            assert await counter.grams() == grams


async def test_a_scale_silent_for_long_is_opened_anew():
    async with a_counter(a_scale(), "toledo8217", reply_ms=10) as counter:
        counter.simulator.faults.silent = True
        await eventually(lambda: counter.simulator.connections >= 2)
        await counter.until_state(Health.CANNOT_WORK, "scale.silent")
        counter.simulator.faults.silent = False
        await counter.until_state(Health.OK)

        counter.pan.put(500)
        assert await counter.grams() == 500


async def test_a_port_that_is_taken_leaves_the_scale_offline_and_is_tried_again():
    simulator = a_scale()
    async with a_counter(simulator, "toledo8217") as first:
        scale = Scale(scale_config("second", first.address, {"dialect": "toledo8217", "reply_ms": 10}))
        running = asyncio.create_task(scale.run(lambda state: None, lambda said: None))
        await eventually(lambda: scale.statistics.counts["reconnects"] >= 1)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

        assert scale.state.causes == ("scale.offline",)
        first.pan.put(500)
        assert await first.grams() == 500
