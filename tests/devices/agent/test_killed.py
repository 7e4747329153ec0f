"""What a SIGKILL at any moment does: nothing twice, nothing lost, nothing pretended."""

from tests.devices.agent.crash import crash


async def test_an_agent_killed_again_and_again_prints_nothing_twice_and_loses_nothing():
    result = await crash(kills=6, seed=20261122)

    assert result["jobs"] > 0
    assert result["documents"] > 0
    assert result["in_flight_at_kill"] > 0
    found = {name: result[name] for name in ("lost", "altered", "doubled", "done_but_absent", "unsure", "other_ends")}
    assert found == dict.fromkeys(found, 0)
