"""The floor: the rows of one five-line sale with a card and a client, written by hand as one statement for pgbench."""

LINES = 5


def floor_script(body: bytes, *, with_uuidv7: bool) -> str:
    """A pgbench script. Each client is a register that counts its own receipts; `run` keeps runs apart."""
    stamp = "lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0')"
    head = f"left({stamp}, 8) || '-' || right({stamp}, 4) || '-7'"
    made = f"overlay(gen_random_uuid()::text PLACING {head} FROM 1 FOR 15)::uuid"
    new = "uuidv7()" if with_uuidv7 else made
    register = "('00000000-0000-7000-8000-' || lpad(to_hex(:run::bigint * 100 + :client_id), 12, '0'))::uuid"
    account = "('00000000-0000-7000-9000-' || lpad(to_hex(:account::int), 12, '0'))::uuid"
    lines = ", ".join(f"({line}, {line}, {40_000 + line * 1_000}::bigint)" for line in range(1, LINES + 1))
    return f"""\\set n :n + 1
\\set account random(1, 1000)
WITH one AS MATERIALIZED (
  SELECT {new} AS id, {register} AS register_id, {account} AS account_id,
         '00000000-0000-7000-a000-000000000001'::uuid AS other_id, now() AS at
), lines AS (VALUES {lines}),
journal AS (
  INSERT INTO document (id, register_id, epoch, seq, kind, digest, prev, body, made_at, arrived_at, revoked_key)
  SELECT id, register_id, 1, :n::int, 'sale', sha256(id::text::bytea), sha256(register_id::text::bytea),
         '\\x{body.hex()}'::bytea, at, at, false FROM one
), sold AS (
  INSERT INTO sale (id, kind, register_id, outlet_id, epoch, number, receipt, checkout_id, basket_id, shift_id,
                    staff_id, seller, account_id, business_date, made_at, rule_set, gross, discount, net, tax,
                    cash_rounding, total, reason, approver_id)
  SELECT id, 'sale', register_id, other_id, 1, :n::int, 'B' || :client_id::text || '-1-' || :n::text, id, id, other_id,
         other_id, 1, account_id, at::date, at, 1, 430000, 43000, 387000, 64500, 0, 387000, NULL, NULL FROM one
), sold_lines AS (
  INSERT INTO sale_line (sale_id, line, product, name, category, quantity, price, gross, net, tax_code, tax_rate,
                         tax_base, tax_amount, seller_staff_id, origin_id, origin_line)
  SELECT id, l, product, 'Product name / Ապրանք', 12, 2000, price, price * 2, price * 2 * 9 / 10, 'vat20', 2000,
         price * 3 / 2, price * 3 / 10, NULL, NULL, NULL FROM one, lines AS v (l, product, price)
), discounts AS (
  INSERT INTO line_discount (sale_id, line, place, rule, source, amount)
  SELECT id, l, 1, 'tier-gold', 'card', price / 5 FROM one, lines AS v (l, product, price)
), paid AS (
  INSERT INTO tender (sale_id, place, kind, received, applied, change, reference)
  SELECT id, 1, 'card', 387000, 387000, 0, NULL FROM one
), moved AS (
  INSERT INTO stock_movement (source_id, line, outlet_id, product, quantity, reason, occurred_at, recorded_at)
  SELECT id, l, other_id, product, -2000, 'sale', at, at FROM one, lines AS v (l, product, price)
), turned AS (
  INSERT INTO turnover_entry (source_id, account_id, kind, amount, occurred_at, recorded_at)
  SELECT id, account_id, 'sale', 387000, at, at FROM one
)
INSERT INTO outbox (kind, payload) SELECT 'documents.recorded', jsonb_build_object('documents', jsonb_build_array(id))
  FROM one;
"""
