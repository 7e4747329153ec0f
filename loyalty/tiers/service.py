"""The verbs of tiers: publish a ladder, hold a tier by hand, and put accounts where their ledgers say.

An account's tier is written here alone once there is a ladder. Its row is locked first, the ledger read after that, so
two who fold the same account end with what both entries say.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.errors import AccountNotFound, TierNotFound
from loyalty.accounts.model import Account
from loyalty.pricing.model import Tier
from loyalty.tiers.errors import (
    HoldInThePast,
    HoldNeedsReason,
    LadderInThePast,
    LadderOutOfRange,
    RungsOutOfOrder,
    UnknownGoods,
    UnknownRung,
)
from loyalty.tiers.form import read_ladder, written
from loyalty.tiers.jobs import plan_pass, plan_reviews
from loyalty.tiers.ledger import chain_zone, entries_of, holds_of, ladders
from loyalty.tiers.model import TierHold, TierLadder, TierStanding
from loyalty.tiers.rules import DAY, Ladder, Measure, Standing, Why, tier_on

ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('tier_ladder'))")
COLUMNS = tuple(column.name for column in TierStanding.__table__.columns if column.name != "changed_xid")
WRITE_STANDINGS = text(
    f"INSERT INTO tier_standing ({', '.join(COLUMNS)}) SELECT {', '.join(COLUMNS)} "  # noqa: S608 - our own columns
    "FROM json_populate_recordset(NULL::tier_standing, CAST(:rows AS json)) "
    "ON CONFLICT (account) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])
)
MOVE_ACCOUNTS = text("""
WITH moved AS (
    SELECT * FROM json_populate_recordset(NULL::tier_change, CAST(:rows AS json))
), told AS (
    INSERT INTO tier_change (account, from_tier, to_tier, why, "on", version, reason, by, at)
    SELECT account, from_tier, to_tier, why, "on", version, reason, by, at FROM moved
)
UPDATE account SET tier = moved.to_tier, terms_version = terms_version + 1 FROM moved WHERE account.id = moved.account
""")
MISSING_GOODS = text("""
SELECT 'products', array_agg(wanted) FROM unnest(CAST(:products AS int[])) wanted
WHERE NOT EXISTS (SELECT FROM product WHERE seq = wanted)
UNION ALL
SELECT 'categories', array_agg(wanted) FROM unnest(CAST(:categories AS int[])) wanted
WHERE NOT EXISTS (SELECT FROM category WHERE id = wanted)
""")


FARTHEST = 3_650 * DAY
"""How far ahead a version may begin."""
OPENED = "opened with this tier"


@dataclass(frozen=True, slots=True)
class Moved:
    """An account's tier was changed."""

    account: UUID
    from_tier: str | None
    to_tier: str | None
    why: Why


async def checked_ladder(
    session: AsyncSession, body: object, *, active_from: date, version: int = 0, today: date
) -> Ladder:
    """The ladder in `body`, fit to be published on `today`. Raises an error of a bad ladder, which names the `field`."""
    first = await first_day(session, today=today)
    if active_from < first:
        raise LadderInThePast(field="active_from", first=first.isoformat())
    if active_from > first + FARTHEST:
        raise LadderOutOfRange(field="active_from", least=first.isoformat(), most=(first + FARTHEST).isoformat())
    ladder = read_ladder(body, version=version, active_from=active_from)
    ranks = {row.code: row.rank for row in await session.scalars(select(Tier))}
    for place, rung in enumerate(ladder.rungs):
        at = f"rungs[{place}].tier"
        if rung.tier not in ranks:
            raise UnknownRung(field=at, tier=rung.tier)
        if place and ranks[rung.tier] < ranks[ladder.rungs[place - 1].tier]:
            raise RungsOutOfOrder(field=at, tier=rung.tier, below=ladder.rungs[place - 1].tier)
    values = {"products": sorted(ladder.products), "categories": sorted(ladder.categories)}
    for kind, missing in await session.execute(MISSING_GOODS, values):
        if missing:
            raise UnknownGoods(field=f"leave_out.{kind}", missing=", ".join(str(each) for each in missing[:10]))
    return ladder


async def first_day(session: AsyncSession, *, today: date) -> date:
    """From when a new version may hold: tomorrow, so that no tier of this morning is taken back; today where no version
    holds yet."""
    holds = select(TierLadder.version).where(TierLadder.active_from <= today).limit(1)
    return today if await session.scalar(holds) is None else today + DAY


async def publish_ladder(
    session: AsyncSession, body: object, *, active_from: date, by: UUID | None, at: datetime
) -> int:
    """Put a ladder in force from the start of that local day; returns its version.

    Every account is looked at by the worker once the day has come. Raises an error of a bad ladder, which names the
    `field`.
    """
    await session.execute(ONE_AT_A_TIME)
    zone = await chain_zone(session)
    version = int(await session.scalar(select(func.coalesce(func.max(TierLadder.version), 0))) or 0) + 1
    today = at.astimezone(zone).date()
    ladder = await checked_ladder(session, body, active_from=active_from, version=version, today=today)
    session.add(
        TierLadder(
            version=version, body=written(ladder), active_from=active_from, zone=zone.key, made_at=at, made_by=by
        )
    )
    await session.flush()
    await plan_pass(session, version, active_from, zone, at=at)
    await plan_reviews(session, zone, at=at)
    return version


async def hold_tier(
    session: AsyncSession,
    account: UUID,
    tier: str | None,
    *,
    reason: str,
    by: UUID | None,
    at: datetime,
    until: date | None = None,
    how: Why = Why.BY_HAND,
) -> None:
    """Keep the account on a tier whatever it buys, until the start of `until`; `Why.IMPORTED`: at least that tier.

    Raises `AccountNotFound`, `TierNotFound`, `HoldNeedsReason`, `HoldInThePast`.
    """
    if tier is not None and await session.get(Tier, tier) is None:
        raise TierNotFound(tier=tier)
    if not reason.strip():
        raise HoldNeedsReason(field="reason")
    today = at.astimezone(await chain_zone(session)).date()
    if until is not None and until <= today:
        raise HoldInThePast(field="until")
    await _hold(
        session,
        TierHold(
            account=account,
            tier=tier,
            how=how.value,
            reason=reason.strip()[:200],
            begins=today,
            ends=until,
            made_at=at,
            made_by=by,
        ),
    )


async def hold_opened(session: AsyncSession, account: UUID, tier: str | None, *, by: UUID | None, at: datetime) -> None:
    """An account opened with a tier keeps it until someone lets its turnover decide; opened again it stays as it is."""
    known = select(TierHold.id).where(TierHold.account == account).limit(1)
    if tier is not None and await session.scalar(known) is None:
        await hold_tier(session, account, tier, reason=OPENED, by=by, at=at)


async def release_tier(session: AsyncSession, account: UUID, *, by: UUID | None, at: datetime) -> None:
    """Let the ledger decide again. Raises `AccountNotFound`."""
    today = at.astimezone(await chain_zone(session)).date()
    await _hold(session, TierHold(account=account, begins=today, made_at=at, made_by=by))


async def _hold(session: AsyncSession, row: TierHold) -> None:
    locked = select(Account.id).where(Account.id == row.account).with_for_update(key_share=True)
    if await session.scalar(locked) is None:
        raise AccountNotFound(account=str(row.account))
    session.add(row)
    await session.flush()
    await fold_accounts(session, [row.account], at=row.made_at, by=row.made_by, reason=row.reason or "")
    session.expire_all()


async def fold_accounts(
    session: AsyncSession, accounts: Sequence[UUID], *, at: datetime, by: UUID | None = None, reason: str = ""
) -> list[Moved]:
    """Put `accounts` where their ledgers say, as of `at`; those that are not there are passed over.

    `by` and `reason` go into the history of what is moved by hand.
    """
    locked = (
        select(Account.id, Account.tier, Account.opened_at)
        .where(Account.id.in_(accounts))
        .order_by(Account.id)
        .with_for_update(key_share=True)
    )
    rows = (await session.execute(locked)).all()
    ids = [row.id for row in rows]
    known = await ladders(session)
    holds = await holds_of(session, ids)
    if not known and not holds:
        return []
    zone = await chain_zone(session)
    today = at.astimezone(zone).date()
    entries = await entries_of(session, ids, known, zone)
    was = await _standings(session, ids)
    by_version = {ladder.version: ladder for ladder in known}
    standings: list[Mapping[str, Any]] = []
    moves: list[tuple[Moved, Standing]] = []
    for id_, tier, opened_at in rows:
        opened_on = opened_at.astimezone(zone).date()
        stands = tier_on(known, entries.get(id_, ()), holds.get(id_, ()), today, opened_on=opened_on)
        row = _row(id_, stands, by_version.get(stands.version or 0))
        if row != was.get(id_):
            standings.append(row)
        decided = stands.version is not None or id_ in holds
        if decided and stands.tier != tier:
            moves.append((Moved(id_, tier, stands.tier, stands.why), stands))
    if standings:
        await session.execute(WRITE_STANDINGS, {"rows": _json(standings)})
    if moves:
        told = [_change(moved, stands, today, at, by, reason) for moved, stands in moves]
        await session.execute(MOVE_ACCOUNTS, {"rows": _json(told)})
    return [moved for moved, _ in moves]


async def _standings(session: AsyncSession, accounts: Sequence[UUID]) -> Mapping[UUID, Mapping[str, Any]]:
    columns = [TierStanding.__table__.columns[name] for name in COLUMNS]
    found = await session.execute(select(*columns).where(TierStanding.account.in_(accounts)))
    return {row.account: dict(zip(COLUMNS, row, strict=True)) for row in found}


def _row(account: UUID, stands: Standing, ladder: Ladder | None) -> Mapping[str, Any]:
    """The row of `tier_standing`."""
    following, stay = stands.next, stands.to_stay
    return {
        "account": account,
        "tier": stands.tier,
        "why": stands.why.value,
        "since": stands.since,
        "version": stands.version,
        "earned": stands.earned,
        "by": (ladder.by if ladder else Measure.TURNOVER).value,
        "measure": stands.measure,
        "next_tier": following and following.tier,
        "missing": following and following.missing,
        "this_receipt": bool(ladder and ladder.this_receipt),
        "to_stay": stay and stay.missing,
        "stay_by": stay and stay.by,
        "review_on": stands.review_on,
        "grace_until": stands.grace_until,
        "held_until": stands.held_until,
        "due_on": stands.due_on,
    }


def _change(
    moved: Moved, stands: Standing, today: date, at: datetime, by: UUID | None, reason: str
) -> Mapping[str, Any]:
    """The row of `tier_change`."""
    by_hand = moved.why in (Why.BY_HAND, Why.IMPORTED)
    return {
        "account": moved.account,
        "from_tier": moved.from_tier,
        "to_tier": moved.to_tier,
        "why": moved.why.value,
        "on": today,
        "version": stands.version,
        "reason": reason if by_hand else "",
        "by": by,
        "at": at.isoformat(),
    }


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps(rows, default=str)
