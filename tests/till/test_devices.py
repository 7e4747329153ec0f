"""The till asks devices, watches them and hears what they say."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.till.agent import ONLINE, Complaint, TillAgent
from tests.till.page import Refused, Till
from tests.till.server import ShopServer

pytestmark = pytest.mark.browser
SCALE = {"id": "scale-1", "kind": "scale", "state": ONLINE}
PRINTER = {"id": "receipt", "kind": "receipt-printer", "state": {**ONLINE, "health": "attention"}}


def answers(question: str, content: dict[str, Any]) -> dict[str, Any]:
    if question == "weight":
        return {"grams": 1250, **content}
    raise Complaint("scale.unstable", since=3)


@pytest.fixture
def agent(shop_server: ShopServer) -> Iterator[TillAgent]:
    agent = TillAgent([SCALE, PRINTER], {"scale-1": answers})
    shop_server.agent = agent.start()
    yield agent
    agent.stop()


@pytest.fixture
async def joined(till: Till, agent: TillAgent) -> Till:
    await till.begin()
    await till.until("till.devices.value.agent === 'connected'")
    return till


async def test_the_till_knows_every_device_with_its_state(joined: Till, agent: TillAgent) -> None:
    empty = {**ONLINE, "health": "cannot-work", "causes": ["scale.silent"]}

    agent.tell({"type": "event", "seq": 1, "device": "scale-1", "state": empty})
    await joined.until("till.devices.value.all[0].state.health !== 'ok'")

    devices = await joined.do("till.devices.value")
    assert devices["all"] == [{**SCALE, "state": empty}, PRINTER]
    assert devices["printer"]["health"] == "attention"


async def test_a_device_answers_or_says_why_not(joined: Till) -> None:
    assert await joined.do("till.ask('scale-1', 'weight', { zero: true })") == {"grams": 1250, "zero": True}

    with pytest.raises(Refused) as refused:
        await joined.do("till.ask('scale-1', 'zero')")

    assert (refused.value.code, refused.value.fields["since"]) == ("scale.unstable", 3)


async def test_what_devices_say_is_heard_until_nobody_listens(joined: Till, agent: TillAgent) -> None:
    await joined.do(
        "globalThis.heard = []; globalThis.end = till.hear('said', ({ device, said }) => heard.push([device, said.grams]));"
    )

    agent.say("scale-1", {"grams": 10})
    agent.say("scale-1", {"grams": 20})
    await joined.until("heard.length === 2")
    await joined.do("end();")
    agent.say("scale-1", {"grams": 30})
    agent.tell({"type": "event", "seq": 7, "device": "scale-1", "state": {**ONLINE, "health": "attention"}})
    await joined.until("till.devices.value.all[0].state.health === 'attention'")

    assert await joined.do("heard") == [["scale-1", 10], ["scale-1", 20]]


async def test_a_device_is_watched_while_anybody_looks_and_again_after_a_lost_connection(
    joined: Till, agent: TillAgent
) -> None:
    looked = {"type": "watch", "device": "scale-1", "watched": True}
    left = {**looked, "watched": False}

    await joined.do("globalThis.looks = [till.watch('scale-1'), till.watch('scale-1')];")
    agent.wait(looked)
    agent.hang_up()
    await joined.until("till.devices.value.agent !== 'connected'")
    await joined.until("till.devices.value.agent === 'connected'")
    await joined.do("looks[0](); looks[0]();")
    assert await joined.do("till.ask('scale-1', 'weight')")
    assert (agent.was_told(looked), agent.was_told(left)) == (2, 0)
    await joined.do("looks[1]();")

    agent.wait(left)


async def test_a_question_to_an_agent_that_is_gone_says_so(joined: Till, agent: TillAgent) -> None:
    agent.stop()
    await joined.until("till.devices.value.agent !== 'connected'")

    with pytest.raises(Refused) as refused:
        await joined.do("till.ask('scale-1', 'weight')")

    assert refused.value.code == "agent.offline"


async def test_what_comes_right_behind_the_welcome_is_not_lost(till: Till, agent: TillAgent) -> None:
    """A device that was found while the till said hello."""
    assert till.page
    await till.page.add_init_script(TOGETHER)
    await till.go()
    await till.begin()
    await till.until("window.welcomed")

    agent.tell({"type": "event", "seq": 1, "device": "receipt", "state": ONLINE})

    await till.until("till.devices.value.printer.health === 'ok'")


TOGETHER = """window.WebSocket = class extends WebSocket {
  set onmessage(hear) {
    const held = [];
    super.onmessage = (message) => {
      window.welcomed ||= JSON.parse(message.data).type === "welcome";
      if (held.push(message) < 2) return;
      super.onmessage = hear;
      for (const each of held) hear(each);
    };
  }
};"""
"""Holds the first message back until the second has come, then gives both to the till in one turn."""
