"""Coupons over HTTP: batches and codes for the back office, one code's standing for a till."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, Router, get, post, put
from litestar.params import Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.coupons import queries, service
from loyalty.coupons.rules import plain_code
from loyalty.coupons.service import PREFIX, REFERRAL_PREFIX
from pos.catalog.routing import ensure_scan_route
from pos.registers.queries import RegisterKey, outlet_day
from pos.staff.queries import SignedIn
from web.coupons.schemas import (
    BatchBody,
    BatchOut,
    BlockBody,
    BroughtOut,
    CodeOut,
    CodePage,
    ReferralOut,
    StandingOut,
)

BatchCode = Annotated[str, Parameter(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:-]+$")]
Limit = Annotated[int, Parameter(ge=1, le=1000)]
After = Annotated[str, Parameter(max_length=64, description="`next` of the page before")]


class BatchController(Controller):
    path = "/coupon-batches"
    tags = ("coupons",)

    @get("/")
    async def list_batches(self, session: AsyncSession) -> list[BatchOut]:
        """Every batch, the newest first."""
        return [BatchOut.of(row) for row in await queries.batch_list(session)]

    @get("/{code:str}")
    async def get_batch(self, session: AsyncSession, code: BatchCode) -> BatchOut:
        return BatchOut.of(await queries.batch_of(session, code))

    @put("/{code:str}")
    async def make_batch(
        self, session: AsyncSession, person: SignedIn, now: datetime, code: BatchCode, data: BatchBody
    ) -> BatchOut:
        """Make a batch with all its codes; rules name it by `code`."""
        await make_readable(session)
        await service.make_batch(session, code, data.terms(), by=person.id, at=now)
        return BatchOut.of(await queries.batch_of(session, code))

    @post("/{code:str}/stop", status_code=200)
    async def stop_batch(self, session: AsyncSession, now: datetime, code: BatchCode) -> BatchOut:
        """None of its coupons counts from now on."""
        await service.stop_batch(session, code, at=now)
        await session.flush()
        return BatchOut.of(await queries.batch_of(session, code))

    @get("/{code:str}/codes")
    async def list_codes(
        self, session: AsyncSession, code: BatchCode, after: After = "", limit: Limit = 100
    ) -> CodePage:
        """Codes in order, with how often each was used."""
        await queries.batch_of(session, code)
        rows = await queries.batch_codes(session, code, after=after, limit=limit + 1)
        kept = rows[:limit]
        return CodePage(codes=[CodeOut.of(row) for row in kept], next=kept[-1].code if len(rows) > limit else None)


class CouponController(Controller):
    path = "/coupons"
    tags = ("coupons",)

    @post("/{code:str}/block", status_code=204)
    async def block(self, session: AsyncSession, code: str, data: BlockBody) -> None:
        """Stop one code, or let it count again."""
        await service.block_coupon(session, plain_code(code), data.reason)


class ReferralController(Controller):
    path = "/accounts"
    tags = ("coupons",)

    @post("/{account_id:uuid}/referral-code", status_code=200)
    async def own_code(self, session: AsyncSession, now: datetime, account_id: UUID) -> ReferralOut:
        """The account's own code for friends, made at the first asking."""
        await make_readable(session)
        return ReferralOut(code=await service.referral_code(session, account_id, at=now))

    @get("/{account_id:uuid}/referrals")
    async def brought(self, session: AsyncSession, account_id: UUID) -> list[BroughtOut]:
        """Whom it brought."""
        return [BroughtOut.of(row) for row in await queries.brought_by(session, account_id)]


class TillCouponController(Controller):
    path = "/api/till/coupons"
    tags = ("till",)

    @get("/{code:str}")
    async def standing(
        self,
        session: AsyncSession,
        register: RegisterKey,
        now: datetime,
        code: Annotated[str, Parameter(max_length=64)],
        account: UUID | None = None,
    ) -> StandingOut:
        """What a scanned code is worth now to who shows it; nothing is held by asking."""
        today = await outlet_day(session, register.outlet_id, at=now)
        (found,) = await queries.standings(session, [plain_code(code)], account=account, today=today, at=now)
        return StandingOut(code=found.code, batch=found.batch, ok=found.reason is None, reason=found.reason)


async def make_readable(session: AsyncSession) -> None:
    """Tills take what begins like a coupon for one."""
    for prefix in (PREFIX, REFERRAL_PREFIX):
        await ensure_scan_route(session, "coupon", prefix)


COUPONS = Router(path="/api/v1", route_handlers=[BatchController, CouponController, ReferralController])
