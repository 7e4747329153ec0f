"""The verbs on coupons: make a batch of codes, stop it, block one code, give an account its own code."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.service import locked_account
from loyalty.coupons.errors import BadCouponBatch, CouponBatchDiffers, CouponBatchNotFound, CouponNotFound, NoReferrals
from loyalty.coupons.model import Coupon, CouponBatch
from loyalty.coupons.rules import ALPHABET, DRAWN, BatchKind, Offline, Whom, distinct_codes

MOST_CODES = 1_000_000
PREFIX = "CP"
"""What every coupon begins with, so that tills tell it from goods and cards."""
REFERRAL_PREFIX = "FR"

ADD_CODES = """
INSERT INTO coupon (code, batch, made_at)
SELECT code, :batch, :at FROM unnest(CAST(:codes AS text[])) AS drawn (code)
    ON CONFLICT DO NOTHING RETURNING code
"""


@dataclass(frozen=True, slots=True)
class BatchTerms:
    """What a batch is made with; `loyalty.coupons.model.CouponBatch` says what each means."""

    name: str
    size: int
    kind: BatchKind = "coupon"
    valid_from: date | None = None
    valid_until: date | None = None
    uses: int | None = 1
    per_account: int | None = None
    whom: Whom = "anyone"
    offline: Offline = "deny"
    bonus: int = 0

    def checked(self) -> "BatchTerms":
        """Itself. Raises `BadCouponBatch`, which names the field."""
        if not self.name.strip():
            raise BadCouponBatch(field="name")
        if not 0 <= self.size <= MOST_CODES or (self.size == 0) != (self.kind == "referral"):
            raise BadCouponBatch(field="size")
        if self.valid_from and self.valid_until and self.valid_until <= self.valid_from:
            raise BadCouponBatch(field="valid_until")
        if self.bonus and self.kind != "referral":
            raise BadCouponBatch(field="bonus")
        return self


async def make_batch(
    session: AsyncSession, code: str, terms: BatchTerms, *, by: UUID | None, at: datetime
) -> CouponBatch:
    """A batch with all its codes, drawn from a secure source. The same once more answers the first.

    Raises `BadCouponBatch`, `CouponBatchDiffers`.
    """
    wanted = asdict(terms.checked())
    known = await session.scalar(select(CouponBatch).where(CouponBatch.code == code).with_for_update())
    if known is not None:
        if terms_of(known) != wanted:
            raise CouponBatchDiffers(batch=code)
        return known
    prefix = REFERRAL_PREFIX if terms.kind == "referral" else PREFIX
    batch = CouponBatch(code=code, prefix=prefix, made_at=at, made_by=by, **wanted)
    session.add(batch)
    await session.flush()
    missing = terms.size
    while missing:
        drawn = distinct_codes(prefix, (secrets.randbelow(len(ALPHABET) ** DRAWN) for _ in range(missing)))
        added = await session.scalars(text(ADD_CODES), {"codes": drawn, "batch": code, "at": at})
        missing -= len(added.all())
    return batch


def terms_of(batch: CouponBatch) -> Mapping[str, Any]:
    """What the batch was made with, by name."""
    return {name: getattr(batch, name) for name in BatchTerms.__dataclass_fields__}


async def stop_batch(session: AsyncSession, code: str, *, at: datetime) -> CouponBatch:
    """None of its coupons counts from now on. Raises `CouponBatchNotFound`."""
    batch = await session.get(CouponBatch, code, with_for_update=True)
    if batch is None:
        raise CouponBatchNotFound(batch=code)
    batch.stopped_at = batch.stopped_at or at
    return batch


async def block_coupon(session: AsyncSession, code: str, reason: str | None) -> Coupon:
    """Stop one code, as one copied or stolen; without a reason let it count again. Raises `CouponNotFound`."""
    coupon = await session.get(Coupon, code, with_for_update=True)
    if coupon is None:
        raise CouponNotFound()
    coupon.blocked = None if reason is None else reason.strip()[:200] or "blocked"
    return coupon


async def referral_code(session: AsyncSession, account: UUID, *, at: datetime) -> str:
    """The account's own code to give to friends, made at the first asking.

    Raises `AccountNotFound`, `NoReferrals` where no batch of referral codes is open.
    """
    await locked_account(session, account)
    open_one = select(CouponBatch).where(CouponBatch.kind == "referral", CouponBatch.stopped_at.is_(None))
    batch = await session.scalar(open_one.order_by(CouponBatch.made_at.desc(), CouponBatch.code).limit(1))
    if batch is None:
        raise NoReferrals()
    known = await session.scalar(select(Coupon.code).where(Coupon.account == account, Coupon.batch == batch.code))
    while known is None:
        (drawn,) = distinct_codes(batch.prefix, [secrets.randbelow(len(ALPHABET) ** DRAWN)])
        added = await session.scalars(text(ADD_CODES), {"codes": [drawn], "batch": batch.code, "at": at})
        if added.all():
            known = drawn
            (await session.get_one(Coupon, drawn)).account = account
    return known
