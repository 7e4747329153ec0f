"""The points programme: put in force, and read. A version is never edited; a change touches no point given before."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.points.errors import ProgrammeMalformed
from loyalty.points.life import LifeKind, end_of, first_day
from loyalty.points.model import PointsProgramme
from pos.core.money import MAX_AMOUNT

ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('points_programme'))"


@dataclass(frozen=True, slots=True)
class ProgrammeDraft:
    """What an owner decides; the fields are those of `PointsProgramme`."""

    zone: str
    value: int
    share: int = 10_000
    least: int = 0
    running: bool = True
    earn_while_spending: bool = True
    pending_days: int = 0
    life: LifeKind = "never"
    life_count: int = 0
    restored_days: int = 30
    welcome: int = 0
    birthday: int = 0
    birthday_before: int = 0
    birthday_after: int = 0
    notice_days: int = 0
    offline: Literal["deny", "cap"] = "deny"
    offline_cap: int = 0


RANGES = {
    "value": (1, MAX_AMOUNT),
    "share": (0, 10_000),
    "least": (0, MAX_AMOUNT),
    "pending_days": (0, 366),
    "life_count": (0, 3_660),
    "restored_days": (0, 3_660),
    "welcome": (0, MAX_AMOUNT),
    "birthday": (0, MAX_AMOUNT),
    "birthday_before": (0, 31),
    "birthday_after": (0, 31),
    "notice_days": (0, 366),
    "offline_cap": (0, MAX_AMOUNT),
}


def check_programme(draft: ProgrammeDraft) -> None:
    """Raises `ProgrammeMalformed`, which names the first field that does not fit."""
    for field, (low, high) in RANGES.items():
        if not low <= getattr(draft, field) <= high:
            raise ProgrammeMalformed(field=field)
    if draft.life == "days" and draft.life_count == 0:
        raise ProgrammeMalformed(field="life_count")
    if draft.zone not in available_timezones():
        raise ProgrammeMalformed(field="zone")


async def publish_programme(session: AsyncSession, draft: ProgrammeDraft, *, by: UUID | None, at: datetime) -> int:
    """Put the programme in force from now on; returns its version. Raises `ProgrammeMalformed`."""
    check_programme(draft)
    await session.execute(text(ONE_AT_A_TIME))
    before = await programme_in_force(session)
    version = before.version + 1 if before else 1
    session.add(PointsProgramme(version=version, made_at=at, made_by=by, **asdict(draft)))
    await session.flush()
    return version


async def programme_in_force(session: AsyncSession) -> PointsProgramme | None:
    """The last version; None in a shop without points."""
    return await session.scalar(select(PointsProgramme).order_by(PointsProgramme.version.desc()).limit(1))


async def programme_versions(session: AsyncSession, *, limit: int = 50) -> list[PointsProgramme]:
    """The newest first."""
    query = select(PointsProgramme).order_by(PointsProgramme.version.desc()).limit(limit)
    return list(await session.scalars(query))


def local_day(programme: PointsProgramme | None, at: datetime) -> date:
    """The shop's day; that of UTC where there is no programme."""
    return at.astimezone(ZoneInfo(programme.zone if programme else "UTC")).date()


def days_of(programme: PointsProgramme | None, earned_on: date, *, waits: bool) -> tuple[date, date | None]:
    """When points of that day may be spent and when they end; `waits`: after the programme's pending days."""
    if programme is None:
        return earned_on, None
    available_on = first_day(earned_on, programme.pending_days if waits else 0)
    return available_on, end_of(available_on, programme.life, programme.life_count)
