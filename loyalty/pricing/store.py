"""Putting rule sets in force, and reading which one holds. A version is never edited: a change is the next number."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.pricing.model import RuleSetVersion
from loyalty.pricing.wire_rules import read_rule_set

ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('rule_set'))"


async def publish_rule_set(
    session: AsyncSession,
    body: Mapping[str, Any],
    *,
    active_from: datetime,
    by: UUID | None,
    at: datetime,
    names: Mapping[str, dict[str, str]] | None = None,
) -> int:
    """Put rules (rule-set form 1 or 2; its `version` is given here) in force from that moment; returns their number.

    The regulations are part of it: a sale must be priced again later by what was law then. `names` says what each
    rule's `name` reads in each language. Raises a `Malformed` of the
    engine's, which names the field.
    """
    await session.execute(text(ONE_AT_A_TIME))
    version = int(await session.scalar(select(func.coalesce(func.max(RuleSetVersion.version), 0))) or 0) + 1
    numbered = {"schema": 1, **body, "version": version}
    read_rule_set(numbered)
    session.add(
        RuleSetVersion(
            version=version, body=numbered, names=dict(names or {}), active_from=active_from, made_at=at, made_by=by
        )
    )
    await session.flush()
    return version


async def rule_set_at(session: AsyncSession, at: datetime) -> RuleSetVersion | None:
    """The version in force then: the last that began, of equal beginnings the highest; None before the first."""
    query = select(RuleSetVersion).where(RuleSetVersion.active_from <= at)
    return await session.scalar(
        query.order_by(RuleSetVersion.active_from.desc(), RuleSetVersion.version.desc()).limit(1)
    )


async def rule_set_version(session: AsyncSession, version: int) -> RuleSetVersion | None:
    """Exactly that version, as when a sale priced by it is audited; None where there is no such number."""
    return await session.get(RuleSetVersion, version)
