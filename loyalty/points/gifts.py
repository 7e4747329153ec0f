"""Points that no receipt gives or takes: a bonus, a correction by hand, welcome and birthday points.

Ids come from the caller; the same once more changes nothing. Everything folds the account at once.
"""

from datetime import date, datetime
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.points.errors import AmountMalformed, PointsDiffer, PointsNotEnough, ReasonMissing
from loyalty.points.life import birthday_window
from loyalty.points.model import PointsEntry, PointsProgramme
from loyalty.points.programme import days_of, local_day, programme_in_force
from loyalty.points.service import fold, lock_points, spendable
from pos.core.money import MAX_AMOUNT


async def give_bonus(
    session: AsyncSession, bonus_id: UUID, account: UUID, amount: int, *, reason: str, by: UUID | None, at: datetime
) -> None:
    """Give points that may be spent at once and live as long as those of the programme.

    Raises `AmountMalformed`, `ReasonMissing`, `PointsDiffer`.
    """
    _check_amount(amount, low=1)
    await _give(session, bonus_id, "bonus", account, amount, reason=_reason(reason), by=by, at=at)


async def take_back(session: AsyncSession, bonus_id: UUID, account: UUID, *, reason: str, at: datetime) -> None:
    """Take back a bonus that was given for nothing, whatever became of it: what was spent of it is owed. Once."""
    await lock_points(session, account)
    given = await session.get_one(PointsEntry, (bonus_id, "bonus", 1))
    day = max(given.day, local_day(await programme_in_force(session), at))
    values = {"origin_id": bonus_id, "reason": _reason(reason)}
    source = uuid5(bonus_id, "taken back")
    await _append(session, source, "correction", account, -given.amount, day=day, at=at, values=values)
    await fold(session, [account], at=at)


async def correct_points(
    session: AsyncSession,
    correction_id: UUID,
    account: UUID,
    amount: int,
    *,
    reason: str,
    by: UUID | None,
    at: datetime,
) -> None:
    """Add points, or take some of those that may be spent now.

    Raises `AmountMalformed`, `ReasonMissing`, `PointsDiffer`; `PointsNotEnough` where fewer are there.
    """
    _check_amount(amount, low=-MAX_AMOUNT)
    await lock_points(session, account)
    made = await session.get(PointsEntry, (correction_id, "correction", 1))
    if made is None and amount < 0:
        there = await spendable(session, account, at)
        if there + amount < 0:
            raise PointsNotEnough(spendable=there)
    await _give(session, correction_id, "correction", account, amount, reason=_reason(reason), by=by, at=at)


async def give_welcome(session: AsyncSession, account: UUID, *, at: datetime) -> bool:
    """The programme's welcome points, once in the account's life; whether they were given now."""
    programme = await programme_in_force(session)
    if programme is None or not programme.running or programme.welcome == 0:
        return False
    day = local_day(programme, at)
    available_on, expires_on = days_of(programme, day, waits=False)
    values = {"available_on": available_on, "expires_on": expires_on, "programme": programme.version}
    return await _once(session, account, "welcome", 1, programme.welcome, day=day, at=at, values=values)


async def give_birthday(
    session: AsyncSession, programme: PointsProgramme, account: UUID, born_on: date, *, at: datetime
) -> bool:
    """Birthday points, to be spent within the programme's window; once a year; whether they were given now."""
    day = local_day(programme, at)
    window = birthday_window(born_on, day, programme.birthday_before, programme.birthday_after)
    if window is None or not programme.running or programme.birthday == 0:
        return False
    year, _, after = window
    values = {"available_on": day, "expires_on": after, "programme": programme.version}
    return await _once(session, account, "birthday", year, programme.birthday, day=day, at=at, values=values)


async def _once(
    session: AsyncSession,
    account: UUID,
    kind: str,
    part: int,
    amount: int,
    *,
    day: date,
    at: datetime,
    values: dict[str, object],
) -> bool:
    """Append an entry whose key is the account itself, unless it is there; whoever else tries waits for the key."""
    row = {**_entry(account, kind, account, amount, day, at), "part": part, **values}
    made = await session.scalar(
        insert(PointsEntry).values(row).on_conflict_do_nothing().returning(PointsEntry.source_id)
    )
    if made is None:
        return False
    await fold(session, [account], at=at)
    return True


async def _give(
    session: AsyncSession,
    source: UUID,
    kind: str,
    account: UUID,
    amount: int,
    *,
    reason: str,
    by: UUID | None,
    at: datetime,
) -> None:
    await lock_points(session, account)
    programme = await programme_in_force(session)
    day = local_day(programme, at)
    values: dict[str, object] = {"reason": reason, "made_by": by, "programme": programme and programme.version}
    if amount > 0:
        values["available_on"], values["expires_on"] = days_of(programme, day, waits=False)
    await _append(session, source, kind, account, amount, day=day, at=at, values=values)
    await fold(session, [account], at=at)


async def _append(
    session: AsyncSession,
    source: UUID,
    kind: str,
    account: UUID,
    amount: int,
    *,
    day: date,
    at: datetime,
    values: dict[str, object],
) -> None:
    """Raises `PointsDiffer` where the id stands for something else."""
    row = {**_entry(source, kind, account, amount, day, at), **values}
    await session.execute(insert(PointsEntry).values(row).on_conflict_do_nothing())
    query = select(PointsEntry.account_id, PointsEntry.amount)
    there = (await session.execute(query.where(PointsEntry.source_id == source, PointsEntry.kind == kind))).one()
    if tuple(there) != (account, amount):
        raise PointsDiffer(id=str(source))


def _entry(source: UUID, kind: str, account: UUID, amount: int, day: date, at: datetime) -> dict[str, object]:
    return {
        "source_id": source,
        "kind": kind,
        "part": 1,
        "account_id": account,
        "amount": amount,
        "day": day,
        "occurred_at": at,
        "recorded_at": at,
        "reason": "",
    }


def _check_amount(amount: int, *, low: int) -> None:
    if amount == 0 or not low <= amount <= MAX_AMOUNT:
        raise AmountMalformed(amount=amount)


def _reason(reason: str) -> str:
    kept = reason.strip()[:500]
    if not kept:
        raise ReasonMissing()
    return kept
