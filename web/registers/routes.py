"""A device becomes a register, and asks whether the server is there."""

from datetime import datetime
from typing import Any

from litestar import Controller, Request, get, post
from litestar.datastructures import State
from sqlalchemy.ext.asyncio import AsyncSession

from pos import __version__
from pos.exchange.cursor import database_epoch
from pos.registers.model import Outlet
from pos.registers.service import pair
from pos.staff.service import count_try, forget_tries
from web.agent.relays import after_change
from web.registers.schemas import AgentOut, OutletOut, PairBody, PairedOut

LOOPBACK = {"127.0.0.1", "::1"}


class PairingController(Controller):
    path = "/api/till"
    tags = ("till",)

    @get("/health")
    async def health(self, now: datetime) -> dict[str, Any]:
        """The server's time and version; a till that gets no answer within two seconds works offline."""
        return {"time": int(now.timestamp() * 1000), "version": __version__, "minimum_till": "0.1.0"}

    @post("/pair", status_code=201, after_response=after_change)
    async def pair(
        self, request: Request[Any, Any, Any], session: AsyncSession, state: State, now: datetime, data: PairBody
    ) -> PairedOut:
        """Open a new epoch of the code's register; the key before stops working."""
        address = request.client.host if request.client else ""
        async with state.database.sessions() as tries, tries.begin():
            await count_try(tries, "pairing", address, at=now)
        paired = await pair(session, data.code, at=now)
        await forget_tries(session, "pairing", address)
        outlet = await session.get_one(Outlet, paired.register.outlet_id)
        return PairedOut(
            register_id=paired.register.id,
            epoch=paired.epoch,
            key=paired.key,
            prefix=paired.register.prefix,
            name=paired.register.name,
            outlet=OutletOut(id=outlet.id, name=outlet.name, zone=outlet.zone, language=outlet.language),
            agent=self.agent(state, address, str(paired.register.id)),
            database=str(await database_epoch(session)),
        )

    def agent(self, state: State, address: str, register_id: str) -> AgentOut | None:
        """The agent that runs beside this server, told only to a till on the same PC."""
        agent = getattr(state, "agent", None)
        if agent is None or address not in LOOPBACK:
            return None
        return AgentOut(url=agent.url, token=agent.token_for(register_id))
