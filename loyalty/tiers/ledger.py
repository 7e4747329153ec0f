"""The turnover ledger of accounts as the ladder reads it: local days, purchases given back, goods that do not count.

A refund counts on the day of the purchase it gives back, as soon as that purchase is in the ledger. What is left out
is found by the product and category of each line; a category takes along everything inside it today.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.tiers.form import read_ladder
from loyalty.tiers.model import TierHold, TierLadder
from loyalty.tiers.rules import Entry, Hold, Ladder, Why

ENTRIES = text("""
SELECT entry.account_id, entry.source_id, entry.kind, entry.amount, entry.occurred_at, bought.id, bought.at
FROM turnover_entry entry
LEFT JOIN LATERAL (
    SELECT line.origin_id AS id, purchase.occurred_at AS at
    FROM sale_line line LEFT JOIN turnover_entry purchase ON purchase.source_id = line.origin_id
    WHERE entry.kind = 'refund' AND line.sale_id = entry.source_id AND line.origin_id IS NOT NULL
    ORDER BY line.line LIMIT 1
) bought ON true
WHERE entry.account_id = ANY(:accounts)
""")
LEFT_OUT = text("""
SELECT line.sale_id, line.product, line.category, line.tax_base + line.tax_amount
FROM turnover_entry entry JOIN sale_line line ON line.sale_id = entry.source_id
WHERE entry.account_id = ANY(:accounts) AND (line.product = ANY(:products) OR line.category = ANY(:categories))
""")
INSIDE = text("""
WITH RECURSIVE inside AS (
    SELECT id, id AS root FROM category WHERE id = ANY(:roots)
    UNION SELECT category.id, inside.root FROM category JOIN inside ON category.parent = inside.id
)
SELECT root, id FROM inside
""")
FIRST_OUTLET = text("SELECT zone FROM outlet ORDER BY id LIMIT 1")


async def chain_zone(session: AsyncSession) -> ZoneInfo:
    """The zone whose days the ladder counts: the first version's; before there is one, the first outlet's, else UTC."""
    zone = await session.scalar(select(TierLadder.zone).order_by(TierLadder.version).limit(1))
    return ZoneInfo(zone or await session.scalar(FIRST_OUTLET) or "UTC")


async def ladders(session: AsyncSession) -> list[Ladder]:
    """Every version there is, those to come too."""
    rows = await session.scalars(select(TierLadder).order_by(TierLadder.version))
    return [read_ladder(row.body, version=row.version, active_from=row.active_from) for row in rows]


async def entries_of(
    session: AsyncSession, accounts: Sequence[UUID], known: Sequence[Ladder], zone: ZoneInfo
) -> Mapping[UUID, list[Entry]]:
    """The ledgers of `accounts`, in no order."""
    left_out = await _left_out(session, accounts, known)
    found: dict[UUID, list[Entry]] = defaultdict(list)
    rows = await session.execute(ENTRIES, {"accounts": list(accounts)})
    for account, id_, kind, amount, at, purchase, bought_at in rows:
        day = at.astimezone(zone).date()
        counts_on = day if bought_at is None else min(day, bought_at.astimezone(zone).date())
        found[account].append(Entry(id_, kind, amount, at, day, counts_on, purchase or id_, left_out.get(id_, NOTHING)))
    return found


NOTHING: Mapping[int, int] = {}


async def _left_out(
    session: AsyncSession, accounts: Sequence[UUID], known: Sequence[Ladder]
) -> Mapping[UUID, Mapping[int, int]]:
    """By sale and ladder version, how much of it does not count."""
    if not any(ladder.products or ladder.categories for ladder in known):
        return {}
    inside = await _inside(session, {root for ladder in known for root in ladder.categories})
    wide = {ladder.version: frozenset(id_ for root in ladder.categories for id_ in inside[root]) for ladder in known}
    values = {
        "accounts": list(accounts),
        "products": sorted({product for ladder in known for product in ladder.products}),
        "categories": sorted({category for all_ in wide.values() for category in all_}),
    }
    found: dict[UUID, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for sale, product, category, amount in await session.execute(LEFT_OUT, values):
        for ladder in known:
            if product in ladder.products or category in wide[ladder.version]:
                found[sale][ladder.version] += amount
    return found


async def _inside(session: AsyncSession, roots: Iterable[int]) -> Mapping[int, set[int]]:
    """Each category with all those inside it."""
    found: dict[int, set[int]] = defaultdict(set)
    for root, id_ in await session.execute(INSIDE, {"roots": sorted(roots)}):
        found[root].add(id_)
    return found


async def categories_inside(session: AsyncSession, roots: Iterable[int]) -> list[int]:
    """Those categories and all that are inside them."""
    return sorted({id_ for ids in (await _inside(session, roots)).values() for id_ in ids})


async def holds_of(session: AsyncSession, accounts: Sequence[UUID]) -> Mapping[UUID, list[Hold]]:
    """The holds of `accounts`, the ends of holds among them."""
    found: dict[UUID, list[Hold]] = defaultdict(list)
    for row in await session.scalars(select(TierHold).where(TierHold.account.in_(accounts))):
        found[row.account].append(Hold(row.begins, row.id, row.tier, Why(row.how) if row.how else None, row.ends))
    return found
