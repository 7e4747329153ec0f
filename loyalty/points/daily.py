"""What time alone does to points, once a day: pending ones become spendable, lots end, birthdays come, notices are due."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.service import OPENED
from loyalty.points.gifts import give_birthday, give_welcome
from loyalty.points.life import birthday_in
from loyalty.points.model import PointsAccount, PointsProgramme
from loyalty.points.programme import local_day, programme_in_force
from loyalty.points.service import fold
from pos.storage.database import Database
from pos.storage.outbox import Handler, Job, finishing, keep_scheduled, later

DAILY = "points.daily"
BATCH = 200
"""Accounts of one transaction; where more are due, the job comes again at once."""
AFTER_MIDNIGHT = time(0, 5)

BIRTHDAYS = text("""
WITH wanted AS (SELECT * FROM unnest(CAST(:days AS int[]), CAST(:years AS int[])) AS w (day, year))
SELECT DISTINCT ON (person.account) person.account, person.born_on
  FROM wanted
  JOIN person ON extract(month FROM person.born_on) * 100 + extract(day FROM person.born_on) = wanted.day
  JOIN account ON account.id = person.account AND account.blocked IS NULL
 WHERE NOT EXISTS (SELECT FROM points_entry given WHERE given.source_id = person.account AND given.kind = 'birthday'
                      AND given.part = wanted.year)
   AND NOT EXISTS (SELECT FROM points_account gone
                    WHERE gone.account_id = person.account AND gone.merged_into IS NOT NULL)
 ORDER BY person.account, wanted.year, person.id
 LIMIT :most
""")
NOTICES = text("""
INSERT INTO points_notice (account_id, expires_on, amount)
SELECT account_id, expiring_on, expiring FROM points_account
 WHERE expiring_on > :today AND expiring_on <= :until AND merged_into IS NULL
    ON CONFLICT DO NOTHING
""")


async def daily(job: Job, database: Database) -> None:
    """One batch of what is due; then again at once, or after the next midnight of the shop."""
    async with finishing(database, job) as session:
        at = await now_of(session)
        if await pass_day(session, at=at):
            await later(session, DAILY, {})
        else:
            await keep_scheduled(session, DAILY, {}, run_at=await next_run(session, at))


async def account_opened(job: Job, database: Database) -> None:
    """Welcome points for a new account."""
    async with finishing(database, job) as session:
        await give_welcome(session, UUID(str(job.payload["account"])), at=await now_of(session))


HANDLERS: dict[str, Handler] = {DAILY: daily, OPENED: account_opened}


async def pass_day(session: AsyncSession, *, at: datetime, batch: int = BATCH) -> bool:
    """Do what is due today, at most `batch` accounts of each kind; whether more is due."""
    programme = await programme_in_force(session)
    today = local_day(programme, at)
    due = await _due(session, today, batch)
    await fold(session, due, at=at)
    greeted = await _greet(session, programme, at=at, batch=batch) if programme else 0
    if programme and programme.notice_days:
        await session.execute(NOTICES, {"today": today, "until": today + timedelta(days=programme.notice_days)})
    return len(due) == batch or greeted == batch


async def _due(session: AsyncSession, today: date, batch: int) -> Sequence[UUID]:
    query = select(PointsAccount.account_id).where(PointsAccount.next_on <= today)
    return (await session.scalars(query.order_by(PointsAccount.next_on, PointsAccount.account_id).limit(batch))).all()


async def _greet(session: AsyncSession, programme: PointsProgramme, *, at: datetime, batch: int) -> int:
    """Birthday points for accounts in their window that have not had this year's; how many."""
    if not programme.running or programme.birthday == 0:
        return 0
    today = local_day(programme, at)
    window = [
        today + timedelta(days=n) for n in range(-programme.birthday_after, programme.birthday_before + 1)
    ]  # days on which the birthday may be
    days = [(day.month * 100 + day.day, day.year) for day in window]
    leaplings = date(2000, 2, 29)
    days += [
        (229, day.year) for day in window if (day.month, day.day) == (2, 28) and birthday_in(leaplings, day.year) == day
    ]
    values = {"days": [day for day, _ in days], "years": [year for _, year in days], "most": batch}
    rows = (await session.execute(BIRTHDAYS, values)).all()
    for account, born_on in rows:
        await give_birthday(session, programme, account, born_on, at=at)
    return len(rows)


async def keep_daily(database: Database) -> None:
    """Have the daily work scheduled; a worker asks for it at its start."""
    async with database.transaction() as session:
        await keep_scheduled(session, DAILY, {}, run_at=await now_of(session))


async def next_run(session: AsyncSession, at: datetime) -> datetime:
    """Shortly after the shop's next midnight."""
    programme = await programme_in_force(session)
    zone = ZoneInfo(programme.zone if programme else "UTC")
    tomorrow = at.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, AFTER_MIDNIGHT, zone).astimezone(UTC)


async def now_of(session: AsyncSession) -> datetime:
    """The database's own time: every worker's clock is the same one."""
    return (await session.execute(select(func.now()))).scalar_one()
