"""What a SIGKILL at any moment does: nothing twice, nothing lost, nothing pretended."""

from tests.devices.agent.crash import crash
from tests.devices.agent.crash_steps import STEPS, VICTIMS, crash_steps


async def test_an_agent_killed_again_and_again_prints_nothing_twice_and_loses_nothing():
    result = await crash(kills=6, seed=20261122)

    assert result["jobs"] > 0
    assert result["documents"] > 0
    assert result["in_flight_at_kill"] > 0
    found = {name: result[name] for name in ("lost", "altered", "doubled", "done_but_absent", "unsure", "other_ends")}
    assert found == dict.fromkeys(found, 0)


async def test_agent_server_and_printer_killed_at_every_step_print_each_receipt_once_or_say_that_they_do_not_know():
    jobs = len(STEPS) * len(VICTIMS)
    result = await crash_steps(jobs)

    assert result["kills"] == dict.fromkeys(VICTIMS, len(STEPS))
    assert (result["jobs"], result["doubled"], result["lost"]) == (30, 0, 0)
    assert result["printed_once"] + result["uncertain"] == jobs
    assert result["printed_once"] > 0
    assert result["uncertain"] > 0
