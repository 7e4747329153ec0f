"""Taking an import back. Ledgers get entries that cancel what was opened; nobody's later doing is touched.

An account that was used since stays as it is, and its row says by what: a sale or other entry in a ledger, a card or a
person that came, went or changed, its percent, categories or a block.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.imports.writing import Part, plan_standings
from loyalty.points.programme import local_day, programme_in_force
from loyalty.tiers.ledger import chain_zone

REASON = "import undone"
MINE = """
WITH mine AS (
    SELECT taken.line, taken.made, taken.made_xid, CAST(taken.made ->> 'account' AS uuid) AS account
      FROM account_import_row AS taken
     WHERE taken.import_id = :import AND taken.line BETWEEN :first AND :last AND taken.state = 'written'
)
"""
LOCK = "SELECT id FROM account WHERE id IN (SELECT account FROM mine) ORDER BY id FOR UPDATE"

LEDGER_USED = """
EXISTS (SELECT FROM {table} AS entry
         WHERE entry.account_id = mine.account AND CAST(entry.source_id AS text) IS DISTINCT FROM mine.made ->> '{name}')
"""
LEDGERS = {"turnover": "turnover_entry", "points": "points_entry", "debt": "debt_entry"}
"""What an import opens -> the ledger; an entry of another source is use."""
OWN_GONE = """
(SELECT count(*) FROM {table} AS own WHERE own.account = mine.account AND own.changed_xid = mine.made_xid
    AND jsonb_exists(mine.made -> '{name}', CAST(own.id AS text))) <> jsonb_array_length(mine.made -> '{name}')
OR (SELECT count(*) FROM {table} AS own WHERE own.account = mine.account) <> jsonb_array_length(mine.made -> '{name}')
"""
_USED = """
, used AS (
    SELECT mine.line, array_remove(ARRAY[
        CASE WHEN EXISTS (SELECT FROM sale WHERE sale.account_id = mine.account) OR {ledgers} THEN 'used_ledger' END,
        CASE WHEN {cards} THEN 'used_card' END,
        CASE WHEN {persons}
               OR EXISTS (SELECT FROM jsonb_array_elements_text(mine.made -> 'persons') AS own
                            JOIN consent ON consent.person = CAST(own AS uuid) AND consent.how <> 'import')
             THEN 'used_person' END,
        CASE WHEN EXISTS (SELECT FROM account WHERE account.id = mine.account
                             AND (account.blocked IS NOT NULL OR account.merged_into IS NOT NULL OR account.staff IS NOT NULL
                                  OR account.personal <> CAST(mine.made ->> 'personal' AS int)))
               OR EXISTS (SELECT FROM personal_percent WHERE personal_percent.account = mine.account)
               OR EXISTS (SELECT FROM tier_hold AS held
                           WHERE held.account = mine.account AND held.how IS DISTINCT FROM 'imported')
               OR EXISTS (SELECT FROM personal_price WHERE personal_price.account = mine.account)
               OR EXISTS (SELECT FROM debt_account WHERE debt_account.account = mine.account AND debt_account.most > 0)
               OR EXISTS (SELECT FROM account_category AS held
                           WHERE held.account = mine.account AND held.changed_xid <> mine.made_xid)
             THEN 'used_account' END
    ], NULL) AS reasons
      FROM mine
)
UPDATE account_import_row AS taken SET state = 'stays',
       problems = (SELECT jsonb_agg(jsonb_build_object('code', reason, 'column', NULL, 'value', '', 'fields', '{{}}'::jsonb))
                     FROM unnest(used.reasons) AS reason)
  FROM used
 WHERE taken.import_id = :import AND taken.line = used.line AND cardinality(used.reasons) > 0
"""
USED = _USED.format(
    ledgers=" OR ".join(LEDGER_USED.format(table=table, name=name) for name, table in LEDGERS.items()),
    cards=OWN_GONE.format(table="card", name="cards"),
    persons=OWN_GONE.format(table="person", name="persons"),
)

COUNTER_TURNOVER = """
INSERT INTO turnover_entry (source_id, account_id, kind, amount, occurred_at, recorded_at)
SELECT gen_random_uuid(), entry.account_id, 'correction', -entry.amount, :at, :at
  FROM mine JOIN turnover_entry AS entry ON entry.source_id = CAST(mine.made ->> 'turnover' AS uuid)
"""
COUNTER_POINTS = """
INSERT INTO points_entry (source_id, kind, part, account_id, amount, day, occurred_at, recorded_at, origin_id, reason, made_by)
SELECT gen_random_uuid(), 'correction', 1, entry.account_id, -entry.amount, greatest(entry.day, CAST(:points_day AS date)), :at,
       :at, entry.source_id, :reason, :by
  FROM mine
  JOIN points_entry AS entry ON entry.source_id = CAST(mine.made ->> 'points' AS uuid) AND entry.kind = 'opening'
"""
STAND_WITHOUT_POINTS = """
UPDATE points_account SET balance = 0, spendable = 0, pending = 0, overdrawn = 0, expiring_on = NULL, expiring = 0, next_on = NULL
 WHERE account_id IN (SELECT account FROM mine)
"""
COUNTER_DEBTS = """
INSERT INTO debt_entry (source_id, kind, account_id, amount, occurred_at, recorded_at, reason, staff_id)
SELECT gen_random_uuid(), 'correction', entry.account_id, -entry.amount, :at, :at, :reason, :by
  FROM mine JOIN debt_entry AS entry ON entry.source_id = CAST(mine.made ->> 'debt' AS uuid)
"""
OWE_NOTHING = "UPDATE debt_account SET owed = 0 WHERE account IN (SELECT account FROM mine)"
RELEASE_TIERS = """
INSERT INTO tier_hold (account, reason, begins, made_at, made_by)
SELECT mine.account, :reason, CAST(:today AS date), :at, :by
  FROM mine WHERE EXISTS (SELECT FROM tier_hold WHERE tier_hold.account = mine.account)
"""
NOTE_EVENTS = """
INSERT INTO account_event (account, at, by, kind, detail)
SELECT mine.account, :at, :by, 'blocked', jsonb_build_object('reason', CAST(:reason AS text)) FROM mine
"""
WITHDRAW_CONSENTS = """
INSERT INTO consent (person, account, purpose, given, text_version, how, taken_by, at)
SELECT consent.person, consent.account, consent.purpose, false, consent.text_version, :reason, :by, :at
  FROM mine, jsonb_array_elements_text(mine.made -> 'persons') AS own
  JOIN consent ON consent.person = CAST(own AS uuid) WHERE consent.given
"""
REMOVE_PERSONS = "DELETE FROM person WHERE account IN (SELECT account FROM mine)"
REMOVE_CARDS = "DELETE FROM card WHERE account IN (SELECT account FROM mine)"
END_CATEGORIES = """
UPDATE account_category SET ended_at = :at WHERE ended_at IS NULL AND account IN (SELECT account FROM mine)
"""
CLOSE_ACCOUNTS = """
UPDATE account SET tier = NULL, personal = 0, note = '', tags = '{}', blocked = :reason, terms_version = terms_version + 1
 WHERE id IN (SELECT account FROM mine)
"""
MARK = """
UPDATE account_import_row AS taken SET state = 'undone'
  FROM mine WHERE taken.import_id = :import AND taken.line = mine.line
"""


async def take_back(session: AsyncSession, part: Part) -> None:
    """Take back the part's rows that were not used since. Their accounts stay closed, with no card, person or sum."""
    statements = (
        LOCK,
        USED,
        COUNTER_TURNOVER,
        COUNTER_POINTS,
        STAND_WITHOUT_POINTS,
        COUNTER_DEBTS,
        OWE_NOTHING,
        RELEASE_TIERS,
        NOTE_EVENTS,
        WITHDRAW_CONSENTS,
        REMOVE_PERSONS,
        REMOVE_CARDS,
        END_CATEGORIES,
        CLOSE_ACCOUNTS,
        MARK,
    )
    values = {"import": part.import_id, "first": part.first, "last": part.last}
    today = part.at.astimezone(await chain_zone(session)).date()
    points_day = local_day(await programme_in_force(session), part.at)
    told = {"at": part.at, "by": part.by, "reason": REASON, "today": today, "points_day": points_day}
    for statement in statements:
        named = {name: value for name, value in told.items() if f":{name}" in statement}
        await session.execute(text(MINE + statement), values | named)
    await plan_standings(session, part)
