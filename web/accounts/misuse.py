"""Limits against the misuse of cards, and the reports of discounts by whom they were given, over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, Router, get, put
from litestar.exceptions import ValidationException
from litestar.params import Parameter
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts import abuse
from loyalty.accounts.abuse_model import Mode
from pos.core.money import MAX_AMOUNT
from pos.reports.claims import Claims, claims_by_cashier
from pos.reports.discount_history import Asked
from pos.reports.misuse import Broken, MisuseSums, broken_limits, misuse_by_cashier
from web.accounts.finding import GivenPage, Limit, Spot, page
from web.accounts.schemas import Body

Rule = Annotated[str | None, Parameter(max_length=64)]


class LimitsBody(Body):
    """Counts are for one account: receipts and sum (minor units) of a day, minutes between two receipts."""

    receipts: Annotated[int, Field(strict=True, ge=1, le=10_000)] | None
    receipts_mode: Mode
    sum: Annotated[int, Field(strict=True, ge=1, le=MAX_AMOUNT)] | None
    sum_mode: Mode
    interval_minutes: Annotated[int, Field(strict=True, ge=1, le=1_440)] | None
    interval_mode: Mode
    own_card: Mode
    staff_card: Mode
    after_pay: Mode


class ClaimsOut(BaseModel):
    staff: UUID
    category: str
    claimed: int
    unclaimed: int
    receipts: int
    discounted: int
    amount: int

    @classmethod
    def of(cls, row: Claims) -> "ClaimsOut":
        return cls(
            staff=row.staff,
            category=row.category,
            claimed=row.claimed,
            unclaimed=row.unclaimed,
            receipts=row.receipts,
            discounted=row.discounted,
            amount=row.amount,
        )


class BrokenOut(BaseModel):
    """`receipt` is null where a limit was passed with the PIN of `approver`."""

    document: UUID
    at: datetime
    limit: str
    staff: UUID
    account: UUID | None
    receipt: str | None
    approver: UUID | None

    @classmethod
    def of(cls, row: Broken) -> "BrokenOut":
        return cls(
            document=row.document,
            at=row.at,
            limit=row.limit,
            staff=row.staff,
            account=row.account,
            receipt=row.receipt,
            approver=row.approver,
        )


class MisuseSumsOut(BaseModel):
    staff: UUID
    limit: str
    broken: int
    passed: int

    @classmethod
    def of(cls, row: MisuseSums) -> "MisuseSumsOut":
        return cls(staff=row.staff, limit=row.limit, broken=row.broken, passed=row.passed)


def aware(moment: datetime) -> datetime:
    """Raises `ValidationException` for a time that does not say its zone."""
    if moment.tzinfo is None:
        raise ValidationException("a time without a zone")
    return moment


class LimitsController(Controller):
    path = "/abuse-limits"
    tags = ("accounts",)

    @get("/")
    async def get_limits(self, session: AsyncSession) -> LimitsBody:
        """What tills watch for, and what they do about it."""
        limits = await abuse.abuse_limits(session)
        return LimitsBody(**{name: getattr(limits, name) for name in abuse.NAMES})

    @put("/", status_code=204)
    async def set_limits(self, session: AsyncSession, data: LimitsBody) -> None:
        """Put these in force."""
        await abuse.set_abuse_limits(session, abuse.Limits(**data.model_dump()))


class GivenController(Controller):
    path = "/reports"
    tags = ("reports",)

    @get("/discounts")
    async def discounts(
        self,
        session: AsyncSession,
        rule: Rule = None,
        staff: UUID | None = None,
        after: Spot = None,
        limit: Limit = 50,
    ) -> GivenPage:
        """Discounts given, by a rule, by a cashier, or all; the newest first."""
        return await page(session, Asked(rule=rule, staff=staff), after, limit)

    @get("/claimed-categories")
    async def claims(self, session: AsyncSession, since: datetime, until: datetime) -> list[ClaimsOut]:
        """Categories claimed at the till, per cashier, who claimed most first."""
        return [ClaimsOut.of(row) for row in await claims_by_cashier(session, since=aware(since), until=aware(until))]

    @get("/misuse")
    async def misuse(
        self,
        session: AsyncSession,
        since: datetime,
        until: datetime,
        before: datetime | None = None,
        limit: Limit = 50,
    ) -> list[BrokenOut]:
        """Receipts that broke a limit and limits passed with a PIN, the newest first."""
        rows = await broken_limits(
            session, since=aware(since), until=aware(until), before=before and aware(before), limit=limit
        )
        return [BrokenOut.of(row) for row in rows]

    @get("/misuse/by-cashier")
    async def by_cashier(self, session: AsyncSession, since: datetime, until: datetime) -> list[MisuseSumsOut]:
        """The same, counted per cashier."""
        return [
            MisuseSumsOut.of(row) for row in await misuse_by_cashier(session, since=aware(since), until=aware(until))
        ]


MISUSE = Router(path="/api/v1", route_handlers=[LimitsController, GivenController])
