"""Starting and stopping a run; the worker does it (`work.py`)."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.drafts.errors import NoDraft, VersionNotFound
from loyalty.drafts.model import RuleDraft
from loyalty.pricing.store import rule_set_at
from loyalty.pricing.wire_rules import read_rule_set
from pos.core.ids import new_id
from pos.reports.try_it.errors import PeriodBackwards, RunNotFound, RunUnderWay
from pos.reports.try_it.model import TryAccount, TryRun
from pos.sales.model import Sale
from pos.storage.outbox import later

KIND = "rules.try"
KEPT = 20
"""Runs that are kept, the newest."""


async def start_run(
    session: AsyncSession,
    *,
    starts_on: date,
    ends_on: date,
    outlets: Sequence[UUID] = (),
    as_if_held: bool = True,
    by: UUID | None,
    at: datetime,
) -> TryRun:
    """Have the open draft tried on the sales of that half-open period against the rules in force, after the commit.

    Raises `PeriodBackwards`, `NoDraft`, `RunUnderWay`, or a `Malformed` of the engine's reader.
    """
    if starts_on >= ends_on:
        raise PeriodBackwards
    draft = await session.scalar(select(RuleDraft).where(RuleDraft.closed_at.is_(None)))
    if draft is None:
        raise NoDraft
    if await session.scalar(select(TryRun.id).where(TryRun.state == "running").limit(1)) is not None:
        raise RunUnderWay
    in_force = await rule_set_at(session, at)
    if in_force is None:
        raise VersionNotFound(version=0)
    read_rule_set({"schema": 2, **draft.body, "version": 1})
    query = chosen_sales(starts_on, ends_on, [str(id_) for id_ in outlets])
    total = int(await session.scalar(select(func.count()).select_from(query.subquery())) or 0)
    run = TryRun(
        id=new_id(),
        body=draft.body,
        names={**in_force.names, **draft.names},
        against=in_force.version,
        starts_on=starts_on,
        ends_on=ends_on,
        outlets=[str(id_) for id_ in outlets],
        as_if_held=as_if_held,
        state="running",
        total=total,
        done=0,
        result={},
        asked_by=by,
        asked_at=at,
    )
    session.add(run)
    await session.flush()
    await later(session, KIND, {"run": str(run.id)})
    old = select(TryRun.id).order_by(TryRun.asked_at.desc()).offset(KEPT)
    await session.execute(delete(TryAccount).where(TryAccount.run_id.in_(old)))
    await session.execute(delete(TryRun).where(TryRun.id.in_(old), TryRun.state != "running"))
    return run


def chosen_sales(starts_on: date, ends_on: date, outlets: Sequence[str]) -> Select[UUID]:
    """Ids of the sales that have a document, of that period and those outlets (none named: all)."""
    query = select(Sale.id).where(
        Sale.kind == "sale", Sale.epoch > 0, Sale.business_date >= starts_on, Sale.business_date < ends_on
    )
    return query.where(Sale.outlet_id.in_([UUID(text) for text in outlets])) if outlets else query


async def cancel_run(session: AsyncSession, run_id: UUID, *, at: datetime) -> None:
    """End a run at its next batch; what it found so far stays to be seen. Raises `RunNotFound`."""
    ended = update(TryRun).where(TryRun.id == run_id, TryRun.state == "running")
    changed = await session.execute(ended.values(state="cancelled", finished_at=at).returning(TryRun.id))
    if changed.first() is None and await session.get(TryRun, run_id) is None:
        raise RunNotFound(id=str(run_id))
