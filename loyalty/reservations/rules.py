"""What a till asks to be held for a checkout, and what it was given. Pure values.

Points are whole, money minor units, pieces and quantities thousandths.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from loyalty.coupons.rules import Refused
from loyalty.limits.rules import Amounts

LONGEST = 3_600
"""Seconds that anything may be held."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be held: no more than the checkout needs."""

    account: UUID | None = None
    ttl_s: int = 600
    points: int = 0
    coupons: tuple[str, ...] = ()
    gift_cards: tuple[tuple[UUID, int], ...] = ()
    rules: tuple[tuple[str, Amounts], ...] = ()
    on_account: int = 0


@dataclass(frozen=True, slots=True)
class CouponHeld:
    """Whether the coupon is held; `reason` says why not."""

    code: str
    batch: str | None
    reason: Refused | None


@dataclass(frozen=True, slots=True)
class Held:
    """What is held now: of each thing at most what was asked, and never more than is there."""

    expires_at: datetime
    points: int
    coupons: tuple[CouponHeld, ...]
    gift_cards: tuple[tuple[UUID, int], ...]
    rules: tuple[tuple[str, Amounts], ...]
    on_account: int
