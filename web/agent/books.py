"""What the shop's database knows of agents, tills and documents, for the relays."""

from dataclasses import dataclass
from uuid import UUID

from pos.agents import queries, service
from pos.agents.errors import AgentElsewhere
from pos.documents.service import keep_personal
from pos.registers.errors import RegisterRevoked
from pos.registers.queries import epoch_ended, register_for_delivery
from pos.sales.record import Differs, Recorder
from pos.storage.database import Database
from web import clock
from web.till.documents import PersonalBody


@dataclass(frozen=True, slots=True)
class ShopBooks:
    database: Database
    recorder: Recorder

    async def agent_of(self, register: UUID, epoch: int) -> UUID | None:
        async with self.database.sessions() as session:
            if await epoch_ended(session, register, epoch):
                raise RegisterRevoked
            return await queries.agent_of(session, register)

    async def seen(self, agent: UUID) -> None:
        async with self.database.transaction() as session:
            await service.seen(session, agent, at=clock.now())

    async def deliver(
        self, agent: UUID | None, register: UUID, document: UUID, body: bytes, personal: str | None
    ) -> bool:
        """In the name of the register that made it; an agent speaks for the tills of its own outlet.

        Raises `RegisterUnknown`, `AgentElsewhere`.
        """
        async with self.database.sessions() as session:
            key = await register_for_delivery(session, register, body)
            if agent is not None and await queries.outlet_of_agent(session, agent) != key.outlet_id:
                raise AgentElsewhere
        if isinstance(await self.recorder.record(key, document, body), Differs):
            return False
        if personal is not None:
            kept = PersonalBody.model_validate_json(personal)
            async with self.database.transaction() as session:
                await keep_personal(session, register, document, bytes.fromhex(kept.salt), kept.part)
        return True
