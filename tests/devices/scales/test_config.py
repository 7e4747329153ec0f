"""A scale is set up in the agent's configuration; what is wrong there is told with its place."""

import pytest

from devices.agent.agent import Agent
from devices.agent.build import build_device
from devices.agent.client import AgentError
from devices.agent.config import DeviceConfig
from devices.agent.errors import ConfigError
from devices.scales.cas_enq import CasEnq
from devices.scales.config import scale_config, with_line
from devices.scales.reading import Unit
from devices.scales.rules import SaleRules
from devices.scales.shtrih_pos2 import ShtrihPos2
from devices.scales.toledo8217_spec import Toledo8217Simulator
from tests.devices.agent.kit import a_config, a_till, seen
from tests.waiting import eventually


def test_a_scale_takes_its_rules_and_the_options_of_its_dialect():
    config = scale_config(
        "front", "tcp://10.0.0.7:4001", {"dialect": "shtrih-pos2", "password": "0777", "least_grams": 40}
    )

    assert (config.dialect, config.rules) == (ShtrihPos2(password="0777"), SaleRules(least_grams=40))
    assert scale_config("front", "tcp://h:1", {"dialect": "cas-enq", "check_soh": True}).dialect == CasEnq(
        check_soh=True
    )
    assert scale_config("front", "tcp://h:1", {"dialect": "nci", "units": ["lb"]}).rules.units == {Unit.POUND}


@pytest.mark.parametrize(
    ("given", "whole"),
    [
        ("serial:/dev/ttyS0", "serial:/dev/ttyS0?baud=9600&bits=7&parity=E"),
        ("serial:COM3?baud=4800", "serial:COM3?baud=4800&bits=7&parity=E"),
        ("serial:COM3?parity=N&dtr=on", "serial:COM3?baud=9600&bits=7&parity=N&dtr=on"),
        ("tcp://10.0.0.7:4001", "tcp://10.0.0.7:4001"),
    ],
)
def test_what_an_address_does_not_say_of_its_line_is_as_the_maker_sets_it(given, whole):
    assert with_line(given, "baud=9600&bits=7&parity=E") == whole


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "dialect: one of adam, cas-enq, "),
        ({"dialect": "abacus"}, "dialect: one of"),
        ({"dialect": "nci", "least_grams": "20"}, "least_grams: a whole number"),
        ({"dialect": "nci", "units": ["stone"]}, "units: a list of some of g, kg, lb, oz"),
        ({"dialect": "nci", "password": "0030"}, "password: not known"),
        ({"dialect": "shtrih-pos2", "password": 30}, "password: must be like '0030'"),
        ({"dialect": "shtrih-pos2", "password": "30"}, "password: the password is four digits"),
        ({"dialect": "cas-enq", "check_soh": 1}, "check_soh: must be like False"),
    ],
)
def test_an_option_that_cannot_be_used_is_named(options, said):
    with pytest.raises(ConfigError) as error:
        build_device(DeviceConfig("front", "scale", "tcp://10.0.0.7:4001", options))

    assert str(error.value).startswith("device front: ")
    assert said in str(error.value)


async def test_a_till_weighs_through_the_agent_and_sees_the_live_weight(tmp_path):
    simulator = Toledo8217Simulator(baud=0)
    address = await simulator.start_tcp()
    scale = build_device(DeviceConfig("front", "scale", address, {"dialect": "toledo8217", "least_grams": 20}))
    try:
        async with Agent(a_config(tmp_path), [scale]) as agent, a_till(agent) as till:
            await eventually(lambda: scale.state.health == "ok")
            simulator.pan.put(1_250)
            await till.tell("watch", device="front", watched=True)
            events = []
            await eventually(lambda: events.extend(seen(till)) or any(event["type"] == "said" for event in events))
            answer = await till.ask("ask", device="front", question="weight")
            with pytest.raises(AgentError) as refused:
                await till.ask("ask", device="front", question="weight")

            said = next(event["said"] for event in events if event["type"] == "said")
            assert (said["shown"], said["sellable"], said["cause"]) == ("1.250 kg", True, None)
            assert answer["answer"]["grams"] == 1_250
            assert (refused.value.code, refused.value.fields["shown"]) == ("scale.same", "1.250 kg")
    finally:
        await simulator.stop()
