"""Limits against the misuse of cards that were broken: which, where, by whom, and who agreed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

BROKEN = """
    SELECT f.document_id, s.made_at AS at, substr(f.kind, 7) AS what, s.staff_id, s.account_id, s.receipt,
           f.alarm, NULL::uuid AS approver
      FROM sale s
      JOIN audit_finding f ON f.document_id = s.id AND f.kind LIKE 'abuse.%'
     WHERE s.made_at >= :since AND s.made_at < :until
     UNION ALL
    SELECT e.id, e.made_at, e.reason, e.staff_id, e.account_id, NULL, false, e.approver_id
      FROM register_event e
     WHERE e.made_at >= :since AND e.made_at < :until AND e.kind = 'limit_passed'
"""
LIST = text(f"""
SELECT document_id, at, what, staff_id, account_id, receipt, approver
  FROM ({BROKEN}) AS broken
 WHERE (alarm OR receipt IS NULL) AND (CAST(:before AS timestamptz) IS NULL OR at < :before)
 ORDER BY at DESC, document_id LIMIT :limit
""")  # noqa: S608 - our own words
SUMS = text(f"""
SELECT staff_id, what, count(*) FILTER (WHERE alarm) AS broken, count(*) FILTER (WHERE receipt IS NULL) AS passed
  FROM ({BROKEN}) AS broken
 WHERE alarm OR receipt IS NULL
 GROUP BY staff_id, what ORDER BY 3 DESC, 4 DESC, 1, 2
""")  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class Broken:
    """A receipt that broke a limit, or (`receipt` None) a limit passed with the PIN of `approver`."""

    document: UUID
    at: datetime
    limit: str
    staff: UUID
    account: UUID | None
    receipt: str | None
    approver: UUID | None


@dataclass(frozen=True, slots=True)
class MisuseSums:
    """How often a cashier's receipts broke a limit, and how often one was passed with a PIN."""

    staff: UUID
    limit: str
    broken: int
    passed: int


async def broken_limits(
    session: AsyncSession, *, since: datetime, until: datetime, before: datetime | None = None, limit: int = 50
) -> list[Broken]:
    """From `since` on and before `until`, the newest first; `before` is the time of the last one seen."""
    values = {"since": since, "until": until, "before": before, "limit": limit}
    return [Broken(*row) for row in await session.execute(LIST, values)]


async def misuse_by_cashier(session: AsyncSession, *, since: datetime, until: datetime) -> list[MisuseSums]:
    """From `since` on and before `until`, the most broken first."""
    return [MisuseSums(*row) for row in await session.execute(SUMS, {"since": since, "until": until})]
