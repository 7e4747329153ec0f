# pyright: strict
"""What is priced: lines, the customer's terms, local times and the shop's settings. JSON: `docs/schema/basket-v2.json`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Direction: TypeAlias = Literal["nearest", "down", "up"]


@dataclass(frozen=True, slots=True)
class Manual:
    """A price or a discount set by hand: unit price, basis points off, or minor units off the line; why and by whom."""

    kind: Literal["price", "percent", "amount"]
    value: int
    reason: str
    approver: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One product in the basket: `price` is the list price of one unit, `quantity` thousandths, `tax` basis points.

    `gift`: the rule by which the client chose it as a gift. A gift card takes part in nothing.
    """

    product: int
    quantity: int
    price: int
    unit: Literal["piece", "kg"] = "piece"
    category: tuple[int, ...] = ()
    tax: int = 0
    regulation: str | None = None
    minimum: int = 0
    manual: Manual | None = None
    item: Literal["goods", "gift_card"] = "goods"
    gift: str | None = None

    @property
    def measured(self) -> bool:
        """Whether the line is weighed (or not whole pieces), so that it is one part and may not split."""
        return self.unit == "kg" or self.quantity % 1_000 != 0


@dataclass(frozen=True, slots=True)
class Terms:
    """What an account is entitled to, as the till knew it.

    `personal` is basis points, `prices` the account's own unit prices by product, `birthday` whole days from the nearest
    birthday (negative: to come).
    """

    tier: str | None = None
    categories: frozenset[str] = frozenset()
    personal: int = 0
    version: int = 0
    account: str | None = None
    tags: frozenset[str] = frozenset()
    prices: Mapping[int, int] = field(default_factory=dict[int, int])
    birthday: int | None = None


@dataclass(frozen=True, slots=True)
class LocalTime:
    """The shop's wall clock: ISO date, minute of the day, ISO weekday (Monday is 1)."""

    date: str
    minute: int
    weekday: int


@dataclass(frozen=True, slots=True)
class PointsSettings:
    """`value`: minor units that one point is worth when spent; `share`: basis points of a receipt that points may pay.

    `least`: the fewest points spent at once. `earn_while_spending`: whether a receipt on which points are spent earns any.
    """

    value: int
    share: int = 10_000
    least: int = 1
    earn_while_spending: bool = True


@dataclass(frozen=True, slots=True)
class Settings:
    """The shop's money: steps in minor units, caps on the discount of one receipt (None: no cap)."""

    currency: str
    exponent: int
    price_step: int = 1
    cash_step: int = 1
    cash_rounding: Direction = "nearest"
    prices_include_tax: bool = True
    grace_minutes: int = 0
    cap_percent: int | None = None
    cap_sum: int | None = None
    points: PointsSettings | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """What limits from outside leave of a rule for this receipt, as the till knew it (None: not limited)."""

    times: int | None = None
    sum: int | None = None
    pieces: int | None = None


@dataclass(frozen=True, slots=True)
class Basket:
    """`coupons`: batches of the coupons shown. `spend`: points to spend. `stock`: thousandths there for gifts, by product."""

    lines: tuple[Line, ...]
    settings: Settings
    first_scan: LocalTime
    payment: LocalTime
    terms: Terms | None = None
    claimed: frozenset[str] = frozenset()
    coupons: frozenset[str] = frozenset()
    spend: int = 0
    left: Mapping[str, Left] = field(default_factory=dict[str, Left])
    stock: Mapping[int, int] = field(default_factory=dict[int, int])
