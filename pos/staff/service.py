"""The verbs of people: add, give a PIN or a password, sign in to the back office and out."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from pos.staff.errors import (
    LastOwner,
    LoginTaken,
    SignInLocked,
    StaffNotFound,
    UnfitPassword,
    UnfitPin,
    WrongSignIn,
)
from pos.staff.model import OfficeSession, SignInTries, StaffMember
from pos.staff.rules import SHORTEST_PASSWORD, Role, Tries, after_try, may_try, pin_is_fit
from pos.staff.secrets import new_token, password_hash, password_matches, pin_verifier, token_digest

SESSION_LENGTH = timedelta(hours=12)


async def add_staff(
    session: AsyncSession, staff_id: UUID, *, name: str, role: Role, language: str = "en"
) -> StaffMember:
    """The person with this id, added if new: asking twice adds one."""
    member = await session.get(StaffMember, staff_id)
    if member is None:
        member = StaffMember(id=staff_id, name=name, role=role, language=language)
        session.add(member)
        await session.flush()
    return member


async def set_pin(session: AsyncSession, staff_id: UUID, pin: str) -> None:
    """Give a person the PIN for the tills. Raises `StaffNotFound`, `UnfitPin`."""
    if not pin_is_fit(pin):
        raise UnfitPin
    member = await staff_member(session, staff_id)
    kept = await pin_verifier(pin)
    member.pin_salt, member.pin_iterations, member.pin_verifier = kept.salt, kept.iterations, kept.verifier


async def set_password(session: AsyncSession, staff_id: UUID, login: str, password: str) -> None:
    """Let a person into the back office; signs out their other browsers.

    Raises `StaffNotFound`, `UnfitPassword`, `LoginTaken`.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise UnfitPassword(shortest=SHORTEST_PASSWORD)
    member = await staff_member(session, staff_id)
    login = folded(login)
    if await session.scalar(select(StaffMember.id).where(StaffMember.login == login, StaffMember.id != staff_id)):
        raise LoginTaken(login=login)
    member.login, member.password_hash = login, await password_hash(password)
    await session.execute(delete(OfficeSession).where(OfficeSession.staff_id == staff_id))


async def deactivate(session: AsyncSession, staff_id: UUID) -> None:
    """A person who left: no PIN, no session. Raises `StaffNotFound`, `LastOwner`."""
    member = await staff_member(session, staff_id)
    owners = select(func.count()).where(StaffMember.role == Role.OWNER, StaffMember.active)
    if member.role == Role.OWNER and member.active and await session.scalar(owners) == 1:
        raise LastOwner
    member.active = False
    await session.execute(delete(OfficeSession).where(OfficeSession.staff_id == staff_id))


async def staff_member(session: AsyncSession, staff_id: UUID) -> StaffMember:
    """Raises `StaffNotFound`."""
    member = await session.get(StaffMember, staff_id)
    if member is None:
        raise StaffNotFound(id=str(staff_id))
    return member


async def count_try(session: AsyncSession, login: str, address: str, *, at: datetime) -> None:
    """Count one try to sign in before it is looked at, in a transaction of its own, so that parallel tries count too.

    Raises `SignInLocked`. The wait is per login and address: a guesser locks nobody else out.
    """
    subject = f"{folded(login)}@{address}"
    await session.execute(insert(SignInTries).values(subject=subject, failures=0, last_at=at).on_conflict_do_nothing())
    row = await session.get_one(SignInTries, subject, with_for_update=True, populate_existing=True)
    tries = Tries(row.failures, row.locked_until, row.last_at)
    if not may_try(tries, at):
        assert row.locked_until is not None
        raise SignInLocked(minutes=-((at - row.locked_until) // timedelta(minutes=1)))
    tries = after_try(tries, at)
    row.failures, row.locked_until, row.last_at = tries.failures, tries.locked_until, at


async def forget_tries(session: AsyncSession, login: str, address: str) -> None:
    """Count from nothing again: the try proved right."""
    await session.execute(delete(SignInTries).where(SignInTries.subject == f"{folded(login)}@{address}"))


async def sign_in(session: AsyncSession, login: str, password: str, address: str, *, at: datetime) -> str:
    """A fresh session token for the browser. Call `count_try` first. Raises `WrongSignIn`."""
    login = folded(login)
    member = await session.scalar(select(StaffMember).where(StaffMember.login == login, StaffMember.active))
    if not await password_matches(member.password_hash if member else None, password) or member is None:
        raise WrongSignIn
    await forget_tries(session, login, address)
    token = new_token()
    session.add(
        OfficeSession(
            token_digest=token_digest(token),
            staff_id=member.id,
            signed_in_at=at,
            seen_at=at,
            expires_at=at + SESSION_LENGTH,
        )
    )
    return token


async def sign_out(session: AsyncSession, token: str) -> None:
    """Forget the session behind `token`; nothing happens if there is none."""
    await session.execute(delete(OfficeSession).where(OfficeSession.token_digest == token_digest(token)))


def folded(login: str) -> str:
    """A login without case and outer blanks."""
    return login.strip().casefold()
