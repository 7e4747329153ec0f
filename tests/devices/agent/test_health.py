"""What the owner's device page is told: statistics that outlive the agent, the last error, the events of one device."""

import pytest

from devices.agent.agent import Agent
from devices.agent.client import AgentError
from devices.agent.config import RegisterAccess
from devices.device import DeviceState, Health, Power
from tests.devices.agent.kit import OTHER_TILL, OTHER_TOKEN, TILL, TOKEN, LineDevice, a_config, a_till, new_id
from tests.waiting import eventually

PAPER_OUT = DeviceState(Power.ONLINE, Health.CANNOT_WORK, ("line.paper_out",))


async def test_what_a_device_has_counted_outlives_the_agent(tmp_path, sink):
    for cuts in (3, 5):
        device = LineDevice("receipt", sink.port)
        async with Agent(a_config(tmp_path), [device]) as agent, a_till(agent) as till:
            device.statistics.count("cuts", cuts)
            device.statistics.replied(900)
            told = (await till.ask("health"))["devices"][0]

    assert told["statistics"] == {"cuts": 8, "reply_mean_us": 900, "reply_p95_us": 900}


async def test_statistics_are_written_only_when_they_have_changed(tmp_path, sink):
    device = LineDevice("receipt", sink.port)
    async with Agent(a_config(tmp_path), [device]) as agent:
        await eventually(lambda: device.state.health == "ok")
        await agent.journal.open_jobs()
        before = agent._store.commits
        await agent._remembered.keep()
        assert agent._store.commits == before
        device.statistics.count("cuts")
        await agent._remembered.keep()
        assert agent._store.commits == before + 1


async def test_the_last_error_is_remembered_after_all_is_well_again(tmp_path, sink):
    device = LineDevice("receipt", sink.port)
    async with Agent(a_config(tmp_path), [device]) as agent, a_till(agent) as till:
        await eventually(lambda: device.state.health == "ok")
        well = device.state
        device._become(PAPER_OUT)
        device._become(well)
        told = (await till.ask("health"))["devices"][0]

    assert told["state"]["health"] == "ok"
    assert told["error"]["causes"] == ["line.paper_out"]


async def test_a_driver_that_has_just_begun_had_no_trouble(tmp_path, sink):
    device = LineDevice("receipt", sink.port)
    async with Agent(a_config(tmp_path), [device]) as agent, a_till(agent) as till:
        await eventually(lambda: device.state.health == "ok")
        well = device.state
        device._become(DeviceState(Power.UNKNOWN, Health.CANNOT_WORK, ("line.offline",)))
        device._become(well)
        told = (await till.ask("health"))["devices"][0]

    assert told["error"] is None


async def test_the_log_of_a_device_holds_its_changes_and_the_callers_own_jobs(tmp_path, sink):
    devices = [LineDevice("receipt", sink.port), LineDevice("kitchen", sink.port)]
    registers = (RegisterAccess(TILL, TOKEN), RegisterAccess(OTHER_TILL, OTHER_TOKEN, frozenset({"receipt"})))
    async with (
        Agent(a_config(tmp_path, registers=registers), devices) as agent,
        a_till(agent) as own,
        a_till(agent, register=OTHER_TILL, token=OTHER_TOKEN) as other,
    ):
        job = new_id()
        await own.submit(job, "receipt", "line", {})
        await own.until(job)
        mine = (await own.ask("log", device="receipt"))["entries"]
        others = (await other.ask("log", device="receipt"))["entries"]
        with pytest.raises(AgentError) as refused:
            await other.ask("log", device="kitchen")

    assert [entry["state"] for entry in mine if entry["type"] == "state"] == ["done", "sent", "sending", "queued"]
    assert {entry["type"] for entry in others} == {"event"}
    assert refused.value.code == "device.unknown"
