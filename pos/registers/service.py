"""The verbs of registers: open an outlet, add a register, pair it with a device, revoke it."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pos.registers.errors import OutletNotFound, PairingCodeExpired, PairingCodeWrong, PrefixTaken, RegisterNotFound
from pos.registers.model import Outlet, PairingCode, Register, RegisterEpoch

CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No 0, O, 1, I: the code is read from one screen and typed on another."""
CODE_LENGTH = 8
CODE_LIFETIME = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Paired:
    """What a device needs to be a register; `key` is told this once."""

    register: Register
    epoch: int
    key: str


async def open_outlet(session: AsyncSession, outlet_id: UUID, *, name: str, zone: str, language: str = "en") -> Outlet:
    """The outlet with this id, opened if new: asking twice opens one."""
    outlet = await session.get(Outlet, outlet_id)
    if outlet is None:
        outlet = Outlet(id=outlet_id, name=name, zone=zone, language=language)
        session.add(outlet)
        await session.flush()
    return outlet


async def add_register(
    session: AsyncSession, register_id: UUID, *, outlet_id: UUID, name: str, prefix: str
) -> Register:
    """The register with this id, added if new. Raises `OutletNotFound`, `PrefixTaken`: prefixes are never reused."""
    register = await session.get(Register, register_id)
    if register is not None:
        return register
    if await session.get(Outlet, outlet_id) is None:
        raise OutletNotFound(id=str(outlet_id))
    if await session.scalar(select(Register.id).where(Register.prefix == prefix)):
        raise PrefixTaken(prefix=prefix)
    register = Register(id=register_id, outlet_id=outlet_id, name=name, prefix=prefix)
    session.add(register)
    await session.flush()
    return register


async def pairing_code(session: AsyncSession, register_id: UUID, *, at: datetime) -> str:
    """A code that makes one device this register, once, within 15 minutes. Raises `RegisterNotFound`."""
    if await session.get(Register, register_id) is None:
        raise RegisterNotFound(id=str(register_id))
    code = new_code()
    session.add(PairingCode(code_digest=code_digest(code), register_id=register_id, expires_at=at + CODE_LIFETIME))
    return code


async def pair(session: AsyncSession, code: str, *, at: datetime) -> Paired:
    """Open a new epoch of the code's register and revoke the keys before.

    Raises `PairingCodeWrong` (unknown or used), `PairingCodeExpired`.
    """
    row = await session.get(PairingCode, code_digest(code), with_for_update=True)
    if row is None or row.used_at is not None:
        raise PairingCodeWrong
    if at >= row.expires_at:
        raise PairingCodeExpired
    row.used_at = at
    register = await session.get_one(Register, row.register_id, with_for_update=True)
    await revoke(session, register.id, at=at)
    newest = await session.scalar(
        select(func.coalesce(func.max(RegisterEpoch.epoch), 0)).where(RegisterEpoch.register_id == register.id)
    )
    key = secrets.token_urlsafe(32)
    epoch = RegisterEpoch(register_id=register.id, epoch=(newest or 0) + 1, key_digest=key_digest(key), paired_at=at)
    session.add(epoch)
    await session.flush()
    return Paired(register, epoch.epoch, key)


async def revoke(session: AsyncSession, register_id: UUID, *, at: datetime) -> None:
    """End every key of a register. What it made before may still be delivered, and is flagged."""
    await session.execute(
        update(RegisterEpoch)
        .where(RegisterEpoch.register_id == register_id, RegisterEpoch.revoked_at.is_(None))
        .values(revoked_at=at)
    )


def new_code() -> str:
    """A code to read from one screen and type on another."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def code_digest(code: str) -> bytes:
    """SHA-256 of a pairing code as typed: case, blanks and dashes do not count."""
    return hashlib.sha256("".join(code.upper().replace("-", "").split()).encode()).digest()


def key_digest(key: str) -> bytes:
    """SHA-256 of a register's key."""
    return hashlib.sha256(key.encode()).digest()
