"""What goes in and out about points. Amounts of points are whole; `share` is in basis points, `value` in minor units."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from loyalty.points.errors import ProgrammeMalformed
from loyalty.points.life import LifeKind
from loyalty.points.model import PointsProgramme
from loyalty.points.programme import ProgrammeDraft
from loyalty.points.queries import HistoryRow, Liability, LotRow, PointsOfAccount
from pos.core.money import MAX_AMOUNT
from web.office.schemas import Form

Points = Annotated[int, Field(strict=True, ge=0, le=MAX_AMOUNT)]
Days = Annotated[int, Field(strict=True, ge=0, le=3_660)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CorrectionBody(Body):
    """Below zero takes points away, never more than may be spent now."""

    amount: Annotated[int, Field(strict=True, ge=-MAX_AMOUNT, le=MAX_AMOUNT, examples=[-20])]
    reason: Annotated[str, Field(min_length=1, max_length=500, examples=["counted twice"])]


class ProgrammeBody(Body):
    """The next version of the programme; it holds from now on and touches no point given before."""

    zone: Annotated[str, Field(max_length=64, examples=["Asia/Yerevan"])]
    value: Annotated[int, Field(strict=True, ge=1, le=MAX_AMOUNT, examples=[100])]
    share: Annotated[int, Field(strict=True, ge=0, le=10_000, examples=[3_000])]
    least: Points = 0
    running: bool = True
    earn_while_spending: bool = True
    pending_days: Annotated[int, Field(strict=True, ge=0, le=366)] = 0
    life: LifeKind = "never"
    life_count: Days = 0
    restored_days: Days = 30
    welcome: Points = 0
    birthday: Points = 0
    birthday_before: Annotated[int, Field(strict=True, ge=0, le=31)] = 0
    birthday_after: Annotated[int, Field(strict=True, ge=0, le=31)] = 0
    notice_days: Annotated[int, Field(strict=True, ge=0, le=366)] = 0
    offline: Literal["deny", "cap"] = "deny"
    offline_cap: Points = 0

    def draft(self) -> ProgrammeDraft:
        return ProgrammeDraft(**self.model_dump())


class ProgrammeOut(ProgrammeBody):
    version: int
    made_at: datetime
    made_by: UUID | None

    @classmethod
    def of(cls, row: PointsProgramme) -> "ProgrammeOut":
        return cls.model_validate({name: getattr(row, name) for name in cls.model_fields})


class LotOut(BaseModel):
    """They end as `expires_on` begins; null is never."""

    source_id: UUID
    kind: str
    day: date
    available_on: date
    expires_on: date | None
    earned: int
    left: int

    @classmethod
    def of(cls, row: LotRow) -> "LotOut":
        return cls(**asdict(row))


class EntryOut(BaseModel):
    """`origin_id` is the sale that a refund's entry belongs to."""

    source_id: UUID
    kind: str
    part: int
    amount: int
    day: date
    at: datetime
    available_on: date | None
    expires_on: date | None
    origin_id: UUID | None
    reason: str
    by: UUID | None

    @classmethod
    def of(cls, row: HistoryRow) -> "EntryOut":
        return cls(**asdict(row))


class PointsOut(BaseModel):
    """`balance` is `spendable` plus `pending` less `overdrawn`."""

    balance: int
    spendable: int
    pending: int
    overdrawn: int
    expiring_on: date | None
    expiring: int
    merged_into: UUID | None
    lots: list[LotOut]
    history: list[EntryOut]

    @classmethod
    def of(cls, found: PointsOfAccount) -> "PointsOut":
        standing = found.standing
        return cls(
            balance=standing.balance,
            spendable=standing.spendable,
            pending=standing.pending,
            overdrawn=standing.overdrawn,
            expiring_on=standing.expiring_on,
            expiring=standing.expiring,
            merged_into=found.merged_into,
            lots=[LotOut.of(row) for row in found.lots],
            history=[EntryOut.of(row) for row in found.history],
        )


class LiabilityOut(BaseModel):
    """`money` is what all points would pay, in minor units."""

    accounts: int
    spendable: int
    pending: int
    overdrawn: int
    money: int

    @classmethod
    def of(cls, found: Liability) -> "LiabilityOut":
        return cls(**asdict(found))


def _empty_is_zero(value: object) -> object:
    return 0 if value == "" else value


Counted = Annotated[int, BeforeValidator(_empty_is_zero)]
Typed = Annotated[str, Field(max_length=30)]


class ProgrammeForm(Form):
    """As an owner writes it: money in the shop's currency, the share in percent."""

    running: bool = False
    value: Typed
    share: Typed
    least: Counted = 0
    earn_while_spending: bool = False
    pending_days: Counted = 0
    life: LifeKind = "never"
    life_count: Counted = 0
    restored_days: Counted = 0
    welcome: Counted = 0
    birthday: Counted = 0
    birthday_before: Counted = 0
    birthday_after: Counted = 0
    notice_days: Counted = 0
    offline: Literal["deny", "cap"] = "deny"
    offline_cap: Counted = 0
    zone: Annotated[str, Field(max_length=64)]

    def draft(self, exponent: int) -> ProgrammeDraft:
        """Raises `ProgrammeMalformed` where money or percent is no number of at most `exponent` or two decimals."""
        given = self.model_dump(exclude={"value", "share"})
        return ProgrammeDraft(value=whole(self.value, exponent, "value"), share=whole(self.share, 2, "share"), **given)


def whole(written: str, decimals: int, field: str) -> int:
    """`written` ("1", "0.5", "12,50") counted in its smallest part. Raises `ProgrammeMalformed`."""
    units, _, rest = written.replace(",", ".").replace("\xa0", "").replace(" ", "").partition(".")
    digits = units + rest.ljust(decimals, "0")
    if not units.isascii() or not digits.isdecimal() or not digits.isascii() or len(rest) > decimals:
        raise ProgrammeMalformed(field=field)
    return int(digits)
