"""A code gives one computer an agent's key; a till uses the agent chosen for it, or the first of its outlet."""

from datetime import UTC, datetime, timedelta

import pytest

from pos.agents.errors import AgentElsewhere, AgentJoined, AgentNotFound, AgentUnknown
from pos.agents.queries import agent_by_key, agent_choices, agent_list, agent_of
from pos.agents.service import add_agent, agent_code, choose_agent, forget_agent, join, revoke_agent
from pos.core.ids import new_id
from pos.registers.errors import OutletNotFound, PairingCodeExpired, PairingCodeWrong
from pos.registers.service import add_register, open_outlet

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def an_outlet(session, name="Corner shop"):
    return (await open_outlet(session, new_id(), name=name, zone="Asia/Yerevan")).id


async def an_agent(session, outlet, name="Back room", at=NOON):
    """Its id and its key."""
    agent = await add_agent(session, new_id(), outlet_id=outlet, name=name, at=at)
    joined = await join(session, await agent_code(session, agent.id, at=at), at=at)
    return agent.id, joined.key


async def test_a_code_as_typed_gives_a_key_once(session):
    outlet = await an_outlet(session)
    agent = await add_agent(session, new_id(), outlet_id=outlet, name="Back room", at=NOON)
    code = await agent_code(session, agent.id, at=NOON)

    joined = await join(session, f" {code[:4].lower()}-{code[4:]} ", at=NOON + timedelta(minutes=14))

    assert (joined.agent.id, joined.outlet) == (agent.id, "Corner shop")
    assert await agent_by_key(session, joined.key) == agent.id
    with pytest.raises(PairingCodeWrong):
        await join(session, code, at=NOON)


async def test_a_code_ends_after_fifteen_minutes_or_with_the_next_one(session):
    outlet = await an_outlet(session)
    agent = await add_agent(session, new_id(), outlet_id=outlet, name="Back room", at=NOON)
    first = await agent_code(session, agent.id, at=NOON)
    second = await agent_code(session, agent.id, at=NOON)

    with pytest.raises(PairingCodeWrong):
        await join(session, first, at=NOON)
    with pytest.raises(PairingCodeExpired):
        await join(session, second, at=NOON + timedelta(minutes=15))


async def test_the_key_before_works_until_the_next_code_is_used(session):
    agent, key = await an_agent(session, await an_outlet(session))
    code = await agent_code(session, agent, at=NOON)

    assert await agent_by_key(session, key) == agent
    fresh = await join(session, code, at=NOON)

    assert await agent_by_key(session, fresh.key) == agent
    with pytest.raises(AgentUnknown):
        await agent_by_key(session, key)


async def test_a_key_taken_back_ends_and_a_new_code_lets_the_agent_in_again(session):
    agent, key = await an_agent(session, await an_outlet(session))
    pending = await agent_code(session, agent, at=NOON)

    await revoke_agent(session, agent, at=NOON)

    with pytest.raises(AgentUnknown):
        await agent_by_key(session, key)
    with pytest.raises(PairingCodeWrong):
        await join(session, pending, at=NOON)
    assert [(row.joined, row.revoked_at) for row in await agent_list(session)] == [(False, NOON)]
    await join(session, await agent_code(session, agent, at=NOON), at=NOON)
    assert [(row.joined, row.revoked_at) for row in await agent_list(session)] == [(True, None)]


async def test_a_till_uses_the_first_joined_agent_of_its_outlet_or_the_chosen_one(session):
    outlet, other = await an_outlet(session), await an_outlet(session, "Other shop")
    register = await add_register(session, new_id(), outlet_id=outlet, name="Till", prefix="A1")
    await add_agent(session, new_id(), outlet_id=outlet, name="Never joined", at=NOON - timedelta(days=1))
    assert await agent_of(session, register.id) is None
    foreign, _ = await an_agent(session, other)
    first, _ = await an_agent(session, outlet, "First")
    second, _ = await an_agent(session, outlet, "Second", NOON + timedelta(days=1))

    usual = await agent_of(session, register.id)
    await choose_agent(session, register.id, second)
    chosen = await agent_of(session, register.id)
    await revoke_agent(session, second, at=NOON)
    without = await agent_of(session, register.id)
    await choose_agent(session, register.id, None)

    assert (usual, chosen, without, await agent_of(session, register.id)) == (first, second, first, first)
    with pytest.raises(AgentElsewhere):
        await choose_agent(session, register.id, foreign)
    with pytest.raises(AgentNotFound):
        await choose_agent(session, register.id, new_id())


async def test_only_what_no_computer_has_the_key_of_is_forgotten(session):
    outlet = await an_outlet(session)
    register = await add_register(session, new_id(), outlet_id=outlet, name="Till", prefix="A1")
    agent, _ = await an_agent(session, outlet)
    await choose_agent(session, register.id, agent)

    with pytest.raises(AgentJoined):
        await forget_agent(session, agent)
    await revoke_agent(session, agent, at=NOON)
    await forget_agent(session, agent)

    assert (await agent_list(session), await agent_choices(session)) == ([], {})


async def test_what_is_not_there_is_refused(session):
    with pytest.raises(OutletNotFound):
        await add_agent(session, new_id(), outlet_id=new_id(), name="Back room", at=NOON)
    with pytest.raises(AgentNotFound):
        await agent_code(session, new_id(), at=NOON)
    with pytest.raises(AgentNotFound):
        await revoke_agent(session, new_id(), at=NOON)
    with pytest.raises(PairingCodeWrong):
        await join(session, "NO SUCH", at=NOON)
