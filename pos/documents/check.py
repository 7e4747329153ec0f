"""`tillcard check`: derives everything again from the documents' bytes and names each row that is not as it must be.

Reads one consistent snapshot in batches, in constant memory. Renamed products, merged accounts and changed settings
are not looked at, so they raise nothing; an erased person leaves no personal part, which is allowed.
What it cannot see: the end of a chain cut off with all its rows (compare the printed Z report); which register brought
a document that could not be read; the moment of arrival of a document that moved neither stock nor turnover.
What a fiscal register said is no part of a document: `pos.fiscal.check` says what is held against it.
A history made for measuring has no bytes to derive anything from: `pos.documents.bare` says what is held against it.
"""

import hashlib
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
from sqlalchemy import Table

from pos.documents.arrival import Arrival, read_arrival
from pos.documents.bare import bare_findings
from pos.documents.envelope import GENESIS
from pos.documents.model import Document, DocumentConflict, PersonalPart, Quarantine
from pos.documents.projection import TABLES, Row, table_of
from pos.documents.receipts import Receipt
from pos.documents.rules import Flaw
from pos.documents.schema import documents
from pos.fiscal.check import fiscal_findings
from pos.registers.queries import RegisterKey

BATCH = 500
NOWHERE = UUID(int=0)
"""The outlet of a register that is not known."""
ANY_EPOCH = 2_147_483_647
DOCUMENT = table_of(Document)
CIRCUMSTANCES = ("document.other_epoch", "document.seq_taken", "document.number_taken", "document.unstorable")
"""Reasons for quarantine that lie outside the document's own bytes."""

JOURNAL = """
SELECT d.*, r.outlet_id, q.code, q.detail, q.arrived_at AS quarantined_at, p.salt, p.part,
       NOT EXISTS (SELECT FROM register_epoch e WHERE e.register_id = d.register_id AND e.epoch >= d.epoch)
       OR EXISTS (SELECT FROM register_epoch e WHERE e.register_id = d.register_id AND e.epoch >= d.epoch
                   AND CASE WHEN d.revoked_key THEN e.revoked_at <= d.arrived_at
                            ELSE e.revoked_at IS NULL OR e.revoked_at > d.arrived_at - interval '1 minute' END)
       AS revocation_fits
  FROM document d
  LEFT JOIN register r ON r.id = d.register_id
  LEFT JOIN quarantine q ON q.document_id = d.id
  LEFT JOIN personal_part p ON p.document_id = d.id
 WHERE NOT (d.kind = 'bare' AND d.epoch = 0)
 ORDER BY d.register_id, d.epoch, d.seq NULLS LAST, d.id
"""
SEQ_TAKEN = "SELECT EXISTS (SELECT FROM document WHERE register_id = $1 AND epoch = $2 AND seq = $3 AND id <> $4)"
NUMBER_TAKEN = "SELECT EXISTS (SELECT FROM sale WHERE register_id = $1 AND epoch = $2 AND number = $3 AND id <> $4)"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be.

    `kind`: `altered` (a value differs), `missing` (a row should be there), `surplus` (it should not), `misplaced` (a
    document stands where it cannot), `link` (the chain does not fit its neighbour), `gap` (a place without a document).
    """

    kind: str
    table: str
    document_id: UUID | None
    detail: str


async def check(connection: asyncpg.Connection) -> AsyncIterator[Finding]:
    """Every finding, as it turns up. `connection` may be of any role that can read."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        chain = Chain()
        batch: list[asyncpg.Record] = []
        async for row in connection.cursor(JOURNAL, prefetch=BATCH):
            for finding in chain.next(row):
                yield finding
            batch.append(row)
            if len(batch) == BATCH:
                async for finding in check_batch(connection, batch):
                    yield finding
                batch = []
        async for finding in check_batch(connection, batch):
            yield finding
        async for finding in strangers(connection):
            yield finding
        async for kind, table, document_id, detail in bare_findings(connection):
            yield Finding(kind, table, document_id, detail)
        async for kind, table, document_id, detail in fiscal_findings(connection):
            yield Finding(kind, table, document_id, detail)


class Chain:
    """Walks documents in the order of their chains and tells where a link or a place is wrong."""

    def __init__(self) -> None:
        self.of: tuple[UUID, int] | None = None
        self.seq, self.digest = 0, bytes.fromhex(GENESIS)

    def next(self, row: asyncpg.Record) -> Iterator[Finding]:
        if row["seq"] is None:
            return
        if (row["register_id"], row["epoch"]) != self.of:
            self.of = (row["register_id"], row["epoch"])
            self.seq, self.digest = 0, bytes.fromhex(GENESIS)
        if row["seq"] != self.seq + 1:
            yield Finding("gap", "document", row["id"], f"before {row['seq']}, after {self.seq}")
        elif row["prev"] != self.digest:
            yield Finding("link", "document", row["id"], f"at {row['seq']}")
        self.seq, self.digest = row["seq"], row["digest"]


async def check_batch(connection: asyncpg.Connection, batch: Sequence[asyncpg.Record]) -> AsyncIterator[Finding]:
    """Journal rows against their bytes, then every table's rows against those that the bytes stand for."""
    expected: list[Arrival] = []
    for row in batch:
        if hashlib.sha256(row["body"]).digest() != row["digest"]:
            yield Finding("altered", "document", row["id"], "body or digest")
            continue
        arrival, findings = await journal_findings(connection, row)
        expected.append(arrival)
        for finding in findings:
            yield finding
    ids = [arrival.id for arrival in expected]
    for place, table in enumerate(TABLES):
        wanted = [values for arrival in expected for values in arrival.rows[place]]
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        query = f'SELECT {names} FROM "{table.name}" WHERE "{owner_of(table)}" = ANY($1)'  # noqa: S608  # our own names
        found = await connection.fetch(query, ids)
        for finding in compare(table, wanted, [tuple(row.values()) for row in found]):
            yield finding


async def journal_findings(connection: asyncpg.Connection, row: asyncpg.Record) -> tuple[Arrival, list[Finding]]:
    """What the document's bytes say it must be, and how its journal, quarantine and personal rows differ from that."""
    key = RegisterKey(row["register_id"], ANY_EPOCH, row["outlet_id"] or NOWHERE, row["revoked_key"])
    arrival = read_arrival(key, row["id"], row["body"], row["arrived_at"])
    found: list[Finding] = []
    if row["code"] in CIRCUMSTANCES:
        if not await circumstance_holds(connection, row, arrival):
            found.append(Finding("misplaced", "quarantine", row["id"], row["code"]))
        apply_circumstance(arrival, Flaw(row["code"], row["detail"]))
    if arrival.epoch == ANY_EPOCH:
        arrival.epoch = row["epoch"]
    for column, value in zip(DOCUMENT.columns, arrival.journal_row(), strict=True):
        if row[column.name] != value:
            found.append(Finding("altered", "document", row["id"], column.name))
    if not row["revocation_fits"]:
        found.append(Finding("altered", "document", row["id"], "revoked_key"))
    found.extend(quarantine_findings(row, arrival))
    found.extend(personal_findings(row))
    return arrival, found


async def circumstance_holds(connection: asyncpg.Connection, row: asyncpg.Record, arrival: Arrival) -> bool:
    """Whether what the quarantine says about the document's surroundings is so."""
    place = (arrival.key.register_id, arrival.epoch)
    match row["code"]:
        case "document.seq_taken":
            taken = arrival.seq is not None and await connection.fetchval(SEQ_TAKEN, *place, arrival.seq, arrival.id)
            return bool(taken)
        case "document.number_taken":
            numbered = arrival.number is not None
            return bool(numbered and await connection.fetchval(NUMBER_TAKEN, *place, arrival.number, arrival.id))
        case "document.unstorable":
            return any(isinstance(v, str) and "\0" in v for rows in arrival.rows for values in rows for v in values)
        case _:
            return arrival.epoch > row["epoch"]


def apply_circumstance(arrival: Arrival, flaw: Flaw) -> None:
    """Withhold what recording withheld for the same reason."""
    if flaw.code == "document.number_taken":
        arrival.withhold(flaw)
    else:
        arrival.unchain(flaw)


def quarantine_findings(row: asyncpg.Record, arrival: Arrival) -> Iterator[Finding]:
    if arrival.flaw is None:
        if row["code"] is not None:
            yield Finding("surplus", "quarantine", row["id"], row["code"])
    elif row["code"] is None:
        yield Finding("missing", "quarantine", row["id"], arrival.flaw.code)
    elif (row["code"], row["detail"]) != (arrival.flaw.code, arrival.flaw.detail):
        yield Finding("altered", "quarantine", row["id"], "code or detail")
    elif row["quarantined_at"] != row["arrived_at"]:
        yield Finding("altered", "quarantine", row["id"], "arrived_at")


def personal_findings(row: asyncpg.Record) -> Iterator[Finding]:
    """A personal part, where there is one, must fit the digest that the document holds."""
    if row["salt"] is None:
        return
    digest = hashlib.sha256(row["salt"] + row["part"].encode()).hexdigest()
    document = documents.validate_json(row["body"])
    if not isinstance(document, Receipt) or document.personal != digest:
        yield Finding("altered", "personal_part", row["id"], "salt or part")


def owner_of(table: Table) -> str:
    """The column that names the document a row belongs to: the first of every table."""
    return next(iter(table.columns)).name


def compare(table: Table, wanted: Sequence[Row], found: Sequence[Row]) -> Iterator[Finding]:
    """How the rows of one table differ from those that should be there; rows are matched by the primary key."""
    names = [column.name for column in table.columns]
    key = [names.index(column.name) for column in table.primary_key.columns]
    should = {tuple(str(row[place]) for place in key): plain(row) for row in wanted}
    there = {tuple(str(row[place]) for place in key): plain(row) for row in found}
    for at in should.keys() | there.keys():
        document_id, detail = UUID(at[0]), ".".join(at[1:])
        if at not in there:
            yield Finding("missing", table.name, document_id, detail)
        elif at not in should:
            yield Finding("surplus", table.name, document_id, detail)
        elif should[at] != there[at]:
            differing = [name for name, a, b in zip(names, should[at], there[at], strict=True) if a != b]
            yield Finding("altered", table.name, document_id, f"{detail} {', '.join(differing)}".strip())


def plain(row: Row) -> Row:
    """UUIDs as text, as documents write them."""
    return tuple(str(value) if isinstance(value, UUID) else value for value in row)


async def strangers(connection: asyncpg.Connection) -> AsyncIterator[Finding]:
    """Rows of documents that the journal does not know, and kept conflicts whose bytes changed."""
    for table in (*TABLES, *map(table_of, (Quarantine, DocumentConflict, PersonalPart))):
        owner = owner_of(table)
        others = OTHER_SOURCES.get(table.name, "true")
        query = (
            f'SELECT t."{owner}" AS id FROM "{table.name}" t WHERE {others} '  # noqa: S608  # our own names
            f'AND NOT EXISTS (SELECT 1 FROM document d WHERE d.id = t."{owner}")'
        )
        async for row in connection.cursor(query, prefetch=BATCH):
            yield Finding("surplus", table.name, row["id"], "no such document")
    altered = "SELECT document_id FROM document_conflict WHERE sha256(body) <> digest"
    async for row in connection.cursor(altered, prefetch=BATCH):
        yield Finding("altered", "document_conflict", row["document_id"], "body or digest")


OTHER_SOURCES = {
    "stock_movement": "t.reason IN ('sale', 'refund')",
    "turnover_entry": "t.kind IN ('sale', 'refund')",
    "points_entry": "t.kind IN ('accrual', 'redemption')",
    "rule_use": "t.kind IN ('sale', 'refund')",
    "coupon_use": "t.kind = 'sale'",
    "gift_card_entry": "t.kind IN ('issue', 'redemption', 'refund')",
    "debt_entry": "t.kind IN ('sale', 'refund', 'payment')",
}
"""Ledgers that other things write to as well: which of their rows must have a document."""
