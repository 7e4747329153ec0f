"""Fiscal corrections for the back office: who told which takings to a fiscal register afterwards, and how that ended."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

MOST = 200
CORRECTIONS = text("""
SELECT e.id AS document, e.made_at, r.prefix AS register, e.amount, e.reason, s.name AS staff, a.name AS approver,
       f.state, f.number
  FROM register_event e
  JOIN register r ON r.id = e.register_id
  LEFT JOIN staff_member s ON s.id = e.staff_id
  LEFT JOIN staff_member a ON a.id = e.approver_id
  LEFT JOIN LATERAL (
      SELECT state, number FROM fiscal_record WHERE document_id = e.id ORDER BY place DESC, made_at DESC, id DESC LIMIT 1
  ) f ON true
 WHERE e.kind = 'fiscal_correction'
 ORDER BY e.made_at DESC, e.id DESC LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """`amount` in minor units; `state` None where no register was heard of yet."""

    document: UUID
    made_at: datetime
    register: str
    amount: int
    reason: str
    staff: str | None
    approver: str | None
    state: str | None
    number: int | None


async def corrections(session: AsyncSession) -> list[CorrectionRow]:
    """The newest first, at most 200."""
    return [CorrectionRow(*row) for row in await session.execute(CORRECTIONS, {"most": MOST})]
