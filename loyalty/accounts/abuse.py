"""The limits against misuse of cards, read and set. Tills count; `pos.documents.misuse` counts over all tills."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.abuse_model import AbuseLimits, Mode
from loyalty.accounts.errors import BadLimit
from pos.core.money import MAX_AMOUNT


@dataclass(frozen=True, slots=True)
class Limits:
    """What `AbuseLimits` holds; a count that is None is not limited, whatever its mode says."""

    receipts: int | None = None
    receipts_mode: Mode = "off"
    sum: int | None = None
    sum_mode: Mode = "off"
    interval_minutes: int | None = None
    interval_mode: Mode = "off"
    own_card: Mode = "flag"
    staff_card: Mode = "off"
    after_pay: Mode = "flag"


NAMES = tuple(Limits.__dataclass_fields__)


async def abuse_limits(session: AsyncSession) -> Limits:
    """Those in force now."""
    row = (await session.scalars(select(AbuseLimits))).one()
    return Limits(**{name: getattr(row, name) for name in NAMES})


async def set_abuse_limits(session: AsyncSession, limits: Limits) -> None:
    """Put these in force; tills hear of it with their next look. Raises `BadLimit` with the field."""
    most = {"receipts": 10_000, "sum": MAX_AMOUNT, "interval_minutes": 1_440}
    for name, beyond in most.items():
        value, mode = getattr(limits, name), getattr(limits, name.replace("_minutes", "") + "_mode")
        if (value is not None and not 1 <= value <= beyond) or (value is None and mode != "off"):
            raise BadLimit(field=name)
    row = (await session.scalars(select(AbuseLimits).with_for_update())).one()
    for name in NAMES:
        setattr(row, name, getattr(limits, name))
    await session.flush()
