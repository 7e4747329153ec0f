"""Whom a ladder would move if it were published, counted by the database a part of the accounts at a time.

Nothing is changed but the preview's own row. `moves` is what happens on the ladder's first day; `later` is what the first
review after it would do if nothing more were bought. What is bought and given back on the very day of a first ladder is
counted together here, one after the other there. The statement follows `loyalty.tiers.rules`; a test holds the
two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.model import Account
from loyalty.tiers.errors import PreviewNotFound
from loyalty.tiers.form import read_ladder, written
from loyalty.tiers.jobs import midnight
from loyalty.tiers.ledger import categories_inside, chain_zone
from loyalty.tiers.model import TierPreview
from loyalty.tiers.rules import DAY, Ladder, Measure, Returns, StepDown
from pos.storage.outbox import later

PREVIEW = "tiers.preview"
PART = 20_000
"""Accounts counted by one statement."""
NAMES_SHOWN = 50
KEPT = timedelta(days=1)

REFUNDS = """
    UNION ALL
    SELECT entry.account_id, entry.kind, coalesce(bought.id, entry.source_id), entry.occurred_at,
           least(bought.at, entry.occurred_at), {amount}
    FROM part JOIN turnover_entry entry ON entry.account_id = part.id
    LEFT JOIN LATERAL (
        SELECT line.origin_id AS id, purchase.occurred_at AS at
        FROM sale_line line LEFT JOIN turnover_entry purchase ON purchase.source_id = line.origin_id
        WHERE line.sale_id = entry.source_id AND line.origin_id IS NOT NULL
        ORDER BY line.line LIMIT 1
    ) bought ON true {left_out}
    WHERE entry.occurred_at < :ends AND entry.kind = 'refund'
"""
LEFT_OUT = """
LEFT JOIN LATERAL (
    SELECT sum(line.tax_base + line.tax_amount) AS amount FROM sale_line line
    WHERE line.sale_id = entry.source_id AND (line.product = ANY(:products) OR line.category = ANY(:categories))
) left_out ON true
"""
TURNOVER = """
summed AS (
    SELECT account_id,
           coalesce(sum(amount) FILTER (WHERE known < :starts AND counts_at >= :first_before), 0) AS before,
           coalesce(sum(amount) FILTER (WHERE counts_at >= :first_now), 0) AS now,
           bool_or(known >= :starts) AS bought_today
    FROM fact GROUP BY account_id
)"""
RECEIPTS = """
purchase AS (
    SELECT account_id, purchase, min(counts_at) AS counts_at,
           CASE WHEN sum(amount) > 0 THEN 1 ELSE 0 END AS receipts, bool_or(known >= :starts) AS today,
           CASE WHEN sum(amount) FILTER (WHERE known < :starts) > 0 THEN 1 ELSE 0 END AS receipts_before
    FROM fact WHERE kind IN ('sale', 'refund') GROUP BY account_id, purchase
    UNION ALL
    SELECT account_id, purchase, counts_at, CASE kind WHEN 'merge_in_sale' THEN 1 ELSE -1 END, false,
           CASE kind WHEN 'merge_in_sale' THEN 1 ELSE -1 END
    FROM fact WHERE kind IN ('merge_in_sale', 'merge_out_sale')
),
summed AS (
    SELECT account_id,
           coalesce(sum(receipts_before) FILTER (WHERE counts_at >= :first_before), 0) AS before,
           coalesce(sum(receipts) FILTER (WHERE counts_at >= :first_now), 0) AS now,
           bool_or(today) AS bought_today
    FROM purchase GROUP BY account_id
)"""
COUNT = """
WITH part AS MATERIALIZED (
    SELECT account.id, account.seq, account.tier FROM account WHERE account.seq > :after AND account.seq <= :until
),
fact AS (
    SELECT entry.account_id, entry.kind, entry.source_id AS purchase, entry.occurred_at AS known,
           entry.occurred_at AS counts_at, {amount} AS amount
    FROM part JOIN turnover_entry entry ON entry.account_id = part.id {left_out}
    WHERE entry.occurred_at < :ends AND entry.kind <> 'refund'
    {refunds}
),
{summed},
placed AS (
    SELECT part.id, part.seq, part.tier, hold.tier AS held_tier, hold.how,
           coalesce(array_position(CAST(:tiers AS text[]), hold.tier), 0) AS held_at,
           greatest(
               coalesce(array_position(CAST(:tiers AS text[]), standing.earned), 0),
               width_bucket(coalesce(summed.before, 0)::bigint, CAST(:thresholds AS bigint[])),
               CASE WHEN summed.bought_today
                    THEN width_bucket(summed.now::bigint, CAST(:thresholds AS bigint[])) ELSE 0 END
           ) AS place,
           width_bucket(coalesce(summed.now, 0)::bigint, CAST(:thresholds AS bigint[])) AS deserved
    FROM part
    LEFT JOIN summed ON summed.account_id = part.id
    LEFT JOIN tier_standing standing ON standing.account = part.id
    LEFT JOIN LATERAL (
        SELECT last.tier, last.how, last.ends FROM tier_hold last
        WHERE last.account = part.id AND last.begins <= :day ORDER BY last.id DESC LIMIT 1
    ) hold ON hold.how IS NOT NULL AND (hold.ends IS NULL OR hold.ends > :day)
),
reviewed AS (
    SELECT *, CASE WHEN deserved >= place OR NOT :steps THEN place WHEN :one_rung THEN place - 1 ELSE deserved END AS later
    FROM placed
),
told AS MATERIALIZED (
    SELECT id, seq, tier AS was, {now} AS becomes, {later} AS later FROM reviewed
)
SELECT json_build_object(
    'counted', (SELECT count(*) FROM told),
    'moves', (
        SELECT json_agg(json_build_array(was, becomes, n))
        FROM (SELECT was, becomes, count(*) AS n FROM told WHERE was IS DISTINCT FROM becomes GROUP BY 1, 2) moved
    ),
    'later', (
        SELECT json_agg(json_build_array(becomes, later, n))
        FROM (SELECT becomes, later, count(*) AS n FROM told WHERE becomes IS DISTINCT FROM later GROUP BY 1, 2) moved
    ),
    'first', (
        SELECT json_agg(json_build_array(id, seq, was, becomes, (
            SELECT trim(person.given || ' ' || person.family) FROM person
            WHERE person.account = first.id ORDER BY person.id LIMIT 1
        )) ORDER BY seq)
        FROM (SELECT * FROM told WHERE was IS DISTINCT FROM becomes ORDER BY seq LIMIT :wanted) first
    )
)
"""


@dataclass(frozen=True, slots=True)
class Move:
    """So many accounts from one tier to another; None is no tier."""

    from_tier: str | None
    to_tier: str | None
    accounts: int


@dataclass(frozen=True, slots=True)
class MovedAccount:
    """One that would move on the first day. `name` is of its first person, if any."""

    account: UUID
    seq: int
    from_tier: str | None
    to_tier: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """`counted` of `accounts` are done; all figures are of those."""

    id: UUID
    active_from: date
    counted: int
    accounts: int
    done: bool
    moves: list[Move]
    later: list[Move]
    first: list[MovedAccount]


async def start_preview(session: AsyncSession, id_: UUID, ladder: Ladder, *, by: UUID | None, at: datetime) -> Preview:
    """Count the first part now; the worker counts the others, one job each."""
    await session.execute(delete(TierPreview).where(TierPreview.made_at < at - KEPT))
    until = await session.scalar(select(func.coalesce(func.max(Account.seq), 0))) or 0
    session.add(
        TierPreview(
            id=id_,
            body=written(ladder),
            active_from=ladder.active_from,
            after=0,
            until=until,
            found={},
            made_at=at,
            made_by=by,
        )
    )
    await session.flush()
    if await preview_part(session, id_):
        await later(session, PREVIEW, {"preview": str(id_)})
    return await preview_of(session, id_)


async def preview_part(session: AsyncSession, id_: UUID) -> bool:
    """Count the next part; whether there is another. A preview taken away meanwhile is done."""
    query = select(TierPreview).where(TierPreview.id == id_).with_for_update()
    row = await session.scalar(query.execution_options(populate_existing=True))
    if row is None or row.after >= row.until:
        return False
    ladder = read_ladder(row.body, version=0, active_from=row.active_from)
    last = min(row.until, row.after + PART)
    found = await count_part(session, ladder, row.after, last, wanted=NAMES_SHOWN - len(row.found.get("first", ())))
    row.found, row.after = together(row.found, found), last
    await session.flush()
    return last < row.until


async def count_part(
    session: AsyncSession, ladder: Ladder, after: int, until: int, *, wanted: int = NAMES_SHOWN
) -> Mapping[str, Any]:
    """What the accounts with `after` < number <= `until` would do."""
    zone = await chain_zone(session)
    values: dict[str, Any] = {
        "after": after,
        "until": until,
        "day": ladder.active_from,
        "starts": midnight(ladder.active_from, zone),
        "ends": midnight(ladder.active_from + DAY, zone),
        "first_before": first_moment(ladder, ladder.active_from - DAY, zone),
        "first_now": first_moment(ladder, ladder.active_from, zone),
        "tiers": [rung.tier for rung in ladder.rungs],
        "thresholds": [rung.at_least for rung in ladder.rungs],
        "steps": ladder.down is not StepDown.NEVER,
        "one_rung": ladder.down is StepDown.ONE_RUNG,
        "wanted": wanted,
    }
    leaves_out = bool(ladder.products or ladder.categories)
    if leaves_out:
        values["products"] = sorted(ladder.products)
        values["categories"] = await categories_inside(session, ladder.categories)
    eligible = {
        "amount": "entry.amount - coalesce(left_out.amount, 0)" if leaves_out else "entry.amount",
        "left_out": LEFT_OUT if leaves_out else "",
    }
    statement = COUNT.format(
        **eligible,
        refunds="" if ladder.returns is Returns.IGNORE else REFUNDS.format(**eligible),
        summed=TURNOVER if ladder.by is Measure.TURNOVER else RECEIPTS,
        now=shown("place"),
        later=shown("later"),
    )
    return (await session.execute(text(statement), values)).scalar_one()


def shown(place: str) -> str:
    """The tier that an account earning `place` (1 for the lowest rung) shows, its hold considered."""
    return (
        f"CASE WHEN how = 'by_hand' OR (how = 'imported' AND {place} <= held_at) THEN held_tier "
        f"ELSE (CAST(:tiers AS text[]))[{place}] END"
    )


def first_moment(ladder: Ladder, last: date, zone: ZoneInfo) -> datetime:
    """Where the window that ends with the day `last` begins."""
    if ladder.window is None or ladder.window > (last - date(1900, 1, 1)).days:
        return midnight(date(1900, 1, 1), zone)
    return midnight(last - (ladder.window - 1) * DAY, zone)


def together(had: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """Both parts as one."""
    summed: dict[str, Any] = {"counted": had.get("counted", 0) + found["counted"]}
    for kind in ("moves", "later"):
        counts: dict[tuple[str | None, str | None], int] = {}
        for was, becomes, n in [*(had.get(kind) or []), *(found[kind] or [])]:
            counts[was, becomes] = counts.get((was, becomes), 0) + n
        summed[kind] = [[was, becomes, n] for (was, becomes), n in counts.items()]
    summed["first"] = [*(had.get("first") or []), *(found["first"] or [])]
    return summed


async def preview_of(session: AsyncSession, id_: UUID) -> Preview:
    """How far it is. Raises `PreviewNotFound`."""
    row = await session.get(TierPreview, id_)
    if row is None:
        raise PreviewNotFound(preview=str(id_))
    found = row.found
    counted = int(found.get("counted", 0))
    done = row.after >= row.until
    return Preview(
        id=row.id,
        active_from=row.active_from,
        counted=counted,
        accounts=counted if done else row.until,
        done=done,
        moves=most_first(found.get("moves", ())),
        later=most_first(found.get("later", ())),
        first=[
            MovedAccount(UUID(account), seq, was, becomes, name)
            for account, seq, was, becomes, name in found.get("first", ())
        ],
    )


def most_first(rows: Any) -> list[Move]:
    return sorted(
        (Move(*row) for row in rows), key=lambda move: (-move.accounts, str(move.from_tier), str(move.to_tier))
    )
