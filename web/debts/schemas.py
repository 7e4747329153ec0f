"""What goes in and out about sales on account. Amounts are minor units."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from loyalty.debts.queries import Debtor, DebtStanding, StatementRow
from pos.core.money import MAX_AMOUNT


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LimitBody(Body):
    """`limit`: how much it may owe; 0 is not on account any more. `due_days`: when a sale is to be paid."""

    limit: Annotated[int, Field(strict=True, ge=0, le=MAX_AMOUNT, examples=[5_000_000])]
    due_days: Annotated[int, Field(strict=True, ge=0, le=3650)] = 30


class EntryBody(Body):
    """More is owed where `amount` is positive."""

    kind: Literal["opening", "correction"]
    amount: Annotated[int, Field(strict=True, ge=-MAX_AMOUNT, le=MAX_AMOUNT)]
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class EntryOut(BaseModel):
    """One change, and what was owed after it."""

    source_id: UUID
    kind: str
    amount: int
    occurred_at: datetime
    reason: str
    owed: int

    @classmethod
    def of(cls, row: StatementRow) -> "EntryOut":
        return cls(**asdict(row))


class DebtOut(BaseModel):
    account: UUID
    limit: int
    due_days: int
    owed: int
    entries: list[EntryOut]

    @classmethod
    def of(cls, standing: DebtStanding, entries: list[EntryOut]) -> "DebtOut":
        return cls(
            account=standing.account,
            limit=standing.most,
            due_days=standing.due_days,
            owed=standing.owed,
            entries=entries,
        )


class DebtorOut(BaseModel):
    """`since`: when the oldest of what is still owed was bought; `late`: it should have been paid by now."""

    account: UUID
    name: str
    owed: int
    limit: int
    due_days: int
    since: datetime | None
    days: int
    late: bool

    @classmethod
    def of(cls, row: Debtor, at: datetime) -> "DebtorOut":
        return cls(
            account=row.account,
            name=row.name,
            owed=row.owed,
            limit=row.most,
            due_days=row.due_days,
            since=row.since,
            days=row.days(at),
            late=row.late(at),
        )
