"""Who a key belongs to, and which registers there are."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from hmac import compare_digest
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from pos.registers.errors import OutletNotFound, RegisterUnknown
from pos.registers.model import Outlet, Register, RegisterEpoch
from pos.registers.service import key_digest


@dataclass(frozen=True, slots=True)
class RegisterKey:
    """A register that proved itself. A `revoked` one may only deliver the documents it made before."""

    register_id: UUID
    epoch: int
    outlet_id: UUID
    revoked: bool


@dataclass(frozen=True, slots=True)
class RegisterRow:
    id: UUID
    name: str
    prefix: str
    outlet_id: UUID
    outlet: str
    epoch: int | None
    paired_at: datetime | None
    revoked_at: datetime | None


async def register_by_key(session: AsyncSession, register_id: UUID, epoch: int, key: str) -> RegisterKey:
    """Raises `RegisterUnknown`, whichever of the three is wrong."""
    query = (
        select(RegisterEpoch.key_digest, RegisterEpoch.revoked_at, Register.outlet_id)
        .join(Register, Register.id == RegisterEpoch.register_id)
        .where(RegisterEpoch.register_id == register_id, RegisterEpoch.epoch == epoch)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None or not compare_digest(row.key_digest, key_digest(key)):
        raise RegisterUnknown
    return RegisterKey(register_id, epoch, row.outlet_id, row.revoked_at is not None)


async def register_for_delivery(session: AsyncSession, register_id: UUID, body: bytes) -> RegisterKey:
    """The register and epoch that a document kept by the device agent says it is of. Raises `RegisterUnknown`."""
    try:
        epoch = int(json.loads(body)["epoch"])
    except (ValueError, KeyError, TypeError) as error:
        raise RegisterUnknown from error
    query = (
        select(RegisterEpoch.revoked_at, Register.outlet_id)
        .join(Register, Register.id == RegisterEpoch.register_id)
        .where(RegisterEpoch.register_id == register_id, RegisterEpoch.epoch == epoch)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise RegisterUnknown
    return RegisterKey(register_id, epoch, row.outlet_id, row.revoked_at is not None)


async def epoch_ended(session: AsyncSession, register_id: UUID, epoch: int) -> bool:
    """Whether the key of that epoch was taken back, or never was."""
    query = select(RegisterEpoch.epoch).where(
        RegisterEpoch.register_id == register_id, RegisterEpoch.epoch == epoch, RegisterEpoch.revoked_at.is_(None)
    )
    return await session.scalar(query) is None


async def outlet_day(session: AsyncSession, outlet_id: UUID, *, at: datetime) -> date:
    """The outlet's own day at that moment. Raises `OutletNotFound`."""
    zone = await session.scalar(select(Outlet.zone).where(Outlet.id == outlet_id))
    if zone is None:
        raise OutletNotFound(id=str(outlet_id))
    return at.astimezone(ZoneInfo(zone)).date()


async def register_list(session: AsyncSession) -> list[RegisterRow]:
    """Every register with its newest epoch, by outlet and name."""
    newest = (
        select(RegisterEpoch.register_id, func.max(RegisterEpoch.epoch).label("epoch"))
        .group_by(RegisterEpoch.register_id)
        .subquery()
    )
    query = (
        select(Register, Outlet.name, RegisterEpoch)
        .join(Outlet, Outlet.id == Register.outlet_id)
        .outerjoin(newest, newest.c.register_id == Register.id)
        .outerjoin(
            RegisterEpoch,
            (RegisterEpoch.register_id == newest.c.register_id) & (RegisterEpoch.epoch == newest.c.epoch),
        )
        .order_by(Outlet.name, Register.name)
    )
    return [
        RegisterRow(
            id=register.id,
            name=register.name,
            prefix=register.prefix,
            outlet_id=register.outlet_id,
            outlet=outlet,
            epoch=epoch.epoch if epoch else None,
            paired_at=epoch.paired_at if epoch else None,
            revoked_at=epoch.revoked_at if epoch else None,
        )
        for register, outlet, epoch in await session.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class OutletRow:
    id: UUID
    name: str


async def outlet_list(session: AsyncSession) -> list[OutletRow]:
    """Every outlet by name."""
    rows = await session.execute(select(Outlet.id, Outlet.name).order_by(Outlet.name, Outlet.id))
    return [OutletRow(*row) for row in rows]
