"""Two shops of a chain with one till each, agents with keys of their own, and tablets on the real relay."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from devices.agent.agent import Agent
from devices.agent.client import Fields
from devices.agent.clock import milliseconds, wire_time
from devices.agent.config import AgentConfig, ServerLink
from devices.device import Device
from pos.agents.service import add_agent, agent_code
from pos.core.ids import new_id
from pos.registers.service import add_register, open_outlet, pair, pairing_code
from pos.storage.database import Database
from tests.web.signed_in import Known


@dataclass
class Place:
    """A shop with a till; `key` is its Authorization header without the word."""

    outlet: UUID
    register: UUID
    key: str


async def another_shop(database: Database, name: str, prefix: str) -> Place:
    now = datetime.now(UTC)
    async with database.transaction() as session:
        outlet = await open_outlet(session, new_id(), name=name, zone="Asia/Yerevan")
    return await another_till(database, outlet.id, prefix, at=now)


async def another_till(database: Database, outlet: UUID, prefix: str, *, at: datetime | None = None) -> Place:
    now = at or datetime.now(UTC)
    async with database.transaction() as session:
        register = await add_register(session, new_id(), outlet_id=outlet, name=f"Till {prefix}", prefix=prefix)
        paired = await pair(session, await pairing_code(session, register.id, at=now), at=now)
    return Place(outlet, register.id, f"{register.id}.{paired.epoch}.{paired.key}")


def first_shop(known: Known) -> Place:
    return Place(known.shop.outlet, known.shop.register, known.register.removeprefix("Register "))


async def a_key(client: httpx.AsyncClient, database: Database, outlet: UUID, name: str) -> tuple[UUID, str]:
    """An agent that was added, and the key that its computer got for the code."""
    now = datetime.now(UTC)
    async with database.transaction() as session:
        agent = await add_agent(session, new_id(), outlet_id=outlet, name=name, at=now)
        code = await agent_code(session, agent.id, at=now)
    answer = await client.post("/api/agent/pair", json={"code": code})
    assert answer.status_code == 201, answer.text
    return agent.id, answer.json()["key"]


def link(client: httpx.AsyncClient, key: str) -> ServerLink:
    return ServerLink(f"{socket_address(client)}/api/agent/link", key)


def socket_address(client: httpx.AsyncClient) -> str:
    return str(client.base_url).rstrip("/").replace("http", "ws", 1)


def an_agent(client: httpx.AsyncClient, folder: Path, key: str, *devices: Device) -> Agent:
    folder.mkdir(exist_ok=True)
    return Agent(AgentConfig(folder, None, server=link(client, key)), list(devices))


class Tablet:
    """One tablet on the server's relay; what it was told stands in `told`, in order."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.told: list[Fields] = []

    async def say(self, **fields: Any) -> None:
        await self.connection.send(json.dumps(fields))

    async def until(self, **fields: Any) -> Fields:
        """The next message that has these fields; what came before it is passed over."""
        while True:
            message = json.loads(await self.connection.recv())
            self.told.append(message)
            if fields.items() <= message.items():
                return message

    async def hello(self) -> Fields:
        await self.say(type="hello", version=1, ref="hello")
        return await self.until(ref="hello")

    async def ask(self, type: str, **fields: Any) -> Fields:
        await self.say(type=type, ref="asked", **fields)
        return await self.until(ref="asked")

    async def job(self, device: str, kind: str, content: Fields) -> str:
        """Hand one in and wait until it is done; its id."""
        id, made_at = str(uuid4()), wire_time(milliseconds(datetime.now(UTC)))
        await self.ask("job", id=id, device=device, kind=kind, content=content, ttl=60, made_at=made_at)
        await self.until(type="state", job=id, state="done")
        return id

    async def closed(self) -> int | None:
        """The code that the server closed with."""
        await self.connection.wait_closed()
        return self.connection.close_code


@asynccontextmanager
async def a_tablet(client: httpx.AsyncClient, place: Place, **how: Any) -> AsyncGenerator[Tablet]:
    address = f"{socket_address(client)}/api/till/agent"
    proof = [Subprotocol("tillcard"), Subprotocol(f"register.{place.key}")]
    async with connect(address, subprotocols=proof, proxy=None, compression=None, **how) as connection:
        yield Tablet(connection)
