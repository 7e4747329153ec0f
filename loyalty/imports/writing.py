"""Good rows become accounts: one statement per table for a whole part. Each function writes to one part of the shop.

A row's `draft` (`loyalty.imports.forms.draft_form`) already holds the ids of everything it becomes.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.points.programme import local_day, programme_in_force
from loyalty.tiers.jobs import FOLD
from loyalty.tiers.jobs import PART as FOLDED_AT_ONCE
from loyalty.tiers.ledger import chain_zone
from pos.storage.outbox import later

MADE = """
SELECT made ->> 'account' FROM account_import_row
 WHERE import_id = :import AND line BETWEEN :first AND :last AND state IN ('written', 'undone')
"""
HOW = "import"
"""How consents say they were given, and why there are opening entries."""
FROM_ROWS = """
  FROM (SELECT line, draft, CAST(draft ->> 'account' AS uuid) AS account FROM account_import_row
         WHERE import_id = :import AND line BETWEEN :first AND :last AND state = 'good') AS taken
"""


@dataclass(frozen=True, slots=True)
class Part:
    """The rows from line `first` to `last` of an import; `at` and `by` stand on everything that is written."""

    import_id: UUID
    first: int
    last: int
    at: datetime
    by: UUID | None
    consent_text: str


async def write(session: AsyncSession, part: Part) -> None:
    """Write the part's good rows everywhere, and wipe what they said from the import."""
    await write_accounts(session, part)
    await write_tiers(session, part)
    await write_cards(session, part)
    await write_persons(session, part)
    await write_categories(session, part)
    await write_consents(session, part)
    await write_turnover(session, part)
    await write_points(session, part)
    await write_debts(session, part)
    await write_events(session, part)
    await mark_written(session, part)
    await plan_standings(session, part)


async def write_accounts(session: AsyncSession, part: Part) -> None:
    """Accounts with tier, personal percent, tags and note, opened on the day that the file says."""
    await _run(
        session,
        "INSERT INTO account (id, tier, personal, note, tags, opened_at, opened_by)"
        " SELECT account, draft ->> 'tier', CAST(draft ->> 'personal' AS int), draft ->> 'note',"
        " ARRAY(SELECT jsonb_array_elements_text(draft -> 'tags')), "
        " coalesce(CAST(CAST(draft ->> 'opened_on' AS date) AS timestamp) AT TIME ZONE 'UTC', :at), :by"
        f" {FROM_ROWS} ORDER BY line",
        part,
        at=part.at,
        by=part.by,
    )


async def write_tiers(session: AsyncSession, part: Part) -> None:
    """The tier as imported: at least that one until the day that the file or whoever imports names, for ever without one."""
    await _run(
        session,
        "INSERT INTO tier_hold (account, tier, how, reason, begins, ends, made_at, made_by)"
        " SELECT account, draft ->> 'tier', 'imported', :how, CAST(:today AS date), CAST(draft ->> 'tier_until' AS date),"
        " :at, :by"
        f" {FROM_ROWS} WHERE draft ->> 'tier' IS NOT NULL ORDER BY line",
        part,
        how=HOW,
        today=part.at.astimezone(await chain_zone(session)).date(),
        at=part.at,
        by=part.by,
    )


async def write_events(session: AsyncSession, part: Part) -> None:
    """Each account's log begins with the import that opened it."""
    await _run(
        session,
        "INSERT INTO account_event (account, at, by, kind, detail)"
        " SELECT account, :at, :by, 'opened', jsonb_build_object('import', CAST(:id AS text), 'tier', draft -> 'tier',"
        " 'personal', draft -> 'personal')"
        f" {FROM_ROWS} ORDER BY line",
        part,
        at=part.at,
        by=part.by,
        id=str(part.import_id),
    )


async def plan_standings(session: AsyncSession, part: Part) -> None:
    """After the commit each account is put where its ledger says, as after a sale."""
    made = await session.scalars(text(MADE), {"import": part.import_id, "first": part.first, "last": part.last})
    accounts = list(made)
    for start in range(0, len(accounts), FOLDED_AT_ONCE):
        await later(session, FOLD, {"accounts": accounts[start : start + FOLDED_AT_ONCE]})


async def write_cards(session: AsyncSession, part: Part) -> None:
    """A number that another transaction gave out a moment ago fails the part, which is then tried again without it."""
    await _run(
        session,
        "INSERT INTO card (id, account, number, digest, issued_at)"
        " SELECT CAST(card ->> 'id' AS uuid), account, card ->> 'number', decode(card ->> 'digest', 'hex'), :at"
        f" {FROM_ROWS}, jsonb_array_elements(draft -> 'cards') AS card ORDER BY line",
        part,
        at=part.at,
    )


async def write_persons(session: AsyncSession, part: Part) -> None:
    """One person per phone, of the same name; the birthday stands with the first."""
    await _run(
        session,
        "INSERT INTO person (id, account, given, family, phone, born_on, language)"
        " SELECT CAST(person ->> 'id' AS uuid), account, draft ->> 'given', draft ->> 'family', person ->> 'phone',"
        " CAST(person ->> 'born_on' AS date), draft ->> 'language'"
        f" {FROM_ROWS}, jsonb_array_elements(draft -> 'persons') AS person ORDER BY line",
        part,
    )


async def write_categories(session: AsyncSession, part: Part) -> None:
    """The proof was seen on the day that the file says, else today, by whoever imports."""
    await _run(
        session,
        "INSERT INTO account_category (account, category, proved_on, checked_by, expires_on)"
        " SELECT account, category, coalesce(CAST(draft ->> 'category_from' AS date), CAST(:at AS date)), :by,"
        " CAST(draft ->> 'category_until' AS date)"
        f" {FROM_ROWS}, jsonb_array_elements_text(draft -> 'categories') AS category",
        part,
        at=part.at,
        by=part.by,
    )


async def write_consents(session: AsyncSession, part: Part) -> None:
    """What the file says the first person allowed, under the text that whoever imports named."""
    await _run(
        session,
        "INSERT INTO consent (person, account, purpose, given, text_version, how, taken_by, at)"
        " SELECT CAST(draft #>> '{persons,0,id}' AS uuid), account, purpose, true, :consent_text, :how, :by, :at"
        f" {FROM_ROWS}, jsonb_array_elements_text(draft -> 'consents') AS purpose ORDER BY line",
        part,
        consent_text=part.consent_text,
        how=HOW,
        at=part.at,
        by=part.by,
    )


async def write_turnover(session: AsyncSession, part: Part) -> None:
    """The accumulated sum as the ledger's opening entry."""
    await _run(
        session,
        "INSERT INTO turnover_entry (source_id, account_id, kind, amount, occurred_at, recorded_at)"
        " SELECT CAST(draft #>> '{turnover,id}' AS uuid), account, 'opening',"
        " CAST(draft #>> '{turnover,amount}' AS bigint), :at, :at"
        f" {FROM_ROWS} WHERE draft #>> '{{turnover,id}}' IS NOT NULL ORDER BY line",
        part,
        at=part.at,
    )


async def write_points(session: AsyncSession, part: Part) -> None:
    """Points as the ledger's opening entry, one lot that may be spent at once, and where the account stands with it."""
    await _run(
        session,
        "INSERT INTO points_entry (source_id, kind, part, account_id, amount, day, occurred_at, recorded_at, available_on,"
        " expires_on, reason, made_by)"
        " SELECT CAST(draft #>> '{points,id}' AS uuid), 'opening', 1, account, CAST(draft #>> '{points,amount}' AS bigint),"
        " CAST(:today AS date), :at, :at, CAST(:today AS date), CAST(draft ->> 'points_until' AS date), :how, :by"
        f" {FROM_ROWS} WHERE draft #>> '{{points,id}}' IS NOT NULL ORDER BY line",
        part,
        today=local_day(await programme_in_force(session), part.at),
        at=part.at,
        how=HOW,
        by=part.by,
    )
    await _run(
        session,
        "INSERT INTO points_account (account_id, balance, spendable, expiring_on, expiring, next_on)"
        " SELECT account, entry.amount, entry.amount, entry.expires_on,"
        " CASE WHEN entry.expires_on IS NULL THEN 0 ELSE entry.amount END, entry.expires_on"
        f" {FROM_ROWS} JOIN points_entry AS entry ON entry.source_id = CAST(draft #>> '{{points,id}}' AS uuid) ORDER BY line",
        part,
    )


async def write_debts(session: AsyncSession, part: Part) -> None:
    """What is owed as the ledger's opening entry; how much more the account may owe is for people to say."""
    await _run(
        session,
        "INSERT INTO debt_entry (source_id, kind, account_id, amount, occurred_at, recorded_at, reason, staff_id)"
        " SELECT CAST(draft #>> '{debt,id}' AS uuid), 'opening', account, CAST(draft #>> '{debt,amount}' AS bigint),"
        " :at, :at, :how, :by"
        f" {FROM_ROWS} WHERE draft #>> '{{debt,id}}' IS NOT NULL ORDER BY line",
        part,
        at=part.at,
        how=HOW,
        by=part.by,
    )
    await _run(
        session,
        "INSERT INTO debt_account (account, owed) SELECT account, CAST(draft #>> '{debt,amount}' AS bigint)"
        f" {FROM_ROWS} WHERE draft #>> '{{debt,id}}' IS NOT NULL ORDER BY line",
        part,
    )


async def mark_written(session: AsyncSession, part: Part) -> None:
    """From now on the rows hold ids alone."""
    await _run(
        session,
        "UPDATE account_import_row SET state = 'written', cells = '[]', problems = '[]', draft = NULL,"
        " made = made || jsonb_build_object('personal', draft -> 'personal'), made_xid = pg_current_xact_id()"
        " WHERE import_id = :import AND line BETWEEN :first AND :last AND state = 'good'",
        part,
    )


async def _run(session: AsyncSession, statement: str, part: Part, **values: Any) -> None:
    await session.execute(text(statement), {"import": part.import_id, "first": part.first, "last": part.last, **values})
