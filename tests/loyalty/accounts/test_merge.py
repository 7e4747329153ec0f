"""Two accounts of one client become one, and are taken apart again: nothing is lost, doubled or left behind."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts import cards, categories, merge, persons, queries, service
from loyalty.accounts.errors import (
    AccountMerged,
    CardNotFound,
    MergeDiffers,
    MergeNotFound,
    MergeNotLast,
    MergeWithItself,
)
from loyalty.accounts.log import account_log
from loyalty.accounts.model import Account, Card, CardScheme
from loyalty.accounts.persons import PersonDraft
from loyalty.accounts.survivor import survivors
from loyalty.debts.model import DebtAccount, DebtEntry
from loyalty.debts.service import correct_debt, set_debt_limit
from loyalty.limits.model import RuleUse
from loyalty.points.gifts import give_bonus
from loyalty.points.model import PointsAccount
from loyalty.points.programme import ProgrammeDraft, publish_programme
from loyalty.pricing.model import ClientCategory, Tier
from loyalty.tiers.service import hold_tier
from loyalty.turnover.model import TurnoverEntry
from pos.core.ids import new_id
from pos.storage.database import Database

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
TODAY = date(2026, 3, 10)
CLERK = new_id()
BY = {"by": CLERK, "at": NOON}
SALES = ("sale", "merge_in_sale", "merge_out_sale")


async def set_up(session):
    session.add_all(
        [
            Tier(code="silver", names={"en": "Silver"}, rank=1),
            Tier(code="gold", names={"en": "Gold"}, rank=2),
            ClientCategory(code="pensioner", names={"en": "Pensioner"}),
            ClientCategory(code="mother", names={"en": "Mother"}),
            CardScheme(id=1, prefix="77", length=16, salt=b"salt"),
        ]
    )
    await session.flush()


async def an_account(session, *spent, tier=None):
    """An account with a card, a person, and sales of these amounts on days before today."""
    account = await service.open_account(session, new_id(), outlet=new_id(), tier=tier, **BY)
    await cards.issue_card(session, new_id(), account.id, **BY)
    await persons.add_person(session, new_id(), account.id, PersonDraft("Anahit", phone="+37400004312"), **BY)
    for days, amount in enumerate(spent, 1):
        await bought(session, account.id, amount, NOON - timedelta(days=days))
    return account


async def bought(session, account_id, amount, at=NOON, kind="sale"):
    session.add(
        TurnoverEntry(
            source_id=new_id(), account_id=account_id, kind=kind, amount=amount, occurred_at=at, recorded_at=at
        )
    )
    await session.flush()


async def turnover(session, account_id):
    """What the account's ledger comes to at each moment: (amount, receipts) where that is anything."""
    rows = await session.execute(
        select(TurnoverEntry.occurred_at, TurnoverEntry.kind, TurnoverEntry.amount).where(
            TurnoverEntry.account_id == account_id
        )
    )
    found = {}
    for at, kind, amount in rows:
        had = found.get(at, (0, 0))
        receipts = (kind in SALES) * (-1 if kind == "merge_out_sale" else 1)
        found[at] = (had[0] + amount, had[1] + receipts)
    return {at: sums for at, sums in found.items() if sums != (0, 0)}


async def picture(session, account_id):
    """Everything of an account that a merge could change."""
    await session.flush()
    session.expire_all()
    account = await session.get_one(Account, account_id)
    whole = await queries.account_whole(session, account_id)
    terms = (account.tier, account.personal, account.tags, account.staff, account.merged_into, account.blocked)
    return terms, whole.cards, whole.persons, whole.categories, await turnover(session, account_id)


async def test_a_merge_brings_everything_to_the_survivor(session):
    await set_up(session)
    old = (await an_account(session, 500_000, 700_000, tier="gold")).id
    new = (await an_account(session, 100_000, tier="silver")).id
    await categories.grant_category(session, old, "pensioner", proved_on=TODAY, **BY)
    await service.set_tags(session, old, ["press"], **BY)
    before = await turnover(session, old)

    await merge.merge_accounts(session, new_id(), old, new, **BY)

    terms, held_cards, held_persons, held_categories, sums = await picture(session, new)
    assert terms[0] == "gold"
    assert terms[2] == ["press"]
    assert (len(held_cards), len(held_persons), [row.category for row in held_categories]) == (2, 2, ["pensioner"])
    assert sums == {**before, NOON - timedelta(days=1): (600_000, 2)}
    gone = await picture(session, old)
    assert (gone[0][4], gone[1], gone[2], gone[4]) == (new, [], [], {})
    assert (await survivors(session, [old, new])) == {old: new, new: new}


async def test_undoing_a_merge_restores_both_exactly(session):
    await set_up(session)
    old, new = (await an_account(session, 500_000, 0, tier="gold")).id, (await an_account(session, 100_000)).id
    until = TODAY + timedelta(days=300)
    await categories.grant_category(session, old, "pensioner", proved_on=TODAY, expires_on=until, **BY)
    await categories.grant_category(
        session, new, "pensioner", proved_on=TODAY, expires_on=until - timedelta(days=9), **BY
    )
    await categories.grant_category(session, old, "mother", proved_on=TODAY, **BY)
    await service.set_personal(session, old, 700, **BY)
    await service.set_staff(session, old, CLERK, **BY)
    pictures = [await picture(session, old), await picture(session, new)]
    merge_id = new_id()

    await merge.merge_accounts(session, merge_id, old, new, **BY)
    assert [await picture(session, old), await picture(session, new)] != pictures
    await merge.undo_merge(session, merge_id, **BY)

    assert [await picture(session, old), await picture(session, new)] == pictures


async def test_what_was_done_since_stays_where_it_was_done(session):
    await set_up(session)
    old, new = (await an_account(session, 500_000)).id, (await an_account(session)).id
    (card,) = [held.id for held in (await queries.account_whole(session, old)).cards]
    merge_id = new_id()
    await merge.merge_accounts(session, merge_id, old, new, **BY)

    replaced = (await cards.replace_card(session, card, new_id(), **BY)).id
    fresh = (await cards.issue_card(session, new_id(), new, **BY)).id
    await hold_tier(session, new, "gold", reason="jubilee", **BY)
    await bought(session, new, 90_000)
    await merge.undo_merge(session, merge_id, **BY)

    owners = {row.id: row.account for row in await session.execute(select(Card.id, Card.account))}
    assert (owners[card], owners[replaced], owners[fresh]) == (old, old, new)
    assert await turnover(session, new) == {NOON: (90_000, 1)}
    assert await turnover(session, old) == {NOON - timedelta(days=1): (500_000, 1)}
    assert (await session.get_one(Account, new)).tier == "gold"


async def test_a_sale_that_still_names_the_old_account_is_credited_to_the_last_survivor_and_comes_back(session):
    await set_up(session)
    first, second, third = [await an_account(session) for _ in range(3)]
    one, two = new_id(), new_id()
    await merge.merge_accounts(session, one, first.id, second.id, **BY)
    await merge.merge_accounts(session, two, second.id, third.id, **BY)
    await bought(session, first.id, 40_000)

    for _ in range(2):  # said twice it counts once
        await merge.pass_on(session, [first.id], at=NOON)

    sums = [await turnover(session, account.id) for account in (first, second, third)]
    assert sums == [{}, {}, {NOON: (40_000, 1)}]
    with pytest.raises(MergeNotLast):
        await merge.undo_merge(session, one, **BY)
    await merge.undo_merge(session, two, **BY)
    await merge.undo_merge(session, one, **BY)
    sums = [await turnover(session, account.id) for account in (first, second, third)]
    assert sums == [{NOON: (40_000, 1)}, {}, {}]


async def test_merged_and_undone_three_times_the_ledgers_still_agree(session):
    await set_up(session)
    old, new = await an_account(session, 500_000, 20_000), await an_account(session, 70_000)
    await bought(session, old.id, -500_000, kind="refund")
    pictures = [await turnover(session, old.id), await turnover(session, new.id)]

    for _ in range(3):
        merge_id = new_id()
        await merge.merge_accounts(session, merge_id, old.id, new.id, **BY)
        await merge.undo_merge(session, merge_id, **BY)

    assert [await turnover(session, old.id), await turnover(session, new.id)] == pictures


async def test_points_go_over_and_come_back(session):
    await set_up(session)
    await publish_programme(session, ProgrammeDraft(zone="Asia/Yerevan", value=100), by=None, at=NOON)
    old, new = (await an_account(session)).id, (await an_account(session)).id
    for account, amount in ((old, 70), (new, 5)):
        await give_bonus(session, new_id(), account, amount, reason="thanks", by=CLERK, at=NOON)
    merge_id = new_id()

    await merge.merge_accounts(session, merge_id, old, new, **BY)
    merged = [await points(session, account) for account in (old, new)]
    await merge.undo_merge(session, merge_id, **BY)

    assert merged == [0, 75]
    assert [await points(session, account) for account in (old, new)] == [70, 5]


async def test_debts_their_limit_and_uses_of_rules_go_over_and_come_back(session):
    await set_up(session)
    old, new = (await an_account(session)).id, (await an_account(session)).id
    await set_debt_limit(session, old, 900_000, 14)
    for days, amount in ((9, 50_000), (2, 30_000)):
        await correct_debt(
            session, old, new_id(), amount, "opening", "old book", by=CLERK, at=NOON - timedelta(days=days)
        )
    used = {"rule": "coffee", "kind": "sale", "rule_set": 1, "times": 2, "sum": 700, "pieces": 2_000}
    when = {"business_date": TODAY, "occurred_at": NOON, "recorded_at": NOON}
    session.add(RuleUse(source_id=new_id(), account_id=old, sale_id=None, **used, **when))
    await session.flush()
    merge_id = new_id()
    before = [await owed_and_used(session, account) for account in (old, new)]

    await merge.merge_accounts(session, merge_id, old, new, **BY)
    merged = [await owed_and_used(session, account) for account in (old, new)]
    await merge.undo_merge(session, merge_id, **BY)

    both = (80_000, 80_000, 900_000, (2, 700, 2_000))
    assert before[0] == both
    assert (merged[0][:2], merged[0][3], merged[1]) == ((0, 0), (0, 0, 0), both)
    after = [await owed_and_used(session, account) for account in (old, new)]
    assert (after[0], after[1][:2], after[1][3]) == (both, (0, 0), (0, 0, 0))
    assert not after[1][2]


async def owed_and_used(session, account_id):
    """What the account owes by its ledger and by its row, may owe, and has used of the rule."""
    owed = select(func.coalesce(func.sum(DebtEntry.amount), 0)).where(DebtEntry.account_id == account_id)
    row = select(DebtAccount.owed, DebtAccount.most).where(DebtAccount.account == account_id)
    standing = (await session.execute(row)).one_or_none()
    sums = [func.coalesce(func.sum(column), 0) for column in (RuleUse.times, RuleUse.sum, RuleUse.pieces)]
    used = (await session.execute(select(*sums).where(RuleUse.account_id == account_id))).one()
    return await session.scalar(owed), standing.owed if standing else 0, standing and standing.most, tuple(used)


async def points(session, account_id):
    query = select(PointsAccount.spendable).where(PointsAccount.account_id == account_id)
    return await session.scalar(query.execution_options(populate_existing=True))


async def test_the_same_merge_again_changes_nothing_and_another_is_refused(session):
    await set_up(session)
    old, new, other = [await an_account(session, 500_000) for _ in range(3)]
    merge_id = new_id()
    await merge.merge_accounts(session, merge_id, old.id, new.id, **BY)
    entries = await session.scalar(select(func.count()).select_from(TurnoverEntry))

    await merge.merge_accounts(session, merge_id, old.id, new.id, **BY)

    assert await session.scalar(select(func.count()).select_from(TurnoverEntry)) == entries
    with pytest.raises(MergeDiffers):
        await merge.merge_accounts(session, merge_id, other.id, new.id, **BY)
    with pytest.raises(MergeWithItself):
        await merge.merge_accounts(session, new_id(), new.id, new.id, **BY)
    with pytest.raises(AccountMerged):
        await merge.merge_accounts(session, new_id(), old.id, other.id, **BY)
    with pytest.raises(AccountMerged):
        await merge.merge_accounts(session, new_id(), other.id, old.id, **BY)
    with pytest.raises(AccountMerged) as refused:
        await service.set_tags(session, old.id, ["vip"], **BY)
    assert refused.value.fields["into"] == str(new.id)
    with pytest.raises(MergeNotFound):
        await merge.undo_merge(session, new_id(), **BY)


async def test_both_logs_tell_of_the_merge_and_the_survivor_s_holds_the_other_s(session):
    await set_up(session)
    old, new = await an_account(session), await an_account(session)
    merge_id = new_id()

    await merge.merge_accounts(session, merge_id, old.id, new.id, **BY)
    await session.flush()

    told = await account_log(session, new.id)
    assert [(row.account, row.kind, row.by) for row in told if row.kind == "merged"] == [
        (new.id, "merged", CLERK),
        (old.id, "merged", CLERK),
    ]
    assert {row.account for row in told} == {old.id, new.id}
    assert (await account_log(session, new.id, before=told[0].id))[0] == told[1]


@pytest.fixture
async def database(addresses):
    database = await Database.open(addresses.app)
    async with database.transaction() as session:
        await set_up(session)
    yield database
    await database.close()


async def outcomes(*works):
    return sorted(type(result).__name__ for result in await asyncio.gather(*works, return_exceptions=True))


async def test_two_merges_of_one_pair_at_the_same_moment_end_in_one(database):
    async def merged(merge_id, from_id, into_id):
        async with database.transaction() as session:
            return await merge.merge_accounts(session, merge_id, from_id, into_id, **BY)

    for _ in range(5):
        async with database.transaction() as session:
            a, b = (await an_account(session, 100_000)).id, (await an_account(session, 30_000)).id
        same = new_id()

        ended = await outcomes(merged(same, a, b), merged(same, a, b), merged(new_id(), a, b), merged(new_id(), b, a))

        assert "AccountMerge" in ended
        assert set(ended) <= {"AccountMerge", "AccountMerged", "MergeDiffers"}
        async with database.transaction() as session:
            (survivor,) = set((await survivors(session, [a, b])).values())
            sums = await turnover(session, survivor)
            assert sums == {NOON - timedelta(days=1): (130_000, 2)}
            assert await turnover(session, a if survivor == b else b) == {}
            assert await session.scalar(text("SELECT count(*) FROM account_merge WHERE undone_at IS NULL AND "
                                             "from_account = ANY(:both)"), {"both": [a, b]}) == 1  # fmt: skip


async def test_a_card_or_account_blocked_while_merging_is_blocked_afterwards(database):
    async def merged(from_id, into_id):
        async with database.transaction() as session:
            await merge.merge_accounts(session, new_id(), from_id, into_id, **BY)

    async def card_blocked(card_id):
        async with database.transaction() as session:
            await cards.block_card(session, card_id, "lost", **BY)

    async def blocked(account_id):
        async with database.transaction() as session:
            await service.block_account(session, account_id, "fraud", **BY)

    for _ in range(5):
        async with database.transaction() as session:
            a, b = (await an_account(session, 100_000)).id, (await an_account(session)).id
            card = await session.scalar(select(Card.id).where(Card.account == a))

        ended = await outcomes(merged(a, b), card_blocked(card), blocked(b))

        assert ended == ["NoneType"] * 3
        async with AsyncSession(database.engine) as session:
            row = await session.get_one(Card, card)
            assert (row.account, row.state, row.reason) == (b, "blocked", "lost")
            assert (await session.get_one(Account, b)).blocked == "fraud"


async def test_replacing_a_card_of_the_old_account_while_merging_gives_the_survivor_the_new_one(database):
    async def merged(from_id, into_id):
        async with database.transaction() as session:
            await merge.merge_accounts(session, new_id(), from_id, into_id, **BY)

    async def replaced(card_id):
        async with database.transaction() as session:
            await cards.replace_card(session, card_id, new_id(), **BY)

    for _ in range(5):
        async with database.transaction() as session:
            a, b = (await an_account(session)).id, (await an_account(session)).id
            card = await session.scalar(select(Card.id).where(Card.account == a))

        ended = await outcomes(merged(a, b), replaced(card))

        assert set(ended) <= {"NoneType", "AccountMerged"}
        async with AsyncSession(database.engine) as session:
            assert await session.scalar(select(func.count()).select_from(Card).where(Card.account == a)) == 0


async def test_a_card_that_is_not_there_cannot_be_replaced(session):
    await set_up(session)
    with pytest.raises(CardNotFound):
        await cards.replace_card(session, new_id(), new_id(), **BY)
