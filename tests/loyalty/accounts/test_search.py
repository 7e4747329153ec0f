"""One box finds an account by phone, card or name; a phone being typed warns of who has it."""

import pytest
from sqlalchemy import text

from loyalty.accounts import cards, persons, service
from loyalty.accounts.model import CardScheme
from loyalty.accounts.persons import PersonDraft
from loyalty.accounts.search import same_phone, search_accounts
from pos.core.ids import new_id
from tests.loyalty.accounts.test_merge import BY


@pytest.fixture
async def anna(session):
    session.add(CardScheme(id=1, prefix="77", length=16, salt=b"salt"))
    return await holder(session, "Anna", "Ghazaryan", "+37491234312")


async def holder(session, given, family="", phone=None):
    account = await service.open_account(session, new_id(), outlet=None, **BY)
    await cards.issue_card(session, new_id(), account.id, **BY)
    await persons.add_person(session, new_id(), account.id, PersonDraft(given, family, phone), **BY)
    await session.flush()
    return account


@pytest.mark.parametrize(
    ("typed", "by"),
    [
        ("Ann", "name"),
        ("анна", "name"),
        ("Աննա", "name"),
        ("ԱՆՆԱ Ղազ", "name"),
        ("ghaz ann", "name"),
        ("газарян", "name"),
        ("4312", "phone"),
        ("091 23-43", "phone"),
        ("+374 91 23", "phone"),
        ("91234312", "phone"),
    ],
)
async def test_an_account_is_found_by_what_people_type(session, anna, typed, by):
    await holder(session, "Boris", "Petrov", "+79990000000")

    assert [(row.account, row.by, row.given) for row in await search_accounts(session, typed)] == [
        (anna.id, by, "Anna")
    ]


async def test_a_card_is_found_whole_and_by_its_end_and_shown_masked(session, anna):
    number = await session.scalar(text("SELECT number FROM card WHERE account = :id"), {"id": anna.id})

    for typed in (number, f"{number[:4]} {number[4:8]} {number[8:]}", number[-6:]):
        (row,) = await search_accounts(session, typed)
        assert (row.account, row.by, row.card) == (anna.id, "card", f"77…{number[-4:]}")


@pytest.mark.parametrize("typed", ["", " ", "431", "---", "'", "%%%%", "____", "\\", "Zzz", "+", "()"])
async def test_too_little_or_nothing_that_fits_finds_nobody(session, anna, typed):
    assert await search_accounts(session, typed) == []
    assert await same_phone(session, typed) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Хачатрян", "Khachatryan"),
        ("Խաչատրյան", "Khachatryan"),
        ("Петросян", "Պետրոսյան"),
        ("Мария", "Mariya"),
        ("Mariam", "Մարիամ"),
        ("Ованнес", "Hovhannes"),
        ("Ովսեփյան", "Ovsepyan"),
        ("Сергей", "Sergei"),
        ("Юрий", "Yuri"),
        ("Жанна", "Zhanna"),
        ("Дживан", "Jivan"),
        ("Ջիվան", "Jivan"),
        ("Ցովինար", "Tsovinar"),
        ("Եվա", "Yeva"),
        ("Ոսկան", "Voskan"),
        ("Гаянэ", "Գայանե"),
        ("Алёна", "Alena"),
        ("José", "jose"),
        ("O’Neil", "oneil"),
        ("Արեւիկ", "Արևիկ"),
        ("Щукин", "Shchukin"),
    ],
)
async def test_one_name_in_two_scripts_has_one_key(session, one, other):
    keys = [await session.scalar(text("SELECT fold_name(:name)"), {"name": name}) for name in (one, other)]

    assert keys[0] == keys[1]


async def test_different_names_stay_apart(session):
    names = ["Anna", "Hanna", "Inna", "Armen", "Arman", "Karen", "Karine", "Suren", "Garik", "Petrosyan", "Petrov"]
    keys = [await session.scalar(text("SELECT fold_name(:name)"), {"name": name}) for name in names]

    assert len(set(keys)) >= len(names) - 1  # h is silent


async def test_whoever_has_the_phone_that_is_typed_is_shown_before_they_are_entered_twice(session, anna):
    (person,) = [row async for row in await session.stream_scalars(text("SELECT id FROM person"))]

    assert await same_phone(session, "+3749") == []
    for typed, whole in (("+37491 2", False), ("091 234", False), ("091 234312", True), ("+374 91 234312", True)):
        (found,) = await same_phone(session, typed)
        assert (found.account, found.person, found.whole) == (anna.id, person, whole)


async def test_the_search_reads_indexes_and_not_tables(session, anna):
    await session.execute(text("SET LOCAL enable_seqscan = off"))
    begins = "{0}_key >= fold_name('ann') AND {0}_key < fold_name('ann') || chr(1114111) ORDER BY {1} LIMIT 20"
    plans = [
        await plan(session, "SELECT id FROM person WHERE " + begins.format("family", "family_key, given_key, id")),
        await plan(session, "SELECT id FROM person WHERE " + begins.format("given", "given_key, id")),
        await plan(session, "SELECT id FROM person WHERE phone_reversed LIKE '2134%' OR phone LIKE '+37491%'"),
        await plan(session, "SELECT id FROM card WHERE number_reversed LIKE '2134%'"),
    ]

    for found, index in zip(plans, ("family", "given", "phone", "number_reversed"), strict=True):
        assert f"_{index}" in found
        assert "Sort" not in found
        assert "Seq Scan" not in found


async def plan(session, query):
    return "\n".join(await session.scalars(text(f"EXPLAIN {query}")))
