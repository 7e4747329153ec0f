"""Products and accounts as tills hold them, put into JSON by the database itself.

Each function answers the text of a JSON array. The forms are in `docs/till-api.md`.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

CHUNK = 2000
"""Products and accounts are held in chunks of this many numbers, so that a change rewrites one chunk only."""

CATEGORY_PATHS = """
path AS (
    SELECT id, ARRAY[id] AS chain FROM category WHERE parent IS NULL
    UNION ALL
    SELECT child.id, child.id || path.chain FROM category child JOIN path ON child.parent = path.id
)"""

PRODUCTS = """
WITH RECURSIVE {paths},
told AS (
    SELECT product.seq, json_build_object(
        'seq', product.seq,
        'id', product.id,
        'names', product.names,
        'category', path.chain,
        'unit', product.unit,
        'price', (
            SELECT price.amount FROM price
            WHERE price.price_list = :price_list AND price.product = product.seq
              AND price.valid_from <= :at AND (price.valid_to IS NULL OR price.valid_to > :at)
        ),
        'upcoming', coalesce((
            SELECT json_agg(
                json_build_array((extract(epoch FROM event.moment) * 1000)::bigint, event.amount) ORDER BY event.moment
            )
            FROM (
                SELECT price.valid_from AS moment, price.amount FROM price
                WHERE price.price_list = :price_list AND price.product = product.seq AND price.valid_from > :at
                UNION ALL
                SELECT price.valid_to, NULL FROM price
                WHERE price.price_list = :price_list AND price.product = product.seq AND price.valid_to > :at
                  AND NOT EXISTS (
                    SELECT FROM price following WHERE following.price_list = price.price_list
                      AND following.product = price.product AND following.valid_from = price.valid_to
                  )
            ) event
        ), '[]'),
        'tax_code', product.tax_code,
        'tax', tax_rate.rate,
        'regulation', product.regulation,
        'minimum', product.minimum,
        'barcodes', coalesce((
            SELECT json_agg(json_build_array(barcode.code, barcode.quantity) ORDER BY barcode.code)
            FROM barcode WHERE barcode.product = product.seq AND barcode.active
        ), '[]'),
        'tile', product.tile,
        'archived', product.archived
    ) AS body
    FROM product
    JOIN path ON path.id = product.category
    JOIN tax_rate ON tax_rate.code = product.tax_code
    WHERE {wanted}
)
SELECT coalesce(json_agg(told.body ORDER BY told.seq), '[]')::text FROM told
"""

ACCOUNTS = """
WITH told AS (
    SELECT account.seq, json_build_object(
        'seq', account.seq,
        'id', account.id,
        'tier', account.tier,
        'categories', coalesce((
            SELECT json_agg(held.category ORDER BY held.category) FROM account_category held
            WHERE held.account = account.id AND held.ended_at IS NULL
              AND (held.expires_on IS NULL OR held.expires_on > :today)
        ), '[]'),
        'expires', coalesce((
            SELECT json_object_agg(held.category, held.expires_on) FROM account_category held
            WHERE held.account = account.id AND held.ended_at IS NULL AND held.expires_on > :today
        ), '{{}}'),
        'personal', account.personal,
        'points', {points},
        'version', account.terms_version,
        'name', coalesce((
            SELECT person.given || CASE WHEN person.family = '' THEN '' ELSE ' ' || left(person.family, 1) || '.' END
            FROM person WHERE person.account = account.id ORDER BY person.id LIMIT 1
        ), ''),
        'phone', (
            SELECT right(person.phone, 4) FROM person
            WHERE person.account = account.id AND person.phone IS NOT NULL ORDER BY person.id LIMIT 1
        ),
        'cards', coalesce((
            SELECT json_agg(json_build_array(encode(card.digest, 'hex'), card.state, card.reason) ORDER BY card.id)
            FROM card WHERE card.account = account.id
        ), '[]'),
        'blocked', account.blocked,
        'note', account.note
    ) AS body
    FROM account
    WHERE {wanted}
)
SELECT coalesce(json_agg(told.body ORDER BY told.seq), '[]')::text FROM told
"""

POINTS = "coalesce((SELECT sum(entry.amount) FROM points_entry entry WHERE entry.account_id = account.id), 0)"
"""What an account has at hand when the row is made. New points alone do not bring the row again."""

ON_SALE = "NOT product.archived AND product.seq >= :start AND product.seq < :end"
THESE_PRODUCTS = "product.seq = ANY(:seqs)"
SEEN_HERE = """
EXISTS (
    SELECT FROM account_visit seen
    WHERE seen.account = account.id AND seen.outlet = :outlet AND seen.last_on >= :since
)
"""
HELD_HERE = f"account.seq >= :start AND account.seq < :end AND {SEEN_HERE}"
THESE_ACCOUNTS = "account.id = ANY(:ids)"


async def _text(session: AsyncSession, statement: str, values: Mapping[str, Any]) -> str:
    return str(await session.scalar(text(statement), values))


async def product_chunk(session: AsyncSession, chunk: int, price_list: int, *, at: datetime) -> str:
    """The products on sale with `seq // 2000 == chunk`."""
    values = {"start": chunk * CHUNK, "end": (chunk + 1) * CHUNK, "price_list": price_list, "at": at}
    return await _text(session, PRODUCTS.format(paths=CATEGORY_PATHS, wanted=ON_SALE), values)


async def these_products(session: AsyncSession, seqs: list[int], price_list: int, *, at: datetime) -> str:
    """Exactly those, archived ones too."""
    values = {"seqs": seqs, "price_list": price_list, "at": at}
    return await _text(session, PRODUCTS.format(paths=CATEGORY_PATHS, wanted=THESE_PRODUCTS), values)


async def account_chunk(session: AsyncSession, chunk: int, outlet: UUID, since: date, *, today: date) -> str:
    """The terms of accounts with `seq // 2000 == chunk` which the outlet has seen since that day."""
    values = {"start": chunk * CHUNK, "end": (chunk + 1) * CHUNK, "outlet": outlet, "since": since, "today": today}
    return await _text(session, ACCOUNTS.format(points=POINTS, wanted=HELD_HERE), values)


async def these_accounts(session: AsyncSession, ids: list[UUID], *, today: date) -> str:
    """The terms of exactly those."""
    values = {"ids": ids, "today": today}
    return await _text(session, ACCOUNTS.format(points=POINTS, wanted=THESE_ACCOUNTS), values)
