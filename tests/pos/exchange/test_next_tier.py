"""Tills are told how far an account's next tier is, as soon as a sale has moved it."""

import json
from datetime import timedelta

from sqlalchemy import insert

from loyalty.tiers.service import fold_accounts, publish_ladder
from loyalty.turnover.model import TurnoverEntry
from pos.core.ids import new_id
from pos.exchange import feed
from tests.pos.exchange.builders import NOON, TODAY, an_account

LADDER = {"by": "turnover", "upgrade": "this_receipt", "rungs": [{"tier": "gold", "at_least": 12_000}]}


async def test_the_distance_to_the_next_tier_comes_with_the_change_that_moved_it(session, shop):
    account = await an_account(session, shop, "2900000000018")
    await publish_ladder(session, LADDER, active_from=TODAY, by=None, at=NOON)
    await fold_accounts(session, [account.id], at=NOON)
    await session.commit()
    cursor = json.loads(await feed.snapshot(session, shop.outlet, shop.register, at=NOON))["cursor"]
    await session.commit()
    row = {"source_id": new_id(), "account_id": account.id, "kind": "sale", "amount": 11_900}
    await session.execute(insert(TurnoverEntry).values(**row, occurred_at=NOON, recorded_at=NOON))
    later = NOON + timedelta(minutes=1)
    moved = await fold_accounts(session, [account.id], at=later)
    await session.commit()

    told = json.loads(await feed.changes(session, shop.outlet, cursor, at=later))

    assert moved == [], "its tier stays: only the distance changed"
    (row,) = told["accounts"]
    assert row["next_tier"] == {"code": "gold", "missing": 100, "by": "turnover", "this_receipt": True}
