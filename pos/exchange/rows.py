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
    SELECT id, ARRAY[id] AS chain, coalesce(min_margin, (SELECT min_margin FROM price_settings)) AS margin
    FROM category WHERE parent IS NULL
    UNION ALL
    SELECT child.id, child.id || path.chain, coalesce(child.min_margin, path.margin)
    FROM category child JOIN path ON child.parent = path.id
)"""

LEAST_PRICE = """
greatest(product.minimum, CASE WHEN product.cost IS NULL OR path.margin IS NULL THEN 0 ELSE (
    SELECT least(div(
        CASE WHEN prices_include_tax THEN div(without_tax * (10000 + tax_rate.rate) + 9999, 10000) ELSE without_tax END
        + price_step - 1, price_step
    ) * price_step, 9007199254740991)::bigint
    FROM div(product.cost::numeric * 10000 + 9999 - path.margin, 10000 - path.margin) AS floor (without_tax),
         price_list WHERE price_list.id = :price_list
) END)"""
"""The product's minimum, or the price that just leaves the least margin over its cost: with tax where prices include it,
each step rounded up, last to the price step."""

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
        'minimum', {least},
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
WITH limited AS (
    SELECT DISTINCT ON (rule ->> 'id') rule ->> 'id' AS rule, CAST(rule #>> '{{limits,account,days}}' AS int) AS days,
           rule #>> '{{limits,account,times}}' AS times
    FROM rule_set, jsonb_array_elements(rule_set.body -> 'rules') AS rule
    WHERE rule_set.active_from < CAST(:today AS date) + interval '2 days'
    ORDER BY rule ->> 'id', rule_set.active_from DESC, rule_set.version DESC
), told AS (
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
        'tags', to_json(account.tags),
        'personal', {personal},
        'personal_to_come', {personal_to_come},
        'prices', {prices},
        'prices_to_come', {prices_to_come},
        'birthday', (
            SELECT to_char(person.born_on, 'MM-DD') FROM person
            WHERE person.account = account.id AND person.born_on IS NOT NULL ORDER BY person.id LIMIT 1
        ),
        'points', coalesce(standing.spendable, 0),
        'points_pending', coalesce(standing.pending, 0),
        'points_expiring', CASE WHEN standing.expiring_on IS NOT NULL
                           THEN json_build_array(standing.expiring_on, standing.expiring) END,
        'owed', coalesce(debt.owed, 0),
        'debt_limit', coalesce(debt.most, 0),
        'next_tier', (
            SELECT json_build_object('code', next_tier, 'missing', missing, 'by', by, 'this_receipt', this_receipt)
            FROM tier_standing ladder WHERE ladder.account = account.id AND next_tier IS NOT NULL
        ),
        'used', {used},
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
        'staff', account.staff,
        'merged_into', account.merged_into,
        'note', account.note
    ) AS body
    FROM account
    LEFT JOIN points_account standing ON standing.account_id = account.id
    LEFT JOIN debt_account debt ON debt.account = account.id
    WHERE {wanted}
)
SELECT coalesce(json_agg(told.body ORDER BY told.seq), '[]')::text FROM told
"""

PERCENT_ON = """coalesce((
            SELECT own.percent FROM personal_percent own
            WHERE own.account = account.id AND own.ended_at IS NULL
              AND own.from_on <= {day} AND (own.until_on IS NULL OR own.until_on > {day})
            ORDER BY own.seq DESC LIMIT 1
        ), account.personal)"""
"""The account's own percent on a day: of the periods that hold then the one set last, else its standing one."""
PRICE_ON = """(
            SELECT own.price FROM personal_price own
            WHERE own.account = account.id AND own.product = change.product AND own.ended_at IS NULL
              AND own.from_on <= change.day AND (own.until_on IS NULL OR own.until_on > change.day)
            ORDER BY own.seq DESC LIMIT 1
        )"""
DAYS_TO_COME = """
                SELECT {names} own.from_on AS day FROM {table} own
                WHERE own.account = account.id AND own.ended_at IS NULL AND own.from_on > :today
                UNION
                SELECT {names} own.until_on FROM {table} own
                WHERE own.account = account.id AND own.ended_at IS NULL AND own.until_on > :today
"""
"""The days after today on which a period begins or ends."""
PERSONAL_TO_COME = f"""coalesce((
            SELECT json_agg(json_build_array(change.day, {PERCENT_ON.format(day="change.day")}) ORDER BY change.day)
            FROM ({DAYS_TO_COME.format(names="", table="personal_percent")}) change
        ), '[]')"""  # noqa: S608 - our own words
PRICES = """coalesce((
            SELECT json_agg(json_build_array(now.product, now.price, now.until) ORDER BY now.product)
            FROM (
                SELECT DISTINCT ON (own.product) own.product, own.price, least(own.until_on, (
                    SELECT min(later.from_on) FROM personal_price later
                    WHERE later.account = own.account AND later.product = own.product AND later.seq > own.seq
                      AND later.ended_at IS NULL AND later.from_on > :today
                )) AS until
                FROM personal_price own
                WHERE own.account = account.id AND own.ended_at IS NULL
                  AND own.from_on <= :today AND (own.until_on IS NULL OR own.until_on > :today)
                ORDER BY own.product, own.seq DESC
            ) now
        ), '[]')"""
PRICES_TO_COME = f"""coalesce((
            SELECT json_agg(json_build_array(change.day, change.product, {PRICE_ON}) ORDER BY change.day, change.product)
            FROM ({DAYS_TO_COME.format(names="own.product,", table="personal_price")}) change
        ), '[]')"""  # noqa: S608 - our own words

USED = """coalesce((
            SELECT json_object_agg(taken.rule, taken.times) FROM (
                SELECT use.rule, sum(use.times) AS times FROM rule_use use JOIN limited ON limited.rule = use.rule
                WHERE use.account_id = account.id AND limited.times IS NOT NULL
                  AND (limited.days IS NULL OR use.business_date > CAST(:today AS date) - limited.days)
                GROUP BY use.rule HAVING sum(use.times) <> 0
            ) taken
        ), '{}')"""
"""How often the account has used each rule that limits that, within the rule's own days, when the row is made."""

TERMS = {
    "used": USED,
    "personal": PERCENT_ON.format(day=":today"),
    "personal_to_come": PERSONAL_TO_COME,
    "prices": PRICES,
    "prices_to_come": PRICES_TO_COME,
}

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
    return await _text(session, PRODUCTS.format(paths=CATEGORY_PATHS, least=LEAST_PRICE, wanted=ON_SALE), values)


async def these_products(session: AsyncSession, seqs: list[int], price_list: int, *, at: datetime) -> str:
    """Exactly those, archived ones too."""
    values = {"seqs": seqs, "price_list": price_list, "at": at}
    return await _text(session, PRODUCTS.format(paths=CATEGORY_PATHS, least=LEAST_PRICE, wanted=THESE_PRODUCTS), values)


async def account_chunk(session: AsyncSession, chunk: int, outlet: UUID, since: date, *, today: date) -> str:
    """The terms of accounts with `seq // 2000 == chunk` which the outlet has seen since that day."""
    values = {"start": chunk * CHUNK, "end": (chunk + 1) * CHUNK, "outlet": outlet, "since": since, "today": today}
    return await _text(session, ACCOUNTS.format(**TERMS, wanted=HELD_HERE), values)


async def these_accounts(session: AsyncSession, ids: list[UUID], *, today: date) -> str:
    """The terms of exactly those."""
    values = {"ids": ids, "today": today}
    return await _text(session, ACCOUNTS.format(**TERMS, wanted=THESE_ACCOUNTS), values)
