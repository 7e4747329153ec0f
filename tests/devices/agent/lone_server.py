"""The relay of the real server, with its own routes, in a process of its own that can be killed; one register, no database."""

import asyncio
from uuid import UUID

import uvicorn
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide

from pos.registers.queries import RegisterKey
from tests.devices.agent.kit import TILL
from web.agent.relays import Relays
from web.agent.routes import agent_link, till_agent


class NoBooks:
    """Every till uses the server's own agent, and no document is taken."""

    async def agent_of(self, register: UUID, epoch: int) -> None:
        return None

    async def seen(self, agent: UUID) -> None:
        raise AssertionError("the server's own agent is in no book")

    async def deliver(
        self, agent: UUID | None, register: UUID, document: UUID, body: bytes, personal: str | None
    ) -> bool:
        return False


def application() -> Litestar:
    key = RegisterKey(UUID(TILL), 1, UUID(TILL), revoked=False)
    own = {
        "register": Provide(lambda: key, sync_to_thread=False),
        "agent": Provide(lambda: None, sync_to_thread=False),
    }
    return Litestar([agent_link, till_agent], dependencies=own, state=State({"relays": Relays(NoBooks())}))


def serve(port: int) -> None:
    """Until killed."""
    config = uvicorn.Config(application(), host="127.0.0.1", port=port, log_level="critical")
    asyncio.run(uvicorn.Server(config).serve())
