"""The small parts of what a till holds, each sent whole: settings, outlet, staff, rules, categories, taxes,
names, fiscal devices.

Each section names the tables it is made of, so that the feed can tell whether it changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.exchange.cursor import Cursor
from pos.exchange.errors import NotSetUp


@dataclass(frozen=True, slots=True)
class Section:
    """`sql` answers one JSON text; it may use `:outlet`, `:register` and `:at`."""

    name: str
    tables: tuple[str, ...]
    sql: str


POINTS_SETTINGS = """(
    SELECT CASE WHEN running THEN json_build_object(
        'programme', version, 'value', value, 'share', share, 'least', least,
        'earn_while_spending', earn_while_spending, 'pending_days', pending_days, 'life', life,
        'life_count', life_count, 'restored_days', restored_days
    ) END
    FROM points_programme ORDER BY version DESC LIMIT 1
)"""
"""What a price and its document need of the programme in force, as documents hold it; null without one."""

SETTINGS = f"""
SELECT json_build_object(
    'currency', price_list.currency,
    'exponent', price_list.exponent,
    'price_step', price_list.price_step,
    'prices_include_tax', price_list.prices_include_tax,
    'cash_step', price_settings.cash_step,
    'cash_rounding', price_settings.cash_rounding,
    'grace_minutes', price_settings.grace_minutes,
    'cap_percent', price_settings.cap_percent,
    'cap_amount', price_settings.cap_amount,
    'card_salt', encode(card_scheme.salt, 'hex'),
    'card_prefix', card_scheme.prefix,
    'card_length', card_scheme.length,
    'unknown_cards', card_scheme.unknown_cards,
    'languages', till_settings.languages,
    'zone', outlet.zone,
    'float_count', till_settings.float_count,
    'stale_hours', till_settings.stale_hours,
    'blind_close', till_settings.blind_close,
    'receipt', outlet.receipt,
    'points', {POINTS_SETTINGS}
)::text
FROM price_settings
JOIN price_list ON price_list.id = price_settings.price_list
CROSS JOIN card_scheme
CROSS JOIN till_settings
JOIN outlet ON outlet.id = :outlet
"""  # noqa: S608 - our own words

OUTLET = """
SELECT json_build_object('id', id, 'name', name, 'address', address, 'tax_id', tax_id, 'zone', zone,
                         'language', language)::text
FROM outlet WHERE id = :outlet
"""

STAFF = """
SELECT coalesce(json_agg(json_build_object(
    'id', id,
    'name', name,
    'role', role,
    'language', language,
    'pin', CASE WHEN pin_verifier IS NULL THEN NULL ELSE json_build_object(
        'salt', encode(pin_salt, 'hex'), 'iterations', pin_iterations, 'verifier', encode(pin_verifier, 'hex')
    ) END,
    'badge', badge_digest
) ORDER BY name, id), '[]')::text
FROM staff_member WHERE active
"""

RULE_SET_FORM = """json_build_object(
    'version', version, 'active_from', (extract(epoch FROM active_from) * 1000)::bigint, 'body', body, 'names', names
)"""
RULE_SET = f"""
SELECT coalesce((
    SELECT {RULE_SET_FORM} FROM rule_set
    WHERE active_from <= :at ORDER BY active_from DESC, version DESC LIMIT 1
), 'null'::json)::text
"""  # noqa: S608 - our own words

RULE_SETS_TO_COME = f"""
SELECT coalesce(json_agg({RULE_SET_FORM} ORDER BY active_from, version), '[]')::text
FROM rule_set WHERE active_from > :at
"""  # noqa: S608 - our own words

CATEGORIES = """
SELECT coalesce(json_agg(json_build_object('id', id, 'parent', parent, 'names', names, 'position', position)
       ORDER BY position, id), '[]')::text
FROM category
"""

TAX_RATES = """
SELECT coalesce(json_agg(json_build_object('code', code, 'names', names, 'rate', rate) ORDER BY code), '[]')::text
FROM tax_rate
"""

REGULATIONS = """
SELECT coalesce(json_agg(json_build_object(
    'code', code, 'names', names, 'no_discount', no_discount, 'no_points', no_points, 'floor', floor,
    'ceiling', ceiling, 'age', age, 'hours', CASE WHEN hours_from IS NULL THEN NULL
    ELSE json_build_array(hours_from, hours_to) END, 'not_returnable', not_returnable
) ORDER BY code), '[]')::text
FROM regulation_class
"""

SCAN_ROUTES = """
SELECT coalesce(json_agg(json_build_object(
    'id', id, 'kind', kind, 'prefix', prefix, 'length', length, 'pattern', pattern,
    'item', CASE WHEN item_from IS NULL THEN NULL ELSE json_build_array(item_from, item_to) END,
    'value', CASE WHEN value_from IS NULL THEN NULL ELSE json_build_array(value_from, value_to) END,
    'unit', unit
) ORDER BY id), '[]')::text
FROM scan_route WHERE active
"""

NAMES = """
SELECT json_build_object(
    'tiers', (
        SELECT coalesce(json_agg(json_build_object('code', code, 'names', names, 'rank', rank) ORDER BY rank), '[]')
        FROM tier
    ),
    'categories', (
        SELECT coalesce(json_agg(json_build_object('code', code, 'names', names, 'claimable', claimable)
               ORDER BY position, code), '[]')
        FROM client_category
    )
)::text
"""

POINTS_PROGRAMME = """
SELECT coalesce((
    SELECT json_build_object(
        'version', version, 'running', running, 'value', value, 'share', share, 'least', least,
        'earn_while_spending', earn_while_spending, 'pending_days', pending_days, 'life', life,
        'life_count', life_count, 'restored_days', restored_days, 'welcome', welcome, 'birthday', birthday,
        'notice_days', notice_days, 'offline', offline, 'offline_cap', offline_cap
    )
    FROM points_programme ORDER BY version DESC LIMIT 1
), 'null'::json)::text
"""

ABUSE_LIMITS = """
SELECT json_build_object(
    'receipts', json_build_object('most', receipts, 'mode', receipts_mode),
    'sum', json_build_object('most', sum, 'mode', sum_mode),
    'interval', json_build_object('minutes', interval_minutes, 'mode', interval_mode),
    'own_card', own_card,
    'staff_card', staff_card,
    'after_pay', after_pay
)::text
FROM abuse_limits
"""

LIMITS = """
SELECT coalesce(json_object_agg(told.rule, json_strip_nulls(json_build_object(
    'times', CASE WHEN told.times IS NOT NULL THEN greatest(0, told.times - coalesce(used.times, 0)) END,
    'sum', CASE WHEN told.sum IS NOT NULL THEN greatest(0, told.sum - coalesce(used.sum, 0)) END,
    'pieces', CASE WHEN told.pieces IS NOT NULL THEN greatest(0, told.pieces - coalesce(used.pieces, 0)) END
)) ORDER BY told.rule), '{}')::text
FROM (
    SELECT DISTINCT ON (rule ->> 'id') rule ->> 'id' AS rule, CAST(rule #>> '{limits,all,times}' AS bigint) AS times,
           CAST(rule #>> '{limits,budget,sum}' AS bigint) AS sum, CAST(rule #>> '{limits,budget,pieces}' AS bigint) AS pieces
    FROM rule_set, jsonb_array_elements(body -> 'rules') AS rule
    WHERE active_from > :at OR version = (
        SELECT version FROM rule_set WHERE active_from <= :at ORDER BY active_from DESC, version DESC LIMIT 1
    )
    ORDER BY rule ->> 'id', active_from, version
) told
LEFT JOIN rule_left used ON used.rule = told.rule
WHERE coalesce(told.times, told.sum, told.pieces) IS NOT NULL
"""
"""What is left over all of the rules in force and of those to come; a rule in both has the limits of now."""

COUPON_BATCHES = """
SELECT coalesce(json_agg(json_build_object(
    'code', code, 'kind', kind, 'name', name, 'prefix', prefix, 'from', valid_from, 'until', valid_until,
    'per_account', per_account, 'whom', whom, 'offline', offline
) ORDER BY code), '[]')::text
FROM coupon_batch WHERE stopped_at IS NULL
"""

GIFT_CARDS = """
SELECT coalesce((
    SELECT json_build_object('prefix', prefix, 'offline', offline, 'offline_most', offline_most) FROM gift_card_settings
), 'null'::json)::text
"""

FISCAL = """
SELECT coalesce(json_object_agg(settings.register_id, json_build_object(
    'sell_without', sell_without, 'prints_itself', prints_itself
)), '{}')::text
FROM fiscal_settings settings JOIN register ON register.id = settings.register_id AND register.outlet_id = :outlet
"""
"""How the outlet's registers deal with their fiscal devices, by register; one that is not named has the defaults."""

SECTIONS = (
    Section(
        "settings",
        ("price_settings", "price_list", "card_scheme", "till_settings", "outlet", "points_programme"),
        SETTINGS,
    ),
    Section("outlet", ("outlet",), OUTLET),
    Section("staff", ("staff_member",), STAFF),
    Section("rule_set", ("rule_set",), RULE_SET),
    Section("rule_sets_to_come", ("rule_set",), RULE_SETS_TO_COME),
    Section("categories", ("category",), CATEGORIES),
    Section("tax_rates", ("tax_rate",), TAX_RATES),
    Section("regulations", ("regulation_class",), REGULATIONS),
    Section("scan_routes", ("scan_route",), SCAN_ROUTES),
    Section("names", ("tier", "client_category"), NAMES),
    Section("limits", ("rule_set", "rule_left"), LIMITS),
    Section("coupon_batches", ("coupon_batch",), COUPON_BATCHES),
    Section("gift_cards", ("gift_card_settings",), GIFT_CARDS),
    Section("points_programme", ("points_programme",), POINTS_PROGRAMME),
    Section("abuse_limits", ("abuse_limits",), ABUSE_LIMITS),
    Section("fiscal", ("fiscal_settings",), FISCAL),
)
TABLES = sorted({table for section in SECTIONS for table in section.tables})
CHANGED = " UNION ALL ".join(
    f"SELECT '{table}' FROM {table} WHERE changed_xid >= CAST(:since AS xid8) AND changed_xid < CAST(:until AS xid8)"  # noqa: S608
    for table in TABLES
)
"""Names of the tables with a row changed between two places of the feed; the tables' names are ours."""


async def section_texts(
    session: AsyncSession, names: frozenset[str] | None, outlet: UUID, *, at: datetime
) -> Mapping[str, str]:
    """The JSON text of the named sections (None: of all). Raises `NotSetUp` where the shop lacks one."""
    values: dict[str, Any] = {"outlet": outlet, "at": at}
    found: dict[str, str] = {}
    for section in SECTIONS:
        if names is not None and section.name not in names:
            continue
        body = await session.scalar(text(section.sql), {key: values[key] for key in values if f":{key}" in section.sql})
        if body is None:
            raise NotSetUp(what=section.name)
        found[section.name] = str(body)
    return found


async def changed_sections(session: AsyncSession, since: Cursor, until: Cursor) -> frozenset[str]:
    """Which sections changed at or after `since` and before `until`."""
    changed = set(await session.scalars(text(CHANGED), {"since": since.xid, "until": until.xid}))
    return frozenset(section.name for section in SECTIONS if changed & set(section.tables))
