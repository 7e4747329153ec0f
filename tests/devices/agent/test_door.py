"""Only the paired till of the shop gets in (promise E18), and what is refused is logged and counted."""

import asyncio
import http.client
import json
import logging
from datetime import timedelta
from pathlib import Path

import pytest
import websockets
from websockets.asyncio.client import connect

from devices.agent.agent import Agent
from devices.agent.client import AgentError, dial
from devices.agent.config import RegisterAccess, ServerLink, origin_of
from devices.agent.session import Session
from tests.devices.agent.kit import (
    ORIGIN,
    OTHER_TILL,
    OTHER_TOKEN,
    TILL,
    TOKEN,
    HeldClock,
    LineDevice,
    a_config,
    a_till,
    new_id,
)

STRANGER = "0191c5de-0000-7000-8000-00000000000f"


def asked(port: int, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
    """The answer to a plain request with exactly these headers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.putrequest(method, "/agent", skip_host=True, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec_WebSocket_Version": "13",
    "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "",
        "http://127.0.0.1:8081",
        "https://127.0.0.1:8080",
        "http://127.0.0.1:8080.evil.example",
        "http://127.0.0.1:8080/",
        None,
    ],
)
async def test_a_page_of_another_origin_is_refused(agent, caplog, origin):
    caplog.set_level(logging.WARNING)
    headers = UPGRADE | {"Host": f"127.0.0.1:{agent.port}"} | ({} if origin is None else {"Origin": origin})
    answer = await asyncio.to_thread(asked, agent.port, **headers)

    assert answer.status == 403
    assert (agent.counts.refused, agent.counts.refused_origin) == (1, 1)
    assert "refused (origin)" in caplog.text


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "[::1]:{port}", None]
)
async def test_a_name_pointed_at_this_computer_is_refused(agent, caplog, host):
    caplog.set_level(logging.WARNING)
    headers = UPGRADE | {"Origin": ORIGIN} | ({} if host is None else {"Host": host.format(port=agent.port)})
    answer = await asyncio.to_thread(asked, agent.port, **headers)

    assert answer.status == 403
    assert (agent.counts.refused, agent.counts.refused_host) == (1, 1)
    assert "refused (host)" in caplog.text


async def test_the_shops_own_page_is_let_in_by_either_name(agent):
    for host in ("127.0.0.1", "localhost"):
        answer = await asyncio.to_thread(asked, agent.port, **UPGRADE, Origin=ORIGIN, Host=f"{host}:{agent.port}")
        assert answer.status == 101
    assert agent.counts.refused == 0


SERVER = ServerLink("wss://Till.Shop.example/api/agent/link", "link token")


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://till.shop.example", 101),
        (ORIGIN, 101),
        ("https://till.shop.example:443", 403),
        ("https://till.shop.example:8443", 403),
        ("http://till.shop.example", 403),
        ("wss://till.shop.example", 403),
        ("https://a.till.shop.example", 403),
        ("https://shop.example", 403),
        ("https://till.shop.example.evil.example", 403),
        ("https://till.shop.example/", 403),
        ("https://Till.Shop.example", 403),
    ],
)
async def test_the_page_of_the_server_that_is_dialled_is_let_in_and_no_other_of_its_kind(tmp_path, origin, status):
    async with Agent(a_config(tmp_path, server=SERVER), []) as agent:
        answer = await asyncio.to_thread(asked, agent.port, **UPGRADE, Origin=origin, Host=f"127.0.0.1:{agent.port}")

    assert answer.status == status


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("wss://till.shop.example/x", "https://till.shop.example"),
        ("wss://till.shop.example:443/x", "https://till.shop.example"),
        ("wss://till.shop.example:80/x", "https://till.shop.example:80"),
        ("wss://192.168.1.2:8443/x", "https://192.168.1.2:8443"),
        ("ws://127.0.0.1:8080/x", "http://127.0.0.1:8080"),
        ("ws://localhost:80/x", "http://localhost"),
        ("ws://[0:0::1]:8080/x", "http://[::1]:8080"),
        ("wss://me:word@TILL.shop.example/x", "https://till.shop.example"),
        ("wss://касса.рф/x", "https://xn--80aa2a3aa.xn--p1ai"),
    ],
)
def test_an_address_is_compared_as_browsers_write_it(url, origin):
    assert origin_of(url) == origin
    assert a_config(Path(), server=ServerLink(url, "token")).allowed_origins == {ORIGIN, origin}


def test_without_a_server_only_the_written_addresses_are_let_in():
    assert a_config(Path()).allowed_origins == {ORIGIN}


async def test_it_listens_on_this_computer_only(agent):
    sockets = agent._listener._server.sockets

    assert [socket.getsockname()[0] for socket in sockets] == ["127.0.0.1"]


async def test_chromes_preflight_is_answered_for_the_shops_page_and_nobody_else(agent):
    host = f"127.0.0.1:{agent.port}"
    asks = {"Access_Control_Request_Private_Network": "true", "Host": host}
    own = await asyncio.to_thread(asked, agent.port, "OPTIONS", Origin=ORIGIN, **asks)
    foreign = await asyncio.to_thread(asked, agent.port, "OPTIONS", Origin="https://evil.example", **asks)

    assert own.status == 200
    assert own.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert own.headers["Access-Control-Allow-Private-Network"] == "true"
    assert foreign.status == 403
    assert "Access-Control-Allow-Origin" not in foreign.headers


@pytest.mark.parametrize(
    ("register", "token"),
    [
        (TILL, None),
        (TILL, ""),
        (TILL, "guess"),
        (TILL, OTHER_TOKEN),
        (OTHER_TILL, TOKEN),
        (STRANGER, TOKEN),
        (None, TOKEN),
    ],
    ids=["no token", "empty token", "wrong token", "another's token", "own token, another", "stranger", "no register"],
)
async def test_register_and_token_must_belong_together(agent, caplog, register, token):
    caplog.set_level(logging.WARNING)
    async with dial(agent.url, origin=ORIGIN) as caller:
        with pytest.raises(AgentError) as refused:
            await caller.hello(register=register, token=token)
        closed = caller._wire
        await closed.wait_closed()

    assert refused.value.code == "auth.refused"
    assert closed.close_code == 4401
    assert agent.counts.refused_token == 1
    assert "refused (token)" in caplog.text
    assert "guess" not in caplog.text


async def test_nothing_is_done_before_hello(agent, sink):
    async with dial(agent.url, origin=ORIGIN) as caller:
        with pytest.raises(AgentError) as refused:
            await caller.submit(new_id(), "receipt", "drawer", {}, register=TILL)

    assert refused.value.code == "hello.required"
    assert not sink.arrived


REQUESTS = {
    "ask": {"device": "receipt", "question": "echo"},
    "watch": {"device": "receipt", "watched": True},
    "log": {"device": "receipt"},
    "health": {},
    "jobs": {"ids": []},
}


@pytest.mark.parametrize("request_type", REQUESTS)
async def test_nothing_is_told_before_hello(agent, request_type):
    async with dial(agent.url, origin=ORIGIN) as caller:
        with pytest.raises(AgentError) as refused:
            await caller.ask(request_type, **REQUESTS[request_type])

    assert refused.value.code == "hello.required"
    assert agent._queues["receipt"].device.watched == []


@pytest.mark.parametrize("request_type", ["ask", "watch", "log"])
async def test_nobody_asks_or_watches_a_device_that_is_another_tills(tmp_path, sink, request_type):
    kitchen = LineDevice("kitchen", sink.port)
    registers = (RegisterAccess(TILL, TOKEN, frozenset({"receipt"})), RegisterAccess(OTHER_TILL, OTHER_TOKEN))
    devices = [LineDevice("receipt", sink.port), kitchen]
    async with Agent(a_config(tmp_path, registers=registers), devices) as agent, a_till(agent) as till:
        with pytest.raises(AgentError) as foreign:
            await till.ask(request_type, **REQUESTS[request_type] | {"device": "kitchen"})

    assert foreign.value.code == "device.unknown"
    assert kitchen.watched == []


@pytest.mark.parametrize("request_type", ["ask", "watch"])
async def test_a_till_asks_and_watches_in_its_own_name_only(agent, request_type):
    async with a_till(agent) as till:
        with pytest.raises(AgentError) as foreign:
            await till.ask(request_type, register=OTHER_TILL, **REQUESTS[request_type])

    assert foreign.value.code == "register.not_yours"


async def test_a_till_speaks_for_itself_only(agent):
    async with a_till(agent) as till:
        with pytest.raises(AgentError) as refused:
            await till.submit(new_id(), "receipt", "line", {}, register=OTHER_TILL)
        with pytest.raises(AgentError) as documents:
            await till.unsent(register=OTHER_TILL)

    assert refused.value.code == documents.value.code == "register.not_yours"


async def test_a_till_uses_only_the_devices_given_to_it(tmp_path, sink):
    devices = [LineDevice("receipt", sink.port), LineDevice("kitchen", sink.port)]
    registers = (RegisterAccess(TILL, TOKEN, frozenset({"receipt"})), RegisterAccess(OTHER_TILL, OTHER_TOKEN))
    config = a_config(tmp_path, registers=registers)
    async with Agent(config, devices) as agent, a_till(agent) as till:
        with pytest.raises(AgentError) as refused:
            await till.submit(new_id(), "kitchen", "line", {})

    assert refused.value.code == "device.unknown"
    assert [device["id"] for device in till.welcome["devices"]] == ["receipt"]


async def test_too_long_a_message_and_a_binary_one_end_the_connection(agent):
    for message, code in (("x" * (1024 * 1024 + 1), 1009), (b"\x1bp0", 1003)):
        async with connect(agent.url, origin=ORIGIN, proxy=None) as connection:
            await connection.send(message)
            with pytest.raises(websockets.ConnectionClosed):
                await connection.recv()

        assert connection.close_code == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[]",
        "null",
        "{}",
        '{"type":7}',
        '{"type":"hello","version":1.5}',
        '{"type":"hello","version":NaN}',
        '{"type":"hello","version":true}',
        '{"type":"hello","version":99999999999999999999999999}',
        '{"type":"hello","version":1,"resume":-1}',
        '{"type":"\\ud800"}',
        '{"type":"pair","code":"\\ud800","register":"0191c5de-0000-7000-8000-000000000001"}',
        "[" * 100_000,
        '{"type":"hello","version":1,"register":"../../etc"}',
    ],
)
async def test_nonsense_is_answered_and_the_connection_goes_on(agent, text):
    async with connect(agent.url, origin=ORIGIN, proxy=None) as connection:
        await connection.send(text)
        answer = json.loads(await connection.recv())
        await connection.send(json.dumps({"type": "hello", "version": 1, "register": TILL, "token": TOKEN}))
        welcome = json.loads(await connection.recv())

    assert (answer["type"], answer["code"]) == ("error", "message.malformed")
    assert welcome["type"] == "welcome"


async def test_bad_fields_of_a_job_are_named(agent, sink):
    good = {
        "id": new_id(),
        "device": "receipt",
        "kind": "line",
        "content": {},
        "ttl": 60,
        "made_at": "2026-11-22T09:00:00.000Z",
    }
    bad = [
        ("id", "42"),
        ("id", good["id"].upper()),
        ("device", "a b"),
        ("device", "x" * 65),
        ("kind", None),
        ("content", []),
        ("content", {"text": "\ud800"}),
        ("ttl", 0),
        ("ttl", "60"),
        ("ttl", 10**9),
        ("copy", -1),
        ("made_at", "yesterday"),
        ("made_at", "2026-11-22T09:00:00"),
        ("made_at", "9999-99-99T00:00:00Z"),
    ]
    async with connect(agent.url, origin=ORIGIN, proxy=None) as connection:
        await connection.send(json.dumps({"type": "hello", "version": 1, "register": TILL, "token": TOKEN}))
        await connection.recv()
        named = []
        for field, value in bad:
            await connection.send(json.dumps({"type": "job", **good, field: value}))
            named.append(json.loads(await connection.recv()).get("field"))

    assert named == [field for field, _ in bad]
    assert not sink.arrived


async def test_a_caller_of_a_future_version_gets_ours_and_one_of_the_past_an_explanation(agent):
    async with dial(agent.url, origin=ORIGIN) as caller:
        welcome = await caller.ask("hello", version=7, register=TILL, token=TOKEN, colour="blue")
    assert welcome["version"] == 1


async def test_who_says_nothing_is_sent_away(tmp_path, sink):
    clock = HeldClock()
    async with (
        Agent(a_config(tmp_path), [LineDevice("receipt", sink.port)], clock) as agent,
        connect(agent.url, origin=ORIGIN, proxy=None) as connection,
    ):
        await (await connection.ping())
        clock.move_on(11)
        with pytest.raises(websockets.ConnectionClosed):
            await connection.recv()

    assert connection.close_code == 4408


async def test_the_thirty_third_connection_finds_the_door_shut(agent):
    async with asyncio.TaskGroup() as tasks:
        dialled = [tasks.create_task(connect(agent.url, origin=ORIGIN, proxy=None).connect()) for _ in range(32)]
    with pytest.raises(websockets.InvalidStatus) as refused:
        await connect(agent.url, origin=ORIGIN, proxy=None)
    await asyncio.gather(*(task.result().close() for task in dialled))

    assert refused.value.response.status_code == 503
    assert agent.counts.refused_crowd == 1


async def test_a_reader_too_far_behind_is_let_go_and_can_resume(agent):
    session = Session(agent._exchange, is_link=True)
    for seq in range(2_000):
        session.send({"type": "event", "seq": seq})

    assert session.closing.result()[0] == 4429


async def test_a_till_pairs_once_with_the_code_from_the_terminal(tmp_path, sink):
    clock = HeldClock()
    config = a_config(tmp_path, registers=())
    async with Agent(config, [LineDevice("receipt", sink.port)], clock) as agent:
        code = agent.access.open_pairing()
        async with dial(agent.url, origin=ORIGIN) as caller:
            paired = await caller.ask("pair", code=f"{code[:4].lower()}-{code[4:]} ", register=TILL)
            welcome = await caller.hello(register=TILL, token=paired["token"])
        async with dial(agent.url, origin=ORIGIN) as caller:
            with pytest.raises(AgentError) as again:
                await caller.ask("pair", code=code, register=OTHER_TILL)
            with pytest.raises(AgentError) as other:
                await caller.hello(register=OTHER_TILL, token=paired["token"])
    async with Agent(config, [LineDevice("receipt", sink.port)], clock) as agent:
        async with a_till(agent, token=paired["token"]) as till:
            assert till.welcome["agent"] == welcome["agent"]
        second = agent.access.open_pairing()
        async with dial(agent.url, origin=ORIGIN) as caller:
            await caller.ask("pair", code=second, register=TILL)
            with pytest.raises(AgentError) as old:
                await caller.hello(register=TILL, token=paired["token"])

    assert again.value.code == "pair.refused"
    assert other.value.code == old.value.code == "auth.refused"
    assert paired["token"].encode() not in (tmp_path / "journal.sqlite").read_bytes()


async def test_a_code_ends_after_ten_minutes_or_five_wrong_guesses(tmp_path, sink):
    clock = HeldClock()
    async with Agent(a_config(tmp_path), [LineDevice("receipt", sink.port)], clock) as agent:
        late = agent.access.open_pairing()
        clock.move_on(601)
        async with dial(agent.url, origin=ORIGIN) as caller:
            with pytest.raises(AgentError) as too_late:
                await caller.ask("pair", code=late, register=TILL)
        code = agent.access.open_pairing()
        async with dial(agent.url, origin=ORIGIN) as guesser:
            for _ in range(5):
                with pytest.raises(AgentError):
                    await guesser.ask("pair", code="WRONG222", register=TILL)
            await guesser._wire.wait_closed()
        async with dial(agent.url, origin=ORIGIN) as caller:
            with pytest.raises(AgentError) as closed:
                await caller.ask("pair", code=code, register=TILL)

    assert too_late.value.code == closed.value.code == "pair.refused"
    assert guesser._wire.close_code == 4401
    assert agent.counts.refused_code == 7


def test_codes_have_no_letters_that_look_alike_and_last_ten_minutes():
    from devices.agent.access import CODE_LETTERS, CODE_LIFE

    assert not set("ILO01") & set(CODE_LETTERS)
    assert timedelta(minutes=10) == CODE_LIFE


async def test_a_register_made_while_the_agent_runs_is_let_in(agent):
    agent.let_in(RegisterAccess(STRANGER, "new token"))

    async with a_till(agent, register=STRANGER, token="new token") as till:
        assert till.welcome["type"] == "welcome"
