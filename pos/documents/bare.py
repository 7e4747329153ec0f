"""Sales without documents: a history loaded only to measure with, and what `tillcard check` holds against it.

A bare sale stands in epoch 0. Pairings open epochs from 1 and the schema of documents refuses 0, so nothing a till made
can stand there, and nothing that stands elsewhere is excused. A real document moved there leaves a hole in its chain.
Each part loaded left its sums in `bare_history`: rows added, removed or changed in an amount are found. Who bought,
when, and which goods is not: there are no bytes to compare with.
"""

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg

KIND = "bare"
"""The kind of the journal rows that bare sales stand on; no document has it."""
EPOCH = 0
EMPTY_DIGEST = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
"""SHA-256 of no bytes."""
_OTHER_TABLES = (
    ("stock_movement", "source_id"),
    ("points_entry", "source_id"),
    ("rule_use", "source_id"),
    ("coupon_use", "source_id"),
    ("gift_card_entry", "source_id"),
    ("debt_entry", "source_id"),
    ("reservation_settled", "document_id"),
    ("shift_opening", "id"),
    ("shift_closing", "id"),
    ("drawer_movement", "id"),
    ("register_event", "id"),
    ("quarantine", "document_id"),
    ("document_conflict", "document_id"),
    ("personal_part", "document_id"),
)
"""Tables that hold nothing of a bare sale, with the column that names the document."""

THERE = """
SELECT EXISTS (SELECT FROM bare_history) OR EXISTS (SELECT FROM sale WHERE epoch = 0)
    OR EXISTS (SELECT FROM document WHERE epoch = 0) OR EXISTS (SELECT FROM register_epoch WHERE epoch < 1)
"""
NOT_BARE = """
SELECT d.id FROM document d
 WHERE d.epoch = 0 AND d.kind = 'bare'
   AND (d.body <> '' OR d.digest <> $1 OR d.seq IS NOT NULL OR d.prev IS NOT NULL OR d.revoked_key)
"""
NO_SALE = """
SELECT d.id FROM document d LEFT JOIN sale s ON s.id = d.id AND s.epoch = 0 AND s.register_id = d.register_id
 WHERE d.epoch = 0 AND d.kind = 'bare' AND s.id IS NULL
"""
NOT_HISTORY = """
SELECT s.id FROM sale s JOIN document d ON d.id = s.id WHERE s.epoch = 0 AND (d.epoch <> 0 OR d.kind <> 'bare')
"""
PAIRED = "SELECT register_id AS id FROM register_epoch WHERE epoch < 1"
DO_NOT_ADD_UP = """
SELECT s.id
  FROM sale s
  LEFT JOIN (SELECT sale_id, sum(gross) AS gross, sum(net) AS net, sum(tax_amount) AS tax
               FROM sale_line GROUP BY sale_id) line ON line.sale_id = s.id
  LEFT JOIN (SELECT sale_id, sum(amount) AS amount FROM line_discount GROUP BY sale_id) given ON given.sale_id = s.id
  LEFT JOIN (SELECT sale_id, sum(applied) AS applied FROM tender GROUP BY sale_id) paid ON paid.sale_id = s.id
  LEFT JOIN turnover_entry turned ON turned.source_id = s.id
 WHERE s.epoch = 0
   AND (s.kind <> 'sale' OR (line.gross, line.net, line.tax) IS DISTINCT FROM (s.gross, s.net, s.tax)
        OR coalesce(given.amount, 0) <> s.discount OR s.gross - s.discount <> s.net
        OR s.net + s.cash_rounding <> s.total OR paid.applied IS DISTINCT FROM s.total
        OR (turned.account_id, turned.amount) IS DISTINCT FROM
           (s.account_id, CASE WHEN s.account_id IS NOT NULL THEN s.net END))
"""
PLANNED = """
SELECT coalesce(sum(sales), 0)::bigint AS sales, coalesce(sum(lines), 0)::bigint AS lines,
       coalesce(sum(discounts), 0)::bigint AS discounts, coalesce(sum(tenders), 0)::bigint AS tenders,
       coalesce(sum(gross), 0)::bigint AS gross, coalesce(sum(discount), 0)::bigint AS discount,
       coalesce(sum(net), 0)::bigint AS net, coalesce(sum(tax), 0)::bigint AS tax,
       coalesce(sum(total), 0)::bigint AS total
  FROM bare_history
"""
FOUND = """
SELECT count(*) AS sales,
       (SELECT count(*) FROM sale_line l JOIN sale s ON s.id = l.sale_id WHERE s.epoch = 0) AS lines,
       (SELECT count(*) FROM line_discount l JOIN sale s ON s.id = l.sale_id WHERE s.epoch = 0) AS discounts,
       (SELECT count(*) FROM tender t JOIN sale s ON s.id = t.sale_id WHERE s.epoch = 0) AS tenders,
       coalesce(sum(gross), 0)::bigint AS gross, coalesce(sum(discount), 0)::bigint AS discount,
       coalesce(sum(net), 0)::bigint AS net, coalesce(sum(tax), 0)::bigint AS tax,
       coalesce(sum(total), 0)::bigint AS total
  FROM sale WHERE epoch = 0
"""


async def bare_sales(connection: asyncpg.Connection) -> int:
    """How many sales say of themselves that they have no document."""
    return int(await connection.fetchval("SELECT count(*) FROM document WHERE epoch = 0 AND kind = 'bare'") or 0)


async def bare_findings(connection: asyncpg.Connection) -> AsyncIterator[tuple[str, str, UUID | None, str]]:
    """What is not as a bare history must be: kind, table, document and detail of each finding. Needs a transaction."""
    if not await connection.fetchval(THERE):
        return
    wrong = (
        ("altered", "document", NOT_BARE, "bare, yet not empty", (EMPTY_DIGEST,)),
        ("missing", "sale", NO_SALE, "of a bare history", ()),
        ("surplus", "sale", NOT_HISTORY, "in the epoch of a bare history", ()),
        ("surplus", "register_epoch", PAIRED, "the epoch of a bare history is no pairing's", ()),
        ("altered", "sale", DO_NOT_ADD_UP, "lines, discounts, tenders or turnover do not add up", ()),
    )
    for kind, table, query, detail, values in wrong:
        async for row in connection.cursor(query, *values):
            yield kind, table, row["id"], detail
    for table, owner in _OTHER_TABLES:
        query = (
            f'SELECT t."{owner}" AS id FROM "{table}" t JOIN document d ON d.id = t."{owner}" '  # noqa: S608  # our names
            "WHERE d.epoch = 0 AND d.kind = 'bare'"
        )
        async for row in connection.cursor(query):
            yield "surplus", table, row["id"], "of a bare sale"
    planned, found = await connection.fetchrow(PLANNED), await connection.fetchrow(FOUND)
    assert planned is not None
    assert found is not None
    for name, wanted in planned.items():
        if found[name] != wanted:
            yield "altered", "bare_history", None, f"{name}: {found[name]}, loaded were {wanted}"
