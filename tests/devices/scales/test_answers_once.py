"""Scales that give a weight once: asked for a sale alone, and silent or refusing in between."""

from dataclasses import replace

import pytest

from devices.device import DeviceState, Health, Power
from devices.scales.adam_spec import AdamSimulator
from devices.scales.config import scale_config
from devices.scales.dialog06_spec import Dialog06Simulator
from tests.devices.scales.kit import a_counter
from tests.waiting import eventually

PATIENT = {"reply_ms": 5_000}
ADAM = {"reply_ms": 100, "pause_ms": 0}
ONCE = pytest.mark.parametrize(
    ("simulator", "dialect", "options", "refuses"),
    [(Dialog06Simulator, "dialog06", PATIENT, "scale.same"), (AdamSimulator, "adam", ADAM, "scale.no_new_weight")],
    ids=["dialog06", "adam"],
)


@ONCE
async def test_a_weight_is_given_once_and_the_same_weight_again_after_the_pan_moved(
    simulator, dialect, options, refuses
):
    async with a_counter(simulator(baud=0), dialect, **options) as counter:
        counter.pan.put(500)
        assert await counter.grams() == 500
        assert await counter.refused() == refuses

        counter.pan.put(0)
        counter.pan.put(500)
        assert await counter.grams() == 500


@ONCE
async def test_it_is_never_asked_but_for_a_sale_and_whoever_watches_is_told_so(simulator, dialect, options, refuses):
    async with a_counter(simulator(baud=0), dialect, **options) as counter:
        assert counter.scale.state == DeviceState(Power.UNKNOWN, Health.OK)
        counter.pan.put(500)
        counter.scale.watch(watched=True)
        blank = await counter.until_said(cause="scale.on_request")

        assert (blank["grams"], blank["shown"], blank["sellable"]) == (None, "", False)
        assert counter.simulator.heard == b""
        assert await counter.grams() == 500
        assert counter.scale.state == DeviceState(Power.ONLINE, Health.OK)


async def test_a_dialog_scale_that_demands_the_sealed_check_says_what_it_is():
    async with a_counter(Dialog06Simulator(secret=True, baud=0), "dialog06", **PATIENT) as counter:
        counter.pan.put(500)

        assert await counter.refused() == "scale.handshake_secret"
        assert await counter.refused() == "scale.handshake_secret"
        assert counter.scale.state == DeviceState(Power.ONLINE, Health.ATTENTION, ("scale.handshake_secret",))
        assert b"10\x1b" not in counter.simulator.heard


async def test_a_dialog_scale_that_refused_is_asked_again_by_the_next_sale():
    async with a_counter(Dialog06Simulator(baud=0), "dialog06", **PATIENT) as counter:
        counter.pan.put(500)
        counter.simulator.faults.refuse = True
        assert [await counter.refused(), await counter.refused()] == ["scale.refused"] * 2
        assert counter.scale.state == DeviceState(Power.ONLINE, Health.ATTENTION, ("scale.refused",))
        counter.simulator.faults.refuse = False

        assert await counter.grams() == 500
        assert counter.scale.state == DeviceState(Power.ONLINE, Health.OK)


async def test_a_dialog_scale_gets_the_price_that_is_set_and_reports_its_faults():
    async with a_counter(Dialog06Simulator(baud=0), "dialog06", price="012990", **PATIENT) as counter:
        counter.pan.put(500)
        assert await counter.grams() == 500
        await eventually(lambda: counter.simulator.heard == b"\x04\x0201\x1b012990\x1b\x03\x04\x05\x04")
        counter.pan.broken = True
        assert await counter.refused() == "scale.fault"
        assert await counter.refused("zero") == "scale.cannot_zero"


@pytest.mark.parametrize("price", ["", "100", "1234567", "12.345"])
def test_a_price_that_no_record_can_hold_is_refused(price):
    with pytest.raises(Exception, match="five or six digits"):
        scale_config("front", "tcp://h:1", {"dialect": "dialog06", "price": price})


@pytest.mark.parametrize("grams", [0, -200])
async def test_silence_of_an_adam_scale_is_told_as_what_it_may_mean_and_never_as_a_weight(grams):
    async with a_counter(AdamSimulator(baud=0), "adam", **ADAM) as counter:
        counter.pan.put(grams)
        assert await counter.refused() == "scale.no_new_weight"
        assert await counter.refused() == "scale.no_new_weight"
        assert counter.scale.state == DeviceState(Power.UNKNOWN, Health.ATTENTION, ("scale.no_new_weight",))

        counter.pan.put(500)
        assert await counter.grams() == 500
        assert counter.scale.state == DeviceState(Power.ONLINE, Health.OK)
        assert await counter.refused("zero") == "scale.cannot_zero"


async def test_questions_to_an_adam_scale_are_five_seconds_apart():
    now, slept = [100.0], []

    async def sleep(seconds):
        slept.append(seconds)
        now[0] += seconds

    async with a_counter(AdamSimulator(baud=0), "adam", **(ADAM | {"pause_ms": 5_000})) as counter:
        counter.scale.clock, counter.scale.sleep = lambda: now[0], sleep
        await eventually(lambda: counter.scale._line is not None)
        for grams in (500, 700):
            counter.pan.put(grams)
            counter.scale.dialect = replace(counter.scale.dialect)
            await counter.weigh()
            now[0] += 1.0

        assert slept == [4.0]
