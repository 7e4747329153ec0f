"""One change of every rule set that holds or will: a successor for each, and the same in the open draft."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.drafts.model import RuleDraft
from loyalty.pricing.model import RuleSetVersion
from loyalty.pricing.store import ONE_AT_A_TIME, publish_rule_set, rule_set_at

Body: TypeAlias = Mapping[str, Any]


async def republish(
    session: AsyncSession, altered: Callable[[Body], Body], *, by: UUID | None, at: datetime
) -> list[int]:
    """Publish `altered(body)` of the version in force, now, and of each to come, with its beginning; the new numbers.

    What `altered` leaves as it is gets no successor. The open draft is altered too; where its author had seen every
    version, they are taken to have seen these. Raises a `Malformed` of the engine's reader.
    """
    await session.execute(text(ONE_AT_A_TIME))
    newest = int(await session.scalar(select(func.max(RuleSetVersion.version))) or 0)
    published: list[int] = []
    for base, active_from in await _holding(session, at):
        body = altered(base.body)
        if body != base.body:
            published.append(
                await publish_rule_set(session, body, names=base.names, active_from=active_from, by=by, at=at)
            )
    draft = await session.scalar(select(RuleDraft).where(RuleDraft.closed_at.is_(None)).with_for_update())
    if draft is not None:
        if published and draft.seen >= newest:
            draft.seen = published[-1]
        body = altered(draft.body)
        if body != draft.body:
            draft.body, draft.by, draft.updated_at = dict(body), by, at
    await session.flush()
    return published


async def _holding(session: AsyncSession, at: datetime) -> list[tuple[RuleSetVersion, datetime]]:
    """The version in force and those that will hold, with the moment from which a successor takes their place."""
    now = await rule_set_at(session, at)
    to_come = await session.scalars(
        select(RuleSetVersion).where(RuleSetVersion.active_from > at).order_by(RuleSetVersion.version)
    )
    last = {each.active_from: each for each in to_come}  # of equal beginnings the highest number holds
    return [*([(now, at)] if now else []), *((each, each.active_from) for each in last.values())]
