"""Taking in what a till's fiscal register said, and how a register deals with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from pos.fiscal.errors import FiscalRecordDiffers
from pos.fiscal.model import FiscalCount, FiscalOpen, FiscalRecord, FiscalSettings
from pos.fiscal.rules import Counters, settled
from pos.registers.errors import RegisterNotFound
from pos.registers.model import Register

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('fiscal ' || :document, 0))"
"""Records of one document wait for one another, so that each sees those before it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A fiscal record as a till brings it; `device_counters` and `till_counters` only at Z."""

    id: UUID
    document: UUID
    place: int
    attempt: UUID | None
    kind: str
    state: str
    cause: str | None
    error: int | None
    error_text: str | None
    device: str | None
    number: int | None
    shift: int | None
    sign: str | None
    storage: str | None
    qr: str | None
    url: str | None
    registered_at: str | None
    decided_by: UUID | None
    made_at: datetime
    device_counters: Counters | None = None
    till_counters: Counters | None = None


async def record_fact(session: AsyncSession, register: UUID, fact: Fact, *, at: datetime) -> bool:
    """Store the fact; False where it was stored before, word for word. The document may not be there yet.

    Raises `FiscalRecordDiffers`.
    """
    await session.execute(text(LOCK), {"document": str(fact.document)})
    values = _record(register, fact)
    stored = insert(FiscalRecord).values(**values, recorded_at=at).on_conflict_do_nothing()
    new = (await session.execute(stored.returning(FiscalRecord.id))).scalar_one_or_none() is not None
    counts = _count(fact)
    if not new:
        await _must_be_same(session, values, counts)
        return False
    if counts is not None:
        session.add(FiscalCount(**counts))
    await _renew_open(session, fact.document)
    return True


async def set_fiscal(session: AsyncSession, register: UUID, *, sell_without: bool, prints_itself: bool) -> None:
    """How the register deals with its fiscal device from now on. Raises `RegisterNotFound`."""
    if await session.get(Register, register) is None:
        raise RegisterNotFound(id=str(register))
    values = {"sell_without": sell_without, "prints_itself": prints_itself}
    made = insert(FiscalSettings).values(register_id=register, **values)
    await session.execute(made.on_conflict_do_update(index_elements=[FiscalSettings.register_id], set_=values))


def _record(register: UUID, fact: Fact) -> dict[str, Any]:
    names = [column.name for column in FiscalRecord.__table__.columns if column.name != "recorded_at"]
    given = {name: getattr(fact, name) for name in names if name not in {"register_id", "document_id"}}
    return given | {"register_id": register, "document_id": fact.document}


def _count(fact: Fact) -> dict[str, Any] | None:
    if fact.device_counters is None or fact.till_counters is None:
        return None
    sides = {"device": fact.device_counters, "till": fact.till_counters}
    names = ("sales", "sales_sum", "returns", "returns_sum", "cash_in", "cash_out")
    return {"record_id": fact.id} | {f"{side}_{name}": getattr(sides[side], name) for side in sides for name in names}


async def _must_be_same(session: AsyncSession, values: dict[str, Any], counts: dict[str, Any] | None) -> None:
    """Raises `FiscalRecordDiffers` unless exactly this is stored."""
    kept = await session.get_one(FiscalRecord, values["id"])
    counted = await session.get(FiscalCount, values["id"])
    same = all(getattr(kept, name) == value for name, value in values.items())
    same_counts = (counted is None) == (counts is None) and all(
        getattr(counted, name) == value for name, value in (counts or {}).items()
    )
    if not (same and same_counts):
        raise FiscalRecordDiffers(id=str(values["id"]))


async def _renew_open(session: AsyncSession, document: UUID) -> None:
    """The document's newest record is how it stands, whatever the order of arrival."""
    newest = (
        await session.execute(
            select(FiscalRecord.id, FiscalRecord.state, FiscalRecord.cause)
            .where(FiscalRecord.document_id == document)
            .order_by(FiscalRecord.place.desc(), FiscalRecord.made_at.desc(), FiscalRecord.id.desc())
            .limit(1)
        )
    ).one()
    if settled(newest.state, newest.cause):
        await session.execute(delete(FiscalOpen).where(FiscalOpen.document_id == document))
        return
    values = {"record_id": newest.id}
    standing = insert(FiscalOpen).values(document_id=document, **values)
    await session.execute(standing.on_conflict_do_update(index_elements=[FiscalOpen.document_id], set_=values))
