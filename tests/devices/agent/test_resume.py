"""Each event reaches its caller once, in order, however often the line drops."""

import asyncio
import json
import random
import threading

import pytest
import websockets
from websockets.asyncio.client import connect

from devices.agent.agent import Agent
from devices.agent.client import AgentGone
from devices.agent.clock import milliseconds
from devices.agent.rules import NewJob
from tests.devices.agent.kit import (
    ORIGIN,
    OTHER_TILL,
    OTHER_TOKEN,
    TILL,
    TOKEN,
    HeldClock,
    LineDevice,
    a_config,
    a_till,
    new_id,
    seen,
    settled,
)
from tests.waiting import eventually


async def test_a_till_that_loses_its_line_again_and_again_sees_each_event_once(agent):
    chance = random.Random(7)
    jobs = [new_id() for _ in range(40)]
    told: list[dict] = []
    left = list(jobs)
    last = 0
    while True:
        async with a_till(agent, resume=last) as till:
            for _ in range(min(len(left), chance.randint(1, 5))):
                await till.submit(left.pop(0), "receipt", "line", {"text": "x"})
            if left:
                await asyncio.sleep(chance.random() * 0.01)
            else:
                for job in jobs:
                    if not any(e["job"] == job and e["state"] == "done" for e in told if e["type"] == "state"):
                        await till.until(job, "done")
                await settled(till)
            events = seen(till)
        told += events
        last = max([last, *(event["seq"] for event in events)])
        if not left:
            break

    numbers = [event["seq"] for event in told]
    assert numbers == sorted(set(numbers))
    for job in jobs:
        assert [e["state"] for e in told if e.get("job") == job] == ["queued", "sending", "sent", "done"]


async def test_events_that_happen_while_the_backlog_is_read_come_once(agent):
    async with a_till(agent) as busy:
        jobs = [new_id() for _ in range(30)]
        feeding = asyncio.gather(*(busy.submit(job, "receipt", "line", {"text": "x"}) for job in jobs))
        latecomers = []
        for _ in range(8):
            async with a_till(agent, resume=0) as till:
                await settled(till)
                latecomers.append(([event["seq"] for event in seen(till)], till.welcome["seq"]))
        await feeding
        for job in jobs:
            await busy.until(job, "done")

    for numbers, newest in latecomers:
        assert numbers == sorted(set(numbers))
        assert len([n for n in numbers if n <= newest]) == newest


async def test_without_a_number_the_agent_goes_on_from_the_last_ack(agent):
    async with a_till(agent) as till:
        first, second = new_id(), new_id()
        await till.submit(first, "receipt", "line", {"text": "x"})
        done = await till.until(first, "done")
        await till.tell("ack", seq=done["seq"])
        await till.submit(second, "receipt", "line", {"text": "x"})
        await till.until(second, "done")
        await till.tell("ack", seq=1)
        await settled(till)
    async with a_till(agent) as till:
        await settled(till)
        again = seen(till)
    async with a_till(agent, register=OTHER_TILL, token=OTHER_TOKEN) as newcomer:
        await settled(newcomer)

        assert seen(newcomer) == []
    assert {event["job"] for event in again} == {second}
    assert [event["state"] for event in again] == ["queued", "sending", "sent", "done"]


async def test_a_replaced_journal_is_noticed(tmp_path, sink):
    async with Agent(a_config(tmp_path / "a"), [LineDevice("receipt", sink.port)]) as agent, a_till(agent) as till:
        job = new_id()
        await till.submit(job, "receipt", "line", {"text": "x"})
        last = (await till.until(job))["seq"]
        before = till.welcome
    async with (
        Agent(a_config(tmp_path / "b"), [LineDevice("receipt", sink.port)]) as agent,
        a_till(agent, resume=last) as till,
    ):
        after = till.welcome

    assert not before["gap"]
    assert after["gap"]
    assert after["agent"] != before["agent"]


async def test_pruned_events_are_a_gap(tmp_path, sink, monkeypatch):
    monkeypatch.setattr("devices.agent.journal.FEWEST_EVENTS_KEPT", 2)
    clock = HeldClock()
    async with Agent(a_config(tmp_path), [LineDevice("receipt", sink.port)], clock) as agent:
        async with a_till(agent) as till:
            for _ in range(3):
                job = new_id()
                await till.submit(job, "receipt", "line", {"text": "x"}, made_at=clock.now())
                last = (await till.until(job))["seq"]
        clock.move_on(8 * 24 * 60 * 60)
        await agent.journal.prune()
        async with a_till(agent, resume=1) as behind, a_till(agent, resume=last - 2) as level:
            await settled(behind)
            kept = [event["seq"] for event in seen(behind)]

    assert behind.welcome["gap"]
    assert not level.welcome["gap"]
    assert kept == [last - 1, last]


async def test_device_changes_are_numbered_events_for_every_till(tmp_path, sink):
    device = LineDevice("receipt", sink.port)
    async with Agent(a_config(tmp_path), [device]) as agent, a_till(agent, resume=0) as till:
        await eventually(lambda: device.state.power == "online")
        device._lost.set()
        powers = []
        while powers[-2:] != ["offline", "online"]:
            event = await till.events.get()
            if event["type"] == "event":
                powers.append(event["state"]["power"])

    assert powers == ["online", "offline", "online"]


async def test_a_caller_is_told_that_the_agent_went_away(tmp_path, sink):
    agent = Agent(a_config(tmp_path), [LineDevice("receipt", sink.port)])
    await agent.__aenter__()
    async with a_till(agent) as till:
        await agent.__aexit__(None, None, None)
        with pytest.raises(AgentGone):
            await till.until(new_id())
        with pytest.raises((AgentGone, websockets.ConnectionClosed)):
            await till.ask("health")

    assert till._wire.close_code == 1001


async def test_an_ack_of_what_has_not_happened_yet_swallows_nothing(agent):
    job = new_id()
    async with a_till(agent) as till:
        await till.tell("ack", seq=10**9)
        await settled(till)
    async with a_till(agent, register=OTHER_TILL, token=OTHER_TOKEN) as other:
        await other.submit(new_id(), "receipt", "line", {"text": "x"})
    async with a_till(agent) as till:
        await till.submit(job, "receipt", "line", {"text": "x"})
        await till.until(job, "done")
    async with a_till(agent) as till:
        await settled(till)
        again = seen(till)

    assert [event["state"] for event in again if event.get("job") == job] == ["queued", "sending", "sent", "done"]


async def test_what_happens_around_the_reading_of_the_backlog_comes_once(agent):
    before, after = new_id(), new_id()
    hold = threading.Event()
    hello = {"type": "hello", "version": 1, "register": TILL, "token": TOKEN, "resume": 0}
    heard: list[dict] = []
    async with a_till(agent) as till, connect(agent.url, origin=ORIGIN, proxy=None) as newcomer:
        held = agent._store.post(lambda tx: hold.wait(30))
        await eventually(lambda: agent._store._work.qsize() == 0)
        first = asyncio.create_task(till.submit(before, "receipt", "line", {"text": "x"}))
        await eventually(lambda: agent._store._work.qsize() == 1)
        await newcomer.send(json.dumps(hello))
        await eventually(lambda: agent._store._work.qsize() == 2)
        made_at = milliseconds(agent._clock.now())
        job = NewJob(after, TILL, "receipt", "line", {"text": "x"}, ttl=600, copy=0, made_at=made_at)
        second = asyncio.create_task(agent.journal.accept(job))
        await eventually(lambda: agent._store._work.qsize() == 3)
        hold.set()
        await asyncio.gather(held, first, second)
        while [message.get("state") for message in heard].count("done") < 2:
            heard.append(json.loads(await newcomer.recv()))

    numbers = [message["seq"] for message in heard[1:]]
    assert heard[0]["type"] == "welcome"
    assert numbers == sorted(set(numbers))
    for job_id in (before, after):
        assert [m["state"] for m in heard if m.get("job") == job_id] == ["queued", "sending", "sent", "done"]
