"""Tiers and the ladder over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, Router, get, post, put
from litestar.params import Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.errors import TierNotFound
from loyalty.tiers import queries
from loyalty.tiers.ledger import chain_zone
from loyalty.tiers.preview import preview_of, start_preview
from loyalty.tiers.service import checked_ladder, first_day, publish_ladder
from loyalty.tiers.tiers import add_tier, order_tiers, rename_tier
from pos.core.ids import new_id
from pos.staff.queries import SignedIn
from web.tiers.schemas import (
    LadderBody,
    LadderNow,
    LadderOut,
    NamesBody,
    OrderBody,
    PreviewOut,
    StandingOut,
    TierOut,
)

Version = Annotated[int, Parameter(ge=1, le=2_147_483_647)]


class LadderController(Controller):
    path = "/tier-ladder"
    tags = ("tiers",)

    @get("/")
    async def ladder_now(self, session: AsyncSession, now: datetime) -> LadderNow:
        """The ladder in force today and the shop's tiers."""
        today = now.astimezone(await chain_zone(session)).date()
        row = await queries.ladder_on(session, today)
        return LadderNow(
            in_force=row and LadderOut.of(row),
            first_day=await first_day(session, today=today),
            tiers=[TierOut.of(tier) for tier in await queries.tier_rows(session)],
        )

    @get("/versions")
    async def versions(self, session: AsyncSession) -> list[LadderOut]:
        """Every version, the newest first."""
        return [LadderOut.of(row) for row in await queries.ladder_rows(session)]

    @get("/versions/{version:int}")
    async def version(self, session: AsyncSession, version: Version) -> LadderOut:
        return LadderOut.of(await queries.ladder_version(session, version))

    @post("/")
    async def publish(self, session: AsyncSession, person: SignedIn, now: datetime, data: LadderBody) -> LadderOut:
        """Put a ladder in force from the start of a day. It is never edited: a change is the next version."""
        today = now.astimezone(await chain_zone(session)).date()
        starts = data.active_from or await first_day(session, today=today)
        version = await publish_ladder(session, data.ladder, active_from=starts, by=person.id, at=now)
        return LadderOut.of(await queries.ladder_version(session, version))

    @post("/preview")
    async def preview(self, session: AsyncSession, person: SignedIn, now: datetime, data: LadderBody) -> PreviewOut:
        """Count whom this ladder would move. Changes nothing; of many accounts the rest is counted in the background."""
        today = now.astimezone(await chain_zone(session)).date()
        starts = data.active_from or await first_day(session, today=today)
        ladder = await checked_ladder(session, data.ladder, active_from=starts, today=today)
        return PreviewOut.of(await start_preview(session, new_id(), ladder, by=person.id, at=now))

    @get("/previews/{preview_id:uuid}")
    async def preview_so_far(self, session: AsyncSession, preview_id: UUID) -> PreviewOut:
        return PreviewOut.of(await preview_of(session, preview_id))


class TierController(Controller):
    path = "/tiers"
    tags = ("tiers",)

    @get("/")
    async def tiers(self, session: AsyncSession) -> list[TierOut]:
        """Every tier, the lowest first."""
        return [TierOut.of(row) for row in await queries.tier_rows(session)]

    @put("/{tier:str}")
    async def name_tier(self, session: AsyncSession, tier: str, data: NamesBody) -> list[TierOut]:
        """Rename a tier, or add one above all others."""
        names = {str(language): name for language, name in data.names.items()}
        try:
            await rename_tier(session, tier, names)
        except TierNotFound:
            await add_tier(session, tier, names)
        return [TierOut.of(row) for row in await queries.tier_rows(session)]

    @put("/")
    async def order(self, session: AsyncSession, data: OrderBody) -> list[TierOut]:
        """Put the tiers in another order. A ladder in force keeps its own."""
        await order_tiers(session, data.codes)
        return [TierOut.of(row) for row in await queries.tier_rows(session)]


class StandingController(Controller):
    path = "/accounts/{account_id:uuid}/standing"
    tags = ("tiers",)

    @get("/")
    async def standing(self, session: AsyncSession, account_id: UUID) -> StandingOut:
        """The account's tier, why it has it, how far the next one is, and how it came there."""
        row = await queries.standing_of(session, account_id)
        return StandingOut.of(row, await queries.changes_of(session, account_id))


TIERS = Router(path="/api/v1", route_handlers=[LadderController, TierController, StandingController])
