"""Points reach tills: an account whose points changed comes again, a new programme too."""

import json
from datetime import timedelta

from pos.exchange import feed
from tests.loyalty.points.builders import MONDAY, a_programme, earned, standing
from tests.pos.exchange.builders import NOON, an_account


async def test_new_points_bring_the_accounts_row_and_a_programme_its_sections(session, shop):
    account = await an_account(session, shop, "2900000000018")
    await session.commit()
    cursor = json.loads(await feed.snapshot(session, shop.outlet, shop.register, at=NOON))["cursor"]
    await a_programme(session, offline="cap", offline_cap=50)
    await earned(session, account.id, 70, expires_on=MONDAY + timedelta(days=30))
    await earned(session, account.id, 5, available_on=MONDAY + timedelta(days=3))
    await standing(session, account.id)
    await session.commit()

    told = json.loads(await feed.changes(session, shop.outlet, cursor, at=NOON))

    (row,) = told["accounts"]
    assert (row["points"], row["points_pending"], row["points_expiring"]) == (70, 5, ["2026-02-04", 70])
    assert told["settings"]["points"]["programme"] == told["points_programme"]["version"] == 1
    assert (told["points_programme"]["offline"], told["points_programme"]["offline_cap"]) == ("cap", 50)
