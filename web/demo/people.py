"""Who works in the demo shop; their secrets are printed on purpose."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from pos.staff.rules import Role
from pos.staff.service import add_staff, set_password, set_pin

PASSWORD = "tillcard-demo"  # noqa: S105 - shown on the demo's first page


@dataclass(frozen=True, slots=True)
class DemoPerson:
    id: UUID
    name: str
    role: Role
    language: str
    pin: str
    login: str = ""


DEMO_PEOPLE = (
    DemoPerson(UUID("01900000-0000-7000-8000-00000000c001"), "Anna", Role.CASHIER, "en", "2580"),
    DemoPerson(UUID("01900000-0000-7000-8000-00000000c002"), "Вера", Role.CASHIER, "ru", "3691"),
    DemoPerson(UUID("01900000-0000-7000-8000-00000000c003"), "Անի", Role.MANAGER, "hy", "4702"),
    DemoPerson(UUID("01900000-0000-7000-8000-00000000c004"), "Owner", Role.OWNER, "en", "5813", "owner"),
)


async def hire(session: AsyncSession) -> None:
    """Add everyone, with PINs and the owner's password."""
    for person in DEMO_PEOPLE:
        await add_staff(session, person.id, name=person.name, role=person.role, language=person.language)
        await set_pin(session, person.id, person.pin)
        if person.login:
            await set_password(session, person.id, person.login, PASSWORD)
