"""The change feed on the wire. Bodies come as JSON text from the database and are passed on as they are."""

from datetime import datetime
from typing import Annotated

from litestar import Controller, Response, get
from litestar.params import Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from pos.exchange import feed
from pos.registers.queries import RegisterKey

Chunk = Annotated[int, Parameter(ge=0, le=2_147_483_647 // 2000)]


class FeedController(Controller):
    path = "/api/till"
    tags = ["till"]  # noqa: RUF012

    @get("/snapshot")
    async def snapshot(self, session: AsyncSession, register: RegisterKey, now: datetime) -> Response[bytes]:
        """The start of a full copy: cursor, settings, staff, rules, names, and which chunks to fetch."""
        return as_is(await feed.snapshot(session, register.outlet_id, register.register_id, at=now))

    @get("/products/{chunk:int}")
    async def products(
        self, session: AsyncSession, register: RegisterKey, now: datetime, chunk: Chunk
    ) -> Response[bytes]:
        """All products on sale with `seq // 2000 == chunk`."""
        return as_is(await feed.products(session, register.outlet_id, chunk, at=now))

    @get("/accounts/{chunk:int}")
    async def accounts(
        self, session: AsyncSession, register: RegisterKey, now: datetime, chunk: Chunk
    ) -> Response[bytes]:
        """The terms of the outlet's accounts with `seq // 2000 == chunk`."""
        return as_is(await feed.accounts(session, register.outlet_id, chunk, at=now))

    @get("/changes")
    async def changes(
        self, session: AsyncSession, register: RegisterKey, now: datetime, cursor: str
    ) -> Response[bytes]:
        """What changed since the cursor; 410 where a full copy is needed."""
        return as_is(await feed.changes(session, register.outlet_id, cursor, at=now))

    @get("/accounts/lookup")
    async def lookup(
        self,
        session: AsyncSession,
        register: RegisterKey,
        now: datetime,
        card: str | None = None,
        phone: str | None = None,
    ) -> Response[bytes]:
        """Accounts the till does not hold, by card digest or phone tail."""
        return as_is(await feed.lookup(session, register.outlet_id, card=card, phone=phone, at=now))


def as_is(body: str) -> Response[bytes]:
    """A JSON text as it is; the application compresses it."""
    return Response(body.encode(), media_type="application/json")
