"""After documents are recorded: coupons used too often or unknown, uses given back, newcomers counted. Set-based, repeatable."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.noticed import Noticed

RELEASE = """
INSERT INTO coupon_use
SELECT md5('released ' || sale_id)::uuid, coupon, 'release', max(batch), (array_agg(account_id))[1], sale_id, -sum(times),
       max(occurred_at), :at
  FROM coupon_use WHERE sale_id = ANY(:sales)
 GROUP BY sale_id, coupon HAVING sum(times) <> 0
ON CONFLICT DO NOTHING
"""

UNKNOWN = """
SELECT use.source_id, use.coupon FROM coupon_use use
  LEFT JOIN coupon ON coupon.code = use.coupon AND coupon.batch = use.batch
 WHERE use.source_id = ANY(:ids) AND use.kind = 'sale' AND coupon.code IS NULL
"""

USED_AGAIN = """
WITH standing AS (
    SELECT use.sale_id, use.coupon, sum(use.times) AS times, min(use.occurred_at) AS occurred_at, batch.uses
      FROM coupon_use use JOIN coupon ON coupon.code = use.coupon JOIN coupon_batch batch ON batch.code = coupon.batch
     WHERE use.coupon IN (SELECT touched.coupon FROM coupon_use touched WHERE touched.source_id = ANY(:ids))
       AND batch.uses IS NOT NULL
     GROUP BY use.sale_id, use.coupon, batch.uses HAVING sum(use.times) <> 0
), counted AS (
    SELECT *, sum(times) OVER (PARTITION BY coupon ORDER BY occurred_at, sale_id) AS so_far,
           array_agg(sale_id) OVER (PARTITION BY coupon) AS everyone
      FROM standing
)
SELECT sale_id, coupon, array_remove(everyone, sale_id) FROM counted WHERE so_far > uses
"""
"""The earlier receipts are in the right, so it is the later one that is named, whichever arrived last."""

TOO_OFTEN = """
WITH standing AS (
    SELECT use.sale_id, use.batch, use.account_id, sum(use.times) AS times, min(use.occurred_at) AS occurred_at,
           batch.per_account
      FROM coupon_use use JOIN coupon_batch batch ON batch.code = use.batch
     WHERE (use.batch, use.account_id) IN (
               SELECT touched.batch, touched.account_id FROM coupon_use touched WHERE touched.source_id = ANY(:ids))
       AND batch.per_account IS NOT NULL
     GROUP BY use.sale_id, use.batch, use.account_id, batch.per_account HAVING sum(use.times) <> 0
), counted AS (
    SELECT *, sum(times) OVER (PARTITION BY batch, account_id ORDER BY occurred_at, sale_id) AS so_far,
           array_agg(sale_id) OVER (PARTITION BY batch, account_id) AS everyone
      FROM standing
)
SELECT sale_id, batch, array_remove(everyone, sale_id) FROM counted WHERE so_far > per_account
"""

CAME = """
WITH shown AS (
    SELECT use.sale_id, use.coupon, use.account_id AS newcomer, coupon.account AS referrer, batch.bonus,
           use.account_id IS NOT NULL AND use.account_id <> coupon.account AND NOT EXISTS (
               SELECT FROM turnover_entry bought
                WHERE bought.account_id = use.account_id AND bought.source_id <> use.sale_id
                  AND bought.occurred_at <= use.occurred_at
           ) AND NOT EXISTS (
               SELECT FROM referral before WHERE before.newcomer = use.account_id AND before.sale_id <> use.sale_id
           ) AS holds
      FROM coupon_use use JOIN coupon ON coupon.code = use.coupon
      JOIN coupon_batch batch ON batch.code = coupon.batch AND batch.kind = 'referral'
     WHERE use.source_id = ANY(:ids) AND use.kind = 'sale' AND coupon.account IS NOT NULL
), added AS (
    INSERT INTO referral (newcomer, referrer, coupon, sale_id, bonus, made_at)
    SELECT DISTINCT ON (newcomer) newcomer, referrer, coupon, sale_id, bonus, :at FROM shown WHERE holds
     ORDER BY newcomer, sale_id
    ON CONFLICT DO NOTHING
    RETURNING sale_id
)
SELECT true, sale_id, NULL FROM added
 UNION ALL
SELECT false, sale_id, coupon FROM shown WHERE NOT holds
"""


async def release_coupons(session: AsyncSession, sales: Sequence[UUID], *, at: datetime) -> None:
    """Let coupons be used again whose sale came back whole; once."""
    await session.execute(text(RELEASE), {"sales": list(sales), "at": at})


async def coupons_noticed(session: AsyncSession, documents: Sequence[UUID]) -> list[Noticed]:
    """Coupons that no batch has, and those that were used more often than they may, with every receipt that used them."""
    ids = {"ids": list(documents)}
    found = [
        Noticed(document, "coupon.unknown", {"coupon": coupon})
        for document, coupon in await session.execute(text(UNKNOWN), ids)
    ]
    for document, coupon, others in await session.execute(text(USED_AGAIN), ids):
        found.append(Noticed(document, "coupon.used_again", {"coupon": coupon}, tuple(others)))
    for document, batch, others in await session.execute(text(TOO_OFTEN), ids):
        found.append(Noticed(document, "coupon.used_too_often", {"batch": batch}, tuple(others)))
    return found


async def count_newcomers(
    session: AsyncSession, documents: Sequence[UUID], *, at: datetime
) -> tuple[list[UUID], list[Noticed]]:
    """The sales that brought a newcomer with someone's code, each once; and codes shown by who is no newcomer, or by
    their owner."""
    came: list[UUID] = []
    found: list[Noticed] = []
    for holds, sale, coupon in await session.execute(text(CAME), {"ids": list(documents), "at": at}):
        if holds:
            came.append(sale)
        else:
            found.append(Noticed(sale, "referral.not_a_newcomer", {"coupon": coupon}))
    return came, found
