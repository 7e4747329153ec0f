"""The conversations of docs/agent-protocol.md, spoken to a live agent word for word."""

import asyncio
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

from devices.agent.agent import Agent
from devices.agent.clock import milliseconds, wire_time
from devices.agent.config import ServerLink
from devices.agent.health import Counts
from devices.device import DeviceState, Health, Power
from tests.devices.agent.kit import ONLINE, ORIGIN, TOKEN, LineDevice, a_config

PAGE = (Path(__file__).parents[3] / "docs" / "agent-protocol.md").read_text("utf-8")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class SteadyPrinter(LineDevice):
    """Always says that it is online, so that the numbers of the page come out as printed there."""

    kind = "receipt-printer"

    @property
    def state(self):
        return ONLINE

    async def run(self, changed, said):
        self.say = said
        self._pipe = await asyncio.open_connection("127.0.0.1", self._port)
        await asyncio.Event().wait()


def conversation(name: str) -> list[tuple[str, str]]:
    """Direction and text of each line in the page's blocks of that name, in order."""
    blocks = re.findall(rf"```jsonl {name}\n(.*?)```", PAGE, re.S)
    lines = [line for block in blocks for line in block.splitlines()]
    assert lines
    assert all(line[:2] in ("→ ", "← ") for line in lines)
    return [(line[0], line[2:]) for line in lines]


def filled_in(text: str, words: dict[str, str]) -> str:
    for name, word in words.items():
        text = text.replace(f"${name}", word)
    message = json.loads(text)
    if message.get("digest") == "$SHA256_OF_BYTES":
        message["digest"] = hashlib.sha256(message["bytes"].encode()).hexdigest()
    return json.dumps(message)


def compare(promised: Any, found: Any, where: str = "") -> None:
    """The same fields with the same values; `$…` stands for any value of that kind."""
    match promised:
        case "$TIME":
            assert TIME.fullmatch(found), where
        case "$TEXT":
            assert isinstance(found, str), where
            assert found, where
        case "$AGENT":
            assert UUID.fullmatch(found), where
        case "$INT":
            assert type(found) is int, where
        case "$SHA256_OF_BYTES":
            assert re.fullmatch(r"[0-9a-f]{64}", found), where
        case "$COUNTS":
            assert set(found) == set(Counts().as_dict()), where
            assert all(type(count) is int for count in found.values()), where
        case "$EVENTS":
            assert found, where
            assert all(event["type"] in ("event", "state") for event in found), where
            assert [event["seq"] for event in found] == sorted((event["seq"] for event in found), reverse=True), where
        case dict():
            assert list(promised) == list(found), where
            for key in promised:
                compare(promised[key], found[key], f"{where}.{key}")
        case list():
            assert len(promised) == len(found), where
            for number, (first, second) in enumerate(zip(promised, found, strict=True)):
                compare(first, second, f"{where}[{number}]")
        case _:
            assert promised == found, where


async def speak(connection: Any, name: str, words: dict[str, str]) -> int:
    """Say the caller's lines and hold the agent's against the page; returns how many were spoken."""
    lines = conversation(name)
    for number, (direction, text) in enumerate(lines):
        if direction == "→":
            await connection.send(filled_in(text, words))
        else:
            compare(json.loads(text), json.loads(await connection.recv()), f"{name} line {number}")
    return len(lines)


@pytest.fixture
def words(agent_of_the_page: Agent) -> dict[str, str]:
    now = wire_time(milliseconds(agent_of_the_page._clock.now()))
    return {"TOKEN": TOKEN, "NOW": now, "CODE": agent_of_the_page.access.open_pairing()}


@pytest.fixture
async def agent_of_the_page(tmp_path, sink):
    async with Agent(a_config(tmp_path), [SteadyPrinter("receipt", sink.port)]) as agent:
        yield agent


@pytest.mark.parametrize("name", ["till", "pairing"])
async def test_the_page_tells_what_a_till_hears(agent_of_the_page, words, name):
    async with connect(agent_of_the_page.url, origin=ORIGIN, proxy=None) as connection:
        assert await speak(connection, name, words) > 3


async def test_the_page_tells_what_the_server_hears(tmp_path, sink):
    spoken: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def line(connection):
        try:
            now = wire_time(milliseconds(agent._clock.now()))
            spoken.set_result(await speak(connection, "server", {"NOW": now}))
        except BaseException as error:
            spoken.set_exception(error)

    async with serve(line, "127.0.0.1", 0) as server:
        link = ServerLink(f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/", "token")
        async with Agent(a_config(tmp_path, server=link), [SteadyPrinter("receipt", sink.port)]) as agent:
            assert await spoken > 3


async def test_the_page_tells_what_a_change_of_a_device_looks_like(agent_of_the_page):
    block = re.search(r"```json\n(\{.type.:.event.*?)\n```", PAGE, re.S)
    assert block is not None
    promised = json.loads(block[1]) | {"at": "$TIME", "seq": "$INT"}
    told = []
    agent_of_the_page._store.told = told.append
    paper_out = DeviceState(Power.ONLINE, Health.CANNOT_WORK, ("printer.paper_out",))
    agent_of_the_page.journal.device_changed("receipt", paper_out)
    await agent_of_the_page.journal.open_jobs()

    assert set(told[0].body) == set(promised)
    compare(dict(sorted(promised.items())), dict(sorted(told[0].body.items())))


def test_the_page_lists_every_error_and_count_the_agent_can_tell():
    sources = Path(__file__).parents[3] / "devices" / "agent"
    code = "\n".join(path.read_text("utf-8") for path in sources.glob("*.py"))
    raised = set(re.findall(r'Refused\(\s*"([a-z]+\.[a-z_]+)"', code)) | {"journal.unavailable", "auth.refused"}
    listed = set(re.findall(r"^\| `([a-z]+\.[a-z_]+)` \|", PAGE, re.M))
    counts = set(re.findall(r"`((?:jobs|documents|link|listener)_[a-z_]+)`", PAGE))

    assert raised <= listed
    assert listed - raised <= {"agent.offline", "device.question_unknown"}  # the server and the drivers say these
    assert counts <= set(Counts().as_dict())
