"""What is known of fiscal records: of one document, of a register's settings, and what needs a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import String, and_, case, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from pos.fiscal.model import FiscalCount, FiscalOpen, FiscalRecord, FiscalSettings
from pos.fiscal.rules import Counters, differences

PATIENCE = timedelta(minutes=15)
"""A document that no register was asked about yet, or that waits for its answer, needs a person after this."""


@dataclass(frozen=True, slots=True)
class FiscalRow:
    """One record as the office shows it. `differing`: at Z, by name, what the register counted beyond the till."""

    id: UUID
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
    made_at: datetime
    differing: dict[str, int]


async def records_of(session: AsyncSession, document: UUID) -> list[FiscalRow]:
    """The document's records in their order."""
    query = (
        select(FiscalRecord, FiscalCount)
        .outerjoin(FiscalCount, FiscalCount.record_id == FiscalRecord.id)
        .where(FiscalRecord.document_id == document)
        .order_by(FiscalRecord.place, FiscalRecord.made_at, FiscalRecord.id)
    )
    return [_row(record, count) for record, count in await session.execute(query)]


def _row(record: FiscalRecord, count: FiscalCount | None) -> FiscalRow:
    own = [name for name in FiscalRow.__dataclass_fields__ if name != "differing"]
    return FiscalRow(**{name: getattr(record, name) for name in own}, differing=_differing(count) if count else {})


def _differing(count: FiscalCount) -> dict[str, int]:
    def side(name: str) -> Counters:
        return Counters(*(getattr(count, f"{name}_{each}") for each in Counters.__dataclass_fields__))

    return differences(side("device"), side("till"))


def open_documents(at: datetime):
    """Columns document, code, time, register of what is not settled; for the list of what needs a person."""
    old = FiscalRecord.made_at < at - PATIENCE
    code = case(
        (FiscalRecord.state == "none", literal("fiscal.not_registered", String)),
        else_=literal("fiscal.", String) + FiscalRecord.state,
    )
    return (
        select(FiscalRecord.document_id, code.label("code"), FiscalRecord.made_at.label("at"), FiscalRecord.register_id)
        .join(FiscalOpen, FiscalOpen.record_id == FiscalRecord.id)
        .where(or_(FiscalRecord.state.in_(("uncertain", "refused")), old))
    )


def differing_counts():
    """The same columns of every Z at which the sums of register and till differ."""
    names = Counters.__dataclass_fields__
    differ = or_(*(getattr(FiscalCount, f"device_{name}") != getattr(FiscalCount, f"till_{name}") for name in names))
    return select(
        FiscalRecord.document_id,
        literal("fiscal.counters", String).label("code"),
        FiscalRecord.made_at.label("at"),
        FiscalRecord.register_id,
    ).join(FiscalCount, and_(FiscalCount.record_id == FiscalRecord.id, differ))


@dataclass(frozen=True, slots=True)
class FiscalReceipt:
    """The proof that a sale is registered, as a return must name it."""

    number: int
    device: str | None
    at: str | None


async def fiscal_receipt(session: AsyncSession, document: UUID) -> FiscalReceipt | None:
    """The document's newest proof, or None where it is not registered."""
    query = (
        select(FiscalRecord.number, FiscalRecord.device, FiscalRecord.registered_at)
        .where(
            FiscalRecord.document_id == document, FiscalRecord.state == "registered", FiscalRecord.number.is_not(None)
        )
        .order_by(FiscalRecord.place.desc(), FiscalRecord.id.desc())
        .limit(1)
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else FiscalReceipt(int(row[0] or 0), row[1], row[2])


async def fiscal_settings(session: AsyncSession) -> dict[UUID, FiscalSettings]:
    """By register, for those that have other than the defaults."""
    return {row.register_id: row for row in await session.scalars(select(FiscalSettings))}
