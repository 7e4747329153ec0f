"""What goes in and out about tiers. Thresholds and sums are minor units, or receipts where the ladder counts those."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from loyalty.tiers.preview import Move, MovedAccount, Preview
from loyalty.tiers.queries import ChangeRow, LadderRow, StandingRow, TierRow

Code = Annotated[str, Field(min_length=1, max_length=64, examples=["gold"])]
Name = Annotated[str, Field(max_length=60)]
LADDER: dict[str, Any] = {
    "by": "turnover",
    "window": 365,
    "rungs": [{"tier": "bronze", "at_least": 0}, {"tier": "silver", "at_least": 15_000_000}],
    "upgrade": "next_receipt",
    "review": {"anniversary": "tier"},
    "grace_days": 14,
    "step_down": "one_rung",
    "returns": "undo",
    "leave_out": {"products": [], "categories": [12]},
}


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LadderBody(Body):
    """`ladder` is of the form in docs/tiers.md; `active_from` left out is the first day possible."""

    ladder: Annotated[dict[str, Any], Field(examples=[LADDER])]
    active_from: date | None = None


class NamesBody(Body):
    """What the tier is called, by language."""

    names: dict[Literal["en", "ru", "hy"], Name]


class OrderBody(Body):
    """Every tier once, the lowest first."""

    codes: Annotated[list[Code], Field(max_length=200)]


class TierOut(BaseModel):
    """`accounts` have it now."""

    code: str
    names: dict[str, str]
    rank: int
    accounts: int

    @classmethod
    def of(cls, row: TierRow) -> "TierOut":
        return cls(code=row.code, names=dict(row.names), rank=row.rank, accounts=row.accounts)


class LadderOut(BaseModel):
    version: int
    active_from: date
    ladder: dict[str, Any]
    made_at: datetime
    made_by: UUID | None

    @classmethod
    def of(cls, row: LadderRow) -> "LadderOut":
        return cls(
            version=row.version,
            active_from=row.active_from,
            ladder=dict(row.body),
            made_at=row.made_at,
            made_by=row.made_by,
        )


class LadderNow(BaseModel):
    """The version in force today, if any; the first day from which another may hold; the shop's tiers."""

    in_force: LadderOut | None
    first_day: date
    tiers: list[TierOut]


class MoveOut(BaseModel):
    from_tier: str | None
    to_tier: str | None
    accounts: int

    @classmethod
    def of(cls, move: Move) -> "MoveOut":
        return cls(from_tier=move.from_tier, to_tier=move.to_tier, accounts=move.accounts)


class MovedOut(BaseModel):
    account: UUID
    seq: int
    name: str | None
    from_tier: str | None
    to_tier: str | None

    @classmethod
    def of(cls, row: MovedAccount) -> "MovedOut":
        return cls(account=row.account, seq=row.seq, name=row.name, from_tier=row.from_tier, to_tier=row.to_tier)


class PreviewOut(BaseModel):
    """`moves` on the ladder's first day, `later` at the first review after it if nothing more is bought; `first` are the
    first 50 who would move. All are of the `counted` accounts; ask again until `done`."""

    id: UUID
    active_from: date
    counted: int
    accounts: int
    done: bool
    moves: list[MoveOut]
    later: list[MoveOut]
    first: list[MovedOut]

    @classmethod
    def of(cls, shown: Preview) -> "PreviewOut":
        return cls(
            id=shown.id,
            active_from=shown.active_from,
            counted=shown.counted,
            accounts=shown.accounts,
            done=shown.done,
            moves=[MoveOut.of(move) for move in shown.moves],
            later=[MoveOut.of(move) for move in shown.later],
            first=[MovedOut.of(row) for row in shown.first],
        )


class ChangeOut(BaseModel):
    from_tier: str | None
    to_tier: str | None
    why: str
    reason: str
    on: date
    version: int | None
    by: UUID | None
    at: datetime

    @classmethod
    def of(cls, row: ChangeRow) -> "ChangeOut":
        return cls(
            from_tier=row.from_tier,
            to_tier=row.to_tier,
            why=row.why,
            reason=row.reason,
            on=row.on,
            version=row.version,
            by=row.by,
            at=row.at,
        )


class StandingOut(BaseModel):
    """Where an account stands, `missing` to `next_tier`, what it takes `to_stay` until `stay_by`; and every move."""

    tier: str | None
    why: str
    reason: str
    since: date | None
    version: int | None
    by: str
    measure: int
    next_tier: str | None
    missing: int | None
    to_stay: int | None
    stay_by: date | None
    grace_until: date | None
    held_until: date | None
    changes: list[ChangeOut]

    @classmethod
    def of(cls, row: StandingRow | None, changes: list[ChangeRow]) -> "StandingOut":
        told: Mapping[str, Any] = (
            {name: getattr(row, name) for name in StandingRow.__slots__} if row is not None else NOWHERE
        )
        return cls(**told, changes=[ChangeOut.of(change) for change in changes])


NOWHERE: Mapping[str, Any] = {
    **dict.fromkeys(StandingRow.__slots__),
    "why": "nothing",
    "reason": "",
    "by": "turnover",
    "measure": 0,
}
"""Of an account that nobody has looked at yet."""
