"""What goes in and out about gift cards. Amounts are minor units."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from loyalty.giftcards.queries import EntryRow, GiftCardRow
from loyalty.giftcards.service import MOST_CARDS
from pos.core.money import MAX_AMOUNT

Signed = Annotated[int, Field(strict=True, ge=-MAX_AMOUNT, le=MAX_AMOUNT)]
Reason = Annotated[str, Field(min_length=1, max_length=200, examples=["lost"])]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OrderBody(Body):
    """`expires_on`: the first day on which what is left cannot be spent."""

    count: Annotated[int, Field(strict=True, ge=1, le=MOST_CARDS, examples=[10])]
    expires_on: date | None = None


class BlockBody(Body):
    """Without a reason the card pays again."""

    reason: Reason | None


class CorrectionBody(Body):
    amount: Signed
    reason: Reason


class EntryOut(BaseModel):
    """One change, and what was on the card after it."""

    source_id: UUID
    kind: str
    amount: int
    occurred_at: datetime
    reason: str
    balance: int

    @classmethod
    def of(cls, row: EntryRow) -> "EntryOut":
        return cls(**asdict(row))


class GiftCardOut(BaseModel):
    """`sold_at`: empty while nobody has bought it."""

    id: UUID
    number: str
    order_id: UUID
    blocked: str | None
    expires_on: date | None
    made_at: datetime
    balance: int
    sold_at: datetime | None

    @classmethod
    def of(cls, row: GiftCardRow) -> "GiftCardOut":
        return cls(**asdict(row))


class GiftCardWholeOut(BaseModel):
    card: GiftCardOut
    entries: list[EntryOut]


class TillGiftCardOut(BaseModel):
    """`available`: what it may pay now, what other checkouts hold taken off. `sold`: whether anybody has bought it."""

    id: UUID
    balance: int
    available: int
    sold: bool
    blocked: str | None
    expires_on: date | None
