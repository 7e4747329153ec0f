"""Who works here, and whose session a browser holds."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from pos.staff.errors import StaffNotFound
from pos.staff.model import OfficeSession, StaffMember
from pos.staff.rules import Role
from pos.staff.secrets import token_digest


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is behind a browser of the back office."""

    id: UUID
    name: str
    role: Role
    language: str


@dataclass(frozen=True, slots=True)
class StaffRow:
    id: UUID
    name: str
    role: Role
    language: str
    login: str | None
    has_pin: bool
    active: bool


async def signed_in(session: AsyncSession, token: str, *, at: datetime) -> SignedIn | None:
    """Who holds `token`, while its session lasts and the person works here."""
    query = (
        select(StaffMember.id, StaffMember.name, StaffMember.role, StaffMember.language)
        .join(OfficeSession, OfficeSession.staff_id == StaffMember.id)
        .where(OfficeSession.token_digest == token_digest(token), OfficeSession.expires_at > at, StaffMember.active)
    )
    row = (await session.execute(query)).one_or_none()
    return SignedIn(row.id, row.name, Role(row.role), row.language) if row else None


async def staff_list(session: AsyncSession) -> list[StaffRow]:
    """Everyone, those who work here first, by name."""
    query = select(StaffMember).order_by(StaffMember.active.desc(), StaffMember.name, StaffMember.id)
    return [
        StaffRow(
            id=member.id,
            name=member.name,
            role=Role(member.role),
            language=member.language,
            login=member.login,
            has_pin=member.pin_verifier is not None,
            active=member.active,
        )
        for member in await session.scalars(query)
    ]


async def staff_member(session: AsyncSession, staff_id: UUID) -> UUID:
    """The id, where it is somebody's who is or was here. Raises `StaffNotFound`."""
    if await session.get(StaffMember, staff_id) is None:
        raise StaffNotFound(staff=str(staff_id))
    return staff_id
