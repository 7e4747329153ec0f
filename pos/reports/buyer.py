"""What the cashier saw of the buyer. It stands in the document alone; nothing is counted by it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

CONFIRMED = text("""
SELECT CAST(seen ->> 'age' AS integer), coalesce(staff_member.name, '')
  FROM (SELECT convert_from(body, 'UTF8')::jsonb -> 'age_confirmed' AS seen
          FROM document WHERE id = :sale AND body <> '') AS told
  LEFT JOIN staff_member ON staff_member.id = CAST(seen ->> 'staff' AS uuid)
 WHERE seen ->> 'age' IS NOT NULL
""")


@dataclass(frozen=True, slots=True)
class AgeConfirmed:
    """The buyer is at least `age` years old, as `staff` saw."""

    age: int
    staff: str


async def age_confirmed(session: AsyncSession, sale_id: UUID) -> AgeConfirmed | None:
    """Of this sale; nothing where nobody had to be asked."""
    row = (await session.execute(CONFIRMED, {"sale": sale_id})).one_or_none()
    return AgeConfirmed(*row) if row else None
