"""An account's tags, own percents and own prices over HTTP."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, delete, get, put
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts import personal, service
from loyalty.accounts.personal import Period
from loyalty.accounts.personal_model import PersonalPercent, PersonalPrice
from pos.core.money import MAX_AMOUNT
from pos.staff.queries import SignedIn
from web.accounts.schemas import BasisPoints, Body, Reason


class TagsBody(Body):
    tags: Annotated[list[Annotated[str, Field(max_length=64, examples=["press"])]], Field(max_length=20)]


class PeriodBody(Body):
    """It holds from `from_on` on, until `until_on` begins (null: without end)."""

    from_on: date
    until_on: date | None = None
    reason: Reason

    def period(self) -> Period:
        return Period(self.from_on, self.until_on)


class PercentBody(PeriodBody):
    percent: BasisPoints


class PriceBody(PeriodBody):
    """`product`: its number."""

    product: Annotated[int, Field(strict=True, ge=1, le=2_147_483_647)]
    price: Annotated[int, Field(strict=True, ge=0, le=MAX_AMOUNT)]


class OwnPercentOut(BaseModel):
    """`ended_at`: when it was taken back before its end."""

    id: UUID
    percent: int
    from_on: date
    until_on: date | None
    reason: str
    set_by: UUID | None
    set_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, row: PersonalPercent) -> "OwnPercentOut":
        return cls(
            id=row.id,
            percent=row.percent,
            from_on=row.from_on,
            until_on=row.until_on,
            reason=row.reason,
            set_by=row.set_by,
            set_at=row.set_at,
            ended_at=row.ended_at,
        )


class OwnPriceOut(BaseModel):
    id: UUID
    product: int
    price: int
    from_on: date
    until_on: date | None
    reason: str
    set_by: UUID | None
    set_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, row: PersonalPrice) -> "OwnPriceOut":
        return cls(
            id=row.id,
            product=row.product,
            price=row.price,
            from_on=row.from_on,
            until_on=row.until_on,
            reason=row.reason,
            set_by=row.set_by,
            set_at=row.set_at,
            ended_at=row.ended_at,
        )


class OwnTermsController(Controller):
    path = "/accounts/{account_id:uuid}"
    tags = ("accounts",)

    @put("/tags", status_code=204)
    async def set_tags(
        self, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID, data: TagsBody
    ) -> None:
        """Mark it with exactly these tags, which rules may name."""
        await service.set_tags(session, account_id, data.tags, by=person.id, at=now)

    @get("/percents")
    async def list_percents(self, session: AsyncSession, account_id: UUID) -> list[OwnPercentOut]:
        """Every percent it ever had for a period, the one set last first."""
        return [OwnPercentOut.of(row) for row in await personal.personal_percents(session, account_id)]

    @put("/percents/{percent_id:uuid}")
    async def set_percent(
        self,
        session: AsyncSession,
        person: SignedIn,
        now: datetime,
        account_id: UUID,
        percent_id: UUID,
        data: PercentBody,
    ) -> OwnPercentOut:
        """Give it a percent for a period; it covers those set before."""
        row = await personal.set_personal_percent(
            session, percent_id, account_id, data.percent, data.period(), reason=data.reason, by=person.id, at=now
        )
        return OwnPercentOut.of(row)

    @delete("/percents/{percent_id:uuid}", status_code=204)
    async def end_percent(
        self, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID, percent_id: UUID
    ) -> None:
        """Take a percent back from now on."""
        await personal.end_personal_percent(session, percent_id, account_id, by=person.id, at=now)

    @get("/prices")
    async def list_prices(self, session: AsyncSession, account_id: UUID) -> list[OwnPriceOut]:
        """Every price of its own that it ever had, the one set last first."""
        return [OwnPriceOut.of(row) for row in await personal.personal_prices(session, account_id)]

    @put("/prices/{own_price_id:uuid}")
    async def set_own_price(
        self,
        session: AsyncSession,
        person: SignedIn,
        now: datetime,
        account_id: UUID,
        own_price_id: UUID,
        data: PriceBody,
    ) -> OwnPriceOut:
        """Give it its own price of a product for a period; it covers those set before."""
        row = await personal.set_personal_price(
            session,
            own_price_id,
            account_id,
            data.product,
            data.price,
            data.period(),
            reason=data.reason,
            by=person.id,
            at=now,
        )
        return OwnPriceOut.of(row)

    @delete("/prices/{own_price_id:uuid}", status_code=204)
    async def end_own_price(
        self, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID, own_price_id: UUID
    ) -> None:
        """Take a price back from now on."""
        await personal.end_personal_price(session, own_price_id, account_id, by=person.id, at=now)
