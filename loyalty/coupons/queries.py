"""What a coupon is worth now, lists of batches and codes, and who brought whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.coupons.errors import CouponBatchNotFound
from loyalty.coupons.rules import Refused, Whom, is_whole, out_of_time
from loyalty.reservations.holds import HELD

STANDING = f"""
SELECT coupon.code, coupon.batch, coupon.blocked, coupon.account, batch.kind, batch.whom, batch.uses, batch.per_account,
       batch.valid_from, batch.valid_until, batch.stopped_at IS NOT NULL AS stopped,
       (SELECT coalesce(sum(use.times), 0) FROM coupon_use use WHERE use.coupon = coupon.code) +
       (SELECT coalesce(sum(item.amount), 0) FROM {HELD} AND item.kind = 'coupon' AND item.subject = coupon.code) AS taken,
       (SELECT coalesce(sum(use.times), 0) FROM coupon_use use
         WHERE use.batch = coupon.batch AND use.account_id = CAST(:account AS uuid)) +
       (SELECT coalesce(sum(item.amount), 0) FROM {HELD} AND item.kind = 'coupon' AND held.account = CAST(:account AS uuid)
           AND item.subject IN (SELECT sibling.code FROM coupon sibling WHERE sibling.batch = coupon.batch)) AS by_account,
       EXISTS (SELECT FROM turnover_entry bought WHERE bought.account_id = CAST(:account AS uuid))
       OR EXISTS (SELECT FROM referral came WHERE came.newcomer = CAST(:account AS uuid)) AS known_client
  FROM coupon JOIN coupon_batch batch ON batch.code = coupon.batch
 WHERE coupon.code = ANY(:codes)
"""  # noqa: S608 - our own words

BATCHES = """
SELECT batch.code, batch.kind, batch.name, batch.prefix, batch.size, batch.valid_from, batch.valid_until, batch.uses,
       batch.per_account, batch.whom, batch.offline, batch.bonus, batch.made_at, batch.stopped_at,
       (SELECT coalesce(sum(use.times), 0) FROM coupon_use use WHERE use.batch = batch.code)::bigint AS used
  FROM coupon_batch batch
"""
CODES = """
SELECT coupon.code, coupon.account, coupon.blocked,
       (SELECT coalesce(sum(use.times), 0) FROM coupon_use use WHERE use.coupon = coupon.code)::bigint AS used
  FROM coupon WHERE coupon.batch = :batch AND coupon.code > :after ORDER BY coupon.code LIMIT :limit
"""
BROUGHT = """
SELECT newcomer, coupon, sale_id, bonus, made_at FROM referral WHERE referrer = :account ORDER BY made_at DESC
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a coupon counts now for who shows it; `reason` where it does not."""

    code: str
    batch: str | None
    reason: Refused | None


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch, and how often its coupons were used."""

    code: str
    kind: str
    name: str
    prefix: str
    size: int
    valid_from: date | None
    valid_until: date | None
    uses: int | None
    per_account: int | None
    whom: Whom
    offline: str
    bonus: int
    made_at: datetime
    stopped_at: datetime | None
    used: int


@dataclass(frozen=True, slots=True)
class CodeRow:
    code: str
    account: UUID | None
    blocked: str | None
    used: int


@dataclass(frozen=True, slots=True)
class Brought:
    """A newcomer who came with the account's code."""

    newcomer: UUID
    coupon: str
    sale_id: UUID
    bonus: int
    made_at: datetime


async def standings(
    session: AsyncSession,
    codes: Sequence[str],
    *,
    account: UUID | None,
    today: date,
    at: datetime,
    own: UUID | None = None,
) -> list[Standing]:
    """Each code's standing, in the order asked; several of one batch count together against the account.

    What others hold is taken off; `own` is a reservation that is not counted. A code that no batch has, and one whose
    check letter is wrong, are alike unknown.
    """
    values = {"codes": [code for code in codes if is_whole(code)], "account": account, "at": at, "own": own}
    rows = {row.code: row for row in await session.execute(text(STANDING), values)}
    asked: dict[str, int] = {}
    found: list[Standing] = []
    for code in codes:
        row = rows.get(code)
        if row is None:
            found.append(Standing(code, None, "unknown"))
            continue
        before = asked.get(row.batch, 0)
        reason = _refused(row, account, today, before)
        if reason is None:
            asked[row.batch] = before + 1
        found.append(Standing(code, row.batch, reason))
    return found


def _refused(coupon: Row[Any], account: UUID | None, today: date, before: int) -> Refused | None:
    """Why the coupon of a row of `STANDING` does not count, `before` others of its batch being shown with it."""
    if coupon.blocked is not None:
        return "blocked"
    if coupon.stopped:
        return "stopped"
    late = out_of_time(coupon.valid_from, coupon.valid_until, today)
    if late is not None:
        return late
    if account is None and (coupon.whom != "anyone" or coupon.kind == "referral" or coupon.per_account is not None):
        return "account"
    if coupon.kind == "referral":
        if coupon.account == account:
            return "own_code"
        if coupon.known_client or coupon.by_account + before:
            return "not_new"
    elif coupon.account is not None and coupon.account != account:
        return "other_account"
    if coupon.uses is not None and coupon.taken >= coupon.uses:
        return "used"
    if coupon.per_account is not None and coupon.by_account + before >= coupon.per_account:
        return "used"
    return None


async def batch_list(session: AsyncSession) -> list[BatchRow]:
    """Every batch, the newest first."""
    found = await session.execute(text(f"{BATCHES} ORDER BY batch.made_at DESC, batch.code"))
    return [BatchRow(*row) for row in found]


async def batch_of(session: AsyncSession, code: str) -> BatchRow:
    """Raises `CouponBatchNotFound`."""
    row = (await session.execute(text(f"{BATCHES} WHERE batch.code = :code"), {"code": code})).one_or_none()
    if row is None:
        raise CouponBatchNotFound(batch=code)
    return BatchRow(*row)


async def batch_codes(session: AsyncSession, batch: str, *, after: str = "", limit: int) -> list[CodeRow]:
    """Codes of a batch in order, those after `after`."""
    found = await session.execute(text(CODES), {"batch": batch, "after": after, "limit": limit})
    return [CodeRow(*row) for row in found]


async def brought_by(session: AsyncSession, account: UUID) -> list[Brought]:
    """Whom the account's codes brought, the newest first."""
    return [Brought(*row) for row in await session.execute(text(BROUGHT), {"account": account})]
