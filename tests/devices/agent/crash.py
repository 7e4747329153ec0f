"""Kills a real agent process with SIGKILL at random moments under load, and looks for what was lost or done twice.

`python -m tests.devices.agent.crash --kills 100` ends with one JSON object on the last line. `lost`: acknowledged
jobs or documents that are gone; `doubled`: jobs whose line reached the sink twice; `unsure`: jobs in flight at a kill
that did not become `uncertain` although their outcome could not be known; all must be 0.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import websockets

from devices.agent.client import AgentClient, AgentGone
from tests.devices.agent.kit import Sink, a_till, new_id

DEVICES = ("receipt", "kitchen")


@dataclass(slots=True)
class Tally:
    """What the till knows for certain."""

    jobs: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Every job handed in: device and text."""
    acknowledged: set[str] = field(default_factory=set)
    documents: dict[str, str] = field(default_factory=dict)
    in_flight: set[str] = field(default_factory=set)
    """Jobs that were certainly sent and certainly unanswered when the agent was killed."""
    kills: int = 0


async def crash(kills: int, seed: int) -> dict[str, Any]:
    """Run the whole story; returns the counts."""
    chance = random.Random(seed)
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="agent-crash-") as folder, Sink() as sink:
        for life in range(kills):
            await _one_life(folder, sink, tally, chance, surely_in_flight=life % 2 == 0)
        process, url = await _start(folder, sink.port)
        try:
            async with asyncio.timeout(120), a_till(url) as till:
                last = await _last_words(till, tally)
                unsent = {document["id"]: document["bytes"] for document in await till.unsent()}
        finally:
            process.kill()
            await process.wait()
    ends = Counter(state for state, _ in last.values())
    return {
        "kills": tally.kills,
        "jobs": len(tally.jobs),
        "acknowledged": len(tally.acknowledged),
        "in_flight_at_kill": len(tally.in_flight),
        "done": ends["done"],
        "uncertain": ends["uncertain"],
        "other_ends": sum(ends.values()) - ends["done"] - ends["uncertain"],
        "documents": len(tally.documents),
        "lost": len(tally.acknowledged - last.keys()) + len(tally.documents.keys() - unsent.keys()),
        "altered": sum(unsent[id] != text for id, text in tally.documents.items() if id in unsent),
        "doubled": sum(times > 1 for times in sink.arrived.values()),
        "done_but_absent": sum(state == "done" and sink.arrived[job] != 1 for job, (state, _) in last.items()),
        "unsure": sum(last[job][0] != "uncertain" for job in tally.in_flight),
    }


async def _one_life(folder: str, sink: Sink, tally: Tally, chance: random.Random, *, surely_in_flight: bool) -> None:
    """Start an agent, give it work, kill it: now anywhere, now surely between the last byte and the answer."""
    process, url = await _start(folder, sink.port)
    work = asyncio.create_task(_work(url, tally, chance))
    try:
        await asyncio.sleep(chance.random() * 0.4)
        if surely_in_flight:
            sink.mute()
            tally.in_flight |= await _sent_and_unanswered(url, tally)
    finally:
        process.kill()
        await process.wait()
        tally.kills += 1
        sink.speak()
        await work


async def _work(url: str, tally: Tally, chance: random.Random) -> None:
    """A till that hands in new jobs, all its old ones again, and documents, until the line breaks."""
    try:
        async with a_till(url) as till:
            for job in chance.sample(sorted(tally.jobs), min(20, len(tally.jobs))):
                await _hand_in(till, tally, job)
            while True:
                job = new_id()
                tally.jobs[job] = (chance.choice(DEVICES), "x" * chance.randint(0, 3_000))
                document, text = new_id(), json.dumps({"n": chance.random()}) + "ё" * chance.randint(0, 500)
                await asyncio.gather(_hand_in(till, tally, job), till.keep(document, text))
                tally.documents[document] = text
                await asyncio.sleep(chance.random() * 0.004)
    except (AgentGone, websockets.ConnectionClosed, websockets.InvalidHandshake, OSError):
        return


async def _hand_in(till: AgentClient, tally: Tally, job: str) -> None:
    device, text = tally.jobs[job]
    await till.submit(job, device, "line", {"text": text})
    tally.acknowledged.add(job)


async def _sent_and_unanswered(url: str, tally: Tally) -> set[str]:
    """Jobs the agent says are `sent`, twice in a row: the sink holds its answers back, so they stay so."""
    async with asyncio.timeout(10), a_till(url) as till:
        before: set[str] = set()
        while True:
            standing = (await till.ask("jobs", ids=list(tally.jobs)[-200:]))["jobs"]
            now = {job["job"] for job in standing if job["state"] == "sent"}
            if before & now:
                return before & now
            before = now
            await asyncio.sleep(0.02)


async def _last_words(till: AgentClient, tally: Tally) -> dict[str, tuple[str, list[str]]]:
    """Hand everything in once more and wait for each to end."""
    for job in tally.jobs:
        await _hand_in(till, tally, job)
    return {job: (end["state"], end["causes"]) for job in tally.jobs if (end := await till.until(job))}


async def _start(folder: str, sink_port: int) -> tuple[asyncio.subprocess.Process, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.devices.agent.lone_agent", folder, str(sink_port)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    return process, (await process.stdout.readline()).decode().strip()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    result = asyncio.run(crash(options.kills, options.seed))
    print(json.dumps(result))
    sys.exit(1 if any(result[key] for key in ("lost", "altered", "doubled", "done_but_absent", "unsure")) else 0)
