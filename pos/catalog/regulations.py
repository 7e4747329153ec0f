"""What the law says of classes of goods. A class is never removed: goods and old receipts name it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.drafts.regulations import publish_regulations
from loyalty.pricing.rules import Regulation
from loyalty.pricing.store import ONE_AT_A_TIME
from pos.catalog import queries
from pos.catalog.errors import (
    RegulationAgeOutOfRange,
    RegulationCodeMalformed,
    RegulationHoursImpossible,
    RegulationNotFound,
    RegulationPriceMalformed,
    RegulationPricesImpossible,
    RegulationTaken,
)
from pos.catalog.model import RegulationClass
from pos.catalog.rules import checked_names
from pos.core.money import MAX_AMOUNT

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
OLDEST = 120
DAY = 1_440
"""Minutes of a day."""


@dataclass(frozen=True, slots=True)
class RegulationDraft:
    """What a class is made of. `floor` and `ceiling` are unit prices in minor units; `hours` the local minutes in which
    its goods may be sold, half-open, over midnight where the end is at or before the start."""

    names: Mapping[str, str]
    no_discount: bool = False
    no_points: bool = False
    floor: int | None = None
    ceiling: int | None = None
    age: int | None = None
    hours: tuple[int, int] | None = None
    not_returnable: bool = False


async def add_regulation(
    session: AsyncSession, code: str, draft: RegulationDraft, *, by: UUID | None, at: datetime
) -> None:
    """A new class, in force at once: the rules that hold, those to come and the open draft have it.

    Raises `RegulationCodeMalformed`, `RegulationTaken`, and of the draft `NoName`, `RegulationPriceMalformed`,
    `RegulationPricesImpossible`, `RegulationAgeOutOfRange`, `RegulationHoursImpossible`, each with its `field`.
    """
    if not CODE.fullmatch(code):
        raise RegulationCodeMalformed(field="code")
    await session.execute(text(ONE_AT_A_TIME))  # what is published is the whole table: nobody adds to it meanwhile
    if await session.get(RegulationClass, code) is not None:
        raise RegulationTaken(field="code", regulation=code)
    session.add(RegulationClass(code=code, **_checked(draft)))
    await _publish(session, by, at)


async def change_regulation(
    session: AsyncSession, code: str, draft: RegulationDraft, *, by: UUID | None, at: datetime
) -> None:
    """Make the class as the draft says, in force at once. What was sold keeps what was law then.

    Raises `RegulationNotFound` and what `add_regulation` raises of the draft.
    """
    await session.execute(text(ONE_AT_A_TIME))
    row = await session.get(RegulationClass, code, with_for_update=True)
    if row is None:
        raise RegulationNotFound(regulation=code)
    for name, value in _checked(draft).items():
        setattr(row, name, value)
    await _publish(session, by, at)


async def _publish(session: AsyncSession, by: UUID | None, at: datetime) -> None:
    await session.flush()
    classes = [priced_by(row.code, row) for row in await queries.regulations(session)]
    await publish_regulations(session, classes, by=by, at=at)


def priced_by(code: str, law: RegulationClass | RegulationDraft) -> Regulation:
    """What of a class changes prices: the part that rule sets hold. Age, hours and returns are a till's to ask."""
    return Regulation(code, law.no_discount, law.floor, law.ceiling, law.no_points)


def _checked(draft: RegulationDraft) -> dict[str, object]:
    """The columns of the class."""
    for field, price in (("floor", draft.floor), ("ceiling", draft.ceiling)):
        if price is not None and not 0 <= price <= MAX_AMOUNT:
            raise RegulationPriceMalformed(field=field)
    if draft.ceiling is not None and draft.ceiling < (draft.floor or 0):
        raise RegulationPricesImpossible(field="ceiling")
    if draft.age is not None and not 1 <= draft.age <= OLDEST:
        raise RegulationAgeOutOfRange(field="age")
    start, end = draft.hours or (None, None)
    if start is not None and end is not None and not (0 <= start < DAY and 0 <= end <= DAY and start != end % DAY):
        raise RegulationHoursImpossible(field="hours")
    return {
        "names": checked_names(draft.names),
        "no_discount": draft.no_discount,
        "no_points": draft.no_points,
        "floor": draft.floor,
        "ceiling": draft.ceiling,
        "age": draft.age,
        "hours_from": start,
        "hours_to": end,
        "not_returnable": draft.not_returnable,
    }
