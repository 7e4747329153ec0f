"""The pages about clients: found, shown whole, and each verb done by its form, refused in its place."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, text

from loyalty.accounts.rules import card_number
from pos.core.ids import new_id
from tests.web.signed_in import a_known_shop, signed_in
from web.texts import LANGUAGES

TODAY = datetime.now(UTC).date()
PHONE = "+37491004312"


@pytest.fixture
async def office(client, database):
    """The owner's browser in a shop with one account."""
    client.known = await a_known_shop(database)
    await signed_in(client, client.known)
    client.here = f"/office/clients/{client.known.ids['account_id']}"
    client.headers["accept"] = "text/html"
    return client


async def a_client(office, given, phone="", **more):
    """The address of a client opened by the form."""
    answer = await office.post("/office/clients/new", data={"given": given, "phone": phone, **more})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def sent(office, verb, **fields):
    """A form of the account's page: None where it was done, else what its place says."""
    answer = await office.post(f"{office.here}/{verb}", data=fields)
    if answer.status_code == 303:
        return None
    assert answer.status_code in (409, 422), (answer.status_code, answer.text[:300])
    return re.search(
        r'data-form="([^"]+)"(?:(?!</form>).)*role="alert" id="wrong">([^<]+)<', answer.text, re.S
    ).groups()


async def seen(office, tab=""):
    answer = await office.get(office.here + tab)
    assert answer.status_code == 200, answer.text[:300]
    return answer.text


async def test_a_client_is_found_by_the_end_of_a_phone_by_card_and_by_name_in_any_script(office):
    there = await a_client(office, "Անահիտ", PHONE, family="Petrosyan")
    await office.post(f"{there}/cards", data={"number": card_number("29", 13, 4_312)})

    for typed in ("4312", "0043 12", card_number("29", 13, 4_312), "anahit", "Петросян"):
        answer = await office.get("/office/clients", params={"q": typed}, headers={"hx-target": "found"})
        assert there in answer.text, typed
        assert PHONE not in answer.text, "the list masks phones"
        assert "<html" not in answer.text, "only the rows are fetched while one types"
    nobody = await office.get("/office/clients", params={"q": "9999999"})

    assert "Nobody fits" in nobody.text


async def test_the_list_takes_as_many_queries_for_a_full_page_as_for_one_client(office, database):
    counted = []
    event.listen(database.engine.sync_engine, "before_cursor_execute", lambda *call: counted.append(call[2]))

    async def queries(**asked):
        await office.get("/office/clients", params=asked)
        counted.clear()
        answer = await office.get("/office/clients", params=asked)
        return len(counted), answer.text.count("data-client=")

    one, alone = await queries(), await queries(q="Zara")
    async with database.transaction() as session:
        await session.execute(
            text("INSERT INTO account (id, opened_at) SELECT gen_random_uuid(), now() FROM generate_series(1, 70)")
        )
        await session.execute(
            text(
                "INSERT INTO person (id, account, given, phone) SELECT gen_random_uuid(), id, 'Zara',"
                " '+3749' || lpad(seq::text, 7, '0') FROM account"
            )
        )
    many, found = await queries(), await queries(q="Zara")

    assert (one[1], many[1], found[1]) == (1, 50, 20)
    assert many[0] == one[0] <= 6
    assert found[0] <= alone[0] + 2, "the rows of those found are one more statement, however many they are"


async def test_the_list_goes_on_where_the_page_before_ended(office, database):
    async with database.transaction() as session:
        await session.execute(
            text("INSERT INTO account (id, opened_at) SELECT gen_random_uuid(), now() FROM generate_series(1, 60)")
        )

    first = (await office.get("/office/clients")).text
    after = re.search(r"before=(\d+)", first)[1]
    second = (await office.get("/office/clients", params={"before": after}, headers={"hx-target": "client-1"})).text

    known = [set(re.findall(r'data-client="([^"]+)"', page)) for page in (first, second)]
    assert (len(known[0]), len(known[1]), known[0] & known[1]) == (50, 11, set())


@pytest.mark.parametrize("tab", ["", "/purchases", "/discounts", "/points", "/log", "/merge", "/nothing-such"])
async def test_every_tab_is_shown_in_every_language(office, tab):
    for language in LANGUAGES:
        office.cookies.set("tillcard_language", language)
        page = await seen(office, tab)
        assert f'<html lang="{language}"' in page
        assert not re.search(r">\s*(clients|tiers|source)\.[a-z_.]+", page), "a text is missing"


async def test_an_account_is_blocked_with_a_reason_and_unblocked(office):
    refused = await sent(office, "block", reason=" ")
    await sent(office, "block", reason="card shared")
    blocked = await seen(office)
    listed = (await office.get("/office/clients")).text
    await sent(office, "unblock")

    assert refused[0] == "block"
    assert "card shared" in blocked
    assert "card shared" in listed
    assert "card shared" not in await seen(office)
    assert "card shared" in await seen(office, "/log")


async def test_a_card_is_issued_shown_once_blocked_and_replaced(office):
    number = card_number("29", 13, 777)
    issued = await office.post(f"{office.here}/cards", data={"number": number})
    card = re.findall(r'data-card="([^"]+)"', await seen(office))[-1]
    silent = await sent(office, f"cards/{card}/block", reason="")
    await sent(office, f"cards/{card}/block", reason="lost on the bus")
    blocked = await seen(office)
    taken = await sent(office, f"cards/{card}/replace", number=number)
    await sent(office, f"cards/{card}/unblock")
    drawn = await office.post(f"{office.here}/cards/{card}/replace", data={})

    assert "data-issued>" in issued.text
    assert number in issued.text
    assert number not in await seen(office)
    assert silent[0] == f"block-{card}"
    assert "lost on the bus" in blocked
    assert taken[0] == f"replace-{card}"
    assert drawn.status_code == 200
    assert "data-issued" in drawn.text
    assert "replaced" in drawn.text


async def test_a_category_is_granted_on_a_proof_and_ended(office):
    before = await sent(office, "categories", category="pensioner", proved_on=str(TODAY), expires_on="2001-01-01")
    no_day = await sent(office, "categories", category="pensioner", proved_on="")
    until = TODAY + timedelta(365)
    await sent(office, "categories", category="pensioner", proved_on=str(TODAY), expires_on=str(until))
    held = await seen(office)
    await sent(office, "categories/pensioner/end")

    assert before[0] == no_day[0] == "category"
    assert "by Owner" in held
    assert "/categories/pensioner/end" in held
    assert "/categories/pensioner/end" not in await seen(office)


async def test_an_own_percent_and_an_own_price_hold_for_a_period_with_a_reason(office, database):
    period = {"from_on": str(TODAY), "until_on": "", "reason": "neighbour"}
    over = await sent(office, "percents", percent="101", **period)
    backwards = await sent(office, "percents", percent="5", **{**period, "until_on": "2001-01-01"})
    await sent(office, "percents", percent="7,5", **period)
    nothing = await sent(office, "prices", product="999999", price="10", **period)
    async with database.transaction() as session:
        product = await session.scalar(text("SELECT seq FROM product LIMIT 1"))
    await sent(office, "prices", product=str(product), price="123", **period)
    page = await seen(office)
    ends = re.findall(r'hx-post="[^"]*/((?:percents|prices)/[^"]+/end)"', page)
    for end in ends:
        await sent(office, end)

    assert (over[0], backwards[0], nothing[0]) == ("percent", "percent", "price")
    assert "7.5%" in page
    assert "123" in page
    assert len(ends) == 2
    assert not re.findall(r'hx-post="[^"]*/(?:percents|prices)/[^"]+/end"', await seen(office))


async def test_a_form_sent_twice_is_done_once(office):
    fields = {"percent": "3", "from_on": str(TODAY), "reason": "twice", "fresh": str(new_id())}

    await sent(office, "percents", **fields)
    await sent(office, "percents", **fields)

    assert (await seen(office)).count("; twice") == 1


async def test_points_are_corrected_with_a_reason(office):
    silent = await sent(office, "corrections", amount="50", reason="")
    unread = await sent(office, "corrections", amount="fifty", reason="paper")
    await sent(office, "corrections", amount="50", reason="from the paper book")
    short = await sent(office, "corrections", amount="-51", reason="too much")
    await sent(office, "corrections", amount="−20", reason="counted twice")
    page = await seen(office, "/points")

    assert silent[0] == unread[0] == short[0] == "points"
    assert re.search(r'data-figure="spendable">30<', page)
    assert "from the paper book" in page


async def test_a_tier_is_held_by_hand_with_a_reason_until_a_day_and_released(office, database):
    async with database.transaction() as session:
        tier = await session.scalar(text("SELECT code FROM tier ORDER BY rank LIMIT 1"))
    silent = await sent(office, "tier", tier=tier, reason="")
    await sent(office, "tier", tier=tier, reason="the owner's aunt", until=str(TODAY + timedelta(30)))
    held = await seen(office)
    await sent(office, "tier/release")

    assert silent[0] == "tier"
    assert "held by hand" in held
    assert "the owner&#39;s aunt" in held
    assert "/tier/release" in held
    assert "/tier/release" not in await seen(office)


async def test_a_note_and_tags_are_written(office):
    await sent(office, "note", note="Likes <b>lavash</b>")
    await sent(office, "tags", tags="press, regular")
    page = await seen(office)

    assert "Likes &lt;b&gt;lavash&lt;/b&gt;" in page
    assert 'value="press, regular"' in page
    assert (await sent(office, "tags", tags=", ".join(f"t{n}" for n in range(99))))[0] == "tags"


async def test_a_person_is_added_changed_and_erased_by_the_owner(office):
    wrong = await sent(office, "persons", given="Ara", phone="12")
    await sent(office, "persons", given="Ara", phone="+374 91 000001", language="hy")
    person = re.findall(r'data-person="([^"]+)"', await seen(office))[-1]
    await sent(office, f"persons/{person}", given="Arame", phone="+374 91 000001", language="hy")
    changed = await seen(office)
    unsure = await sent(office, f"persons/{person}/erase")
    await sent(office, f"persons/{person}/erase", sure="yes")

    assert wrong[0] == "person"
    assert "Arame" in changed
    assert unsure[0] == f"erase-{person}"
    assert "Arame" not in await seen(office)


async def test_a_consent_is_given_and_taken_back_with_how_and_which_text(office, database):
    await sent(office, "persons", given="Ara", phone="+374 91 000001")
    person = re.findall(r'data-person="([^"]+)"', await seen(office))[-1]
    at = f"persons/{person}/consents"
    refused = [
        await sent(office, at, purpose="letters", given="yes", how="paper", text_version="2026-1"),
        await sent(office, at, purpose="sms", given="yes", how="", text_version="2026-1"),
        await sent(office, at, purpose="sms", given="yes", how="paper", text_version=""),
    ]
    await sent(office, at, purpose="sms", given="yes", how="paper", text_version="2026-1")
    given = await seen(office)
    await sent(office, at, purpose="sms", given="no", how="by <b>phone</b>")
    taken_back = await seen(office)

    assert [each[0] for each in refused] == [f"consent-{person}"] * 3
    assert "SMS: given" in given
    assert "(paper, 2026-1)" in given
    assert "SMS: taken back" in taken_back
    assert "by &lt;b&gt;phone&lt;/b&gt;" in taken_back
    rows = await database.pool.fetch("SELECT given, how, taken_by FROM consent ORDER BY id")
    assert [(row["given"], row["how"]) for row in rows] == [(True, "paper"), (False, "by <b>phone</b>")]
    assert {row["taken_by"] for row in rows} == {office.known.owner}


async def test_whoever_has_the_phone_already_is_shown_while_it_is_typed(office):
    there = await a_client(office, "Anahit", PHONE)

    few = await office.get("/office/clients/same-phone", params={"phone": "+3749"})
    some = await office.get("/office/clients/same-phone", params={"phone": "+374 91 00"})
    whole = await office.get("/office/clients/same-phone", params={"phone": "091 004312"})

    assert "data-same" not in few.text
    assert there in some.text
    assert "same number" not in some.text
    assert there in whole.text
    assert "same number" in whole.text


async def test_nothing_stays_of_a_new_client_whose_form_was_refused(office, database):
    refused = await office.post("/office/clients/new", data={"given": "Ara", "phone": "12", "fresh": str(new_id())})
    async with database.transaction() as session:
        accounts = await session.scalar(text("SELECT count(*) FROM account"))

    assert refused.status_code == 422
    assert 'value="Ara"' in refused.text
    assert accounts == 1


async def test_two_accounts_are_merged_after_a_look_at_what_moves_and_taken_apart(office):
    double = await a_client(office, "Double", PHONE)
    other = double.rsplit("/", 1)[1]
    found = await office.get(f"{office.here}/merge", params={"q": "4312"}, headers={"hx-target": "found"})
    preview = await office.get(f"{office.here}/merge", params={"other": other})
    itself = await office.post(f"{office.here}/merge", data={"other": office.here.rsplit("/", 1)[1]})
    merged = await office.post(f"{office.here}/merge", data={"other": other})
    page, gone = await seen(office), (await office.get(double)).text
    listed = (await office.get("/office/clients", params={"q": "Double"})).text
    merge = re.search(r'data-merge="([^"]+)"', page)[1]
    await sent(office, f"merges/{merge}/undo")

    assert f"other={other}" in found.text
    assert "Double" in preview.text
    assert itself.status_code == 422
    assert merged.status_code == 303
    assert "Double" in page
    assert "merged into another" in gone
    assert double not in listed, "whoever is looked for is found at the account that stands"
    assert "Double" not in await seen(office)
    assert "merged into another" not in (await office.get(double)).text


async def test_an_account_merged_away_takes_no_verb(office):
    double = await a_client(office, "Double", PHONE)
    await office.post(f"{office.here}/merge", data={"other": double.rsplit("/", 1)[1]})
    office.here, survivor = double, office.here

    assert (await sent(office, "block", reason="x"))[0] == "block"
    assert survivor in await seen(office)


async def test_limits_against_misuse_are_set_by_the_owner_and_shown_with_both_reports(office):
    limits = {"receipts": "5", "receipts_mode": "pin", "sum": "100 000", "sum_mode": "flag", "interval_minutes": ""}
    limits |= {"interval_mode": "off", "own_card": "pin", "staff_card": "off", "after_pay": "flag"}
    missing = await office.post("/office/clients/misuse/limits", data=limits | {"interval_mode": "pin"})
    unknown = await office.post("/office/clients/misuse/limits", data=limits | {"own_card": "shout"})
    done = await office.post("/office/clients/misuse/limits", data=limits)
    page = (await office.get("/office/clients/misuse")).text
    odd = await office.get("/office/clients/misuse", params={"since": "0001-01-01", "until": "never"})

    assert (missing.status_code, unknown.status_code, done.status_code, odd.status_code) == (422, 422, 303, 200)
    assert 'aria-invalid="true"' in missing.text
    assert re.search(r'name="receipts"[^>]*value="5"', page)
    assert re.search(r'name="sum"[^>]*value="100000"', page)


async def test_an_account_that_is_not_there_is_a_page_that_says_so(office):
    for path in ("", "/points", "/merge"):
        assert (await office.get(f"/office/clients/{new_id()}{path}")).status_code == 404
    assert (await office.post(f"/office/clients/{new_id()}/block", data={"reason": "x"})).status_code == 404
