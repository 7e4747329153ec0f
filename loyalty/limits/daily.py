"""What time alone does, once a day: gift cards end, and uses fall out of rules' windows of days."""

from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.giftcards.service import expire_gift_cards
from loyalty.limits.service import limits_at, recount_uses
from loyalty.points.daily import next_run, now_of
from loyalty.points.programme import local_day, programme_in_force
from pos.storage.database import Database
from pos.storage.outbox import Handler, Job, finishing, keep_scheduled

DAILY = "limits.daily"

FALLEN_OUT = """
UPDATE account_use SET account = account WHERE account IN (
    SELECT used.account_id FROM rule_use used
      JOIN unnest(CAST(:rules AS text[]), CAST(:days AS int[])) AS limited (rule, days) ON limited.rule = used.rule
     WHERE used.account_id IS NOT NULL AND used.recorded_at >= CAST(:today AS date) - limited.days - 1
       AND used.recorded_at < CAST(:today AS date) - limited.days + 7
       AND used.business_date <= CAST(:today AS date) - limited.days
)
"""
"""Uses come to the server within a week of their day, or their account's row is late until its next change."""


async def daily(job: Job, database: Database) -> None:
    """What is due; then again after the next midnight of the shop."""
    async with finishing(database, job) as session:
        at = await now_of(session)
        await pass_day(session, today=local_day(await programme_in_force(session), at), at=at)
        await keep_scheduled(session, DAILY, {}, run_at=await next_run(session, at))


async def pass_day(session: AsyncSession, *, today: date, at: datetime) -> None:
    """Take what is left off ended gift cards; have accounts told again whose uses count no more since today;
    sum old uses anew."""
    windows = {rule: one.account_days for rule, one in (await limits_at(session, at)).items() if one.account_days}
    if windows:
        values = {"rules": list(windows), "days": list(windows.values()), "today": today}
        await session.execute(text(FALLEN_OUT), values)
    await recount_uses(session)
    await expire_gift_cards(session, today=today, at=at)


async def keep_daily(database: Database) -> None:
    """Have the daily work scheduled; a worker asks for it at its start."""
    async with database.transaction() as session:
        await keep_scheduled(session, DAILY, {}, run_at=await now_of(session))


HANDLERS: dict[str, Handler] = {DAILY: daily}
