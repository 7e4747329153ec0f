"""The agent dials out to the server, and the server speaks for its tablets over that line."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from http import HTTPStatus

import pytest
from websockets.asyncio.server import ServerConnection, serve

from devices.agent.agent import Agent
from devices.agent.client import AgentClient, AgentError
from devices.agent.config import ServerLink
from devices.agent.link import pauses
from tests.devices.agent.kit import TILL, HeldClock, LineDevice, a_config, a_till, new_id, seen, settled
from tests.waiting import eventually

TABLET = "0191c5de-0000-7000-8000-000000000003"
LINK_TOKEN = "the agent's own token"


class Server:
    """The server's end: lets in the agent with its token and hands out each line as a client."""

    def __init__(self) -> None:
        self.lines: asyncio.Queue[ServerConnection] = asyncio.Queue()
        self.refused = 0
        self.port = 0

    def check(self, connection: ServerConnection, request):
        if request.headers.get("Authorization") != f"Bearer {LINK_TOKEN}":
            self.refused += 1
            return connection.respond(HTTPStatus.UNAUTHORIZED, "who?\n")
        return None

    async def hold(self, connection: ServerConnection) -> None:
        self.lines.put_nowait(connection)
        await connection.wait_closed()

    @property
    def link(self) -> ServerLink:
        return ServerLink(f"ws://127.0.0.1:{self.port}/api/agent/link", LINK_TOKEN)


@pytest.fixture
async def server() -> AsyncGenerator[Server]:
    server = Server()
    async with serve(server.hold, "127.0.0.1", 0, process_request=server.check) as serving:
        server.port = next(iter(serving.sockets)).getsockname()[1]
        yield server


@asynccontextmanager
async def a_line(server: Server, *, resume: int | None = None) -> AsyncGenerator[AgentClient]:
    """The next line the agent dials, with hello said."""
    connection = await server.lines.get()
    async with AgentClient(connection) as client:
        client.welcome = await client.hello(resume=resume)
        client.connection = connection
        yield client


async def test_a_tablets_receipt_is_printed_over_the_link(tmp_path, sink, server):
    job = new_id()
    async with Agent(a_config(tmp_path, server=server.link), [LineDevice("receipt", sink.port)]) as agent:
        async with a_line(server) as line:
            await line.submit(job, "receipt", "line", {"text": "x"}, register=TABLET)
            done = await line.until(job)
            with pytest.raises(AgentError) as nameless:
                await line.submit(new_id(), "receipt", "line", {})

        assert agent.connected
    assert done["state"] == "done"
    assert done["register"] == TABLET
    assert nameless.value.fields["field"] == "register"
    assert sink.arrived == {job: 1}


async def test_after_the_line_dropped_the_agent_dials_again_and_no_event_is_lost(tmp_path, sink, server):
    job = new_id()
    async with Agent(a_config(tmp_path, server=server.link), [LineDevice("receipt", sink.port)]):
        sink.mute()
        async with a_line(server, resume=0) as line:
            await line.submit(job, "receipt", "line", {"text": "x"}, register=TABLET)
            await line.until(job, "sent")
            before = seen(line)
            line.connection.transport.abort()
        sink.speak()
        async with a_line(server, resume=before[-1]["seq"]) as line:
            again = await line.submit(job, "receipt", "line", {"text": "x"}, register=TABLET)
            await line.until(job, "done")
            after = seen(line)

    states = [event["state"] for event in before + after if event.get("job") == job]
    assert states == ["queued", "sending", "sent", "done"]
    assert again["state"] in ("sent", "done")
    assert sink.arrived == {job: 1}


async def test_it_dials_until_the_server_is_there(tmp_path, sink):
    server = Server()
    async with serve(server.hold, "127.0.0.1", 0) as place:
        server.port = next(iter(place.sockets)).getsockname()[1]
    async with Agent(a_config(tmp_path, server=server.link), [LineDevice("receipt", sink.port)]) as agent:
        await eventually(lambda: agent.counts.link_failures >= 2)
        async with serve(server.hold, "127.0.0.1", server.port), a_line(server) as line:
            assert line.welcome["agent"] == agent.id


async def test_a_refused_token_is_tried_again_but_rarely(tmp_path, sink, server):
    wrong = ServerLink(server.link.url, "not it")
    clock = HeldClock()
    async with Agent(a_config(tmp_path, server=wrong), [LineDevice("receipt", sink.port)], clock) as agent:
        await eventually(lambda: agent.counts.link_failures == 1)
        clock.move_on(29)
        async with a_till(agent) as till:
            await settled(till)
        after_29_seconds = server.refused
        clock.move_on(1)
        await eventually(lambda: agent.counts.link_failures == 2)

        assert not agent.connected
    assert after_29_seconds == 1
    assert server.refused == 2


def test_pauses_double_to_half_a_minute_and_are_shortened_by_a_quarter_at_most():
    waits = pauses()
    found = [next(waits) for _ in range(10)]
    full = [0.25, 0.5, 1, 2, 4, 8, 16, 30, 30, 30]

    assert all(whole * 0.75 <= pause <= whole for pause, whole in zip(found, full, strict=True))


async def test_the_agent_delivers_what_no_till_delivered_for_a_minute(tmp_path, sink, server):
    clock = HeldClock()
    config = a_config(tmp_path, server=server.link)
    id, text, personal = new_id(), '{"note":"Կաթ"}', '{"salt":"00"}'
    async with Agent(config, [LineDevice("receipt", sink.port)], clock) as agent, a_till(agent) as till:
        await till.keep(id, text, personal=personal)
        connection = await server.lines.get()
        arriving: asyncio.Queue[dict] = asyncio.Queue()
        async with AgentClient(connection, on_document=arriving.put_nowait) as line:
            await line.hello()
            await settled_link(line)
            assert arriving.empty()
            document = await _moving_on(clock, arriving)
            await line.tell("released", register=document["register"], id=document["id"])
            notice = await till.events.get()
            while notice["type"] != "released":
                notice = await till.events.get()
            left = await till.unsent()

    assert (document["register"], document["id"], document["bytes"]) == (TILL, id, text)
    assert document["personal"] == personal
    assert document["digest"] == hashlib.sha256(text.encode()).hexdigest()
    assert (notice["register"], notice["id"]) == (TILL, id)
    assert left == []


async def test_a_document_the_server_does_not_take_stays_and_does_not_hold_up_the_next(tmp_path, sink, server):
    clock = HeldClock()
    bad, good = new_id(), new_id()
    async with (
        Agent(a_config(tmp_path, server=server.link), [LineDevice("receipt", sink.port)], clock) as agent,
        a_till(agent) as till,
    ):
        await till.keep(bad, "{}")
        await till.keep(good, "{ }")
        arriving: asyncio.Queue[dict] = asyncio.Queue()
        async with AgentClient(await server.lines.get(), on_document=arriving.put_nowait) as line:
            await line.hello()
            first = await _moving_on(clock, arriving)
            await line.tell("error", re="document", id=first["id"], code="database.away")
            second = await _moving_on(clock, arriving)
            await line.tell("released", register=TILL, id=second["id"])
            third = await _moving_on(clock, arriving)
            await settled_link(line)
            left = await till.unsent()

    assert [first["id"], second["id"], third["id"]] == [bad, good, bad]
    assert [document["id"] for document in left] == [bad]


async def settled_link(line: AgentClient) -> None:
    await line.ask("jobs", ids=[], register=TABLET)


async def _moving_on(clock: HeldClock, arriving: asyncio.Queue[dict]) -> dict:
    """Let time pass, in the agent's clock, until the agent offers a document."""
    while arriving.empty():
        clock.move_on(20)
        await asyncio.sleep(0.02)
    return arriving.get_nowait()


async def test_the_server_sees_all_registers_a_till_only_its_own(tmp_path, sink, server):
    mine, tablets = new_id(), new_id()
    async with (
        Agent(a_config(tmp_path, server=server.link), [LineDevice("receipt", sink.port)]) as agent,
        a_till(agent) as till,
        a_line(server) as line,
    ):
        await till.submit(mine, "receipt", "line", {"text": "x"})
        await line.submit(tablets, "receipt", "line", {"text": "x"}, register=TABLET)
        await till.until(mine, "done")
        await line.until(tablets, "done")
        await settled(till)
        tills, servers = seen(till), seen(line)

    assert {event["job"] for event in tills if event["type"] == "state"} == {mine}
    assert {event["job"] for event in servers if event["type"] == "state"} == {mine, tablets}
