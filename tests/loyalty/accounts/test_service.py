"""Accounts, cards, persons, consents on the real database."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from loyalty.accounts import cards, categories, persons, queries, service
from loyalty.accounts.errors import (
    AccountDiffers,
    AccountNotFound,
    BadPersonal,
    CardNotActive,
    CardNumberTaken,
    PersonDiffers,
    TierNotFound,
)
from loyalty.accounts.model import Card, CardScheme, Consent, Person, Visit
from loyalty.accounts.persons import PersonDraft
from loyalty.accounts.rules import card_number
from loyalty.pricing.model import ClientCategory, Tier
from pos.core.ids import new_id

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
TODAY = date(2026, 3, 10)
OUTLET = new_id()
CLERK = new_id()
BY = {"by": CLERK, "at": NOON}


@pytest.fixture
async def account(session):
    """An account without tier, in a shop with a ladder, a category and a card scheme."""
    session.add_all(
        [
            Tier(code="gold", names={"en": "Gold"}, rank=2),
            ClientCategory(code="pensioner", names={"en": "Pensioner"}, claimable=True),
            CardScheme(id=1, prefix="77", length=16, salt=b"salt"),
        ]
    )
    await session.flush()
    return await service.open_account(session, new_id(), outlet=OUTLET, by=CLERK, at=NOON)


async def a_person(session, account, given="Anahit", family="Petrosyan", phone="+37400004312"):
    return await persons.add_person(session, new_id(), account.id, PersonDraft(given, family, phone), **BY)


async def test_an_account_opened_twice_is_one(session, account):
    again = await service.open_account(session, account.id, outlet=OUTLET, by=CLERK, at=NOON + timedelta(days=1))

    assert again.seq == account.seq
    assert again.opened_at == NOON


async def test_another_account_under_a_used_id_is_refused(session, account):
    with pytest.raises(AccountDiffers):
        await service.open_account(session, account.id, tier="gold", outlet=None, by=None, at=NOON)


async def test_whatever_changes_a_price_raises_the_terms_version(session, account):
    await service.set_tags(session, account.id, ["staff"], **BY)
    await service.set_personal(session, account.id, 700, **BY)
    await categories.grant_category(session, account.id, "pensioner", proved_on=TODAY, **BY)
    await categories.end_category(session, account.id, "pensioner", **BY)
    await service.block_account(session, account.id, "fraud", **BY)
    await service.unblock_account(session, account.id, **BY)

    assert account.terms_version == 7


async def test_what_changes_nothing_leaves_the_terms_version(session, account):
    await service.set_tags(session, account.id, [], **BY)
    await service.set_personal(session, account.id, 0, **BY)
    await categories.end_category(session, account.id, "pensioner", **BY)
    await service.unblock_account(session, account.id, **BY)
    await service.set_note(session, account.id, "likes rye bread", **BY)

    assert account.terms_version == 1


async def test_unknown_tiers_and_percents_beyond_all_are_refused(session, account):
    with pytest.raises(TierNotFound):
        await service.open_account(session, new_id(), tier="diamond", outlet=None, **BY)
    with pytest.raises(BadPersonal):
        await service.set_personal(session, account.id, 10_001, **BY)
    with pytest.raises(AccountNotFound):
        await service.set_personal(session, new_id(), 0, **BY)


async def test_drawn_card_numbers_do_not_follow_one_another(session, account):
    drawn = [int((await cards.issue_card(session, new_id(), account.id, **BY)).number) for _ in range(20)]

    gaps = {abs(later - earlier) for earlier, later in pairwise(drawn)}
    assert min(gaps) > 1_000
    assert len(set(drawn)) == 20


async def test_a_card_is_found_by_its_number_and_by_its_digest(session, account):
    card = await cards.issue_card(session, new_id(), account.id, **BY)

    assert await queries.accounts_by_card(session, card.number) == [account.id]
    assert await queries.accounts_by_digest(session, card.digest.hex()) == [account.id]


async def test_a_printed_number_is_given_once(session, account):
    number = card_number("77", 16, 1)
    card_id = new_id()
    first = await cards.issue_card(session, card_id, account.id, number=number, **BY)

    again = await cards.issue_card(session, card_id, account.id, number=number, **BY)
    with pytest.raises(CardNumberTaken):
        await cards.issue_card(session, new_id(), account.id, number=number, **BY)

    assert again.id == first.id


async def test_a_replaced_card_never_works_again(session, account):
    old = await cards.issue_card(session, new_id(), account.id, **BY)
    new_card = new_id()

    new = await cards.replace_card(session, old.id, new_card, **BY)
    again = await cards.replace_card(session, old.id, new_card, **BY)

    assert (old.state, old.replaced_by, new.state, again.number) == ("replaced", new.id, "active", new.number)
    with pytest.raises(CardNotActive):
        await cards.unblock_card(session, old.id, **BY)


async def test_a_found_card_works_again(session, account):
    card = await cards.issue_card(session, new_id(), account.id, **BY)

    await cards.block_card(session, card.id, "lost", **BY)
    await cards.unblock_card(session, card.id, **BY)

    assert (card.state, card.reason) == ("active", None)


@pytest.mark.parametrize("typed", ["4312", "0004312", "+374 00 004312"])
async def test_a_person_is_found_by_the_end_of_the_phone(session, account, typed):
    await a_person(session, account)
    await session.flush()

    assert await queries.accounts_by_phone(session, typed) == [account.id]
    assert await queries.accounts_by_phone(session, "4313") == []


@pytest.mark.parametrize("typed", ["petr", "PETROSYAN", "anah", "Anahit Petr", "petrosyan an"])
async def test_a_person_is_found_by_the_beginning_of_names(session, account, typed):
    person = await a_person(session, account)
    await session.flush()

    assert [found.person for found in await queries.persons_by_name(session, typed)] == [person.id]
    assert await queries.persons_by_name(session, "osyan") == []


async def test_a_name_is_found_in_any_case_and_script(session, account):
    await a_person(session, account, "Անահիտ", "Պետրոսյան")
    await a_person(session, account, "Анаит", "Петросян")
    await a_person(session, account, "Anahit", "Petrosyan")
    await session.flush()

    for typed in ("պետ", "ПЕТ", "petr", "Անահիտ Պետ", "петросян анаит"):
        assert len(await queries.persons_by_name(session, typed)) == 3


async def test_the_same_person_twice_is_one_and_another_is_refused(session, account):
    person_id = new_id()
    draft = PersonDraft("Anahit", phone="+37400004312")
    await persons.add_person(session, person_id, account.id, draft, **BY)

    await persons.add_person(session, person_id, account.id, draft, **BY)

    with pytest.raises(PersonDiffers):
        await persons.add_person(session, person_id, account.id, PersonDraft("Sona"), **BY)


async def test_the_last_word_on_a_consent_holds(session, account):
    person = await a_person(session, account)
    said = {"how": "paper", "by": CLERK, "at": NOON}

    await persons.give_consent(session, person.id, "sms", text_version="2026-1", **said)
    await persons.give_consent(session, person.id, "sms", text_version="2026-1", **said)
    await persons.withdraw_consent(session, person.id, "sms", **said)
    await persons.withdraw_consent(session, person.id, "sms", **said)
    await persons.withdraw_consent(session, person.id, "email", **said)

    entries = list(await session.scalars(select(Consent.given).where(Consent.person == person.id).order_by(Consent.id)))
    assert entries == [True, False]
    assert [(row.purpose, row.given) for row in await queries.consents_of(session, account.id)] == [("sms", False)]


async def test_a_consent_cannot_be_rewritten(session, account):
    person = await a_person(session, account)
    await persons.give_consent(session, person.id, "sms", text_version="1", how="paper", by=None, at=NOON)

    with pytest.raises(DBAPIError, match="permission denied"):
        async with session.begin_nested():
            await session.execute(text("UPDATE consent SET given = false"))


async def test_erasing_a_person_leaves_nothing_they_told_us_in_any_table(session, account):
    secret = {"given": "Qwertyanahit", "family": "Zxcvpetrosyan", "phone": "+37400998877"}
    person = await persons.add_person(
        session, new_id(), account.id, PersonDraft(**secret, born_on=date(1911, 2, 3)), **BY
    )
    await persons.give_consent(session, person.id, "data", text_version="1", how="paper", by=CLERK, at=NOON)
    await service.set_note(session, account.id, "Qwertyanahit likes rye bread", **BY)
    await session.flush()
    told = [*secret.values(), "37400998877", "7788990047", "1911-02-03", "qwertyanahit", "zxcvpetrosyan"]
    assert await tables_with(session, told) == {"person", "account"}

    await persons.erase_person(session, person.id, by=CLERK, at=NOON)

    assert await tables_with(session, told) == set()
    assert [row.given for row in await queries.consents_of(session, account.id)] == [False]
    assert (await queries.account_whole(session, account.id)).persons == []


async def tables_with(session, words):
    """Names of the tables, of all there are, with a row that holds one of `words` in any column."""
    names = await session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
    found = set()
    for name in names.all():
        if not await session.scalar(text(f"SELECT has_table_privilege('{name}', 'SELECT')")):
            continue
        rows = await session.scalars(text(f"SELECT to_jsonb(t)::text FROM {name} t"))
        if any(word in row for row in rows for word in words):
            found.add(name)
    return found


async def test_a_visit_is_noted_at_most_every_thirty_days(session, account):
    days = []
    for later in (0, 10, 29, 30, 45):
        await service.record_visits(session, OUTLET, [account.id], on=TODAY + timedelta(days=later))
        days.append((await session.scalar(select(Visit.last_on).where(Visit.account == account.id)) - TODAY).days)

    assert days == [0, 0, 0, 30, 30]


async def test_look_ups_use_their_indexes(session, account):
    await session.execute(text("SET LOCAL enable_seqscan = off"))

    by_phone = await plan(session, select(Person.account).where(Person.phone_reversed.like("2134%")))
    by_name = await plan(
        session,
        select(Person.id)
        .where(Person.family_key >= "petr", Person.family_key < "petr\U0010ffff")
        .order_by(Person.family_key, Person.given_key)
        .limit(20),
    )
    by_digest = await plan(session, select(Card.account).where(Card.digest == b"0" * 16))

    assert "ix_person_phone_reversed" in by_phone
    assert "ix_person_family" in by_name
    assert "Sort" not in by_name
    assert "uq_card_digest" in by_digest


async def plan(session, query):
    compiled = query.compile(dialect=session.bind.dialect, compile_kwargs={"literal_binds": True})
    return "\n".join(await session.scalars(text(f"EXPLAIN {str(compiled).replace(':', chr(92) + ':')}")))
