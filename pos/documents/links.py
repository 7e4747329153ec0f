"""After the commit: whether chains fit together, and whether more was given back than was sold. Set-based, repeatable."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.documents.envelope import GENESIS

BROKEN_LINKS = text("""
INSERT INTO audit_finding (document_id, kind, alarm, detail)
SELECT DISTINCT later.id, 'chain.broken_link', true, jsonb_build_object('seq', later.seq)
  FROM document arrived
  JOIN document later ON later.register_id = arrived.register_id AND later.epoch = arrived.epoch
                     AND later.seq IN (arrived.seq, arrived.seq + 1)
  LEFT JOIN document before ON before.register_id = later.register_id AND before.epoch = later.epoch
                           AND before.seq = later.seq - 1
 WHERE arrived.id = ANY(:ids)
   AND later.prev <> CASE WHEN later.seq = 1 THEN CAST(:genesis AS bytea) ELSE before.digest END
    ON CONFLICT DO NOTHING
""")
"""A link is judged when both neighbours are there, whichever came last."""

REFUNDED_TOO_MUCH = text("""
INSERT INTO audit_finding (document_id, kind, alarm, detail)
SELECT DISTINCT ON (refund_id) refund_id, 'refund.more_than_sold', true,
       jsonb_build_object('sale', sold_id, 'line', line, 'quantity', quantity, 'net', net)
  FROM (SELECT (array_agg(back.sale_id ORDER BY back.sale_id DESC))[1] AS refund_id, sold.sale_id AS sold_id, sold.line,
               sold.quantity + sum(back.quantity) AS quantity, sold.net + sum(back.net) AS net
          FROM (SELECT origin_id, origin_line FROM sale_line WHERE sale_id = ANY(:ids) AND origin_id IS NOT NULL
                 UNION SELECT sale_id, line FROM sale_line WHERE sale_id = ANY(:ids)) AS touched (sale_id, line)
          JOIN sale_line sold ON sold.sale_id = touched.sale_id AND sold.line = touched.line
          JOIN sale_line back ON back.origin_id = sold.sale_id AND back.origin_line = sold.line
         GROUP BY sold.sale_id, sold.line, sold.quantity, sold.net) AS balance
 WHERE quantity < 0 OR net < 0
    ON CONFLICT DO NOTHING
""")

CONFLICTS = text("""
INSERT INTO audit_finding (document_id, kind, alarm)
SELECT DISTINCT document_id, 'document.differs', true FROM document_conflict WHERE document_id = ANY(:ids)
    ON CONFLICT DO NOTHING
""")

AFTER_REVOCATION = text("""
INSERT INTO audit_finding (document_id, kind, alarm)
SELECT id, 'register.revoked_delivered', false FROM document WHERE id = ANY(:ids) AND revoked_key
    ON CONFLICT DO NOTHING
""")

GAPS = text("""
SELECT register_id, epoch, before + 1 AS first, seq - 1 AS last
  FROM (SELECT register_id, epoch, seq, lag(seq, 1, 0) OVER (PARTITION BY register_id, epoch ORDER BY seq) AS before
          FROM document WHERE seq IS NOT NULL) AS places
 WHERE seq > before + 1
 ORDER BY register_id, epoch, seq
""")


@dataclass(frozen=True, slots=True)
class Gap:
    """Documents `first` to `last` of a chain that have not arrived, though later ones have."""

    register_id: UUID
    epoch: int
    first: int
    last: int


async def note_findings(session: AsyncSession, document_ids: Sequence[UUID]) -> None:
    """Write down what is wrong around these documents: links, refunds beyond the sale, conflicts, revoked keys."""
    ids = list(document_ids)
    await session.execute(BROKEN_LINKS, {"ids": ids, "genesis": bytes.fromhex(GENESIS)})
    for statement in (REFUNDED_TOO_MUCH, CONFLICTS, AFTER_REVOCATION):
        await session.execute(statement, {"ids": ids})


async def gaps(session: AsyncSession) -> list[Gap]:
    """Places in chains whose documents have not arrived: a till that is offline, or one that lost some."""
    return [Gap(*row) for row in await session.execute(GAPS)]
