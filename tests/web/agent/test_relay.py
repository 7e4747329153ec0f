"""Tablets and the devices of their shop: real agents on their links, real tablets on the server's relay."""

import json
import socket
from contextlib import AsyncExitStack

import pytest
from websockets.exceptions import InvalidStatus

from devices.agent.agent import Agent
from devices.device import DeviceState, Health, Power
from tests.devices.agent.kit import LineDevice, Sink
from tests.waiting import eventually
from tests.web.agent.chain import a_key, a_tablet, an_agent, another_shop, another_till
from web.agent.line import MOST_BEHIND
from web.agent.relays import COME_AGAIN, NOT_LET_IN

OWN = "a token of this test"
"""What the server's own agent shows, by the settings of the tests."""
EMPTY = DeviceState(Power.ONLINE, Health.ATTENTION, ("printer.paper_low",))


@pytest.fixture
def sink():
    with Sink() as sink:
        yield sink


@pytest.fixture
async def stack():
    async with AsyncExitStack() as stack:
        yield stack


async def running(stack: AsyncExitStack, agent: Agent) -> Agent:
    await stack.enter_async_context(agent)
    await eventually(lambda: agent.connected)
    return agent


async def test_each_tablet_uses_the_devices_of_its_own_shop(client, database, shop, tmp_path, stack):
    other = await another_shop(database, "Other shop", "B")
    mine, theirs = stack.enter_context(Sink()), stack.enter_context(Sink())
    _, key = await a_key(client, database, shop.outlet, "Counter")
    _, other_key = await a_key(client, database, other.outlet, "Counter")
    here = LineDevice("receipt", mine.port)
    await running(stack, an_agent(client, tmp_path / "a", key, here))
    await running(stack, an_agent(client, tmp_path / "b", other_key, LineDevice("receipt", theirs.port)))
    tablet = await stack.enter_async_context(a_tablet(client, shop))
    far = await stack.enter_async_context(a_tablet(client, other))
    await eventually(lambda: here.state.health == "ok")
    welcome, elsewhere = await tablet.hello(), await far.hello()

    job = await tablet.job("receipt", "line", {"text": "x"})
    there = await far.job("receipt", "line", {"text": "y"})
    here._become(EMPTY)
    await tablet.until(type="event", device="receipt")
    await far.ask("ask", device="receipt", question="echo", content={})

    assert welcome["agent"] != elsewhere["agent"]
    assert (dict(mine.arrived), dict(theirs.arrived)) == ({job: 1}, {there: 1})
    assert {message.get("job", there) for message in far.told} == {there}
    assert not [message for message in far.told if message["type"] == "event" and message["state"]["causes"]]


async def test_a_shop_without_an_agent_of_its_own_uses_the_servers(client, shop, tmp_path, sink, stack):
    await running(stack, an_agent(client, tmp_path / "own", OWN, LineDevice("receipt", sink.port)))
    async with a_tablet(client, shop) as tablet:
        welcome = await tablet.hello()
        job = await tablet.job("receipt", "line", {})

    assert [device["id"] for device in welcome["devices"]] == ["receipt"]
    assert sink.arrived == {job: 1}


async def test_a_tablet_is_told_when_the_agent_goes_and_when_it_is_back(client, database, shop, tmp_path, sink):
    _, key = await a_key(client, database, shop.outlet, "Counter")
    async with a_tablet(client, shop) as tablet:
        away = await tablet.hello()
        async with an_agent(client, tmp_path / "a", key, LineDevice("receipt", sink.port)):
            first = await tablet.until(type="welcome")
            await tablet.say(type="ask", ref="slow", device="receipt", question="echo", content={"after_ms": 9_000})
            await tablet.ask("ask", device="receipt", question="echo", content={})
        unanswered = await tablet.until(ref="slow")
        gone = await tablet.until(type="error")
        job = await tablet.ask("job", id="0191c5de-0000-7000-8000-0000000000b1", device="receipt")
        async with an_agent(client, tmp_path / "a", key, LineDevice("receipt", sink.port)):
            second = await tablet.until(type="welcome")

    assert {(each["code"], each["re"]) for each in (away, gone)} == {("agent.offline", "hello")}
    assert "ref" not in gone
    assert (unanswered["code"], unanswered["re"]) == ("agent.offline", "ask")
    assert (job["code"], job["job"]) == ("agent.offline", "0191c5de-0000-7000-8000-0000000000b1")
    assert (first["agent"], first["gap"], second["agent"]) == (second["agent"], True, first["agent"])


async def test_a_tablet_that_comes_later_is_greeted_with_the_state_of_now(client, shop, tmp_path, sink, stack):
    device = LineDevice("receipt", sink.port)
    await running(stack, an_agent(client, tmp_path / "own", OWN, device))
    first = await stack.enter_async_context(a_tablet(client, shop))
    await first.hello()
    device._become(EMPTY)
    await first.until(type="event", device="receipt", state=json.loads(json.dumps(told(EMPTY))))

    async with a_tablet(client, shop) as later:
        welcome = await later.hello()

    assert welcome["devices"][0]["state"] == told(EMPTY)


def told(state: DeviceState) -> dict[str, object]:
    return {"power": state.power.value, "health": state.health.value, "causes": list(state.causes)}


async def test_a_tablet_follows_the_owners_choice(client, database, shop, office, tmp_path, stack):
    front, back = stack.enter_context(Sink()), stack.enter_context(Sink())
    _, key = await a_key(client, database, shop.outlet, "Front")
    second, second_key = await a_key(client, database, shop.outlet, "Back")
    await running(stack, an_agent(client, tmp_path / "a", key, LineDevice("receipt", front.port)))
    await running(stack, an_agent(client, tmp_path / "b", second_key, LineDevice("receipt", back.port)))
    async with a_tablet(client, shop) as tablet:
        await tablet.hello()
        chosen = await office.post(f"/office/registers/{shop.register}/agent", data={"agent": str(second)})
        code = await tablet.closed()
    async with a_tablet(client, shop) as tablet:
        await tablet.hello()
        job = await tablet.job("receipt", "line", {})

    assert (chosen.status_code, code) == (303, COME_AGAIN)
    assert (dict(front.arrived), dict(back.arrived)) == ({}, {job: 1})


async def test_tablets_whose_choice_did_not_change_are_left_in_peace(client, database, shop, office, tmp_path, stack):
    another = await another_till(database, shop.outlet, "C")
    _, key = await a_key(client, database, shop.outlet, "Front")
    second, _ = await a_key(client, database, shop.outlet, "Back")
    await running(stack, an_agent(client, tmp_path / "a", key))
    async with a_tablet(client, shop) as staying, a_tablet(client, another) as leaving:
        await staying.hello()
        await office.post(f"/office/registers/{another.register}/agent", data={"agent": str(second)})
        assert await leaving.closed() == COME_AGAIN

        assert (await staying.hello())["type"] == "welcome"


async def test_a_key_taken_back_ends_the_link_and_lets_its_tablets_go(client, database, shop, office, tmp_path, stack):
    agent_id, key = await a_key(client, database, shop.outlet, "Counter")
    agent = await running(stack, an_agent(client, tmp_path / "a", key))
    async with a_tablet(client, shop) as tablet:
        await tablet.hello()
        answer = await office.post(f"/office/devices/agents/{agent_id}/revoke")
        code = await tablet.closed()
        await eventually(lambda: not agent.connected and agent.counts.link_failures > 0)

    assert (answer.status_code, code) == (303, COME_AGAIN)


async def test_a_computer_that_takes_the_place_of_another_ends_its_key(client, database, shop, office, tmp_path, stack):
    agent_id, key = await a_key(client, database, shop.outlet, "Counter")
    before = await running(stack, an_agent(client, tmp_path / "a", key))
    page = await office.post(f"/office/devices/agents/{agent_id}/code")
    code = page.text.split("data-code>")[1].split("<")[0]

    fresh = (await client.post("/api/agent/pair", json={"code": code})).json()
    await eventually(lambda: not before.connected and before.counts.link_failures > 0)
    after = await running(stack, an_agent(client, tmp_path / "b", fresh["key"]))

    assert (fresh["agent"], fresh["name"], fresh["outlet"]) == (str(agent_id), "Counter", "Corner shop")
    assert after.connected


async def test_a_till_whose_key_was_taken_back_uses_no_device_any_more(client, shop, office, tmp_path, stack):
    await running(stack, an_agent(client, tmp_path / "own", OWN))
    async with a_tablet(client, shop) as tablet:
        await tablet.hello()
        await office.post(f"/office/registers/{shop.register}/revoke")
        code = await tablet.closed()
    with pytest.raises(InvalidStatus):
        async with a_tablet(client, shop):
            pass

    assert code == NOT_LET_IN


async def test_nobody_dials_in_without_a_key(client, tmp_path, stack):
    agent = await stack.enter_async_context(an_agent(client, tmp_path / "a", "a made-up key"))
    await eventually(lambda: agent.counts.link_failures > 0)

    assert not agent.connected


async def test_codes_cannot_be_guessed_for_long(client):
    tried = [await client.post("/api/agent/pair", json={"code": f"GUESS{n:03}"}) for n in range(7)]

    codes = [answer.json()["code"] for answer in tried]
    assert (codes[0], codes[-1]) == ("pair.code_wrong", "sign_in.locked")


async def test_a_tablet_that_does_not_read_holds_up_nobody(application, client, shop, database, tmp_path, stack):
    await running(stack, an_agent(client, tmp_path / "own", OWN))
    other = await another_till(database, shop.outlet, "C")
    stuck = await stack.enter_async_context(a_tablet(client, shop, sock=narrow(client)))
    reading = await stack.enter_async_context(a_tablet(client, other))
    await stuck.hello()
    await reading.hello()
    relay = application.state.relays.of(None)
    stuck.connection.transport.pause_reading()

    for number in range(3 * MOST_BEHIND):
        relay.from_agent({"type": "said", "device": "scale", "n": number, "filler": "x" * 2_000})
        await reading.until(type="said", n=number)
    await eventually(lambda: [till.register for till in relay.tills] == [other.register])

    assert (await reading.hello())["type"] == "welcome"
    stuck.connection.transport.abort()


def narrow(client) -> socket.socket:
    """A connection on which little is under way at once."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    narrow.connect((client.base_url.host, client.base_url.port))
    narrow.setblocking(False)
    return narrow


@pytest.mark.parametrize("said", ["[]", "{", '{"type": ["hello"]}', '{"ref": "x"}', "[" * 100_000])
async def test_what_is_no_message_is_said_to_be_none_and_the_tablet_goes_on(client, shop, tmp_path, stack, said):
    await running(stack, an_agent(client, tmp_path / "own", OWN))
    async with a_tablet(client, shop) as tablet:
        await tablet.connection.send(said)
        refused = await tablet.until(type="error")
        welcome = await tablet.hello()

    assert (refused["code"], welcome["type"]) == ("message.unknown_type", "welcome")


async def test_an_agent_hands_in_documents_of_its_own_shop_alone(application, client, database, shop, monkeypatch):
    other = await another_shop(database, "Other shop", "B")
    agent, _ = await a_key(client, database, other.outlet, "Counter")
    said = []
    line = type("Line", (), {"send": lambda self, message: said.append(message), "close": lambda *_: None})()
    relay = application.state.relays.of(agent)
    relay.agent_arrived(line)

    relay.from_agent(
        {"type": "document", "register": str(shop.register), "id": str(shop.register), "bytes": '{"epoch": 1}'}
    )
    await eventually(lambda: len(said) == 2)
    relay.agent_left(line)

    assert (said[1]["type"], said[1]["code"]) == ("error", "message.malformed")


async def test_the_office_shows_every_computer_and_adds_one(office, client, database, shop, tmp_path, sink, stack):
    added = await office.post("/office/devices/agents", data={"name": "Back room", "outlet": str(shop.outlet)})
    code = added.text.split("data-code>")[1].split("<")[0]
    waiting = await office.get("/office/devices")
    key = (await client.post("/api/agent/pair", json={"code": code})).json()["key"]
    agent = await running(stack, an_agent(client, tmp_path / "a", key, LineDevice("receipt", sink.port)))
    there = await office.get("/office/devices/now")
    await agent.__aexit__(None, None, None)
    gone = await office.get("/office/devices/now")
    stranger = await office.post(
        "/office/devices/agents", data={"name": "x", "outlet": "01900000-0000-7000-8000-000000000001"}
    )

    assert f"tillcard devices connect {str(client.base_url).rstrip('/')} {code}" in added.text
    assert "No computer has used its code yet" in waiting.text
    assert 'data-there="yes"' in there.text
    assert 'data-device="receipt"' in there.text
    assert 'data-there="no"' in gone.text
    assert "Last seen" in gone.text
    assert stranger.status_code == 404


async def test_a_choice_of_another_shops_computer_is_refused(office, client, database, shop):
    other = await another_shop(database, "Other shop", "B")
    foreign, _ = await a_key(client, database, other.outlet, "Counter")

    refused = await office.post(f"/office/registers/{shop.register}/agent", data={"agent": str(foreign)})

    assert (refused.status_code, refused.json()["code"]) == (409, "agent.elsewhere")
