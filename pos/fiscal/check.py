"""What `tillcard check` holds against fiscal records: they are no part of a document's bytes, but they must fit it."""

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg

from pos.fiscal.model import NOTHING_LEFT

BATCH = 500
KINDS = {
    "receipt": ("sale", "refund", "debt_payment"),
    "correction": ("fiscal_correction",),
    "cash_in": ("cash_in",),
    "cash_out": ("cash_out",),
    "open_shift": ("shift_opening",),
    "z_report": ("shift_closing",),
}
"""Which documents a record of each kind may be about."""

ALLOWED = " ".join(f"WHEN '{kind}' THEN d.kind IN ({', '.join(map(repr, kinds))})" for kind, kinds in KINDS.items())
OF_OTHERS = f"""
SELECT r.document_id, 'of another register or kind' AS detail FROM fiscal_record r JOIN document d ON d.id = r.document_id
 WHERE d.register_id <> r.register_id OR NOT CASE r.kind {ALLOWED} END
"""  # noqa: S608 - our own words
WITHOUT_DOCUMENT = """
SELECT r.document_id, 'registered, but the document never came' AS detail FROM fiscal_record r
 WHERE r.state = 'registered' AND r.recorded_at < now() - interval '1 day'
   AND NOT EXISTS (SELECT FROM document d WHERE d.id = r.document_id)
"""
NUMBER_TWICE = """
SELECT r.document_id, 'number ' || r.number || ' of ' || r.device AS detail FROM fiscal_record r
 WHERE r.state = 'registered' AND r.number IS NOT NULL AND EXISTS (
     SELECT FROM fiscal_record o WHERE o.device = r.device AND o.number = r.number AND o.state = 'registered'
        AND o.document_id <> r.document_id AND o.storage IS NOT DISTINCT FROM r.storage)
"""
NEWEST = f"""
SELECT DISTINCT ON (document_id) document_id, id, state = 'registered' OR (
    state = 'none' AND coalesce(cause, '') IN {NOTHING_LEFT}) AS settled
  FROM fiscal_record ORDER BY document_id, place DESC, made_at DESC, id DESC
"""  # noqa: S608 - our own words
STANDING = f"""
SELECT coalesce(newest.document_id, opened.document_id) AS document_id, 'does not fit the newest record' AS detail
  FROM (SELECT * FROM ({NEWEST}) each WHERE NOT settled) newest
  FULL JOIN fiscal_open opened ON opened.document_id = newest.document_id
 WHERE opened.record_id IS DISTINCT FROM newest.id
"""  # noqa: S608 - our own words


async def fiscal_findings(connection: asyncpg.Connection) -> AsyncIterator[tuple[str, str, UUID | None, str]]:
    """Kind, table, document and detail of everything that is not as it must be. Within the caller's snapshot."""
    for kind, table, query in (
        ("misplaced", "fiscal_record", OF_OTHERS),
        ("missing", "document", WITHOUT_DOCUMENT),
        ("surplus", "fiscal_record", NUMBER_TWICE),
        ("altered", "fiscal_open", STANDING),
    ):
        async for row in connection.cursor(query, prefetch=BATCH):
            yield kind, table, row["document_id"], row["detail"]
