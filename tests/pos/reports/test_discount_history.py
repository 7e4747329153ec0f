"""Every discount can be looked up: what, why, by whom, to whom, by which version of the rules."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from loyalty.accounts.merge import merge_accounts
from loyalty.accounts.service import open_account
from loyalty.accounts.survivor import merged_accounts
from loyalty.pricing.store import publish_rule_set
from pos.core.ids import new_id
from pos.reports.discount_history import Asked, Place, discount_history
from tests.documents import Till
from tests.pos.exchange.builders import NOON
from tests.pos.shopkeeping import a_shop

BY = {"by": None, "at": NOON}
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
RULES = {
    "rules": [
        {
            "id": "tier-gold",
            "name": "Gold",
            "priority": 1,
            "who": {"tiers": ["gold"]},
            "effect": {"kind": "percent", "value": 1_000},
        }
    ],
}
APPROVER = new_id()


@pytest.fixture
async def shop(addresses):
    async with a_shop(addresses) as shop:
        async with shop.database.transaction() as session:
            await publish_rule_set(session, RULES, active_from=LONG_AGO, by=None, at=LONG_AGO)
        yield shop


def by_hand(data):
    line = data["lines"][1]
    line["manual"] = {"kind": "percent", "value": 1_000, "reason": "dented", "approver": str(APPROVER)}
    line["discounts"][0].update(rule="manual", source="manual")


async def test_each_discount_says_what_why_by_whom_and_to_whom(shop):
    account, till = new_id(), Till()
    sale = till.sell(2, account=account, change=by_hand)
    back = till.refund(sale, [1])
    await shop.deliver(till, sale, back, till.sell(3))

    async with shop.database.sessions() as session:
        rows = await discount_history(session, Asked(accounts=[account]))

    assert [(row.kind, row.line, row.rule, row.amount) for row in rows] == [
        ("refund", 1, "tier-gold", -8_200),
        ("sale", 2, "manual", 8_400),
        ("sale", 1, "tier-gold", 8_200),
    ]
    assert {(row.staff, row.account, row.rule_set, row.outlet) for row in rows} == {
        (till.staff_id, account, 1, till.outlet_id)
    }
    assert [(row.reason, row.approver) for row in rows] == [("", None), ("dented", APPROVER), ("", None)]
    assert rows[0].receipt == back.data["receipt"]


async def test_pages_of_any_question_give_every_discount_once_and_the_newest_first(shop):
    mine, yours = Till(), Till(prefix="T2")
    first, second = new_id(), new_id()
    for _ in range(4):
        await shop.deliver(mine, mine.sell(3, account=first), mine.sell(1, account=second, change=None))
        await shop.deliver(yours, yours.sell(2, account=first))
    questions = {
        Asked(): 4 * 6,
        Asked(rule="tier-gold"): 4 * 6,
        Asked(rule="nothing"): 0,
        Asked(accounts=(first,)): 4 * 5,
        Asked(accounts=(first, second)): 4 * 6,
        Asked(staff=yours.staff_id): 4 * 2,
        Asked(accounts=(first,), staff=mine.staff_id, rule="tier-gold"): 4 * 3,
    }

    async with shop.database.sessions() as session:
        for asked, count in questions.items():
            seen, after = [], None
            while rows := await discount_history(session, asked, after=after, limit=5):
                seen += rows
                after = Place(rows[-1].at, rows[-1].sale, rows[-1].line, rows[-1].place)
            assert len({(row.sale, row.line, row.place) for row in seen}) == len(seen) == count
            assert [row.at for row in seen] == sorted((row.at for row in seen), reverse=True)


async def test_the_survivor_of_a_merge_shows_what_was_given_to_both(shop):
    till = Till()
    async with shop.database.transaction() as session:
        old, new = [(await open_account(session, new_id(), outlet=None, **BY)).id for _ in range(2)]
        await merge_accounts(session, new_id(), old, new, **BY)
    await shop.deliver(till, till.sell(1, account=old), till.sell(1, account=new))

    async with shop.database.sessions() as session:
        rows = await discount_history(session, Asked(accounts=await merged_accounts(session, new)))
        credited = await session.execute(
            text("SELECT account_id, sum(amount) FROM turnover_entry GROUP BY 1 HAVING sum(amount) <> 0")
        )

    assert {row.account for row in rows} == {old, new}
    assert [account for account, _ in credited] == [new]


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ("s.account_id = '00000000-0000-0000-0000-000000000001'", "ix_sale_account_id"),
        ("s.staff_id = '00000000-0000-0000-0000-000000000001'", "ix_sale_staff_id"),
        ("d.rule = 'x'", "ix_line_discount_rule"),
    ],
)
async def test_each_question_has_its_index(session, asked, index):
    await session.execute(text("SET LOCAL enable_seqscan = off"))
    order = "d.sale_id DESC" if "rule" in asked else "s.made_at DESC, s.id DESC"
    query = f"SELECT 1 FROM sale s JOIN line_discount d ON d.sale_id = s.id WHERE {asked} ORDER BY {order} LIMIT 50"

    plan = "\n".join(await session.scalars(text(f"EXPLAIN {query}")))

    assert index in plan
