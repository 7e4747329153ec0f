"""Every agent's relay by its agent, and which of them a tablet is given to."""

from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from litestar import Request

from pos.core.errors import NotSignedIn
from web.agent.relay import Relay

COME_AGAIN = 1012
"""A tablet connects anew after it, and is given to whom it belongs now."""
NOT_LET_IN = 4401


class Books(Protocol):
    """What is known of agents and documents, and where it is kept. An agent None is the server's own."""

    async def agent_of(self, register: UUID, epoch: int, /) -> UUID | None:
        """Whose devices a register uses. Raises `RegisterRevoked` once the key of that epoch has ended."""
        ...

    async def seen(self, agent: UUID, /) -> None:
        """It dialled in or hung up just now."""
        ...

    async def deliver(
        self, agent: UUID | None, register: UUID, document: UUID, body: bytes, personal: str | None, /
    ) -> bool:
        """Store a document that only the agent still had; answers whether it is stored. Raises `TillError`."""
        ...


@dataclass(slots=True)
class Relays:
    """Lives as long as the application."""

    books: Books
    by_agent: dict[UUID | None, Relay] = field(default_factory=dict)

    def of(self, agent: UUID | None) -> Relay:
        """The relay of an agent, whether it is there or not."""
        found = self.by_agent.get(agent)
        if found is None:

            async def deliver(register: UUID, document: UUID, body: bytes, personal: str | None) -> bool:
                return await self.books.deliver(agent, register, document, body, personal)

            found = self.by_agent[agent] = Relay(deliver)
        return found

    async def for_register(self, register: UUID, epoch: int) -> Relay:
        """The relay whose devices a register uses."""
        return self.of(await self.books.agent_of(register, epoch))

    async def rearrange(self) -> None:
        """Keys or choices have changed: a tablet that belongs elsewhere now connects anew, one without a key is let go."""
        for agent, relay in [*self.by_agent.items()]:
            for till in [*relay.tills]:
                try:
                    if await self.books.agent_of(till.register, till.epoch) != agent:
                        till.line.close(COME_AGAIN, "other devices are yours now")
                except NotSignedIn:
                    till.line.close(NOT_LET_IN, "the key has ended")

    def turn_away(self, agent: UUID) -> None:
        """The key that it dialled in with has ended."""
        relay = self.of(agent)
        if relay.agent is not None:
            relay.agent.close(NOT_LET_IN, "the key has ended")


async def after_change(request: Request[Any, Any, Any]) -> None:
    """After the answer, and so after the commit, of whatever changed keys or choices. `ended_agent` in the request's
    state is an agent whose key was among them."""
    relays: Relays = request.app.state.relays
    if ended := request.state.get("ended_agent"):
        relays.turn_away(ended)
    await relays.rearrange()
