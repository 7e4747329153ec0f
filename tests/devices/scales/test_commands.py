"""Zero, tare and the serial number of the scales that know them by letters, and what their errors mean."""

import pytest

from devices.device import DeviceError
from devices.scales.mt_sics import SicsLine
from devices.scales.mt_sics_spec import MtSicsSimulator
from devices.scales.reading import Unit
from devices.scales.sma import SmaAnswer
from devices.scales.sma_spec import SmaSimulator
from devices.scales.toledo8217_spec import Toledo8217Simulator
from tests.devices.scales.kit import a_counter

PATIENT = {"reply_ms": 5_000}


@pytest.mark.parametrize(("simulator", "dialect"), [(MtSicsSimulator, "mt-sics"), (SmaSimulator, "sma")], ids=str)
async def test_the_scale_sets_zero_and_takes_a_tare(simulator, dialect):
    async with a_counter(simulator(baud=0), dialect, **PATIENT) as counter:
        counter.pan.put(20)
        await counter.weigh("zero")
        counter.pan.put(1_000)
        assert await counter.refused("zero") == "scale.cannot_zero"
        counter.pan.put(120)
        await counter.weigh("tare")
        counter.pan.put(620)
        assert await counter.grams() == 500
        counter.pan.put(700, settle=3_600)
        assert await counter.refused("tare") == "scale.cannot_tare"


async def test_a_scale_tells_its_serial_number_where_its_protocol_can_ask():
    async with a_counter(MtSicsSimulator(baud=0), "mt-sics", **PATIENT) as counter:
        assert await counter.weigh("serial") == {"serial": "B021002593"}
    async with a_counter(Toledo8217Simulator(baud=0), "toledo8217", **PATIENT) as counter:
        assert await counter.refused("serial") == "device.question_unknown"


@pytest.mark.parametrize(
    ("rest", "digits", "decimals", "unit"),
    [
        (b"     100.00 g", 10_000, 2, Unit.GRAM),
        (b"      1.2500 kg", 12_500, 4, Unit.KILOGRAM),
        (b"    -0.050 kg", -50, 3, Unit.KILOGRAM),
        (b" 12 lb", 12, 0, Unit.POUND),
    ],
)
def test_the_decimals_are_those_of_the_frame(rest, digits, decimals, unit):
    reading = SicsLine(b"S", b"S", rest).reading()

    assert (reading.digits, reading.decimals, reading.unit) == (digits, decimals, unit)


def test_a_unit_that_nobody_sells_by_is_refused():
    for read in (SicsLine(b"S", b"S", b" 1.25 ct").reading, SmaAnswer(*[b" "] * 6, b"ct ").reading):
        with pytest.raises(DeviceError) as raised:
            read()
        assert (raised.value.code, raised.value.fields) == ("scale.unit", {"unit": "ct"})


@pytest.mark.parametrize("status", [b"E", b"I"])
def test_a_scale_that_cannot_find_its_zero_is_faulty(status):
    with pytest.raises(DeviceError) as raised:
        SmaAnswer(status, b"1", b"G", b" ", b" ", b"-" * 10, b"kg ").reading()
    assert raised.value.code == "scale.fault"


async def test_a_command_that_was_damaged_on_the_way_is_no_refusal():
    class Deaf(MtSicsSimulator):
        def _answer(self, request):
            return SicsLine(b"E", b"T")

    async with a_counter(Deaf(baud=0), "mt-sics", ready=False, **PATIENT) as counter:
        await counter.until_state("cannot-work", "scale.damaged")
