"""The two statements of recording: one write that inserts a whole group into every table, and a read for where it cannot.

The write is a single statement of data-modifying CTEs, so it is one round trip and one transaction whatever the size
of the group. Each table takes one array for each of its columns.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from pos.documents.arrival import Arrival
from pos.documents.model import Document, DocumentConflict, Quarantine
from pos.documents.projection import TABLES, Row, table_of

CHANNELS = ("outbox", "recorded")
"""Whom a group wakes at its commit: the worker, and the open pages of the back office."""
RECORDED = "documents.recorded"
"""The outbox message of a group: `{"documents": [id, …]}`."""

READ = """
SELECT 'id' AS what, d.id, d.register_id, d.epoch, d.seq, d.digest, q.code, q.detail
  FROM unnest($1::uuid[]) AS a (id) JOIN document d USING (id) LEFT JOIN quarantine q ON q.document_id = d.id
UNION ALL
SELECT 'seq', d.id, d.register_id, d.epoch, d.seq, NULL, NULL, NULL
  FROM unnest($2::uuid[], $3::int[], $4::int[]) AS a (register_id, epoch, seq)
  JOIN document d USING (register_id, epoch, seq)
UNION ALL
SELECT 'number', s.id, s.register_id, s.epoch, s.number, NULL, NULL, NULL
  FROM unnest($5::uuid[], $6::int[], $7::int[]) AS a (register_id, epoch, number)
  JOIN sale s USING (register_id, epoch, number)
"""


def read_arguments(group: Sequence[Arrival]) -> list[list[Any]]:
    """What `READ` asks about `group`: ids, places in chains, receipt numbers."""
    ids: list[UUID] = [arrival.id for arrival in group]
    seqs = [(a.key.register_id, a.epoch, a.seq) for a in group if a.seq is not None]
    numbers = [(a.key.register_id, a.epoch, a.number) for a in group if a.number is not None]
    return [ids, *columns(seqs, 3), *columns(numbers, 3)]


def columns(rows: Sequence[Row], width: int) -> list[Any]:
    """Rows turned into one sequence for each of their `width` columns."""
    return list(zip(*rows, strict=True)) if rows else [()] * width


DOCUMENT, QUARANTINE, CONFLICT = table_of(Document), table_of(Quarantine), table_of(DocumentConflict)
WRITTEN: tuple[Table, ...] = (DOCUMENT, QUARANTINE, CONFLICT, *TABLES)


def insertion(table: Table, first: int) -> str:
    """Insert into `table` from arrays, the first of which is parameter number `first`."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    dialect = postgresql.dialect()
    types = [column.type.compile(dialect).split(" WITH")[0] for column in table.columns]
    types = ["timestamptz" if type_ == "TIMESTAMP" else type_.lower() for type_ in types]
    arrays = ", ".join(f"${place}::{type_}[]" for place, type_ in enumerate(types, first))
    doubled = " ON CONFLICT DO NOTHING" if table is CONFLICT else ""
    return f'INSERT INTO "{table.name}" ({names}) SELECT * FROM unnest({arrays}){doubled}'  # noqa: S608  # our own names


def write_statement() -> str:
    """All insertions as one statement; its last parameter is the outbox message."""
    parts: list[str] = []
    first = 1
    for table in WRITTEN:
        parts.append(f"{table.name}_rows AS ({insertion(table, first)})")
        first += len(table.columns)
    outbox = f"INSERT INTO outbox (kind, payload) VALUES ('{RECORDED}', ${first}::jsonb)"  # noqa: S608  # our own names
    woken = ", ".join(f"pg_notify('{channel}', '')" for channel in CHANNELS)
    return "WITH " + ",\n".join(parts) + f"\n{outbox} RETURNING {woken}"


WRITE = write_statement()


def write_arguments(new: Sequence[Arrival], others: Sequence[Arrival]) -> list[Any]:
    """The arrays of `WRITE` for documents that are `new`, and `others` that came under an id already stored."""
    quarantined = [(a.id, a.flaw.code, a.flaw.detail, a.at) for a in new if a.flaw]
    conflicts = [(a.id, a.digest, a.key.register_id, a.body, a.at) for a in others]
    arguments = columns([a.journal_row() for a in new], len(DOCUMENT.columns))
    arguments += columns(quarantined, len(QUARANTINE.columns))
    arguments += columns(conflicts, len(CONFLICT.columns))
    for table, rows in zip(TABLES, zip(*(a.rows for a in new), strict=True) if new else nothing(), strict=True):
        arguments += columns(list(chain.from_iterable(rows)), len(table.columns))
    arguments.append(message(new, others))
    return arguments


def nothing() -> Iterable[tuple[list[Row], ...]]:
    return [()] * len(TABLES)


def message(new: Sequence[Arrival], others: Sequence[Arrival]) -> str:
    ids = ",".join(f'"{arrival.id}"' for arrival in (*new, *others))
    return f'{{"documents":[{ids}]}}'
