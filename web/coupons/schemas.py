"""What goes in and out about coupons."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from loyalty.coupons.queries import BatchRow, Brought, CodeRow
from loyalty.coupons.rules import BatchKind, Offline, Whom
from loyalty.coupons.service import MOST_CODES, BatchTerms

Count = Annotated[int, Field(strict=True, ge=1, le=2_147_483_647)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class BatchBody(Body):
    """`uses`: how often one code may be used, null without end. `per_account`: uses of the batch that one account has.
    `whom`: anyone, or only with a card. `valid_until`: the first day that is out. A `referral` batch has no codes of its own
    (`size` 0): accounts get theirs; `bonus` points are given to whose code a newcomer shows."""

    name: Annotated[str, Field(min_length=1, max_length=200, examples=["Spring"])]
    size: Annotated[int, Field(strict=True, ge=0, le=MOST_CODES, examples=[100])]
    kind: BatchKind = "coupon"
    valid_from: date | None = None
    valid_until: date | None = None
    uses: Count | None = 1
    per_account: Count | None = None
    whom: Whom = "anyone"
    offline: Offline = "deny"
    bonus: Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)] = 0

    def terms(self) -> BatchTerms:
        return BatchTerms(**self.model_dump())


class BlockBody(Body):
    """Without a reason the coupon counts again."""

    reason: Annotated[str, Field(min_length=1, max_length=200)] | None


class BatchOut(BaseModel):
    code: str
    kind: str
    name: str
    prefix: str
    size: int
    valid_from: date | None
    valid_until: date | None
    uses: int | None
    per_account: int | None
    whom: str
    offline: str
    bonus: int
    made_at: datetime
    stopped_at: datetime | None
    used: int

    @classmethod
    def of(cls, row: BatchRow) -> "BatchOut":
        return cls(**asdict(row))


class CodeOut(BaseModel):
    code: str
    account: UUID | None
    blocked: str | None
    used: int

    @classmethod
    def of(cls, row: CodeRow) -> "CodeOut":
        return cls(**asdict(row))


class CodePage(BaseModel):
    """`next` is the code to ask the following page after; null at the end."""

    codes: list[CodeOut]
    next: str | None


class StandingOut(BaseModel):
    """`batch` is what rules name; `reason` says why the coupon does not count now."""

    code: str
    batch: str | None
    ok: bool
    reason: str | None


class ReferralOut(BaseModel):
    code: str


class BroughtOut(BaseModel):
    newcomer: UUID
    coupon: str
    sale_id: UUID
    bonus: int
    made_at: datetime

    @classmethod
    def of(cls, row: Brought) -> "BroughtOut":
        return cls(**asdict(row))
