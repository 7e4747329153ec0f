"""A shop as large as asked, for figures: made by the database itself with generate_series, not by tills.

Its sales are bare rows without documents: reports and look-ups find them, `tillcard check` finds no bytes behind them,
so they go only into a database made for measuring. Names are "Product 70123" and the like.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from pos.catalog.rules import LANGUAGES
from pos.storage.database import Addresses
from web.demo.clients import CARD_LENGTH, CARD_PREFIX
from web.demo.goods import COUNTRY
from web.demo.seed import FIRST_REGISTER, MOST_CLIENTS, MOST_GOODS, OUTLET, SALT

BATCH = 100_000
LINES_A_SALE = 5
BYTES = {"products": 900, "accounts": 1_200, "sales": 2_000}
"""About what one takes on disk, indexes and lines included; measured on 10,000 of each."""

NAMES = "jsonb_build_object(" + ", ".join(f"'{language}', '{{0}} ' || n" for language in LANGUAGES) + ")"
EAN = f"""
CREATE FUNCTION pg_temp.ean(item bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT body || (10 - (SELECT sum(substr(body, place, 1)::int * CASE WHEN place % 2 = 0 THEN 3 ELSE 1 END)
                          FROM generate_series(1, 12) place) % 10) % 10
    FROM (SELECT '{COUNTRY}' || lpad(item::text, 9, '0') AS body) made
$$
"""  # noqa: S608  # our own constants
LUHN = """
CREATE FUNCTION pg_temp.luhn(body text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT body || (10 - (SELECT sum(digit / 10 + digit % 10) FROM (
        SELECT substr(reverse(body), place, 1)::int * CASE WHEN place % 2 = 1 THEN 2 ELSE 1 END AS digit
        FROM generate_series(1, length(body)) place) digits) % 10) % 10
$$
"""
PRODUCTS = f"""
WITH made AS (
    INSERT INTO product (id, names, category, unit, tax_code, made_at)
    SELECT gen_random_uuid(), {NAMES.format("Product")}, kind.ids[1 + n % cardinality(kind.ids)], 'piece', 'vat20', $3
    FROM generate_series($1::bigint, $2::bigint) n, (SELECT array_agg(id) AS ids FROM category) kind
    RETURNING seq
), priced AS (
    INSERT INTO price (price_list, product, amount, valid_from)
    SELECT (SELECT price_list FROM price_settings), seq, 10000 + (seq * 7919::bigint) % 500 * 1000, $3 FROM made
)
INSERT INTO barcode (code, product, quantity) SELECT pg_temp.ean(800000000 + seq), seq, 1000 FROM made
"""  # noqa: S608  # our own constants
ACCOUNTS = f"""
WITH made AS (
    INSERT INTO account (id, tier, opened_at)
    SELECT gen_random_uuid(), (ARRAY['gold', 'silver', 'bronze', NULL, NULL])[1 + n % 5], $3
    FROM generate_series($1::bigint, $2::bigint) n RETURNING id, seq
), carded AS (
    INSERT INTO card (id, account, number, digest, issued_at)
    SELECT gen_random_uuid(), id, number, substr(sha256($4 || convert_to(number, 'UTF8')), 1, 16), $3
    FROM (SELECT id, pg_temp.luhn('{CARD_PREFIX}9' || lpad(seq::text, {CARD_LENGTH - 4}, '0')) AS number FROM made) numbered
), named AS (
    INSERT INTO person (id, account, given, family, phone)
    SELECT gen_random_uuid(), id, 'Given' || seq % 997, 'Family' || seq % 9973, '+37400' || lpad((seq % 1000000)::text, 6, '0')
    FROM made
)
INSERT INTO account_visit (outlet, account, last_on) SELECT $5, id, ($3 - seq % 360 * interval '1 day')::date FROM made
"""  # noqa: S608  # our own constants
SALES = f"""
WITH sold AS (
    SELECT n, gen_random_uuid() AS id, $3::timestamptz - ((n * 7919) % 1576800) * interval '1 minute' AS at,
           (ARRAY[NULL::uuid] || who.ids)[1 + n * 31 % (1 + cardinality(who.ids))] AS account
    FROM generate_series($1::bigint, $2::bigint) n,
         (SELECT array_agg(id) AS ids FROM (SELECT id FROM account TABLESAMPLE SYSTEM (5) LIMIT 5000) few) who
), lines AS (
    SELECT sold.id, line, goods.seqs[1 + (sold.n * 13 + line * 7919) % cardinality(goods.seqs)] AS product,
           10000 + (sold.n * 31 + line * 17) % 300 * 1000 AS price
    FROM sold, generate_series(1, {LINES_A_SALE}) line,
         (SELECT array_agg(seq) AS seqs FROM (SELECT seq FROM product ORDER BY seq LIMIT 20000) few) goods
), totals AS (
    SELECT id, sum(price) AS gross FROM lines GROUP BY id
), bytes AS (
    INSERT INTO document (id, register_id, epoch, seq, kind, digest, prev, body, made_at, arrived_at, revoked_key)
    SELECT id, $4, 1000000, n, 'sale', sha256(id::text::bytea), NULL, ''::bytea, at, at, false FROM sold
), lined AS (
    INSERT INTO sale_line (sale_id, line, product, name, quantity, price, gross, net, tax_code, tax_rate, tax_base, tax_amount)
    SELECT id, line, product, 'Product ' || product, 1000, price, price, price, 'vat20', 2000, price - price / 6, price / 6
    FROM lines
), paid AS (
    INSERT INTO tender (sale_id, place, kind, received, applied, change)
    SELECT id, 1, 'cash', gross, gross, 0 FROM totals
), turned AS (
    INSERT INTO turnover_entry (source_id, account_id, kind, amount, occurred_at, recorded_at)
    SELECT id, account, 'sale', gross, at, at FROM sold JOIN totals USING (id) WHERE account IS NOT NULL
)
INSERT INTO sale (id, kind, register_id, outlet_id, epoch, number, receipt, checkout_id, basket_id, staff_id, seller,
                  account_id, business_date, made_at, rule_set, gross, discount, net, tax, cash_rounding, total)
SELECT id, 'sale', $4, $5, 1000000, n, 'S-1000000-' || n, id, id, $4, 1,
       account, at::date, at, 1, gross, 0, gross, gross / 6, 0, gross
FROM sold JOIN totals USING (id)
"""  # noqa: S608  # our own constants


@dataclass(frozen=True, slots=True)
class Size:
    """How many there should be."""

    products: int
    accounts: int
    sales: int

    @property
    def beyond_words(self) -> bool:
        """Whether it is more than the demo's words and names make."""
        return self.products > MOST_GOODS or self.accounts > MOST_CLIENTS or self.sales > 0

    @property
    def bytes(self) -> int:
        return sum(getattr(self, name) * bytes_ for name, bytes_ in BYTES.items())


async def grow(addresses: Addresses, size: Size, *, at: datetime, say: Callable[[str], None]) -> None:
    """Fill the seeded shop up to `size`; says first what it will take, then how far it is. May be repeated."""
    connection = await asyncpg.connect(addresses.owner)
    try:
        products = int(await connection.fetchval("SELECT count(*) FROM product"))
        accounts = int(await connection.fetchval("SELECT count(*) FROM account"))
        bare = int(await connection.fetchval("SELECT coalesce(max(number), 0) FROM sale WHERE epoch = 1000000"))
        say(
            f"growing to {size.products:,} products, {size.accounts:,} accounts and {size.sales:,} bare sales: "
            f"about {size.bytes / 1e9:.1f} GB on disk"
        )
        await connection.execute(EAN)
        await connection.execute(LUHN)
        await _fill(connection, "products", PRODUCTS, products, size.products, say, at)
        await _fill(connection, "accounts", ACCOUNTS, accounts, size.accounts, say, at, SALT, OUTLET)
        await connection.execute("ANALYZE product, account")
        await _fill(connection, "sales", SALES, bare, size.sales, say, at, FIRST_REGISTER, OUTLET)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()


async def _fill(
    connection: asyncpg.Connection,
    what: str,
    statement: str,
    have: int,
    want: int,
    say: Callable[[str], None],
    *more: object,
) -> None:
    """Batch by batch, each a transaction of its own."""
    for first in range(have + 1, want + 1, BATCH):
        last = min(first + BATCH - 1, want)
        await connection.execute(statement, first, last, *more)
        say(f"{what}: {last:,} of {want:,}")
