"""After the commit: limits, coupons, gift cards and debts that the documents used. What was overdrawn is written down with
every receipt that drew; what came back whole is given back; what tills are told is brought up to date.

The locks are those of a reservation, in its order: rows of accounts, rules, debts.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.coupons.after import count_newcomers, coupons_noticed, release_coupons
from loyalty.coupons.bonus import plan_bonuses
from loyalty.debts.service import debts_noticed, fold_debts
from loyalty.giftcards.queries import gift_cards_noticed
from loyalty.limits.service import fold_uses, release_uses, uses_over
from loyalty.noticed import Noticed
from loyalty.reservations.service import forget_old
from pos.sales.refundable import fully_returned

WRITE = """
INSERT INTO audit_finding (document_id, kind, alarm, detail)
SELECT found.document_id, found.kind, found.alarm, CAST(found.detail AS jsonb) || jsonb_build_object('receipts', (
           SELECT coalesce(jsonb_agg(sale.receipt ORDER BY sale.id <> found.document_id, sale.made_at, sale.id), '[]')
             FROM sale WHERE sale.id = found.document_id
                OR sale.id IN (SELECT CAST(jsonb_array_elements_text(CAST(found.others AS jsonb)) AS uuid))))
  FROM unnest(CAST(:documents AS uuid[]), CAST(:kinds AS text[]), CAST(:alarms AS boolean[]), CAST(:details AS text[]),
              CAST(:others AS text[])) AS found (document_id, kind, alarm, detail, others)
    ON CONFLICT DO NOTHING
"""
ANY_OF_IT = """
SELECT EXISTS (SELECT FROM rule_use WHERE source_id = ANY(:ids)) OR EXISTS (SELECT FROM coupon_use WHERE source_id = ANY(:ids))
    OR EXISTS (SELECT FROM gift_card_entry WHERE source_id = ANY(:ids))
    OR EXISTS (SELECT FROM debt_entry WHERE source_id = ANY(:ids))
    OR EXISTS (SELECT FROM sale WHERE id = ANY(:ids) AND kind = 'refund')
    OR EXISTS (SELECT FROM sale_line WHERE origin_id = ANY(:ids))
"""


async def settle_limits(session: AsyncSession, documents: Sequence[UUID], *, at: datetime) -> None:
    """Everything of the above for these documents. Repeating it changes nothing."""
    ids = list(documents)
    if not await session.scalar(text(ANY_OF_IT), {"ids": ids}):
        return
    returned = await fully_returned(session, ids)
    released = await release_uses(session, returned, at=at) if returned else []
    if returned:
        await release_coupons(session, returned, at=at)
    await fold_uses(session, [*ids, *released], at=at)
    came, strangers = await count_newcomers(session, ids, at=at)
    noticed = [
        *await uses_over(session, ids, at=at),
        *await coupons_noticed(session, ids),
        *strangers,
        *await gift_cards_noticed(session, ids),
        *await debts_noticed(session, ids),
    ]
    if noticed:
        await write_down(session, noticed)
    await fold_debts(session, ids)
    await forget_old(session, at=at)
    await plan_bonuses(session, came, returned)


async def write_down(session: AsyncSession, noticed: Sequence[Noticed]) -> None:
    """Keep findings, each once, with the numbers of the receipts they are about: the document's own first."""
    values = {
        "documents": [one.document for one in noticed],
        "kinds": [one.kind for one in noticed],
        "alarms": [one.alarm for one in noticed],
        "details": [json.dumps(dict(one.detail)) for one in noticed],
        "others": [json.dumps([str(other) for other in one.others]) for one in noticed],
    }
    await session.execute(text(WRITE), values)
