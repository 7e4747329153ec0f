"""The open draft, the versions there are and when each holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.drafts.model import RuleDraft
from loyalty.pricing.model import ClientCategory, RuleSetVersion, Tier


@dataclass(frozen=True, slots=True)
class Version:
    """A published rule set. `until` is when the next one takes its place; it never held where that is its own start."""

    number: int
    body: Mapping[str, Any]
    names: Mapping[str, Mapping[str, str]]
    active_from: datetime
    until: datetime | None
    made_at: datetime
    made_by: UUID | None

    def holds(self, at: datetime) -> bool:
        return self.active_from <= at and (self.until is None or at < self.until)

    @property
    def ever(self) -> bool:
        """Whether there is a moment at which it holds."""
        return self.until is None or self.until > self.active_from


async def current_draft(session: AsyncSession) -> RuleDraft | None:
    """The open draft."""
    return await session.scalar(select(RuleDraft).where(RuleDraft.closed_at.is_(None)))


async def versions(session: AsyncSession) -> list[Version]:
    """Every rule set there was, the newest number first."""
    rows = list(await session.scalars(select(RuleSetVersion)))
    rows.sort(key=lambda row: (row.active_from, row.version))
    ends = {row.version: later.active_from for row, later in pairwise(rows)}
    made = [
        Version(row.version, row.body, row.names, row.active_from, ends.get(row.version), row.made_at, row.made_by)
        for row in rows
    ]
    return sorted(made, key=lambda version: -version.number)


async def ids_ever_used(session: AsyncSession) -> frozenset[str]:
    """Ids of the rules of every version: a new rule takes another, so that reports never mix two."""
    query = "SELECT DISTINCT rule ->> 'id' FROM rule_set, jsonb_array_elements(body -> 'rules') AS rule"
    return frozenset(await session.scalars(text(query)))


async def tiers(session: AsyncSession) -> list[Tier]:
    """The ladder from its lowest rung."""
    return list(await session.scalars(select(Tier).order_by(Tier.rank)))


async def client_categories(session: AsyncSession) -> list[ClientCategory]:
    return list(await session.scalars(select(ClientCategory).order_by(ClientCategory.position, ClientCategory.code)))
