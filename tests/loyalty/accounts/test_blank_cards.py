"""Cards are handed out before anyone fills in a form, also by a till that has no network."""

import asyncio

import pytest
from sqlalchemy import select, update

from loyalty.accounts import blank_cards, cards, merge, persons, queries
from loyalty.accounts.errors import AccountDiffers, BatchDiffers, BatchTooLarge, CardNotActive, CardUnknown
from loyalty.accounts.model import Account, Card, CardScheme
from loyalty.accounts.persons import PersonDraft
from loyalty.accounts.rules import card_number
from pos.core.ids import new_id
from pos.storage.database import Database
from tests.loyalty.accounts.test_merge import BY, NOON, an_account, bought, set_up, turnover

OUTLET = new_id()
STRAY = card_number("77", 16, 5)
"""A number of our form that nobody issued."""


@pytest.fixture
async def numbers(session):
    """The blank cards of a batch of five."""
    await set_up(session)
    batch = await blank_cards.make_batch(session, new_id(), "Autumn", 5, **BY)
    return await blank_cards.blank_numbers(session, batch.id)


async def opened(session, account_id, number):
    return await blank_cards.open_by_card(session, account_id, number, outlet=OUTLET, **BY)


async def test_a_batch_has_as_many_different_numbers_as_asked_for_and_is_made_once(session):
    await set_up(session)
    batch_id = new_id()

    await blank_cards.make_batch(session, batch_id, "Autumn", 1_500, **BY)
    await blank_cards.make_batch(session, batch_id, "Autumn", 1_500, **BY)

    assert len(set(await blank_cards.blank_numbers(session, batch_id))) == 1_500
    with pytest.raises(BatchDiffers):
        await blank_cards.make_batch(session, batch_id, "Autumn", 1_400, **BY)
    with pytest.raises(BatchTooLarge):
        await blank_cards.make_batch(session, new_id(), "All", 10_001, **BY)


async def test_the_first_use_of_a_blank_card_opens_an_account_without_a_person(session, numbers):
    account_id = new_id()

    answered = [await opened(session, account_id, numbers[0]) for _ in range(2)]

    assert answered == [account_id, account_id]
    whole = await queries.account_whole(session, account_id)
    assert ([card.state for card in whole.cards], whole.persons) == (["active"], [])
    (batch,) = await blank_cards.batches(session)
    assert (batch.blank, batch.handed_out, batch.blocked) == (4, 1, 0)


async def test_the_form_is_filled_in_later(session, numbers):
    account_id = await opened(session, new_id(), numbers[0])

    await persons.add_person(session, new_id(), account_id, PersonDraft("Anahit", phone="+37400004312"), **BY)

    assert [person.given for person in (await queries.account_whole(session, account_id)).persons] == ["Anahit"]


async def test_the_office_gives_a_blank_card_to_an_account_and_says_so_once(session, numbers):
    account = await an_account(session)

    first, again = [await cards.issue_card(session, new_id(), account.id, number=numbers[0], **BY) for _ in range(2)]

    assert (first.id, first.account, first.state) == (again.id, account.id, "active")


async def test_a_card_that_two_tills_met_without_a_network_is_one_account_with_both_sales(session, numbers):
    here, there = new_id(), new_id()
    await bought(session, here, 30_000)
    await bought(session, there, 50_000)

    assert await opened(session, here, numbers[0]) == here
    assert await opened(session, there, numbers[0]) == here
    assert await opened(session, there, numbers[0]) == here

    assert await turnover(session, here) == {NOON: (80_000, 2)}
    assert await turnover(session, there) == {}


async def test_a_till_that_did_not_know_somebody_s_card_sold_to_them(session, numbers):
    account = await an_account(session, 100_000)
    card = await cards.issue_card(session, new_id(), account.id, **BY)
    provisional = new_id()

    answered = await opened(session, provisional, card.number)

    assert answered == account.id
    assert (await session.get_one(Account, provisional)).merged_into == account.id


async def test_a_card_taken_from_the_wrong_account_can_be_set_right_by_undoing(session, numbers):
    account = await an_account(session)
    card = await cards.issue_card(session, new_id(), account.id, **BY)
    provisional = new_id()
    await bought(session, provisional, 10_000)
    await opened(session, provisional, card.number)

    await merge.undo_merge(session, provisional, **BY)

    assert await turnover(session, provisional) == {NOON: (10_000, 1)}


async def test_a_number_nobody_issued_opens_a_blocked_account_so_that_its_sale_is_not_lost_from_sight(session, numbers):
    account_id = new_id()

    assert await opened(session, account_id, STRAY) == account_id
    assert await opened(session, account_id, STRAY) == account_id

    account = await session.get_one(Account, account_id)
    assert account.blocked == blank_cards.UNKNOWN
    assert await session.scalar(select(Card.id).where(Card.number == STRAY)) is None


async def test_a_shop_with_cards_of_its_own_takes_numbers_that_no_batch_has(session, numbers):
    await session.execute(update(CardScheme).values(unknown_cards="open"))
    account_id = new_id()

    assert await opened(session, account_id, STRAY) == account_id

    assert (await session.get_one(Account, account_id)).blocked is None
    assert await queries.accounts_by_card(session, STRAY) == [account_id]


async def test_a_number_of_another_form_and_another_card_under_the_same_id_are_refused(session, numbers):
    account_id = await opened(session, new_id(), numbers[0])

    with pytest.raises(AccountDiffers):
        await opened(session, account_id, numbers[1])
    with pytest.raises(CardUnknown):
        await opened(session, new_id(), card_number("99", 16, 5))


async def test_stolen_blank_cards_are_stopped_and_those_handed_out_go_on(session, numbers):
    await opened(session, new_id(), numbers[0])
    batch = (await blank_cards.batches(session))[0]

    assert await blank_cards.block_batch(session, batch.id, "stolen") == 4

    session.expire_all()
    account_id = await opened(session, new_id(), numbers[1])
    assert (await session.get_one(Account, account_id)).blocked == "stolen"
    blank = await session.scalar(select(Card.id).where(Card.number == numbers[2]))
    with pytest.raises(CardNotActive):
        await cards.replace_card(session, blank, new_id(), **BY)
    assert (await cards.unblock_card(session, blank, **BY)).state == "blank"


async def test_a_blank_card_used_at_two_tills_at_the_same_moment_is_one_account(addresses):
    database = await Database.open(addresses.app)
    async with database.transaction() as session:
        await set_up(session)
        batch = await blank_cards.make_batch(session, new_id(), "Autumn", 10, **BY)
        numbers = await blank_cards.blank_numbers(session, batch.id)

    async def used(number):
        async with database.transaction() as session:
            return await opened(session, new_id(), number)

    for number in numbers:
        assert len(set(await asyncio.gather(*(used(number) for _ in range(4))))) == 1
    await database.close()
