"""Documents arrive: together, twice, in any order, with one poisoned; none is lost, none is doubled."""

import asyncio
import random
from collections.abc import Sequence

import asyncpg
import pytest

from pos.core.ids import new_id
from pos.documents.projection import TABLES, moment, no_rows
from pos.registers.queries import RegisterKey
from pos.sales.record import Already, Differs, Quarantined, Recorder, RecordingUnavailable, Stored
from tests.documents import Made, Till
from tests.statements import statements_for

LEDGERS = {
    "sale": "total",
    "sale_line": "net",
    "line_discount": "amount",
    "tender": "applied",
    "stock_movement": "quantity",
    "turnover_entry": "amount",
    "points_entry": "amount",
}

ORDINARY_COLUMN = "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND attidentity = ''"


def key_of(till: Till, *, revoked: bool = False) -> RegisterKey:
    return RegisterKey(till.register_id, till.epoch, till.outlet_id, revoked)


async def deliver(recorder: Recorder, till: Till, made: Sequence[Made]) -> list[object]:
    """All of `made` at the same time."""
    return list(await asyncio.gather(*(recorder.record(key_of(till), one.id, one.body) for one in made)))


async def count(pool: asyncpg.Pool, table: str) -> int:
    return await pool.fetchval(f'SELECT count(*) FROM "{table}"')


async def test_a_sale_is_stored_with_everything_that_follows_from_it(recorder, pool):
    till, account = Till(), new_id()
    sale = till.sell(5, account=account, tender="card", points=38)

    answer = await recorder.record(key_of(till), sale.id, sale.body)

    assert answer == Stored(sale.digest)
    assert await pool.fetchval("SELECT body FROM document WHERE id = $1", sale.id) == sale.body
    counts = {table: await count(pool, table) for table in (*LEDGERS, "outbox", "quarantine")}
    assert counts == {
        "sale": 1,
        "sale_line": 5,
        "line_discount": 5,
        "tender": 1,
        "stock_movement": 5,
        "turnover_entry": 1,
        "points_entry": 1,
        "outbox": 1,
        "quarantine": 0,
    }
    row = await pool.fetchrow("SELECT * FROM sale")
    assert (row["receipt"], row["account_id"], row["outlet_id"]) == ("T1-1-1", account, till.outlet_id)
    assert row["gross"] - row["discount"] == row["net"] == row["total"]


async def test_every_kind_of_document_finds_its_table(recorder, pool):
    till = Till()
    events = till.events()
    cash = [one for one in events if one.data["kind"] in ("cash_in", "cash_out")]

    answers = await deliver(recorder, till, [till.open_shift(), *events, till.close_shift()])

    assert {type(answer) for answer in answers} == {Stored}
    assert await count(pool, "register_event") == len(events) - len(cash)
    assert await pool.fetchval("SELECT sum(amount) FROM drawer_movement") == 500_000 + 100_000 - 50_000
    assert await count(pool, "shift_opening") == await count(pool, "shift_closing") == 1


async def test_a_training_sale_moves_nothing(recorder, pool):
    till = Till()
    sale = till.sell(2, account=new_id(), training=True)

    await recorder.record(key_of(till), sale.id, sale.body)

    assert [await count(pool, table) for table in LEDGERS] == [0] * len(LEDGERS)
    assert await pool.fetchval("SELECT kind FROM register_event") == "training_sale"


async def test_five_hundred_documents_shuffled_and_doubled_with_one_poisoned(recorder, pool):
    till, chance = Till(), random.Random(7)
    made = [till.sell(chance.randint(1, 5), account=new_id()) for _ in range(499)]
    poisoned = till.sell(2, change=lambda data: data["lines"][0].update(name="Milk\0"))
    sent = [*made, poisoned, *chance.sample(made, 250), poisoned]
    chance.shuffle(sent)

    answers = await deliver(recorder, till, sent)

    assert sum(isinstance(answer, Stored) for answer in answers) == 499
    assert sum(isinstance(answer, Already) for answer in answers) == 250
    assert answers.count(Quarantined("document.unstorable", "CharacterNotInRepertoireError")) == 2
    assert await count(pool, "document") == 500
    assert await count(pool, "sale") == 499
    assert await count(pool, "quarantine") == 1
    assert await pool.fetchval("SELECT count(*) FROM (SELECT 1 FROM sale GROUP BY number HAVING count(*) > 1) d") == 0


async def test_the_same_document_twenty_times_in_parallel_is_one_sale(pool):
    till = Till()
    sale = till.sell()
    async with Recorder(pool, lanes=4) as one, Recorder(pool) as another:
        answers = await asyncio.gather(
            *(recorder.record(key_of(till), sale.id, sale.body) for recorder in (one, another) for _ in range(10))
        )

    assert {answer.digest for answer in answers} == {sale.digest}
    assert sum(isinstance(answer, Stored) for answer in answers) == 1
    assert await count(pool, "sale") == await count(pool, "document") == 1


async def test_other_bytes_under_the_same_id_are_refused_and_both_are_kept(recorder, pool):
    till = Till()
    sale = till.sell()
    forged = sale.body.replace(b'"training":false', b'"training":true')
    await recorder.record(key_of(till), sale.id, sale.body)

    answers = [await recorder.record(key_of(till), sale.id, forged) for _ in range(2)]

    assert answers == [Differs(), Differs()]
    assert await pool.fetchval("SELECT body FROM document") == sale.body
    assert await pool.fetchval("SELECT body FROM document_conflict") == forged
    assert await recorder.record(key_of(till), sale.id, sale.body) == Already(sale.digest)


SPOILED = {
    "document.malformed": lambda data: data.update(surplus="\n\0'"),
    "document.other_id": lambda data: data.update(id=str(new_id())),
    "document.other_register": lambda data: data.update(register=str(new_id())),
    "document.other_epoch": lambda data: data.update(epoch=2),
    "document.no_such_time": lambda data: data.update(business_date="2026-02-30"),
    "document.line_repeated": lambda data: data["lines"][1].update(line=1),
    "document.wrong_sign": lambda data: data["lines"][0].update(quantity=-2_000),
    "document.discounts_do_not_add_up": lambda data: data["lines"][0].update(gross=1),
    "document.parts_do_not_multiply": lambda data: data["lines"][0]["parts"][0].update(price=1),
    "document.lines_do_not_add_up": lambda data: data["totals"].update(tax=1),
    "document.tenders_do_not_add_up": lambda data: data["tenders"][0].update(change=1),
    "document.unstorable": lambda data: data["tenders"][0].update(reference="\0"),
}


@pytest.mark.parametrize("code", SPOILED)
async def test_a_document_with_a_flaw_is_kept_aside_and_said_to_be(recorder, pool, code):
    till = Till()
    spoiled, sound = till.sell(2, change=SPOILED[code]), till.sell(2)

    answers = await deliver(recorder, till, [spoiled, sound])
    again = await recorder.record(key_of(till), spoiled.id, spoiled.body)

    assert isinstance(answers[0], Quarantined)
    assert answers[0].code == code
    assert again == answers[0]
    assert answers[1] == Stored(sound.digest)
    assert await pool.fetchval("SELECT body FROM document WHERE id = $1", spoiled.id) == spoiled.body
    assert await count(pool, "sale") == 1


async def test_bytes_that_are_no_document_at_all_are_kept_too(recorder, pool):
    till, id_ = Till(), new_id()

    answer = await recorder.record(key_of(till), id_, b"\xff\0not json")

    assert answer == Quarantined("document.malformed", "json_invalid")
    assert await pool.fetchval("SELECT body FROM document WHERE id = $1", id_) == b"\xff\0not json"


async def test_a_place_in_the_chain_and_a_receipt_number_are_given_once(recorder, pool):
    till = Till()
    first = till.sell()
    same_seq = till.sell(change=lambda data: data.update(seq=1))
    same_number = till.sell(change=lambda data: data.update(number=1))
    await recorder.record(key_of(till), first.id, first.body)

    answers = await deliver(recorder, till, [same_seq, same_number])

    assert answers == [Quarantined("document.seq_taken", "seq"), Quarantined("document.number_taken", "number")]
    assert await pool.fetch("SELECT seq FROM document ORDER BY id") == [(1,), (None,), (3,)]


async def test_two_tills_with_one_place_in_the_same_group_keep_the_first(recorder, pool):
    till = Till()
    first, second = till.sell(), till.sell(change=lambda data: data.update(seq=1, number=1))

    answers = await deliver(recorder, till, [second, first])

    assert answers == [Quarantined("document.seq_taken", "seq"), Stored(first.digest)]


async def test_a_revoked_register_still_delivers_flagged_and_a_late_epoch_is_taken(recorder, pool):
    till = Till()
    late, newer = till.sell(), till.paired_again()
    fresh = newer.sell()

    stored = [
        await recorder.record(key_of(newer), fresh.id, fresh.body),
        await recorder.record(key_of(newer), late.id, late.body),
    ]
    revoked = till.sell()
    stored.append(await recorder.record(key_of(till, revoked=True), revoked.id, revoked.body))

    assert {type(answer) for answer in stored} == {Stored}
    assert await pool.fetch("SELECT epoch, revoked_key FROM document ORDER BY arrived_at") == [
        (2, False),
        (1, False),
        (1, True),
    ]


async def test_sold_and_given_back_in_any_order_leaves_nothing_in_any_ledger(recorder, pool):
    till, chance = Till(), random.Random(11)
    documents = []
    for _ in range(20):
        sale = till.sell(4, account=new_id(), tender=chance.choice(["cash", "card"]), points=20)
        split = chance.randint(1, 3)
        documents += [
            sale,
            till.refund(sale, list(range(1, split + 1)), points=-5),
            till.refund(sale, list(range(split + 1, 5)), points=-15),
        ]
    chance.shuffle(documents)

    answers = await deliver(recorder, till, documents)

    assert {type(answer) for answer in answers} == {Stored}
    sums = {name: await pool.fetchval(f"SELECT sum({amount}) FROM {name}") for name, amount in LEDGERS.items()}
    assert sums == dict.fromkeys(LEDGERS, 0)


async def test_the_number_of_statements_does_not_grow_with_the_group(addresses):
    assert await statements_for(addresses.app, 1) == await statements_for(addresses.app, 64) == (1, 2)


async def test_the_app_may_add_to_what_happened_and_never_change_it(recorder, pool):
    till = Till()
    sale = till.sell(account=new_id(), points=1)
    await deliver(recorder, till, [sale, till.open_shift(), till.close_shift(), *till.events()])
    ledgers = ["document", "quarantine", "document_conflict", "audit_finding", *(table.name for table in TABLES)]

    for table in ledgers:
        column = await pool.fetchval(ORDINARY_COLUMN, table)
        for attempt in (f'UPDATE "{table}" SET {column} = {column}', f'DELETE FROM "{table}"', f'TRUNCATE "{table}"'):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await pool.execute(attempt)


async def test_a_recorder_that_stops_answers_everyone_who_waits(pool):
    till = Till()
    made = [till.sell() for _ in range(100)]
    recorder = Recorder(pool)
    recorder.start()
    waiting = [asyncio.create_task(recorder.record(key_of(till), one.id, one.body)) for one in made]
    await asyncio.sleep(0)

    await recorder.stop()

    assert {type(answer) for answer in await asyncio.gather(*waiting)} == {Stored}
    with pytest.raises(RecordingUnavailable):
        await recorder.record(key_of(till), made[0].id, made[0].body)


async def test_a_caller_who_went_away_disturbs_nobody_else(recorder, pool):
    till = Till()
    impatient, patient = till.sell(), till.sell()
    leaving = asyncio.create_task(recorder.record(key_of(till), impatient.id, impatient.body))
    staying = asyncio.create_task(recorder.record(key_of(till), patient.id, patient.body))
    await asyncio.sleep(0)

    leaving.cancel()

    assert await staying == Stored(patient.digest)
    assert await recorder.record(key_of(till), impatient.id, impatient.body) in (
        Already(impatient.digest),
        Stored(impatient.digest),
    )


async def test_a_lost_connection_is_said_and_the_next_try_succeeds(recorder, pool, addresses):
    till = Till()
    first, second = till.sell(), till.sell()
    await recorder.record(key_of(till), first.id, first.body)
    killer = await asyncpg.connect(addresses.owner)
    await killer.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'tillcard_app'"
    )
    await killer.close()

    with pytest.raises(RecordingUnavailable):
        await recorder.record(key_of(till), second.id, second.body)

    assert await recorder.record(key_of(till), second.id, second.body) == Stored(second.digest)


async def test_a_database_that_is_away_refuses_everyone_and_takes_everything_when_it_is_back(pool, addresses, postgres):
    till = Till()
    made = [till.sell(1) for _ in range(200)]
    owner = await asyncpg.connect(postgres.dsn("tillcard_owner", "postgres"))
    name = addresses.app.split("/")[3].split("?")[0]
    async with Recorder(pool) as recorder:
        await owner.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await owner.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        away = await asyncio.gather(
            *(recorder.record(key_of(till), one.id, one.body) for one in made), return_exceptions=True
        )
        await owner.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await owner.close()
        back = await deliver(recorder, till, made)

    assert {type(answer) for answer in away} == {RecordingUnavailable}
    assert {type(answer) for answer in back} == {Stored}


async def test_two_recorders_with_crossed_documents_both_get_their_answers(pool):
    till = Till()
    made = [till.sell(2) for _ in range(300)]
    async with Recorder(pool, lanes=2) as one, Recorder(pool, lanes=2) as another:
        answers = await asyncio.gather(deliver(one, till, made), deliver(another, till, made[::-1]))

    assert {type(answer) for both in answers for answer in both} <= {Stored, Already}
    assert await count(pool, "sale") == 300


def test_rows_have_a_table_each_in_the_same_order():
    assert no_rows()._fields == tuple(table.name for table in TABLES)
    assert moment(1_767_614_400_001).isoformat() == "2026-01-05T12:00:00.001000+00:00"
