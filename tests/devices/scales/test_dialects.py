"""Each dialect with the driver and its simulated scale on a real wire: weights, causes, faults, pace, reconnects."""

import asyncio
import os
import threading

import pytest

from devices.device import DeviceError, Health
from devices.scales.cas_text_spec import CasTextSimulator
from devices.scales.dialect import AnswersOnce
from devices.scales.nci import Layout
from devices.scales.nci_spec import NciSimulator
from devices.scales.reading import Unit
from devices.scales.shtrih_pos2_spec import ShtrihPos2Simulator
from devices.scales.simulator import Pan
from devices.scales.spec import verify_scale
from devices.scales.specs import SPECS
from tests.devices.scales.kit import a_counter
from tests.waiting import eventually

DIALECT = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
QUICK = {"reply_ms": 60}
ADAM = "scale:adam"
"""Answers nothing but a new steady weight: `test_answers_once` has it."""
NO_CHECK = {"scale:cas-text", "scale:mt-sics", "scale:sma", "scale:usb-hid", ADAM}
"""Nothing shows that a bit was turned: neither check nor parity."""
REFUSES = {
    "scale:cas-text": "scale.damaged",
    "scale:massa-k-j": "scale.damaged",
    "scale:massa-k-e": "scale.silent",
    "scale:usb-hid": "scale.fault",
}
OVER = {"scale:massa-k-e": "scale.unstable", "scale:massa-k-j": "scale.unstable"}
"""How they show an overload is not known."""
DAMAGED = {"scale:nci": "scale.unstable", "scale:massa-k-e": "scale.unstable"}
PATIENT = {"reply_ms": 5_000}
"""For a scale that answers: nothing may run out on a busy machine."""


def unpaced(spec):
    simulator = spec.simulator()
    simulator.baud = 0
    return simulator


def but(*left_out):
    """Every dialect except these."""
    return pytest.mark.parametrize(
        "spec", [spec for spec in SPECS if spec.name not in left_out], ids=lambda spec: spec.name
    )


def counter_of(spec, simulator=None, **options):
    return a_counter(simulator or unpaced(spec), spec.name.removeprefix("scale:"), **(PATIENT | spec.hurry | options))


@but(ADAM)
async def test_a_steady_weight_is_sold_and_every_other_refused_with_its_cause(spec):
    async with counter_of(spec) as counter:
        counter.pan.put(1_250)
        assert (await counter.weigh())["shown"] == "1.250 kg"
        counter.pan.put(0)
        assert await counter.refused() == "scale.empty"
        counter.pan.put(500, settle=3_600)
        assert await counter.refused() == "scale.unstable"
        counter.pan.put(20_000)
        assert await counter.refused() == OVER.get(spec.name, "scale.over")
        counter.pan.put(-300)
        assert await counter.refused() == "scale.under"


@DIALECT
async def test_a_whole_weighing_at_the_pace_of_the_real_line(spec):
    simulator = spec.simulator()
    wire = "pty" if spec.line else "tcp"
    async with counter_of(spec, simulator, wire=wire, line=spec.line.partition("&")[2]) as counter:
        counter.pan.put(1_250)
        simulator.faults.split = True

        assert not spec.line or spec.line.startswith(f"baud={simulator.baud}")
        assert await counter.grams_in_time() == 1_250


@but("scale:massa-k-e")  # its answers have no beginning: noise between them is a weight that moves
async def test_noise_before_each_answer_changes_no_weight(spec):
    async with counter_of(spec) as counter:
        counter.simulator.faults.garbage = True
        counter.pan.put(1_250)

        assert await counter.grams() == 1_250


@but(*NO_CHECK)
async def test_a_damaged_line_never_makes_another_weight(spec):
    async with counter_of(spec, **QUICK) as counter:
        counter.pan.put(1_250)
        counter.simulator.faults.damaged = True

        assert await counter.refused() == DAMAGED.get(spec.name, "scale.damaged")


@but(ADAM)
async def test_a_scale_that_refuses_everything_says_so(spec):
    async with counter_of(spec, reply_ms=500) as counter:
        counter.pan.put(1_250)
        counter.simulator.faults.refuse = True
        refused = await counter.refused()
        await counter.refused()

        assert refused == REFUSES.get(spec.name, "scale.refused")
        attention = isinstance(counter.scale.dialect, AnswersOnce)
        await counter.until_state(Health.ATTENTION if attention else Health.CANNOT_WORK, refused)


async def test_ten_lost_connections_leave_nothing_behind():
    async with counter_of(SPECS[0]) as counter:
        before = (len(asyncio.all_tasks()), threading.active_count(), len(os.listdir("/proc/self/fd")))
        for connection in range(2, 12):
            counter.simulator.disconnect()
            await eventually(lambda want=connection: counter.simulator.connections == want)
        await counter.until_state(Health.OK)
        await eventually(lambda: counter.scale._line is not None and not counter.scale._turn.locked())
        after = (len(asyncio.all_tasks()), threading.active_count(), len(os.listdir("/proc/self/fd")))

        assert after <= before
        counter.pan.put(1_250)
        assert await counter.grams() == 1_250


@DIALECT
async def test_the_shops_own_test_of_a_scale_passes_on_its_simulator(spec):
    told = []
    async with counter_of(spec) as counter:
        counter.pan.put(1_250)
        checks = await verify_scale(counter.scale, told.append)

        assert checks
        assert all(check.passed for check in checks)
        assert {check.seen for check in checks} - {", ".join(["1.250 kg"] * 5)} == {"1.250 kg"}
        assert len(told) == 1


@DIALECT
async def test_the_shops_own_test_of_a_silent_scale_fails(spec):
    simulator = unpaced(spec)
    simulator.faults.silent = True
    async with counter_of(spec, simulator, ready=False, **QUICK) as counter:
        checks = await verify_scale(counter.scale, lambda text: None, patience=0.1)

        assert [check.passed for check in checks] == [False]


@pytest.mark.parametrize("layout", list(Layout))
async def test_nci_is_understood_in_every_layout(layout):
    simulator = NciSimulator(layout=layout, shows_motion=False, baud=0)
    async with a_counter(simulator, "nci", **PATIENT) as counter:
        counter.pan.put(1_250)
        assert await counter.grams() == 1_250
        counter.pan.put(700, settle=3_600)
        assert await counter.refused() == "scale.unstable"
        counter.pan.put(20)
        await counter.weigh("zero")
        assert await counter.refused() == "scale.empty"
        counter.pan.put(1_000)
        assert await counter.refused("zero") == "scale.cannot_zero"


async def test_a_scale_switched_to_pounds_sells_nothing_until_the_shop_says_that_it_sells_by_pounds():
    pan = Pan(unit=Unit.POUND, decimals=2, division=1, capacity=3_000)
    async with a_counter(NciSimulator(pan, baud=0), "nci", **PATIENT) as counter:
        pan.put(454)
        assert await counter.refused() == "scale.unit"
    pan = Pan(unit=Unit.POUND, decimals=2, division=1, capacity=3_000)
    async with a_counter(NciSimulator(pan, baud=0), "nci", units=["lb"], **PATIENT) as counter:
        pan.put(454)
        assert (await counter.weigh())["shown"] == "1.00 lb"


async def test_a_scale_that_never_stops_talking_is_believed_only_in_what_it_says_after_the_question():
    simulator = CasTextSimulator(every=0.01, baud=0)
    async with a_counter(simulator, "cas-text", ask="", **PATIENT) as counter:
        counter.pan.put(500)
        assert await as_soon_as_new(counter, "scale.empty") == 500
        counter.pan.put(1_250)
        assert await as_soon_as_new(counter, "scale.same") == 1_250
        assert simulator.heard == b""


async def as_soon_as_new(counter, refused: str) -> int:
    """What was on its way before the pan changed may come after the question on a busy computer, and is refused so."""
    while True:
        try:
            return await counter.grams()
        except DeviceError as error:
            if error.code != refused:
                raise


async def test_a_shtrih_answer_left_by_somebody_else_is_read_away_first():
    simulator = ShtrihPos2Simulator(baud=0)
    async with a_counter(simulator, "shtrih-pos2", **PATIENT) as counter:
        counter.pan.put(900)
        simulator._pending = bytes.fromhex("02 0b 3a 00 15 00 e2 04 00 00 00 00 00 c2")

        assert await counter.grams() == 900


async def test_a_shtrih_scale_with_another_password_refuses_and_with_the_right_one_weighs():
    async with a_counter(
        ShtrihPos2Simulator(password=b"1234", baud=0), "shtrih-pos2", ready=False, **PATIENT
    ) as counter:
        counter.pan.put(900)
        await counter.until_state(Health.CANNOT_WORK, "scale.refused")
    async with a_counter(
        ShtrihPos2Simulator(password=b"1234", baud=0), "shtrih-pos2", password="1234", **PATIENT
    ) as counter:
        counter.pan.put(900)
        assert await counter.grams() == 900


async def test_a_shtrih_scale_takes_zero_and_tare_and_reports_its_faults():
    async with a_counter(ShtrihPos2Simulator(baud=0), "shtrih-pos2", **PATIENT) as counter:
        counter.pan.put(20)
        await counter.weigh("zero")
        counter.pan.put(1_000)
        assert await counter.refused("zero") == "scale.cannot_zero"
        counter.pan.put(120)
        await counter.weigh("tare")
        counter.pan.put(620)
        answer = await counter.weigh()
        assert (answer["grams"], answer["net"]) == (500, True)

        counter.pan.broken = True
        assert await counter.refused() == "scale.fault"
        await counter.until_state(Health.CANNOT_WORK, "scale.fault")
