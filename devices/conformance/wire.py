"""Every fault of a line, on a real line: the driver lives through it, says nothing wrong of its state, and works again.

All scenarios of a protocol run at the same time, each with a simulator of its own: they mostly wait.
"""

import asyncio
import contextlib
import gc
import sys
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import psutil

from devices.conformance.bench import PATIENCE, Bench, bench, driven
from devices.conformance.spec import Check, ProtocolSpec
from devices.conformance.states import breaches
from devices.simulation.faults import Faults

RECONNECTS = 100
REOPENINGS = 10
WARM = 3
CUTS = (0, 1, 2, 3, 5, 8)
POKE_AFTER = 0.25
GIVEN_UP_AFTER = 10.0
"""A question that has no answer for so long is given up, as the agent does; the driver has to live with that too."""
SPARE = 2
"""Descriptors and threads that a measurement may be off by (a thread of a pool that has just begun)."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A fault, and whether the device must work while it lasts."""

    name: str
    faults: Faults
    works: bool = False
    paced: bool = False


SCENARIOS = (
    Scenario("plain", Faults(), works=True),
    Scenario("split", Faults(split=True), works=True),
    Scenario("slow", Faults(slow=2.0), paced=True),
    Scenario("silence", Faults(silent=True)),
    Scenario("garbage", Faults(garbage=True)),
    Scenario("merged", Faults(merged=True)),
    Scenario("refused", Faults(refuse=True)),
    Scenario("damaged", Faults(damaged=True)),
    Scenario("echo", Faults(echo=True)),
    *(Scenario(f"disconnected after {k} bytes", Faults(disconnect_after=k)) for k in CUTS),
    *(Scenario(f"reply cut after {k} bytes", Faults(cut_reply_after=k)) for k in CUTS),
)


async def wire_checks(spec: ProtocolSpec) -> list[Check]:
    """Every scenario, then the reconnects, which are counted alone."""
    checks = await asyncio.gather(*(scenario_check(spec, scenario) for scenario in SCENARIOS))
    return [*checks, await reconnects(spec), await reopenings(spec)]


async def scenario_check(spec: ProtocolSpec, scenario: Scenario, *, patience: float = PATIENCE) -> Check:
    """It works; with the fault it may fail, or be given up; without it works again. No state is told that cannot be."""
    async with bench(spec, paced=scenario.paced, patience=patience) as made:
        bad = await _failures(made)
        made.simulator.faults = replace(scenario.faults)
        bad += await _failures(made, must_work=scenario.works)
        made.simulator.faults = Faults()
        bad += await _failures(made)
        bad += breaches(made.told)
    return Check(f"on the wire: {scenario.name}", not bad, "; ".join(bad) or "works again")


async def _failures(made: Bench, *, must_work: bool = True) -> list[str]:
    if not must_work:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GIVEN_UP_AFTER):
                await made.verify()
        return []
    try:
        works = await made.works()
    except TimeoutError:
        return ["verify did not end"]
    return [] if works.passed else [works.seen]


async def paced(spec: ProtocolSpec) -> Check:
    """At the speed of the real line, on a pty where the device has a serial one."""
    async with bench(spec, "pty" if spec.line else "tcp", paced=True) as made:
        works = await made.works()
    return Check("at the pace of its line", works.passed and not breaches(made.told), works.seen)


async def reconnects(spec: ProtocolSpec) -> Check:
    """The connection drops a hundred times: nothing is left over, and it works."""
    async with bench(spec) as made:
        await made.works()
        seen = await _leftovers(lambda: _drop(made), RECONNECTS)
        works = await made.works()
    return _counted(f"{RECONNECTS} reconnects", seen, works)


async def reopenings(spec: ProtocolSpec) -> Check:
    """The driver is stopped and begun anew on a serial line (TCP where it has none): nothing is left over."""
    simulator = spec.simulator()
    simulator.baud = 0
    url = await (simulator.start_pty(spec.line) if spec.line else simulator.start_tcp())
    try:
        made = Bench(spec, simulator, spec.device("bench", url, spec.hurry))

        async def reopen() -> None:
            async with driven(made):
                await made.until_up()

        seen = await _leftovers(reopen, REOPENINGS)
        async with driven(made):
            works = await made.works()
    finally:
        await simulator.stop()
    return _counted(f"{REOPENINGS} reopenings", seen, works)


async def _drop(made: Bench) -> None:
    """Drop the line and wait for the next connection; a driver that only writes notices when it writes."""
    before = made.simulator.connections
    made.simulator.disconnect()
    while made.simulator.connections == before:
        try:
            async with asyncio.timeout(POKE_AFTER):
                while made.simulator.connections == before:
                    await asyncio.sleep(0.001)
        except TimeoutError:
            await made.verify()
    await made.until_up()


async def _leftovers(once: Callable[[], Awaitable[None]], times: int) -> dict[str, int]:
    """How many descriptors, tasks and threads there are more after `times` than after the first few."""
    for _ in range(WARM):
        await once()
    before = await _open_things()
    for _ in range(times - WARM):
        await once()
    return {name: count - before[name] for name, count in (await _open_things()).items()}


async def _open_things() -> dict[str, int]:
    gc.collect()
    await asyncio.sleep(0.05)  # what was closed is taken down in the loop's next turns
    return {"descriptors": _descriptors(), "tasks": len(asyncio.all_tasks()), "threads": threading.active_count()}


def _descriptors() -> int:
    return 0 if sys.platform == "win32" else psutil.Process().num_fds()


def _counted(name: str, seen: dict[str, int], works: Check) -> Check:
    bad = [f"{count} {what} left over" for what, count in seen.items() if count > SPARE]
    bad += [] if works.passed else [works.seen]
    return Check(name, not bad, "; ".join(bad) or "nothing left over, works")
