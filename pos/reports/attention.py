"""What needs a person: documents kept aside, bytes that differ from what was stored, findings of the audit, fiscal facts."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, Uuid, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.points.model import PointsOverdraft
from pos.documents.model import AuditFinding, Document, DocumentConflict, Quarantine
from pos.fiscal.queries import differing_counts, open_documents
from pos.registers.model import Register


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing to look at. `code` is stable; its sentence says what to do."""

    document_id: UUID
    code: str
    at: datetime
    register: str | None
    other_id: UUID | None
    """The other document that it is about."""
    receipts: list[str]
    """The receipts it is about, where it is about more than the document: its own first."""


async def attention_list(session: AsyncSession, *, at: datetime, limit: int) -> list[Attention]:
    """The newest things that need a person at that moment."""
    none = literal({}, JSONB)
    aside = select(Quarantine.document_id, Quarantine.code, Quarantine.arrived_at.label("at"), none.label("detail"))
    differing = select(
        DocumentConflict.document_id, literal("document.differs", String), DocumentConflict.arrived_at, none
    )
    alarms = select(AuditFinding.document_id, AuditFinding.kind, AuditFinding.found_at, AuditFinding.detail).where(
        AuditFinding.alarm
    )
    overdrawn = select(
        PointsOverdraft.source_id,
        literal("points_overdraft", String),
        PointsOverdraft.found_at,
        none,
        PointsOverdraft.other_id,
    )
    nobody = literal(None, Uuid)
    alone = [each.add_columns(nobody.label("other_id"), nobody.label("of")) for each in (aside, differing, alarms)]
    fiscal = [
        select(each.c.document_id, each.c.code, each.c["at"], none, nobody, each.c.register_id)
        for each in (open_documents(at).subquery(), differing_counts().subquery())
    ]
    found = union_all(*alone, overdrawn.add_columns(nobody), *fiscal).subquery()
    told = found.c.detail["receipts"]
    query = (
        select(found.c.document_id, found.c.code, found.c["at"], Register.name, found.c.other_id, told)
        .outerjoin(Document, Document.id == found.c.document_id)
        .outerjoin(Register, Register.id == func.coalesce(Document.register_id, found.c.of))
        .order_by(found.c["at"].desc())
        .limit(limit)
    )
    rows = await session.execute(query)
    return [Attention(*row[:-1], receipts=row[-1] or []) for row in rows]
