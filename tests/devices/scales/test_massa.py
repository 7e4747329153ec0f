"""MASSA-K scales: whose rule of the check it is, what two answers are needed for, zero and tare."""

import logging

import pytest

from devices.device import DeviceError, Health
from devices.scales import massa_100
from devices.scales.config import scale_config
from devices.scales.massa_100 import RULES, Answer, Massa100, frame
from devices.scales.massa_100_spec import Massa100Simulator
from devices.scales.massa_k_e_spec import MassaKESimulator
from devices.scales.massa_k_j_spec import MassaKJSimulator
from tests.devices.scales.kit import a_counter

PATIENT = {"reply_ms": 5_000}
QUICK = {"reply_ms": 60}
HURRIED = {"gap_ms": 5, "reply_ms": 1_000}
CAPTURED = ("24000000000101000100000000", "fc23"), ("24a30100000201000000000000", "f95d"), ("23", "2300")


@pytest.mark.parametrize(("body", "check"), CAPTURED)
def test_what_real_scales_said_holds_under_the_usual_rule_and_no_other(body, check):
    holds = [name for name, rule in RULES.items() if rule(bytes.fromhex(body)) == bytes.fromhex(check)]

    assert holds == ["1021-body"]


def test_each_rule_gives_what_its_client_sends_for_the_question_of_the_weight():
    assert {name: rule(b"\x23").hex() for name, rule in RULES.items()} == {
        "1021-body": "2300",
        "1021-body-big": "0023",
        "xmodem-body": "0114",
        "ccitt-body": "f1f5",
        "modbus-len-body": "61d9",
    }


@pytest.mark.parametrize("chosen", RULES)
def test_under_one_rule_no_frame_of_another_is_ever_taken(chosen):
    body = bytes.fromhex("24a30100000201000000000000")
    heard = {name: Massa100(crc=chosen).decoder().feed(frame(body, name)) for name in RULES}

    assert heard == {name: [Answer(body)] if name == chosen else [] for name in RULES}


@pytest.mark.parametrize("rule", RULES)
async def test_a_scale_of_any_rule_is_weighed_with_where_the_rule_is_named(rule):
    async with a_counter(Massa100Simulator(rule=rule, baud=0), "massa-100", crc=rule, **PATIENT) as counter:
        counter.pan.put(1_250)

        assert await counter.grams() == 1_250


async def test_a_rule_that_is_not_known_is_searched_for_and_told(caplog):
    with caplog.at_level(logging.WARNING, massa_100.log.name):
        simulator = Massa100Simulator(rule="modbus-len-body", baud=0)
        async with a_counter(simulator, "massa-100", ready=False, crc="search", **QUICK) as counter:
            await counter.until_state(Health.OK)
            counter.pan.put(1_250)

            assert await counter.grams() == 1_250
            simulator.rule = "1021-body"  # answers of another scale: not taken any more
            assert await counter.refused() == "scale.damaged"

    assert [record.getMessage() for record in caplog.records] == [
        'MASSA-K: the scale answers under crc = "modbus-len-body"; write that into its configuration'
    ]


@pytest.mark.parametrize("options", [{"crc": "sum"}, {"ask": "please"}])
def test_a_rule_or_a_question_that_is_not_known_is_refused(options):
    with pytest.raises(Exception, match="one of"):
        scale_config("front", "tcp://h:5001", {"dialect": "massa-100", **options})


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("2807", "scale.refused"),
        ("2809", "scale.fault"),
        ("2817", "scale.fault"),
        ("2818", "scale.fault"),
        ("2819", "scale.fault"),
        ("28", "scale.refused"),
        ("f0", "scale.refused"),
        ("27", "scale.damaged"),
        ("24e2040000", "scale.damaged"),
        ("24e2040000050100000000", "scale.damaged"),
        ("24e20400000102000000000000", "scale.damaged"),
    ],
)
def test_an_error_of_the_scale_is_no_weight(body, code):
    with pytest.raises(DeviceError) as raised:
        Answer(bytes.fromhex(body)).reading()
    assert raised.value.code == code


@pytest.mark.parametrize(("division", "decimals"), [(0, 4), (1, 3), (2, 2), (3, 1), (4, 0)])
def test_the_division_says_where_the_decimal_sign_stands(division, decimals):
    reading = Answer(bytes.fromhex(f"1005000000{division:02x}01")).reading()

    assert (reading.digits, reading.decimals, reading.stable) == (5, decimals, True)


@pytest.mark.parametrize("options", [{}, {"ask": "tcp-get-weight"}])
async def test_protocol_100_sets_zero_and_takes_a_tare(options):
    async with a_counter(Massa100Simulator(baud=0), "massa-100", **options, **PATIENT) as counter:
        counter.pan.put(20)
        await counter.weigh("zero")
        counter.pan.put(1_000)
        assert await counter.refused("zero") == "scale.cannot_zero"
        counter.pan.put(120)
        await counter.weigh("tare")
        counter.pan.put(620)
        answer = await counter.weigh()

        assert (answer["grams"], answer["net"]) == (500, True)
        counter.pan.put(620, settle=3_600)
        assert await counter.refused("tare") == "scale.cannot_tare"
        counter.pan.broken = True
        assert await counter.refused() == "scale.fault"


@pytest.mark.parametrize(
    ("simulator", "dialect", "options"),
    [(MassaKJSimulator, "massa-k-j", PATIENT), (MassaKESimulator, "massa-k-e", HURRIED)],
    ids=["J", "E"],
)
async def test_an_old_scale_sets_zero_when_it_shows_it(simulator, dialect, options):
    async with a_counter(simulator(baud=0), dialect, **options) as counter:
        counter.pan.put(20)
        await counter.weigh("zero")
        assert await counter.refused() == "scale.empty"
        counter.pan.put(1_000)
        assert await counter.refused("zero") == "scale.cannot_zero"


async def test_one_answer_to_j_that_was_damaged_is_seen_by_the_other():
    class LosesAByte(MassaKJSimulator):
        answers = 0

        def say(self, reply):
            self.answers += 1
            super().say(reply[:2] + bytes([reply[2] ^ 0x03]) + reply[3:] if self.answers % 2 else reply)

    async with a_counter(LosesAByte(baud=0), "massa-k-j", ready=False, **PATIENT) as counter:
        counter.pan.put(1_250)
        await counter.until_state(Health.CANNOT_WORK, "scale.damaged")


async def test_an_answer_to_e_that_looks_like_its_question_is_a_weight():
    async with a_counter(MassaKESimulator(baud=0), "massa-k-e", division=5, **HURRIED) as counter:
        counter.pan.division = 1
        counter.pan.put(0x4545)

        assert await counter.refused() == "scale.unstable"  # an overload
        counter.pan.put(0x0545)
        assert await counter.grams() == 0x0545 * 5
