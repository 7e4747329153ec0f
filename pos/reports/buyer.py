"""What the cashier saw of the buyer. It stands in the document alone; nothing is counted by it."""

import json
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from pos.documents.model import Document
from pos.staff.model import StaffMember


@dataclass(frozen=True, slots=True)
class AgeConfirmed:
    """The buyer is at least `age` years old, as `staff` saw."""

    age: int
    staff: str


async def age_confirmed(session: AsyncSession, sale_id: UUID) -> AgeConfirmed | None:
    """Of this sale; nothing where nobody had to be asked.

    Read here and not by PostgreSQL, whose jsonb refuses a NUL that stands anywhere in the bytes.
    """
    body = await session.scalar(select(Document.body).where(Document.id == sale_id))
    seen = json.loads(body).get("age_confirmed") if body else None
    if seen is None:
        return None
    name = await session.scalar(select(StaffMember.name).where(StaffMember.id == UUID(seen["staff"])))
    return AgeConfirmed(seen["age"], name or "")
