"""An import from its file to the shop and back, on real PostgreSQL."""

from dataclasses import replace
from datetime import timedelta

import pytest

from loyalty.accounts import cards as card_verbs
from loyalty.accounts.rules import card_digest, card_number
from loyalty.accounts.service import open_account
from loyalty.imports.errors import ImportDiffers, ImportEmpty, ImportHasBadRows, ImportNotReady
from loyalty.imports.queries import bad_rows, import_row, layout_in_use
from loyalty.imports.service import receive, start_undoing, start_writing
from loyalty.points.programme import ProgrammeDraft, publish_programme
from loyalty.points.service import fold
from pos.core.ids import new_id
from tests.loyalty.imports.shop import (
    HEADINGS,
    NOW,
    an_open_shop,
    laid_out,
    received,
    text_file,
    undone,
    workbook,
    written,
)
from tests.pos.exchange.builders import SALT

CARD_A, CARD_B, CARD_C = (card_number("29", 13, drawn) for drawn in (7, 8, 9))
WHOLE = (
    *(
        CARD_A,
        "Петросян Ани Арменовна",
        "091 12-34-56",
        "1 234 500,50 ֏",
        "120",
        "Gold",
        "да",
        "нет",
        "Pensioner",
        "7,5%",
    ),
    *("3000", "vip; wholesale"),
)


@pytest.fixture
async def shop(addresses):
    async with an_open_shop(addresses.app) as database:
        yield database


async def state(database, import_id):
    async with database.transaction() as session:
        return await import_row(session, import_id)


async def bad(database, import_id, **asked):
    async with database.transaction() as session:
        return [
            (row.line, problem.column, problem.code)
            for row in await bad_rows(session, import_id, **asked)
            for problem in row.problems
        ]


async def test_a_row_becomes_an_account_with_everything_it_says(shop):
    import_id = await received(shop, workbook([HEADINGS, WHOLE]))
    await written(shop, import_id)

    assert (await state(shop, import_id)).state == "written"
    row = await shop.pool.fetchrow(
        "SELECT account.tier, account.personal, account.tags, person.given, person.family, person.phone, card.number,"
        " card.digest,"
        " category, t.amount AS turnover, t.kind, p.amount AS points,"
        " d.amount AS debt, stands.spendable, owes.owed,"
        " (SELECT array_agg(purpose) FROM consent WHERE consent.account = account.id) AS consents"
        " FROM account JOIN person ON person.account = account.id JOIN card ON card.account = account.id"
        " JOIN account_category held ON held.account = account.id"
        " JOIN turnover_entry t ON t.account_id = account.id JOIN points_entry p ON p.account_id = account.id"
        " JOIN debt_entry d ON d.account_id = account.id JOIN points_account stands ON stands.account_id = account.id"
        " JOIN debt_account owes ON owes.account = account.id"
    )
    assert dict(row) == {
        "tier": "gold",
        "personal": 750,
        "given": "Ани Арменовна",
        "family": "Петросян",
        "phone": "+37491123456",
        "number": CARD_A,
        "digest": card_digest(SALT, CARD_A),
        "category": "pensioner",
        "turnover": 123_450_050,
        "kind": "opening",
        "points": 120,
        "spendable": 120,
        "debt": 300_000,
        "owed": 300_000,
        "tags": ["vip", "wholesale"],
        "consents": ["data"],
    }


async def test_a_dry_run_names_each_bad_cell_and_writes_nothing(shop):
    rows = [
        HEADINGS,
        WHOLE,
        ("2,9E+12", "Иванов Иван", "12", "1,234", "1.5", "Platinum", "maybe", "", "Student", "0.07"),
        (CARD_B, "", "091 12-34-56"),
        (CARD_A, "Саргсян Ваган"),
        ("", "", "", "100"),
        ("", "Итого", "", "5"),
    ]
    import_id = await received(shop, workbook(rows))

    found = await bad(shop, import_id)
    assert [problem for problem in found if problem[0] == 3] == [
        (3, "A", "digits_lost"),
        (3, "C", "phone_length"),
        (3, "J", "percent_small"),
        (3, "F", "tier_unknown"),
        (3, "D", "number_unclear"),
        (3, "E", "points_whole"),
        (3, "I", "category_unknown"),
        (3, "G", "yes_or_no"),
    ]
    assert found[8:] == [(4, "C", "phone_twice"), (5, "A", "card_twice"), (6, "", "nobody"), (7, "", "totals_row")]
    assert await shop.pool.fetchval("SELECT count(*) FROM account") == 0
    async with shop.transaction() as session:
        with pytest.raises(ImportHasBadRows) as refused:
            await start_writing(session, import_id, rest=False, at=NOW)
    assert refused.value.fields == {"bad": 5}

    await written(shop, import_id, rest=True)

    assert await shop.pool.fetchval("SELECT count(*) FROM account") == 1


async def test_what_somebody_in_the_shop_has_is_reported_even_if_it_came_after_the_dry_run(shop):
    first = await received(shop, workbook([HEADINGS, WHOLE, (CARD_B, "Second")]))
    second = await received(
        shop, workbook([HEADINGS, (CARD_B, "Twin"), ("", "Twin", "+374 91 123456"), (CARD_C, "Third")])
    )
    assert await bad(shop, second) == []

    await written(shop, first)
    await written(shop, second)

    assert await bad(shop, second) == [(2, "A", "card_taken"), (3, "C", "phone_taken")]
    assert await shop.pool.fetchval("SELECT count(*) FROM account") == 3
    third = await received(shop, workbook([HEADINGS, (CARD_B, "Twin")]))
    assert await bad(shop, third) == [(2, "A", "card_taken")]
    async with shop.transaction() as session:
        with pytest.raises(ImportEmpty):
            await start_writing(session, third, rest=True, at=NOW)


async def test_the_same_import_sent_twice_is_one(shop):
    content = workbook([HEADINGS, WHOLE])
    import_id = await received(shop, content)
    await received(shop, content, import_id=import_id)
    await written(shop, import_id)
    await written(shop, import_id)

    assert await shop.pool.fetchval("SELECT count(*) FROM account") == 1
    async with shop.transaction() as session:
        with pytest.raises(ImportDiffers):
            await receive(session, import_id, "x", content + b" ", by=None, at=NOW)


async def test_columns_that_nobody_recognises_are_chosen_by_a_person(shop):
    import_id = await received(shop, text_file([("aaa", "bbb"), (CARD_A, "Ani")]))
    assert (await state(shop, import_id)).state == "checked"
    async with shop.transaction() as session:
        with pytest.raises(ImportEmpty):
            await start_writing(session, import_id, rest=True, at=NOW)
        layout = await layout_in_use(session, import_id)

    await laid_out(shop, import_id, type(layout)(1, {0: "card", 1: "given"}))
    await written(shop, import_id)

    assert await shop.pool.fetchval("SELECT given FROM person") == "Ani"


async def test_several_phones_are_several_persons_of_one_account(shop):
    import_id = await received(shop, workbook([HEADINGS, ("", "Петросян Ани", "091123456; +7 912 345-67-89")]))
    await written(shop, import_id)

    rows = await shop.pool.fetch("SELECT phone, given, account FROM person ORDER BY id")
    assert [(row["phone"], row["given"]) for row in rows] == [("+37491123456", "Ани"), ("+79123456789", "Ани")]
    assert len({row["account"] for row in rows}) == 1


async def test_a_formula_like_text_is_a_name_and_nothing_else(shop):
    import_id = await received(shop, text_file([HEADINGS[:2], (CARD_A, "=cmd|'/C calc'!A0"), (CARD_B, "@SUM(A1)")]))
    await written(shop, import_id)

    assert await shop.pool.fetch("SELECT given FROM person ORDER BY given") == [("@SUM(A1)",), ("calc'!A0",)]


async def test_a_tier_holds_as_imported_until_its_day_and_points_until_theirs(shop):
    import_id = await received(shop, workbook([HEADINGS, WHOLE]))
    async with shop.transaction() as session:
        layout = await layout_in_use(session, import_id)
    ends = NOW.date() + timedelta(days=90)
    await laid_out(shop, import_id, replace(layout, tier_until=ends, points_until=ends))
    await written(shop, import_id)

    assert await shop.pool.fetchrow("SELECT tier, how, ends FROM tier_hold") == ("gold", "imported", ends)
    assert await shop.pool.fetchrow("SELECT tier, held_until FROM tier_standing") == ("gold", ends)
    assert await shop.pool.fetchval("SELECT tier FROM account") == "gold"
    assert await shop.pool.fetchval("SELECT expires_on FROM points_entry") == ends
    account = await shop.pool.fetchval("SELECT id FROM account")
    stood = await shop.pool.fetchrow("SELECT * FROM points_account")
    async with shop.transaction() as session:
        await fold(session, [account], at=NOW)
    assert await shop.pool.fetchrow("SELECT * FROM points_account") == stood, "as the points' own worker would write it"

    await undone(shop, import_id)

    assert await shop.pool.fetchval("SELECT tier FROM account") is None
    assert await shop.pool.fetchval("SELECT tier FROM tier_standing") is None
    stood = await shop.pool.fetchrow("SELECT balance, spendable, expiring FROM points_account")
    async with shop.transaction() as session:
        await fold(session, [account], at=NOW)
    assert stood == (0, 0, 0) == await shop.pool.fetchrow("SELECT balance, spendable, expiring FROM points_account")


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
async def test_imported_points_may_be_spent_on_the_shop_s_own_day_and_old_clients_are_not_welcomed(shop, zone):
    async with shop.transaction() as session:
        await publish_programme(session, ProgrammeDraft(zone=zone, value=100, welcome=50), by=None, at=NOW)
    import_id = await received(shop, workbook([HEADINGS, WHOLE]))

    await written(shop, import_id)

    day = await shop.pool.fetchval("SELECT CAST(occurred_at AT TIME ZONE $1 AS date) FROM points_entry", zone)
    assert await shop.pool.fetch("SELECT kind, day FROM points_entry") == [("opening", day)]
    assert await shop.pool.fetchval("SELECT available_on FROM points_entry") == day


async def test_rows_once_written_hold_no_name_phone_or_card(shop):
    import_id = await received(shop, workbook([HEADINGS, WHOLE]))
    await written(shop, import_id)

    kept = await shop.pool.fetchval(
        "SELECT string_agg(taken::text, ' ') FROM account_import_row taken WHERE state <> 'above'"
    )
    assert "Петросян" not in kept
    assert "91123456" not in kept
    assert CARD_A not in kept
    assert await shop.pool.fetchval("SELECT count(*) FROM account_import_file") == 0


async def test_undo_takes_everything_back_and_ledgers_add_up_to_nothing(shop):
    import_id = await received(shop, workbook([HEADINGS, WHOLE]))
    await written(shop, import_id)
    await undone(shop, import_id)

    counts = await state(shop, import_id)
    assert (counts.state, counts.count("undone"), counts.count("stays")) == ("undone", 1, 0)
    for table in ("card", "person", "account_category WHERE ended_at IS NULL", "account WHERE blocked IS NULL"):
        assert await shop.pool.fetchval(f"SELECT count(*) FROM {table}") == 0, table
    for ledger in ("turnover_entry", "points_entry", "debt_entry"):
        assert await shop.pool.fetchrow(f"SELECT sum(amount), count(*) FROM {ledger}") == (0, 2)
    assert await shop.pool.fetch("SELECT given, purpose FROM consent ORDER BY id") == [(True, "data"), (False, "data")]

    again = await received(shop, workbook([HEADINGS, WHOLE]))
    await written(shop, again)

    assert await shop.pool.fetchval("SELECT count(*) FROM card") == 1


@pytest.mark.parametrize(
    ("use", "reason"),
    [
        ("INSERT INTO turnover_entry VALUES (gen_random_uuid(), '{}', 'sale', 5, now(), now())", "used_ledger"),
        ("UPDATE card SET state = 'blocked', reason = 'lost'", "used_card"),
        ("UPDATE person SET phone = '+37499999999'", "used_person"),
        ("UPDATE account SET personal = 100 WHERE id = '{}'", "used_account"),
        ("UPDATE account_category SET ended_at = now()", "used_account"),
    ],
)
async def test_what_was_used_since_stays_and_says_by_what(shop, use, reason):
    import_id = await received(shop, workbook([HEADINGS, WHOLE, (CARD_B, "", "")]))
    await written(shop, import_id)
    account = await shop.pool.fetchval("SELECT account FROM card WHERE number = $1", CARD_A)
    await shop.pool.execute(use.format(account) + (f" WHERE number = '{CARD_A}'" if "UPDATE card" in use else ""))

    await undone(shop, import_id)

    assert await bad(shop, import_id, states=("stays",)) == [(2, "", reason)]
    assert await shop.pool.fetch("SELECT number FROM card") == [(CARD_A,)]


async def test_only_what_was_written_can_be_taken_back(shop):
    import_id = await received(shop, workbook([HEADINGS, WHOLE]))

    async with shop.transaction() as session:
        with pytest.raises(ImportNotReady):
            await start_undoing(session, import_id, at=NOW)


async def test_a_card_given_out_at_the_same_moment_is_not_doubled(shop):
    import_id = await received(shop, workbook([HEADINGS, WHOLE, (CARD_B, "Other")]))
    async with shop.transaction() as session:
        account = new_id()
        await open_account(session, account, outlet=None, by=None, at=NOW)
        await card_verbs.issue_card(session, new_id(), account, number=CARD_A, by=None, at=NOW)

    await written(shop, import_id)

    assert await bad(shop, import_id) == [(2, "A", "card_taken")]
    assert await shop.pool.fetchval("SELECT count(*) FROM card") == 2
