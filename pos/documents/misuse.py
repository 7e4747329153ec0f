"""Cards used more often, for more, or by others than the shop allows: what tills marked, and what no till alone can see.

A till counts what it sold itself; here the receipts of all tills count, and one that arrives late has those after it
counted anew. What a manager agreed to at the till, with a PIN (`limit_passed`), is no alarm; it stands in the report of
misuse.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

KINDS = ("receipts_a_day", "sum_a_day", "interval", "own_card", "staff_card", "after_pay", "unknown_card")
"""Limits, as flags (`abuse.<kind>`), `limit_passed` and findings name them."""

# jsonb refuses a NUL anywhere in the bytes: it is read as the sign for what cannot be shown
MARKED = text(r"""
INSERT INTO audit_finding (document_id, kind, alarm, detail)
SELECT s.id, flag ->> 'code', true,
       jsonb_build_object('account', s.account_id, 'staff', s.staff_id, 'by', 'till', 'detail', flag ->> 'detail')
  FROM sale s
  JOIN document d ON d.id = s.id
 CROSS JOIN LATERAL jsonb_array_elements(
            replace(convert_from(d.body, 'UTF8'), '\u0000', '\ufffd')::jsonb -> 'flags'
       ) AS flag
 WHERE s.id = ANY(:ids) AND d.body <> '' AND flag ->> 'code' = ANY(:codes)
    ON CONFLICT DO NOTHING
""")

COUNTED = text("""
INSERT INTO audit_finding (document_id, kind, alarm, detail)
SELECT found.id, 'abuse.' || found.what,
       NOT EXISTS (SELECT FROM register_event e
                    WHERE e.made_at > found.made_at - interval '1 day' AND e.made_at <= found.made_at
                      AND e.kind = 'limit_passed' AND e.basket_id = found.basket_id AND e.reason = found.what),
       jsonb_build_object('account', found.account_id, 'staff', found.staff_id, 'by', 'server', 'amount', found.amount)
  FROM abuse_limits limits
 CROSS JOIN LATERAL (
    SELECT s.*, account.staff AS owner, account.blocked, day.receipts AS receipts, day.total AS day_total, day.before
      FROM sale s
      JOIN account ON account.id = s.account_id
     CROSS JOIN LATERAL (
        SELECT count(DISTINCT other.checkout_id) FILTER (WHERE other.business_date = s.business_date) AS receipts,
               sum(other.total - other.cash_rounding) FILTER (WHERE other.business_date = s.business_date) AS total,
               max(other.made_at) FILTER (WHERE other.checkout_id <> s.checkout_id) AS before
          FROM sale other
         WHERE other.account_id = s.account_id AND other.kind = 'sale'
           AND other.made_at > s.made_at - interval '36 hours' AND other.made_at <= s.made_at
     ) AS day
     WHERE s.kind = 'sale' AND s.id IN (
           SELECT unnest(CAST(:ids AS uuid[]))
            UNION
           SELECT later.id FROM sale given JOIN sale later ON later.account_id = given.account_id
            WHERE given.id = ANY(:ids) AND given.kind = 'sale'
              AND later.made_at >= given.made_at AND later.made_at < given.made_at + interval '36 hours')
 ) AS sold
 CROSS JOIN LATERAL (
    SELECT sold.id, sold.made_at, sold.basket_id, sold.account_id, sold.staff_id, check_.what, check_.amount
      FROM (VALUES
        ('receipts_a_day', limits.receipts_mode <> 'off' AND sold.receipts > limits.receipts, sold.receipts),
        ('sum_a_day', limits.sum_mode <> 'off' AND sold.day_total > limits.sum, sold.day_total::bigint),
        ('interval', limits.interval_mode <> 'off'
            AND sold.before > sold.made_at - make_interval(mins => limits.interval_minutes), NULL),
        ('own_card', limits.own_card <> 'off' AND sold.owner = sold.staff_id, NULL),
        ('staff_card', limits.staff_card <> 'off' AND sold.owner <> sold.staff_id, NULL),
        ('unknown_card', sold.blocked = 'card_unknown', NULL)
      ) AS check_ (what, broken, amount)
     WHERE check_.broken
 ) AS found
    ON CONFLICT DO NOTHING
""")


async def note_misuse(session: AsyncSession, document_ids: Sequence[UUID]) -> None:
    """Write down where these sales broke a limit; each kind once for each sale."""
    ids = list(document_ids)
    await session.execute(MARKED, {"ids": ids, "codes": [f"abuse.{kind}" for kind in KINDS]})
    await session.execute(COUNTED, {"ids": ids})
