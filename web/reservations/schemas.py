"""What a till asks to be held for a checkout, and the answer. Money in minor units, pieces and quantities in thousandths."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from loyalty.limits.rules import Amounts
from loyalty.reservations.rules import LONGEST, Asked, Held
from pos.core.money import MAX_AMOUNT

Amount = Annotated[int, Field(strict=True, ge=0, le=MAX_AMOUNT)]
Code = Annotated[str, Field(min_length=1, max_length=64)]
Line = Annotated[int, Field(strict=True, ge=1, le=2_147_483_647)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class GiftCardPart(Body):
    id: UUID
    amount: Amount


class RulePart(Body):
    rule: Code
    times: Amount = 0
    sum: Amount = 0
    pieces: Amount = 0


class RefundLine(Body):
    """`quantity`: thousandths of the sold line, positive."""

    line: Line
    quantity: Amount


class RefundPart(Body):
    """Goods of a sale that are about to come back."""

    document: UUID
    lines: Annotated[list[RefundLine], Field(max_length=2000)]


class ReservationBody(Body):
    """What the checkout needs; what was held under the same id before is let go of."""

    account: UUID | None = None
    ttl_s: Annotated[int, Field(strict=True, ge=1, le=LONGEST)] = 600
    points: Amount = 0
    coupons: Annotated[list[Code], Field(max_length=50)] = []
    gift_cards: Annotated[list[GiftCardPart], Field(max_length=20)] = []
    rules: Annotated[list[RulePart], Field(max_length=200)] = []
    on_account: Amount = 0
    refund: RefundPart | None = None

    def asked(self) -> Asked:
        return Asked(
            account=self.account,
            ttl_s=self.ttl_s,
            points=self.points,
            coupons=tuple(self.coupons),
            gift_cards=tuple((part.id, part.amount) for part in self.gift_cards),
            rules=tuple((part.rule, Amounts(part.times, part.sum, part.pieces)) for part in self.rules),
            on_account=self.on_account,
        )


class CouponOut(BaseModel):
    """`ok`: it is held. `reason`: unknown, blocked, stopped, not_yet, over, used, account, other_account, own_code, not_new."""

    code: str
    batch: str | None
    ok: bool
    reason: str | None


class RuleOut(BaseModel):
    rule: str
    times: int
    sum: int
    pieces: int


class ReservationOut(BaseModel):
    """What is held until `expires_at` (milliseconds): of each thing at most what was asked and there."""

    expires_at: int
    points: int
    coupons: list[CouponOut]
    gift_cards: list[GiftCardPart]
    rules: list[RuleOut]
    on_account: int
    refund: RefundPart | None

    @classmethod
    def of(cls, held: Held, refund: RefundPart | None) -> "ReservationOut":
        return cls(
            expires_at=int(held.expires_at.timestamp() * 1000),
            points=held.points,
            coupons=[
                CouponOut(code=one.code, batch=one.batch, ok=one.reason is None, reason=one.reason)
                for one in held.coupons
            ],
            gift_cards=[GiftCardPart(id=card, amount=amount) for card, amount in held.gift_cards],
            rules=[RuleOut(rule=rule, times=got.times, sum=got.sum, pieces=got.pieces) for rule, got in held.rules],
            on_account=held.on_account,
            refund=refund,
        )
