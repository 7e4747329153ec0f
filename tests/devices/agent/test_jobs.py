"""A job is done once, and its caller learns how it ended."""

import asyncio
import contextlib
import json
import socket
from datetime import UTC, datetime, timedelta

import pytest

from devices.agent.agent import Agent
from devices.agent.client import AgentError
from devices.agent.errors import AgentAlreadyRunning, JournalUnavailable
from tests.devices.agent.kit import (
    OTHER_TILL,
    OTHER_TOKEN,
    HeldClock,
    LineDevice,
    a_config,
    a_till,
    new_id,
    seen,
    settled,
)
from tests.waiting import eventually


async def test_a_receipt_goes_through_every_state_and_each_is_told_once(agent, sink):
    job = new_id()
    async with a_till(agent) as till:
        answer = await till.submit(job, "receipt", "line", {"text": "Կաթ"})
        await till.until(job)
        await settled(till)

        states = [event["state"] for event in seen(till) if event.get("job") == job]
    assert answer["state"] == "queued"
    assert states == ["queued", "sending", "sent", "done"]
    assert sink.arrived[job] == 1


async def test_the_same_job_handed_in_twenty_times_at_once_is_done_once(agent, sink):
    job = new_id()
    async with a_till(agent) as first, a_till(agent) as second:
        submits = [till.submit(job, "receipt", "line", {"text": "once"}) for till in [first, second] * 10]
        answers = await asyncio.gather(*submits)
        await first.until(job, "done")
        again = await second.submit(job, "receipt", "line", {"text": "once"})

    assert sink.arrived == {job: 1}
    assert {answer["job"] for answer in answers} == {job}
    assert again["state"] == "done"
    assert agent.counts.jobs_accepted == 1
    assert agent.counts.jobs_repeated == 20


async def test_times_and_order_of_keys_do_not_make_another_job(agent, sink):
    job = new_id()
    async with a_till(agent) as till:
        await till.submit(job, "receipt", "line", {"text": "a", "more": 1}, ttl=600)
        await till.until(job, "done")
        again = await till.submit(job, "receipt", "line", {"more": 1, "text": "a"}, ttl=5)

    assert again["state"] == "done"
    assert sink.arrived[job] == 1


@pytest.mark.parametrize(
    "other",
    [{"content": {"text": "b"}}, {"copy": 1}, {"kind": "drawer"}, {"device": "kitchen"}],
    ids=["content", "copy", "kind", "device"],
)
async def test_the_same_id_for_another_job_is_refused(tmp_path, sink, other):
    devices = [LineDevice("receipt", sink.port), LineDevice("kitchen", sink.port)]
    job = {"id": new_id(), "device": "receipt", "kind": "line", "content": {"text": "a"}}
    async with Agent(a_config(tmp_path), devices) as agent, a_till(agent) as till:
        await till.submit(**job)
        await till.until(job["id"], "done")
        with pytest.raises(AgentError) as refused:
            await till.submit(**job | other)

    assert refused.value.code == "job.differs"
    assert refused.value.fields["job"] == job["id"]
    assert sink.arrived[job["id"]] == 1


async def test_another_till_cannot_learn_of_a_job_nor_take_its_id(agent):
    job = new_id()
    async with a_till(agent) as till, a_till(agent, register=OTHER_TILL, token=OTHER_TOKEN) as other:
        await till.submit(job, "receipt", "line", {"text": "mine"})
        await till.until(job, "done")
        asked = await other.ask("jobs", ids=[job])
        with pytest.raises(AgentError) as refused:
            await other.submit(job, "receipt", "line", {"text": "mine"})
        await settled(other)

        told = [event for event in seen(other) if event["type"] == "state"]
    assert asked["jobs"] == []
    assert asked["unknown"] == [job]
    assert refused.value.code == "job.differs"
    assert told == []


async def test_a_dead_printer_holds_up_no_other(tmp_path, sink):
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        dead_port = nobody.getsockname()[1]
    devices = [LineDevice("kitchen", dead_port), LineDevice("receipt", sink.port)]
    dead, alive = new_id(), [new_id() for _ in range(10)]
    async with Agent(a_config(tmp_path), devices) as agent, a_till(agent) as till:
        await till.submit(dead, "kitchen", "line", {"text": "x"})
        for job in alive:
            await till.submit(job, "receipt", "line", {"text": "y"})
        for job in alive:
            await till.until(job, "done")
        stuck = (await till.ask("jobs", ids=[dead]))["jobs"][0]

    assert sink.order == alive
    assert (stuck["state"], stuck["waiting"], stuck["causes"]) == ("queued", True, ["line.offline"])


async def test_a_printer_that_comes_back_prints_what_still_waits(tmp_path, sink):
    with socket.create_server(("127.0.0.1", 0)) as place:
        device = LineDevice("receipt", place.getsockname()[1])
    job = new_id()
    async with Agent(a_config(tmp_path), [device]) as agent, a_till(agent) as till:
        await till.submit(job, "receipt", "line", {"text": "later"})
        await eventually(lambda: any(event.get("waiting") for event in seen(till)))
        device._port = sink.port
        ended = await till.until(job)

    assert ended["state"] == "done"
    assert sink.arrived[job] == 1


async def test_a_job_past_its_time_is_not_begun_also_not_behind_a_stuck_one(tmp_path, sink):
    clock = HeldClock()
    sink.mute()
    stuck, late, fresh = new_id(), new_id(), new_id()
    async with Agent(a_config(tmp_path), [LineDevice("receipt", sink.port)], clock) as agent, a_till(agent) as till:
        await till.submit(stuck, "receipt", "line", {"text": "paper out"}, ttl=60, made_at=clock.now())
        await till.until(stuck, "sent")
        await till.submit(late, "receipt", "line", {"text": "old"}, ttl=60, made_at=clock.now())
        await till.submit(fresh, "receipt", "line", {"text": "new"}, ttl=900, made_at=clock.now())
        clock.move_on(61)
        expired = await till.until(late)
        sink.speak()
        await till.until(fresh, "done")
        first = await till.until(stuck)

    assert (expired["state"], expired["causes"]) == ("failed", ["job.expired"])
    assert first["state"] == "done"
    assert sink.order == [stuck, fresh]
    assert agent.counts.jobs_expired == 1


async def test_a_job_made_long_ago_is_not_printed_and_one_from_the_future_counts_from_now(tmp_path, sink):
    clock = HeldClock()
    old, future = new_id(), new_id()
    async with Agent(a_config(tmp_path), [LineDevice("receipt", sink.port)], clock) as agent, a_till(agent) as till:
        await till.submit(old, "receipt", "line", {}, ttl=600, made_at=clock.now() - timedelta(hours=9))
        await till.submit(future, "receipt", "line", {}, ttl=600, made_at=clock.now() + timedelta(days=300))
        first, second = await till.until(old), await till.until(future)

    assert (first["state"], first["causes"]) == ("failed", ["job.expired"])
    assert second["state"] == "done"
    assert sink.arrived == {future: 1}


async def test_a_failed_job_is_tried_again_under_its_own_id_and_only_a_failed_one(tmp_path, sink):
    clock = HeldClock()
    with socket.create_server(("127.0.0.1", 0)) as place:
        device = LineDevice("receipt", place.getsockname()[1])
    job = new_id()
    async with Agent(a_config(tmp_path), [device], clock) as agent, a_till(agent) as till:
        await till.submit(job, "receipt", "line", {"text": "again"}, ttl=60, made_at=clock.now())
        await eventually(lambda: any(event.get("waiting") for event in seen(till)))
        clock.move_on(61)
        failed = await till.until(job, "failed")
        device._port = sink.port
        queued = await till.ask("retry", job=job)
        done = await till.until(job, "done")
        with pytest.raises(AgentError) as refused:
            await till.ask("retry", job=job)

    assert failed["causes"] == ["job.expired"]
    assert queued["state"] == "queued"
    assert done["seq"] > queued["seq"] > failed["seq"]
    assert sink.arrived[job] == 1
    assert (refused.value.code, refused.value.fields["state"]) == ("job.not_retryable", "done")


async def test_a_printer_lost_in_the_middle_leaves_the_job_uncertain_and_it_is_not_sent_again(tmp_path):
    received: list[bytes] = []

    async def hang_up_after_the_line(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.readline())
        writer.close()

    server = await asyncio.start_server(hang_up_after_the_line, "127.0.0.1", 0)
    job = new_id()
    async with (
        server,
        Agent(a_config(tmp_path), [LineDevice("receipt", server.sockets[0].getsockname()[1])]) as agent,
        a_till(agent) as till,
    ):
        await till.submit(job, "receipt", "line", {"text": "half"})
        ended = await till.until(job)
        again = await till.submit(job, "receipt", "line", {"text": "half"})
        with pytest.raises(AgentError) as refused:
            await till.ask("retry", job=job)

    assert (ended["state"], ended["causes"]) == ("uncertain", ["line.lost"])
    assert again["state"] == "uncertain"
    assert refused.value.code == "job.not_retryable"
    assert len(received) == 1


async def test_a_broken_driver_is_survived_and_says_so(tmp_path, sink):
    class Broken(LineDevice):
        async def perform(self, job, report):
            if job.content.get("text") == "bad":
                raise RuntimeError("a bug in a driver")
            return await super().perform(job, report)

    bad, good = new_id(), new_id()
    async with Agent(a_config(tmp_path), [Broken("receipt", sink.port)]) as agent, a_till(agent) as till:
        await till.submit(bad, "receipt", "line", {"text": "bad"})
        await till.submit(good, "receipt", "line", {"text": "good"})
        broken, done = await till.until(bad), await till.until(good)

    assert (broken["state"], broken["causes"]) == ("failed", ["driver.broken"])
    assert done["state"] == "done"


async def test_stopping_lets_the_printer_finish_its_job_and_keeps_the_rest(tmp_path, sink):
    sink.mute()
    config = a_config(tmp_path)
    jobs = [new_id() for _ in range(3)]
    agent = Agent(config, [LineDevice("receipt", sink.port)])
    await agent.__aenter__()
    async with a_till(agent) as till:
        for job in jobs:
            await till.submit(job, "receipt", "line", {"text": "x"})
        await till.until(jobs[0], "sent")
        stopping = asyncio.create_task(agent.__aexit__(None, None, None))
        await asyncio.sleep(0.05)
        sink.speak()
        await stopping
    before = list(sink.order)
    async with Agent(config, [LineDevice("receipt", sink.port)]) as agent, a_till(agent) as till:
        await asyncio.gather(*(till.until(job, "done") for job in jobs[1:]))
        first = (await till.ask("jobs", ids=[jobs[0]]))["jobs"][0]

    assert before == [jobs[0]]
    assert first["state"] == "done"
    assert sink.order == jobs


async def test_a_second_agent_on_the_same_folder_does_not_start(agent, tmp_path):
    with pytest.raises(AgentAlreadyRunning):
        await Agent(a_config(tmp_path), []).__aenter__()


async def test_a_damaged_journal_is_put_aside_and_work_goes_on(tmp_path, sink):
    (tmp_path / "journal.sqlite").write_bytes(b"this was a journal before the power went" * 500)
    job = new_id()
    async with Agent(a_config(tmp_path), [LineDevice("receipt", sink.port)]) as agent, a_till(agent) as till:
        await till.submit(job, "receipt", "line", {"text": "x"})
        ended = await till.until(job)

    assert ended["state"] == "done"
    assert (tmp_path / "journal.sqlite.damaged-1").read_bytes().startswith(b"this was a journal")


async def test_a_device_no_longer_configured_fails_its_jobs_at_the_next_start(tmp_path, sink):
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        dead_port = nobody.getsockname()[1]
    job = new_id()
    async with Agent(a_config(tmp_path), [LineDevice("kitchen", dead_port)]) as agent, a_till(agent) as till:
        await till.submit(job, "kitchen", "line", {"text": "x"})
    async with Agent(a_config(tmp_path), [LineDevice("receipt", sink.port)]) as agent, a_till(agent) as till:
        found = (await till.ask("jobs", ids=[job]))["jobs"][0]

    assert (found["state"], found["causes"]) == ("failed", ["device.removed"])


async def test_what_is_old_is_forgotten_and_what_is_open_is_not(tmp_path, sink):
    clock = HeldClock(datetime(2026, 1, 1, tzinfo=UTC))
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        devices = [LineDevice("receipt", sink.port), LineDevice("kitchen", nobody.getsockname()[1])]
    done, failed, waits = new_id(), new_id(), new_id()
    async with Agent(a_config(tmp_path), devices, clock) as agent, a_till(agent) as till:
        await till.submit(done, "receipt", "line", {"text": "x"}, made_at=clock.now())
        await till.submit(failed, "kitchen", "line", {"text": "x"}, ttl=1, made_at=clock.now())
        await till.until(done, "done")
        clock.move_on(2)
        await till.until(failed, "failed")
        clock.move_on(25 * 60 * 60)
        await till.submit(waits, "kitchen", "line", {"text": "x"}, ttl=7 * 24 * 60 * 60, made_at=clock.now())
        await agent.journal.prune()
        with pytest.raises(AgentError) as gone:
            await till.ask("retry", job=failed)
        remembered = (await till.submit(done, "receipt", "line", {"text": "x"}))["state"]
        await agent.journal.prune()
        later = await till.ask("jobs", ids=[done, failed, waits])
        clock.move_on(30 * 24 * 60 * 60)
        await till.until(waits, "failed")
        await agent.journal.prune()
        last = await till.ask("jobs", ids=[done, failed, waits])

    assert gone.value.code == "job.gone"
    assert remembered == "done"
    assert [job["job"] for job in later["jobs"]] == [done, failed, waits]
    assert last["unknown"] == [done, failed]
    assert sink.arrived[done] == 1


async def test_health_counts_what_happened(agent):
    async with a_till(agent) as till:
        job = new_id()
        await till.submit(job, "receipt", "line", {"text": "x"})
        await till.until(job)
        health = await till.ask("health")

    assert health["counts"] == agent.counts.as_dict()
    assert health["counts"]["jobs_done"] == 1
    assert health["counts"]["jobs_open"] == 0
    assert health["counts"]["listener_connections"] == 1
    assert json.dumps(health)


async def test_a_full_disk_accepts_nothing_and_when_there_is_room_again_the_same_request_works(agent, sink):
    job, document = new_id(), new_id()
    text = "x" * 50_000
    async with a_till(agent) as till:
        used = await agent._store.run(lambda tx: tx.execute("PRAGMA page_count").fetchone()[0])
        await agent._store.run(lambda tx: tx.execute(f"PRAGMA max_page_count = {used}").fetchone())
        with pytest.raises(AgentError) as refused_job:
            await till.submit(job, "receipt", "line", {"text": text})
        with pytest.raises(AgentError) as refused_document:
            await till.keep(document, text)
        unknown = (await till.ask("jobs", ids=[job]))["unknown"]
        printed_meanwhile = sink.arrived[job]
        await agent._store.run(lambda tx: tx.execute("PRAGMA max_page_count = 1000000").fetchone())
        await till.submit(job, "receipt", "line", {"text": text})
        ended = await till.until(job)
        await till.keep(document, text)

        assert [kept["id"] for kept in await till.unsent()] == [document]
    assert (refused_job.value.code, refused_job.value.fields["job"]) == ("journal.unavailable", job)
    assert (refused_document.value.code, refused_document.value.fields["id"]) == ("journal.unavailable", document)
    assert unknown == [job]
    assert printed_meanwhile == 0
    assert ended["state"] == "done"
    assert sink.arrived[job] == 1


async def fill_up(agent: Agent) -> None:
    """Let the journal grow no more, and use up what room it has, to the last event."""
    await agent._store.run(lambda tx: tx.execute("PRAGMA max_page_count = 1").fetchone())
    with contextlib.suppress(JournalUnavailable):
        while True:
            await agent._store.run(lambda tx: tx.emit({"type": "event"}, at=0, device="x"))


async def test_a_disk_that_takes_nothing_while_a_job_is_done_holds_the_next_one_back(tmp_path, sink):
    clock = HeldClock()
    first, second = new_id(), new_id()
    sink.mute()
    async with Agent(a_config(tmp_path), [LineDevice("receipt", sink.port)], clock) as agent, a_till(agent) as till:
        for job in (first, second):
            await till.submit(job, "receipt", "line", {"text": "x"}, made_at=clock.now())
        await till.until(first, "sent")
        await fill_up(agent)
        before = clock.sleepers
        sink.speak()
        await eventually(lambda: clock.sleepers > before)
        told_meanwhile = [event["state"] for event in seen(till) if event.get("job") == first]
        begun_meanwhile = sink.arrived[second]
        await agent._store.run(lambda tx: tx.execute("PRAGMA max_page_count = 1000000").fetchone())
        clock.move_on(1)
        ends = [await till.until(first), await till.until(second)]

    assert (told_meanwhile[-1], begun_meanwhile) == ("sent", 0)
    assert [end["state"] for end in ends] == ["done", "done"]
    assert sink.arrived == {first: 1, second: 1}
