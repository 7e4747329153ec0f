"""The way through the server: it leads to the till's own agent or to none, and says when that is away and back."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.till.agent import ONLINE, RelayedAgent, TillAgent
from tests.till.page import Refused, Till
from tests.till.server import ShopServer
from tests.waiting import eventually

pytestmark = pytest.mark.browser
SCALE = {"id": "scale-1", "kind": "scale", "state": ONLINE}
SCANNER = {"id": "scanner-1", "kind": "scanner", "state": ONLINE}
BROKEN = {"type": "event", "seq": 9, "device": "scale-1", "state": {**ONLINE, "health": "cannot-work"}}
OTHER = "0191c5de-0000-7000-8000-0000000000ff"
CONNECTED = "till.devices.value.agent === 'connected'"
AWAY = "till.devices.value.agent === 'connecting'"
ASKED = """globalThis.refused = "";
void till.ask('scale-1', 'weight').catch(({ code }) => (globalThis.refused = code));"""


def weigh(question: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"grams": 1250}


@pytest.fixture
def relay(shop_server: ShopServer) -> Iterator[RelayedAgent]:
    relay = RelayedAgent([SCALE], {"scale-1": weigh})
    relay.start()
    shop_server.relay = relay.port
    yield relay
    relay.stop()


@pytest.fixture
def beside(shop_server: ShopServer) -> Iterator[TillAgent]:
    """The agent on the till's own PC."""
    beside = TillAgent([SCALE], {"scale-1": weigh})
    shop_server.agent = beside.start()
    yield beside
    beside.stop()


@pytest.fixture
async def tablet(till: Till, relay: RelayedAgent) -> Till:
    await till.begin()
    await till.until(CONNECTED)
    return till


def hellos(agent: TillAgent) -> int:
    return agent.was_told({"type": "hello"})


async def test_a_tablet_says_that_the_agent_is_away_and_goes_on_when_it_is_back(
    tablet: Till, relay: RelayedAgent
) -> None:
    await tablet.do("globalThis.end = till.watch('scale-1');")

    relay.leave()
    await tablet.until(AWAY)
    with pytest.raises(Refused) as refused:
        await tablet.do("till.ask('scale-1', 'weight')")
    relay.devices = [SCALE, SCANNER]
    relay.come()
    await tablet.until(CONNECTED)

    assert refused.value.code == "agent.offline"
    assert await tablet.do("till.ask('scale-1', 'weight')") == {"grams": 1250}
    assert len(await tablet.do("till.devices.value.all")) == 2
    assert relay.was_told({"type": "watch", "device": "scale-1", "watched": True}) == 2
    assert hellos(relay) == 1  # all on one socket


@pytest.mark.parametrize("turn", [RelayedAgent.leave, RelayedAgent.come], ids=["leaves", "comes anew"])
async def test_a_question_is_refused_when_the_agent_that_had_it(
    tablet: Till, relay: RelayedAgent, turn: Callable[[RelayedAgent], None]
) -> None:
    def turned(question: str, content: dict[str, Any]) -> dict[str, Any]:
        turn(relay)
        return {}

    relay.answers["scale-1"] = turned

    await tablet.do(ASKED)

    await tablet.until("refused === 'agent.offline'")


async def test_a_tablet_that_comes_while_the_agent_is_away_waits_for_it_on_its_socket(
    till: Till, relay: RelayedAgent
) -> None:
    relay.linked = False
    await till.begin()
    await eventually(lambda: hellos(relay) == 1)
    await till.do("new Promise((resume) => setTimeout(resume, 5_500))")  # longer than a silent agent is waited for

    assert await till.do("till.devices.value.agent") == "none"  # no agent was ever there: nothing is to be printed
    assert hellos(relay) == 1
    relay.come()

    await till.until(CONNECTED)
    assert hellos(relay) == 1


async def test_a_tablet_that_is_loaded_again_while_the_agent_is_away_knows_that_there_is_one(
    tablet: Till, relay: RelayedAgent
) -> None:
    relay.leave()
    await tablet.go()

    await tablet.until(AWAY)


async def test_a_till_with_devices_of_its_own_uses_the_relay_to_the_same_agent(
    till: Till, relay: RelayedAgent, beside: TillAgent
) -> None:
    await till.begin()
    await till.until(CONNECTED)
    await till.go()  # what the agent is called was kept
    beside.stop()
    await till.until(AWAY)

    await till.until(CONNECTED)

    assert await till.do("till.ask('scale-1', 'weight')") == {"grams": 1250}
    assert relay.was_told({"type": "ask"}) == 1


async def test_the_relay_to_another_agent_is_left_and_nothing_of_it_is_shown(
    till: Till, relay: RelayedAgent, beside: TillAgent
) -> None:
    relay.name, relay.devices = OTHER, [SCALE, SCANNER]
    relay.before_welcome = [{"type": "said", "device": "scanner-1", "said": {"text": "4850001234567"}}, BROKEN]
    await till.begin()
    await till.until(CONNECTED)
    await till.do(
        "globalThis.heard = []; till.hear('said', ({ said }) => heard.push(said)); till.hear('event', () => heard.push(1));"
    )
    beside.stop()
    await till.until(AWAY)

    await eventually(lambda: hellos(relay) >= 2)

    assert await till.do("till.devices.value.agent") == "connecting"
    assert await till.do("till.devices.value.all") == [SCALE]
    assert await till.do("heard") == []
    assert {message["type"] for message in relay.heard} == {"hello"}
    beside.start()
    await till.until(CONNECTED)
    assert await till.do("till.ask('scale-1', 'weight')") == {"grams": 1250}


async def test_a_till_that_never_met_its_own_agent_takes_no_other(
    till: Till, relay: RelayedAgent, shop_server: ShopServer
) -> None:
    shop_server.agent = {"url": "ws://127.0.0.1:1/agent", "token": "nobody's"}
    await till.begin()

    await eventually(lambda: hellos(relay) >= 2)

    assert await till.do("till.devices.value.agent") == "connecting"
    assert await till.do("till.devices.value.all") == []


async def test_a_till_with_devices_of_its_own_does_not_wait_on_the_relay(
    till: Till, relay: RelayedAgent, beside: TillAgent
) -> None:
    await till.begin()
    await till.until(CONNECTED)
    beside.stop()
    await eventually(lambda: hellos(relay) == 1)
    await till.until(CONNECTED)
    beside.start()

    relay.leave()

    await till.until(CONNECTED)
    assert hellos(beside) == 2
    assert hellos(relay) == 1


async def test_a_till_that_left_its_devices_expects_no_agent(
    till: Till, relay: RelayedAgent, beside: TillAgent
) -> None:
    relay.linked = False
    await till.begin()
    await till.until(CONNECTED)

    await till.do("till.leaveDevices()")
    await eventually(lambda: hellos(relay) == 1)
    await till.go()
    await eventually(lambda: hellos(relay) == 2)
    await till.do("new Promise((resume) => setTimeout(resume, 300))")

    assert await till.do("till.devices.value.agent") == "none"
    relay.linked = True
    relay.come()
    await till.until(CONNECTED)
