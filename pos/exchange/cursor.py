"""Where a till stands in the change feed: the database's epoch, and the transaction below which it knows everything."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.exchange.errors import BadCursor, NotSetUp
from pos.exchange.model import DatabaseEpoch


@dataclass(frozen=True, slots=True)
class Cursor:
    """Every row with `changed_xid < xid` has been told."""

    epoch: str
    xid: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.xid}"


def read_cursor(written: str) -> Cursor:
    """Raises `BadCursor` for what is not "<epoch>.<number>"."""
    epoch, _, xid = written.partition(".")
    if not epoch or len(written) > 64 or not (xid.isascii() and xid.isdigit()) or int(xid) >= 2**63:
        raise BadCursor()
    return Cursor(epoch, int(xid))


async def database_epoch(session: AsyncSession) -> str:
    """The token of this life of the database. Raises `NotSetUp` before the first."""
    token = await session.scalar(select(DatabaseEpoch.token).order_by(DatabaseEpoch.id.desc()).limit(1))
    if token is None:
        raise NotSetUp(what="database_epoch")
    return token


def begin_epoch(session: AsyncSession, reason: str, *, at: datetime) -> str:
    """Begin a new life of the database, as after a restore: every till takes a full copy. Returns its token."""
    token = secrets.token_hex(6)
    session.add(DatabaseEpoch(token=token, reason=reason, began_at=at))
    return token


async def horizon(session: AsyncSession) -> Cursor:
    """The cursor of now: every transaction below it has ended, so no row below it can still appear.

    A writer that is still open holds it back, however long ago its rows got their number: nothing is skipped.
    """
    epoch = await database_epoch(session)
    xmin = await session.scalar(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text"))
    return Cursor(epoch, int(str(xmin)))
