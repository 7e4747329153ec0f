"""Rows that cannot both be: the same card or phone twice in the file, or in the shop already."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.imports.layouts import Field
from loyalty.imports.limits import MOST_ROWS
from loyalty.imports.rules import Layout
from loyalty.imports.values import ProblemCode

CARDS = "jsonb_array_elements(taken.draft -> 'cards') AS said"
PHONES = "jsonb_array_elements(taken.draft -> 'persons') AS said"

TWICE = """
WITH named AS (
    SELECT taken.line, said ->> '{name}' AS what FROM account_import_row AS taken, {said}
     WHERE taken.import_id = :import AND taken.state = 'good' AND said ->> '{name}' IS NOT NULL
), firsts AS (
    SELECT what, min(line) AS line FROM named GROUP BY what HAVING count(DISTINCT line) > 1
), found AS (
    SELECT named.line, jsonb_agg(jsonb_build_object(
        'code', CAST(:code AS text), 'column', CAST(:column AS int), 'value', named.what,
        'fields', jsonb_build_object('line', firsts.line)
    )) AS problems
      FROM named JOIN firsts USING (what) WHERE named.line > firsts.line GROUP BY named.line
)
UPDATE account_import_row AS taken SET state = 'bad', problems = taken.problems || found.problems
  FROM found WHERE taken.import_id = :import AND taken.line = found.line
"""

TAKEN = """
WITH found AS (
    SELECT taken.line, jsonb_agg(jsonb_build_object(
        'code', CAST(:code AS text), 'column', CAST(:column AS int), 'value', said ->> '{name}', 'fields', '{{}}'::jsonb
    )) AS problems
      FROM account_import_row AS taken, {said}
     WHERE taken.import_id = :import AND taken.line BETWEEN :first AND :last AND taken.state = 'good' AND {there}
     GROUP BY taken.line
)
UPDATE account_import_row AS taken SET state = 'bad', problems = taken.problems || found.problems
  FROM found WHERE taken.import_id = :import AND taken.line = found.line
"""
CARD_THERE = "EXISTS (SELECT FROM card WHERE card.number = said ->> 'number')"
PHONE_THERE = "EXISTS (SELECT FROM person WHERE person.phone_reversed = reverse(said ->> 'phone'))"


async def with_each_other(session: AsyncSession, import_id: UUID, layout: Layout) -> None:
    """Of rows with the same card or phone the first stays good; the others name its line."""
    values = {"import": import_id, "code": "card_twice", "column": _column(layout, "card")}
    await session.execute(text(TWICE.format(said=CARDS, name="number")), values)
    if not layout.shared_phones:
        values = {"import": import_id, "code": "phone_twice", "column": _column(layout, "phone")}
        await session.execute(text(TWICE.format(said=PHONES, name="phone")), values)


async def with_the_shop(
    session: AsyncSession, import_id: UUID, layout: Layout, *, first: int = 0, last: int = MOST_ROWS + 1_000_000
) -> None:
    """Rows from line `first` to `last` whose card or phone somebody in the shop has are not good."""
    values = {"import": import_id, "first": first, "last": last}
    cards: ProblemCode = "card_taken"
    phones: ProblemCode = "phone_taken"
    await session.execute(
        text(TAKEN.format(said=CARDS, name="number", there=CARD_THERE)),
        {**values, "code": cards, "column": _column(layout, "card")},
    )
    if not layout.shared_phones:
        await session.execute(
            text(TAKEN.format(said=PHONES, name="phone", there=PHONE_THERE)),
            {**values, "code": phones, "column": _column(layout, "phone")},
        )


def _column(layout: Layout, field: Field) -> int | None:
    return next((column for column, name in sorted(layout.columns.items()) if name == field), None)
