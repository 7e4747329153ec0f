"""What every page of the rules needs of the shop: its clock, its money, who works there, the words of its rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.drafts.queries import Version, versions
from loyalty.pricing.queries import currency_of
from pos.registers.model import Outlet
from pos.reports.rule_names import name_book
from pos.staff.model import StaffMember
from web.rules.words import Words
from web.texts import language_of

Asker = Request[Any, Any, Any]


async def shop_zone(session: AsyncSession) -> str:
    """The zone that dates of rules are shown by: the first outlet's."""
    return await session.scalar(select(Outlet.zone).order_by(Outlet.name, Outlet.id).limit(1)) or "UTC"


async def outlets(session: AsyncSession) -> list[tuple[UUID, str]]:
    rows = await session.execute(select(Outlet.id, Outlet.name).order_by(Outlet.name, Outlet.id))
    return [(id_, name) for id_, name in rows]


async def staff_names(session: AsyncSession, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = [id_ for id_ in ids if id_ is not None]
    query = select(StaffMember.id, StaffMember.name).where(StaffMember.id.in_(wanted))
    return dict((await session.execute(query)).all())


async def words_for(
    session: AsyncSession,
    request: Asker,
    rules: Iterable[Mapping[str, Any]],
    *,
    language: str = "",
    every: bool = False,
) -> Words:
    """How the asker's language (or another) writes these rules."""
    book = await name_book(session, rules)
    return Words(language or language_of(request), await currency_of(session), book, all_names=every)


@dataclass(frozen=True, slots=True)
class Now:
    """The versions of rules and which of them holds."""

    at: datetime
    zone: str
    versions: list[Version]

    @property
    def today(self) -> date:
        return self.at.astimezone(ZoneInfo(self.zone)).date()

    @property
    def current(self) -> Version | None:
        return next((version for version in self.versions if version.holds(self.at)), None)

    @property
    def to_come(self) -> list[Version]:
        """Versions that will hold, the next one first."""
        later = [version for version in self.versions if version.active_from > self.at and version.ever]
        return sorted(later, key=lambda version: version.active_from)

    @property
    def past(self) -> list[Version]:
        """Versions that hold no more, or never did, the newest first."""
        return [
            version
            for version in self.versions
            if not version.holds(self.at) and (version.active_from <= self.at or not version.ever)
        ]

    def names(self) -> dict[str, Mapping[str, str]]:
        """What rules are called, by the newest version that names them."""
        found: dict[str, Mapping[str, str]] = {}
        for version in reversed(self.versions):
            found.update(version.names)
        return found


async def shop_now(session: AsyncSession, at: datetime) -> Now:
    return Now(at, await shop_zone(session), await versions(session))
