"""Questions to a device, what it says by itself, and what a job brought back."""

import asyncio

import pytest

from devices.agent.agent import Agent
from devices.agent.client import AgentError
from devices.agent.config import RegisterAccess
from tests.devices.agent.kit import OTHER_TILL, OTHER_TOKEN, TILL, TOKEN, LineDevice, a_config, a_till, new_id, seen
from tests.waiting import eventually


async def test_a_question_goes_to_the_device_and_leaves_nothing_in_the_journal(agent):
    async with a_till(agent) as till:
        before = agent._store.commits
        answer = await till.ask("ask", device="receipt", question="echo", content={"grams": 1250})

        assert answer["answer"] == {"grams": 1250}
        assert agent._store.commits == before


async def test_a_slow_answer_holds_up_nothing_else(agent):
    async with a_till(agent) as till:
        slow = asyncio.create_task(till.ask("ask", device="receipt", question="echo", content={"after_ms": 2_000}))
        await till.ask("jobs", ids=[])

        assert not slow.done()
        assert (await slow)["answer"] == {"after_ms": 2_000}


@pytest.mark.parametrize(("device", "code"), [("receipt", "device.question_unknown"), ("toaster", "device.unknown")])
async def test_a_question_that_cannot_be_answered_says_why(agent, device, code):
    async with a_till(agent) as till:
        with pytest.raises(AgentError) as refused:
            await till.ask("ask", device=device, question="dance")

        assert (refused.value.code, refused.value.fields["device"]) == (code, device)


async def test_what_a_device_says_by_itself_reaches_only_the_registers_it_belongs_to(tmp_path, sink):
    device = LineDevice("line", sink.port)
    registers = (RegisterAccess(TILL, TOKEN, frozenset({"line"})), RegisterAccess(OTHER_TILL, OTHER_TOKEN, frozenset()))
    async with (
        Agent(a_config(tmp_path, registers=registers), [device]) as agent,
        a_till(agent) as own,
        a_till(agent, register=OTHER_TILL, token=OTHER_TOKEN) as other,
    ):
        await eventually(lambda: device.state.health == "ok")
        device.say({"code": "4601234567893"})
        await own.ask("jobs", ids=[])
        await other.ask("jobs", ids=[])

        said = [event for event in seen(own) if event["type"] == "said"]
        assert [(event["device"], event["said"]) for event in said] == [("line", {"code": "4601234567893"})]
        assert [event for event in seen(other) if event["type"] == "said"] == []


async def test_a_device_is_told_of_the_first_who_watches_and_of_the_last_who_leaves(tmp_path, sink):
    device = LineDevice("line", sink.port)
    async with Agent(a_config(tmp_path), [device]) as agent:
        async with a_till(agent) as first, a_till(agent, register=OTHER_TILL, token=OTHER_TOKEN) as second:
            for till in (first, second):
                await till.tell("watch", device="line", watched=True)
                await till.ask("jobs", ids=[])
            await first.tell("watch", device="line", watched=False)
            await first.ask("jobs", ids=[])
            assert device.watched == [True]
        await eventually(lambda: device.watched == [True, False])


async def test_what_a_job_brought_back_is_kept_with_it(agent):
    async with a_till(agent) as till:
        job = new_id()
        await till.submit(job, "receipt", "line", {"result": {"number": 17}})
        ended = await till.until(job)
        asked = await till.ask("jobs", ids=[job])

        assert ended["result"] == {"number": 17}
        assert asked["jobs"][0]["result"] == {"number": 17}
