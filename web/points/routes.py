"""Points over HTTP: an account's points and corrections of them, the programme, what all points would cost."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, Router, get, put
from litestar.params import Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.queries import account_whole
from loyalty.points.errors import ProgrammeMissing
from loyalty.points.gifts import correct_points, give_bonus
from loyalty.points.programme import programme_in_force, programme_versions, publish_programme
from loyalty.points.queries import liability, points_of_account
from pos.staff.queries import SignedIn
from web.points.schemas import CorrectionBody, LiabilityOut, PointsOut, ProgrammeBody, ProgrammeOut

Limit = Annotated[int, Parameter(ge=1, le=1_000, description="how many of the newest entries")]


class AccountPointsController(Controller):
    path = "/accounts/{account_id:uuid}/points"
    tags = ("points",)

    @get("/")
    async def get_points(self, session: AsyncSession, now: datetime, account_id: UUID, limit: Limit = 200) -> PointsOut:
        """Where the account stands, its open lots in the order of spending, its newest entries."""
        await account_whole(session, account_id)
        return PointsOut.of(await points_of_account(session, account_id, at=now, limit=limit))

    @put("/corrections/{correction_id:uuid}")
    async def correct(
        self,
        session: AsyncSession,
        person: SignedIn,
        now: datetime,
        account_id: UUID,
        correction_id: UUID,
        data: CorrectionBody,
    ) -> PointsOut:
        """Add points or take some, with a reason; the same id once more changes nothing."""
        await account_whole(session, account_id)
        await correct_points(session, correction_id, account_id, data.amount, reason=data.reason, by=person.id, at=now)
        return PointsOut.of(await points_of_account(session, account_id, at=now))

    @put("/bonuses/{bonus_id:uuid}")
    async def bonus(
        self,
        session: AsyncSession,
        person: SignedIn,
        now: datetime,
        account_id: UUID,
        bonus_id: UUID,
        data: CorrectionBody,
    ) -> PointsOut:
        """Give points, with a reason; the same id once more changes nothing."""
        await account_whole(session, account_id)
        await give_bonus(session, bonus_id, account_id, data.amount, reason=data.reason, by=person.id, at=now)
        return PointsOut.of(await points_of_account(session, account_id, at=now))


class ProgrammeController(Controller):
    path = "/points"
    tags = ("points",)

    @get("/programme")
    async def get_programme(self, session: AsyncSession) -> ProgrammeOut:
        """The programme in force."""
        return await in_force(session)

    @put("/programme")
    async def publish(
        self, session: AsyncSession, person: SignedIn, now: datetime, data: ProgrammeBody
    ) -> ProgrammeOut:
        """Put the next version in force. Points given before keep their days."""
        await publish_programme(session, data.draft(), by=person.id, at=now)
        return await in_force(session)

    @get("/programme/versions")
    async def versions(self, session: AsyncSession) -> list[ProgrammeOut]:
        """The newest fifty, the last first."""
        return [ProgrammeOut.of(row) for row in await programme_versions(session)]

    @get("/liability")
    async def get_liability(self, session: AsyncSession) -> LiabilityOut:
        """What customers could still spend, and what it would cost."""
        return LiabilityOut.of(await liability(session))


async def in_force(session: AsyncSession) -> ProgrammeOut:
    programme = await programme_in_force(session)
    if programme is None:
        raise ProgrammeMissing()
    return ProgrammeOut.of(programme)


POINTS = Router(path="/api/v1", route_handlers=[AccountPointsController, ProgrammeController])
