"""What is left of rules' limits: read under a lock for a promise, folded by the worker for tills, given back on returns."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.limits.rules import Amounts, Left, SharedLimits, left_of, shared_limits
from loyalty.noticed import Noticed
from loyalty.pricing.store import rule_set_at
from loyalty.reservations.holds import HELD

LATEST_OPEN = timedelta(days=1)
"""No transaction that records anything stays open for as long: what was recorded before is summed once."""

ACCOUNT_ROWS = "INSERT INTO account_use (account) SELECT unnest(CAST(:accounts AS uuid[])) ON CONFLICT DO NOTHING"
LOCK_ACCOUNTS = "SELECT FROM account_use WHERE account = ANY(:accounts) ORDER BY account FOR UPDATE"
TOUCH_ACCOUNTS = "UPDATE account_use SET account = account WHERE account = ANY(:accounts)"
RULE_ROWS = "INSERT INTO rule_left (rule) SELECT unnest(CAST(:rules AS text[])) ON CONFLICT DO NOTHING"
LOCK_RULES = "SELECT FROM rule_left WHERE rule = ANY(:rules) ORDER BY rule FOR UPDATE"

USED = f"""
SELECT asked.rule,
       coalesce(folded.closed_times, 0) + coalesce(since.times, 0) + coalesce(promised.times, 0),
       coalesce(folded.closed_sum, 0) + coalesce(since.sum, 0) + coalesce(promised.sum, 0),
       coalesce(folded.closed_pieces, 0) + coalesce(since.pieces, 0) + coalesce(promised.pieces, 0),
       coalesce(theirs.times, 0) + coalesce(promised.to_account, 0)
  FROM unnest(CAST(:rules AS text[]), CAST(:days AS date[])) AS asked (rule, first_day)
  LEFT JOIN rule_left folded ON folded.rule = asked.rule
  LEFT JOIN LATERAL (
      SELECT sum(used.times) AS times, sum(used.sum) AS sum, sum(used.pieces) AS pieces FROM rule_use used
       WHERE used.rule = asked.rule AND used.recorded_at >= coalesce(folded.closed_until, '-infinity')
  ) since ON true
  LEFT JOIN LATERAL (
      SELECT sum(used.times) AS times FROM rule_use used
       WHERE used.account_id = CAST(:account AS uuid) AND used.rule = asked.rule
         AND used.business_date >= asked.first_day
  ) theirs ON true
  LEFT JOIN LATERAL (
      SELECT sum(item.times) AS times, sum(item.amount) AS sum, sum(item.pieces) AS pieces,
             sum(item.times) FILTER (WHERE held.account = CAST(:account AS uuid)) AS to_account
        FROM {HELD} AND item.kind = 'rule' AND item.subject = asked.rule
  ) promised ON true
"""  # noqa: S608 - our own words

CLOSE = """
UPDATE rule_left folded
   SET closed_times = this.closed_times + coalesce(older.times, 0), closed_sum = this.closed_sum + coalesce(older.sum, 0),
       closed_pieces = this.closed_pieces + coalesce(older.pieces, 0), closed_until = :until
  FROM unnest(CAST(:rules AS text[])) AS touched (rule)
  JOIN rule_left this USING (rule)
  LEFT JOIN LATERAL (
      SELECT sum(times) AS times, sum(sum) AS sum, sum(pieces) AS pieces FROM rule_use
       WHERE rule = touched.rule AND recorded_at >= this.closed_until AND recorded_at < :until
  ) older ON true
 WHERE folded.rule = touched.rule AND folded.closed_until < CAST(:until AS timestamptz) - interval '1 day'
"""
FOLD = """
UPDATE rule_left folded
   SET times = this.closed_times + coalesce(since.times, 0), sum = this.closed_sum + coalesce(since.sum, 0),
       pieces = this.closed_pieces + coalesce(since.pieces, 0)
  FROM unnest(CAST(:rules AS text[])) AS touched (rule)
  JOIN rule_left this USING (rule)
  LEFT JOIN LATERAL (
      SELECT sum(times) AS times, sum(sum) AS sum, sum(pieces) AS pieces FROM rule_use
       WHERE rule = touched.rule AND recorded_at >= this.closed_until
  ) since ON true
 WHERE folded.rule = touched.rule
"""
RECOUNT = """
WITH counted AS (
    SELECT this.rule, coalesce(sum(older.times), 0) AS times, coalesce(sum(older.sum), 0) AS sum,
           coalesce(sum(older.pieces), 0) AS pieces
      FROM rule_left this LEFT JOIN rule_use older ON older.rule = this.rule AND older.recorded_at < this.closed_until
     GROUP BY this.rule
)
UPDATE rule_left folded
   SET times = folded.times - closed_times + counted.times, closed_times = counted.times,
       sum = folded.sum - closed_sum + counted.sum, closed_sum = counted.sum,
       pieces = folded.pieces - closed_pieces + counted.pieces, closed_pieces = counted.pieces
  FROM counted
 WHERE counted.rule = folded.rule
   AND (closed_times, closed_sum, closed_pieces) IS DISTINCT FROM (counted.times, counted.sum, counted.pieces)
"""
TOUCHED = "SELECT DISTINCT rule, account_id FROM rule_use WHERE source_id = ANY(:ids)"

RELEASE = """
INSERT INTO rule_use
SELECT md5('released ' || sale_id)::uuid, rule, 'release', max(rule_set), (array_agg(account_id))[1], sale_id,
       -sum(times), -sum(sum), -sum(pieces), max(business_date) FILTER (WHERE kind = 'sale'), max(occurred_at), :at
  FROM rule_use WHERE sale_id = ANY(:sales)
 GROUP BY sale_id, rule
HAVING (sum(times), sum(sum), sum(pieces)) <> (0, 0, 0) AND bool_or(kind = 'sale')
ON CONFLICT DO NOTHING
RETURNING source_id
"""

OVER_ALL = """
SELECT use.source_id, use.rule, used.times, used.sum, used.pieces,
       ARRAY(SELECT other.source_id FROM rule_use other
              WHERE other.rule = use.rule AND other.kind = 'sale' AND other.source_id <> use.source_id
              ORDER BY other.recorded_at DESC LIMIT 5)
  FROM rule_use use
  JOIN unnest(CAST(:rules AS text[]), CAST(:times AS bigint[]), CAST(:sums AS bigint[]), CAST(:pieces AS bigint[]))
       AS most (rule, times, sum, pieces) ON most.rule = use.rule
  JOIN rule_left used ON used.rule = use.rule
 WHERE use.source_id = ANY(:ids) AND use.kind = 'sale'
   AND (used.times > most.times OR used.sum > most.sum OR used.pieces > most.pieces)
"""
OVER_ACCOUNT = """
SELECT DISTINCT use.source_id, use.rule, used.times, used.sum, used.pieces, used.others
  FROM rule_use given
  JOIN unnest(CAST(:rules AS text[]), CAST(:times AS bigint[]), CAST(:days AS int[])) AS most (rule, times, days)
       ON most.rule = given.rule
  JOIN rule_use use ON use.account_id = given.account_id AND use.rule = given.rule AND use.kind = 'sale'
   AND use.occurred_at >= given.occurred_at
   AND (most.days IS NULL OR use.business_date < given.business_date + most.days)
  CROSS JOIN LATERAL (
      SELECT sum(each.times) AS times, sum(each.sum) AS sum, sum(each.pieces) AS pieces,
             array_remove(array_agg(each.source_id) FILTER (WHERE each.kind = 'sale'), use.source_id) AS others
        FROM rule_use each
       WHERE each.account_id = use.account_id AND each.rule = use.rule
         AND (each.occurred_at, each.source_id) <= (use.occurred_at, use.source_id)
         AND (most.days IS NULL OR each.business_date > use.business_date - most.days)
  ) used
 WHERE given.source_id = ANY(:ids) AND given.kind = 'sale' AND used.times > most.times
"""
"""Those before it are in the right: of a sale that arrives late, and of every later one within its days, it is asked anew."""


async def uses_changed(session: AsyncSession, accounts: Collection[UUID]) -> None:
    """Have the rows of these accounts told to tills again."""
    await session.execute(text(ACCOUNT_ROWS), {"accounts": list(accounts)})
    await session.execute(text(TOUCH_ACCOUNTS), {"accounts": list(accounts)})


async def lock_account(session: AsyncSession, account: UUID) -> None:
    """Be the only one to promise anything limited to this account, until the transaction ends."""
    await session.execute(text(ACCOUNT_ROWS), {"accounts": [account]})
    await session.execute(text(LOCK_ACCOUNTS), {"accounts": [account]})


async def lock_rules(session: AsyncSession, rules: Collection[str]) -> None:
    """Be the only one to promise anything of these rules, until the transaction ends."""
    await session.execute(text(RULE_ROWS), {"rules": sorted(rules)})
    await session.execute(text(LOCK_RULES), {"rules": sorted(rules)})


async def limits_at(session: AsyncSession, at: datetime) -> dict[str, SharedLimits]:
    """The shared limits of the rules in force."""
    rule_set = await rule_set_at(session, at)
    return shared_limits(rule_set.body) if rule_set else {}


async def rules_left(
    session: AsyncSession,
    limits: Mapping[str, SharedLimits],
    *,
    account: UUID | None,
    today: date,
    at: datetime,
    own: UUID | None = None,
) -> dict[str, Left]:
    """What each of the rules leaves to `account` on `today`, what others hold taken off; `own` is a reservation not counted."""
    names = sorted(limits)
    values = {
        "rules": names,
        "days": [limits[name].since(today) for name in names],
        "account": account,
        "at": at,
        "own": own,
    }
    left: dict[str, Left] = {}
    for rule, times, money, pieces, of_account in await session.execute(text(USED), values):
        used = Amounts(int(times), int(money), int(pieces))
        left[rule] = left_of(limits[rule], used, None if account is None else int(of_account))
    return left


async def release_uses(session: AsyncSession, sales: Sequence[UUID], *, at: datetime) -> list[UUID]:
    """Give back what is still taken by sales of which everything came back; once. Returns the new rows' sources."""
    return list(await session.scalars(text(RELEASE), {"sales": list(sales), "at": at}))


async def fold_uses(session: AsyncSession, sources: Sequence[UUID], *, at: datetime) -> None:
    """Bring up to date what tills are told of the rules and accounts that these documents and releases touched."""
    touched = (await session.execute(text(TOUCHED), {"ids": list(sources)})).all()
    rules, accounts = sorted({rule for rule, _ in touched}), sorted({account for _, account in touched if account})
    if accounts:
        await session.execute(text(ACCOUNT_ROWS), {"accounts": accounts})
        await session.execute(text(LOCK_ACCOUNTS), {"accounts": accounts})
        await session.execute(text(TOUCH_ACCOUNTS), {"accounts": accounts})
    if rules:
        await lock_rules(session, rules)
        await session.execute(text(CLOSE), {"rules": rules, "until": at - LATEST_OPEN})
        await session.execute(text(FOLD), {"rules": rules})


async def recount_uses(session: AsyncSession) -> None:
    """Sum the old uses of every rule anew: where a server's clock had run ahead, some came in behind what was summed."""
    rules = list(await session.scalars(text("SELECT rule FROM rule_left")))
    await lock_rules(session, rules)
    await session.execute(text(RECOUNT))


async def uses_over(session: AsyncSession, documents: Sequence[UUID], *, at: datetime) -> list[Noticed]:
    """Sales that took more of a rule than it has for all, out of its budget, or for their account; fold them before."""
    limits = await limits_at(session, at)
    for_all = {
        name: one
        for name, one in limits.items()
        if (one.all_times, one.budget_sum, one.budget_pieces) != (None, None, None)
    }
    for_one = {name: one for name, one in limits.items() if one.account_times is not None}
    found: list[Noticed] = []
    if for_all:
        values = {
            "ids": list(documents),
            "rules": list(for_all),
            "times": [one.all_times for one in for_all.values()],
            "sums": [one.budget_sum for one in for_all.values()],
            "pieces": [one.budget_pieces for one in for_all.values()],
        }
        found += [_over("limit.passed", *row) for row in await session.execute(text(OVER_ALL), values)]
    if for_one:
        values = {
            "ids": list(documents),
            "rules": list(for_one),
            "times": [one.account_times for one in for_one.values()],
            "days": [one.account_days for one in for_one.values()],
        }
        found += [_over("limit.account_passed", *row) for row in await session.execute(text(OVER_ACCOUNT), values)]
    return found


def _over(kind: str, document: UUID, rule: str, times: int, money: int, pieces: int, others: Sequence[UUID]) -> Noticed:
    detail = {"rule": rule, "times": int(times), "sum": int(money), "pieces": int(pieces)}
    return Noticed(document, kind, detail, tuple(others))
