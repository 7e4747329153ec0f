"""What needs a person: documents kept aside, bytes that differ from what was stored, findings of the audit."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from pos.documents.model import AuditFinding, Document, DocumentConflict, Quarantine
from pos.registers.model import Register


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing to look at. `code` is stable; its sentence says what to do."""

    document_id: UUID
    code: str
    at: datetime
    register: str | None


async def attention_list(session: AsyncSession, *, limit: int) -> list[Attention]:
    """The newest things that need a person."""
    aside = select(Quarantine.document_id, Quarantine.code, Quarantine.arrived_at.label("at"))
    differing = select(DocumentConflict.document_id, literal("document.differs", String), DocumentConflict.arrived_at)
    alarms = select(AuditFinding.document_id, AuditFinding.kind, AuditFinding.found_at).where(AuditFinding.alarm)
    found = union_all(aside, differing, alarms).subquery()
    query = (
        select(found.c.document_id, found.c.code, found.c["at"], Register.name)
        .outerjoin(Document, Document.id == found.c.document_id)
        .outerjoin(Register, Register.id == Document.register_id)
        .order_by(found.c["at"].desc())
        .limit(limit)
    )
    return [Attention(*row) for row in await session.execute(query)]
