"""The log of an account: who changed what, and when. It never holds personal data; what is long is told by its id."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.model import AccountEvent
from loyalty.accounts.survivor import merged_accounts


@dataclass(frozen=True, slots=True)
class EventRow:
    """One change. `by` is a staff member, empty where the shop's own program did it."""

    id: int
    account: UUID
    at: datetime
    by: UUID | None
    kind: str
    detail: Mapping[str, Any]


def note_event(
    session: AsyncSession, account: UUID, kind: str, *, by: UUID | None, at: datetime, **detail: Any
) -> None:
    """Write one change into the account's log; `detail` holds plain JSON values and nothing that a person told us."""
    session.add(AccountEvent(account=account, at=at, by=by, kind=kind, detail=detail))


async def account_log(
    session: AsyncSession, account_id: UUID, *, before: int | None = None, limit: int = 50
) -> list[EventRow]:
    """The account's changes and those of accounts merged into it, the newest first; `before` is the last `id` seen."""
    of_it = AccountEvent.account.in_(await merged_accounts(session, account_id))
    query = select(AccountEvent).where(of_it).order_by(AccountEvent.id.desc()).limit(limit)
    if before is not None:
        query = query.where(AccountEvent.id < before)
    return [EventRow(row.id, row.account, row.at, row.by, row.kind, row.detail) for row in await session.scalars(query)]
