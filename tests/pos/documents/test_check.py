"""`tillcard check` finds every altered byte, column and row, and nothing where nothing was altered."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import Table, delete

from pos.core.ids import new_id
from pos.documents.check import Finding, check
from pos.documents.model import Document, PersonalPart, Quarantine
from pos.documents.projection import TABLES, table_of
from pos.documents.service import keep_personal
from pos.registers.queries import RegisterKey
from pos.sales.record import Recorder
from pos.storage.database import Addresses, Database
from tests.documents import Made, Till, taking

SALT, PART = bytes(16), '{"phone":"+37410000000"}'
OTHER = {
    "uuid": "gen_random_uuid()",
    "text": "coalesce({c}, '') || 'x'",
    "bytea": "set_byte({c}, 0, get_byte({c}, 0) # 1)",
    "date": "coalesce({c}, '2020-01-01') + 1",
    "timestamp with time zone": "{c} + interval '1 millisecond'",
    "boolean": "NOT {c}",
}
"""How to change a value of a type; numbers are raised by one."""


class Journal:
    """A small shop's journal, with the owner's connection that may alter what it likes."""

    def __init__(self, database: Database, owner: asyncpg.Connection) -> None:
        self.database, self.owner = database, owner
        self.till = Till()
        self.sale = self.till.sell(1, account=new_id(), tender="card", points=3, personal=SALT + PART.encode())

    async def fill(self) -> None:
        till = self.till
        await self.owner.execute(
            "INSERT INTO outlet (id, name, zone) VALUES ($1, 'Shop', 'Asia/Yerevan')", till.outlet_id
        )
        await self.owner.execute(
            "INSERT INTO register (id, outlet_id, name, prefix) VALUES ($1, $2, 'Till', 'T1')",
            till.register_id,
            till.outlet_id,
        )
        await self.owner.execute(
            "INSERT INTO register_epoch (register_id, epoch, key_digest, paired_at) VALUES ($1, 1, '', now())",
            till.register_id,
        )
        refund = till.refund(self.sale, points=-3)
        await self.deliver(self.sale, refund, till.open_shift(), *till.events(), till.close_shift())
        card, debtor = new_id(), new_id()
        uses = [{"rule": "happy", "sum": 500, "pieces": 1_000}]
        took = taking(
            uses=uses, coupons={"CPX": "spring"}, gift_cards={card: 9_000}, on_account=700, reservation=new_id()
        )
        await self.deliver(
            till.sell(2, account=debtor, change=taking(sold_cards={card: 10_000})),
            till.sell(2, account=debtor, change=took),
        )
        await self.deliver(
            till.sell(1, change=lambda data: data.update(number=1)),
            till.sell(1, change=lambda data: data.update(seq=1)),
            till.sell(1, change=lambda data: data.update(epoch=2)),
            till.sell(1, change=lambda data: data["lines"][0].update(name="\0")),
            till.sell(1, change=lambda data: data["totals"].update(tax=1)),
            till.sell(1, training=True),
            Made(new_id(), b"no document", {}),
            Made(self.sale.id, b"other bytes", {}),
        )
        async with self.database.transaction() as session:
            await keep_personal(session, till.register_id, self.sale.id, SALT, PART)

    async def deliver(self, *made: Made) -> None:
        key = RegisterKey(self.till.register_id, 1, self.till.outlet_id, False)
        async with Recorder(self.database.pool) as recorder:
            for one in made:
                await recorder.record(key, one.id, one.body)

    async def findings(self) -> list[Finding]:
        return [finding async for finding in check(self.owner)]


@pytest.fixture
async def journal(addresses: Addresses) -> AsyncIterator[Journal]:
    database = await Database.open(addresses.app)
    owner = await asyncpg.connect(addresses.owner)
    try:
        filled = Journal(database, owner)
        await filled.fill()
        await owner.execute("SET session_replication_role = replica")  # as a thief with the owner's rights would
        yield filled
    finally:
        await owner.close()
        await database.close()


async def without_gap(journal: Journal) -> list[Finding]:
    """Findings beside those of the journal's own three documents that stand outside the chain on purpose."""
    return [finding for finding in await journal.findings() if finding.kind not in ("gap", "link")]


async def test_an_honest_journal_raises_nothing_but_its_gaps(journal):
    assert await without_gap(journal) == []
    assert {finding.kind for finding in await journal.findings()} <= {"gap"}


async def test_every_altered_byte_of_a_document_is_found(addresses):
    owner = await asyncpg.connect(addresses.owner)
    database = await Database.open(addresses.app)
    try:
        journal = Journal(database, owner)
        await journal.deliver(journal.sale)
        for place in range(len(journal.sale.body)):
            altered = bytearray(journal.sale.body)
            altered[place] ^= 1
            await owner.execute("UPDATE document SET body = $1", bytes(altered))

            assert Finding("altered", "document", journal.sale.id, "body or digest") in await journal.findings(), place
    finally:
        await database.close()
        await owner.close()


async def test_a_document_forged_with_its_digest_breaks_the_chain(journal):
    forged = journal.sale.body.replace(b"Product 1", b"Product 2")

    await journal.owner.execute(
        "UPDATE document SET body = $2, digest = sha256($2) WHERE id = $1", journal.sale.id, forged
    )
    found = await journal.findings()

    assert "link" in {finding.kind for finding in found}
    assert Finding("altered", "sale_line", journal.sale.id, "1 name") in found


async def test_every_altered_column_of_every_table_is_found(journal):
    for table in (table_of(Document), *TABLES, table_of(PersonalPart)):
        for column in table.columns:
            async with kept(journal.owner, table):
                await journal.owner.execute(await alteration(journal, table, column.name))
                assert await without_gap(journal) != [], f"{table.name}.{column.name}"
    assert await without_gap(journal) == []


async def alteration(journal: Journal, table: Table, column: str) -> str:
    """A statement that gives one row of `table`, the sale's where it has one, another value in `column`."""
    type_ = await journal.owner.fetchval(
        "SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = $1::regclass AND attname = $2",
        table.name,
        column,
    )
    owner_column = next(iter(table.columns)).name
    row = await journal.owner.fetchval(
        f'SELECT ctid::text FROM "{table.name}" ORDER BY ("{owner_column}" = $1) DESC, "{owner_column}"',
        journal.sale.id,
    )
    assert row is not None, table.name
    other = OTHER.get(type_, "coalesce({c}, 0) + 1000").format(c=f'"{column}"')
    return f'UPDATE "{table.name}" SET "{column}" = {other} WHERE ctid = \'{row}\''


@asynccontextmanager
async def kept(owner: asyncpg.Connection, table: Table) -> AsyncIterator[None]:
    """The table's rows are as before when the block ends."""
    await owner.execute(f'CREATE TEMP TABLE kept AS SELECT * FROM "{table.name}"')
    yield
    await owner.execute(f'DELETE FROM "{table.name}"; INSERT INTO "{table.name}" SELECT * FROM kept; DROP TABLE kept')


async def test_a_missing_row_is_found_in_every_table(journal):
    for table in (*TABLES, table_of(Quarantine)):
        async with kept(journal.owner, table):
            removed = await journal.owner.fetchval(
                f'DELETE FROM "{table.name}" WHERE ctid = (SELECT min(ctid) FROM "{table.name}")'
                f' RETURNING "{next(iter(table.columns)).name}"'
            )
            assert ("missing", removed) in [(one.kind, one.document_id) for one in await without_gap(journal)]


async def test_a_surplus_row_is_found_with_and_without_a_document(journal):
    for sale_id in (journal.sale.id, new_id()):
        await journal.owner.execute(
            "INSERT INTO tender (sale_id, place, kind, received, applied, change) VALUES ($1, 9, 'cash', 1, 1, 0)",
            sale_id,
        )

    found = await without_gap(journal)

    assert sorted((one.kind, one.table) for one in found) == [("surplus", "tender")] * 2


async def test_a_document_taken_out_with_all_its_rows_leaves_a_gap(journal):
    gone: UUID = await journal.owner.fetchval("SELECT id FROM document WHERE seq = 4")
    before = len(await journal.findings())
    await journal.owner.execute("DELETE FROM document WHERE id = $1", gone)
    await journal.owner.execute("DELETE FROM register_event WHERE id = $1", gone)

    found = await journal.findings()

    assert len(found) == before + 1
    assert (found[0].kind, found[0].detail) == ("gap", "before 5, after 3")


async def test_two_documents_that_changed_places_are_found(journal):
    for statement in ("seq = 1000 WHERE seq = 4", "seq = 4 WHERE seq = 5", "seq = 5 WHERE seq = 1000"):
        await journal.owner.execute(f"UPDATE document SET {statement}")

    found = await journal.findings()

    assert sum(finding.kind == "altered" and finding.detail == "seq" for finding in found) == 2
    assert "link" in {finding.kind for finding in found}


async def test_a_conflict_whose_bytes_were_altered_is_found(journal):
    await journal.owner.execute("UPDATE document_conflict SET body = 'harmless'")

    assert [one.table for one in await without_gap(journal)] == ["document_conflict"]


async def test_renaming_products_and_erasing_a_person_raise_no_alarm(journal):
    before = await journal.findings()
    owner = journal.owner
    await owner.execute('INSERT INTO category (id, names) VALUES (1, \'{"en": "Dairy"}\')')
    await owner.execute("INSERT INTO tax_rate (code, names, rate) VALUES ('vat20', '{}', 2000)")
    await owner.execute(
        "INSERT INTO product (id, names, category, unit, tax_code, made_at)"
        " VALUES (gen_random_uuid(), '{\"en\": \"Product 1\"}', 1, 'piece', 'vat20', now())"
    )
    await owner.execute('UPDATE product SET names = \'{"en": "Renamed"}\'')
    await owner.execute("UPDATE tax_rate SET rate = 1000")
    await owner.execute("UPDATE register SET name = 'Renamed'")

    async with journal.database.transaction() as session:
        await session.execute(delete(PersonalPart).where(PersonalPart.document_id == journal.sale.id))

    assert await owner.fetchval("SELECT count(*) FROM personal_part") == 0
    assert await journal.findings() == before
