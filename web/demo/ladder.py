"""The demo shop's tier ladder, and what its clients had bought before the shop began to write documents.

Each client brings a turnover that earns the tier drawn for it; the past sales add to that, and the worker puts everyone
where the sums say. The six clients of the start page are held by hand, so that each stays what the page calls it.
"""

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.tiers.model import TierHold
from loyalty.tiers.service import publish_ladder
from loyalty.turnover.model import TurnoverEntry
from web.demo.bulk import add_rows
from web.demo.clients import FIXED, Client

BEGAN = timedelta(days=120)
"""How long ago the ladder was published; the turnover brought along is a day younger."""
FROM: Mapping[str | None, int] = {None: 0, "bronze": 2_000_000, "silver": 15_000_000, "gold": 50_000_000}
"""Minor units: 20 000, 150 000 and 500 000 drams in a year."""
NOT_COUNTED = "tobacco"
HELD = "Kept for trying out"


def ladder(categories: Mapping[str, int]) -> dict[str, Any]:
    """By the turnover of a year, looked at each year after the tier was reached; tobacco does not count."""
    return {
        "by": "turnover",
        "window": 365,
        "rungs": [{"tier": tier, "at_least": level} for tier, level in FROM.items() if tier is not None],
        "upgrade": "next_receipt",
        "review": {"anniversary": "tier"},
        "grace_days": 14,
        "step_down": "one_rung",
        "returns": "undo",
        "leave_out": {"categories": [categories[NOT_COUNTED]] if NOT_COUNTED in categories else []},
    }


async def make_ladder(
    session: AsyncSession, people: Sequence[Client], categories: Mapping[str, int], *, today: date, at: datetime
) -> None:
    """Publish the ladder in the past, with the turnover and the holds that explain the clients' tiers."""
    published = at - BEGAN
    bought = published + timedelta(days=1)
    dice = random.Random(FROM["gold"])  # noqa: S311 - made-up sums
    levels = [*FROM.values(), 2 * FROM["gold"]]
    rows = []
    for client in people:
        least = FROM[client.tier]
        most = levels[levels.index(least) + 1]
        amount = least + dice.randrange((most - least) // 2_000) * 1_000
        rows.append(
            {
                "source_id": uuid5(client.id, "opening"),
                "account_id": client.id,
                "kind": "opening",
                "amount": amount,
                "occurred_at": bought,
                "recorded_at": bought,
            }
        )
    await add_rows(session, TurnoverEntry, [row for row in rows if row["amount"]])
    session.add_all(
        TierHold(account=client.id, tier=client.tier, how="by_hand", reason=HELD, begins=today - BEGAN, made_at=bought)
        for client in people[: len(FIXED)]
    )
    await publish_ladder(session, ladder(categories), active_from=today - BEGAN, by=None, at=published)
