"""Documents that are receipts: a sale or a refund, with every input and output of its price."""

from typing import Annotated, Literal

from pydantic import Field

from pos.core.money import MAX_AMOUNT
from pos.documents.envelope import (
    Amount,
    BasisPoints,
    Code,
    Count,
    Digest,
    Envelope,
    Id,
    LocalDate,
    LocalTime,
    Number,
    Part,
    Text,
    Years,
)


class Discount(Part):
    """One rule's share in one line. `amount` is what it took off (negative in a refund)."""

    rule: Code
    source: Literal["card", "promotion", "claimed", "personal", "manual", "regulation", "coupon", "points"]
    kind: Code
    amount: Amount


class Piece(Part):
    """`quantity` at `price` each, net: a finished line is at most two of them."""

    quantity: Amount
    price: Amount


class Manual(Part):
    """What a person set by hand on a line, and who agreed."""

    kind: Literal["price", "percent", "amount"]
    value: Amount
    reason: Text
    approver: Id | None


class Origin(Part):
    """The sold line that a refunded line gives back."""

    document: Id
    line: Number


class Line(Part):
    line: Number
    product: Number
    name: Text
    """As printed."""
    item: Literal["goods", "open", "gift_card"]
    """A gift card is sold as an advance: no discount, no tax, no points; its id stands in `code`."""
    code: Annotated[str, Field(max_length=200)] | None
    """What was scanned."""
    entry: Literal["scan", "search", "tile", "label", "receipt"]
    unit: Literal["piece", "kg"]
    goods_class: list[Number]
    """The product's category and the categories above it, nearest first."""
    quantity: Amount
    price: Amount
    """List price of one unit; with tax where `prices_include_tax`."""
    price_source: Literal["list", "manual", "label"]
    regulation: Code | None
    minimum: Count
    """The product's lowest price of one unit; 0 is none."""
    manual: Manual | None
    gross: Amount
    discounts: list[Discount]
    net: Amount
    parts: Annotated[list[Piece], Field(max_length=2)]
    tax_code: Code
    tax_rate: BasisPoints
    tax_base: Amount
    tax_amount: Amount
    seller_staff: Id | None
    units: list[Annotated[str, Field(max_length=300)]]
    """Codes of marked packs."""
    origin: Origin | None
    gift: Code | None = None
    """The rule that gives this line as a gift."""
    points: Amount = 0
    """The line's share of the points earned."""


class OwnPrice(Part):
    """What an account pays for one unit of a product."""

    product: Number
    price: Count


class Terms(Part):
    """What the till knew of the account when it priced the basket."""

    account: Id
    version: Count
    tier: Code | None
    categories: list[Code]
    personal: BasisPoints
    points: Amount
    tags: list[Code] = []
    prices: list[OwnPrice] = []
    birthday: Annotated[int, Field(strict=True, ge=-183, le=183)] | None = None
    """Days since the nearest birthday, negative before it; told only where a rule asks."""


class PointsSettings(Part):
    """The points programme as the till knew it."""

    programme: Number
    """Its version."""
    value: Annotated[int, Field(strict=True, ge=1, le=MAX_AMOUNT)]
    """Minor units that one point pays."""
    share: Annotated[int, Field(strict=True, ge=0, le=10_000)]
    """The part of a receipt that points may pay."""
    least: Count
    """Fewer points than this are not taken."""
    earn_while_spending: bool
    pending_days: Annotated[int, Field(strict=True, ge=0, le=366)] = 0
    """How long points earned wait until they may be spent."""
    life: Literal["never", "days", "month_end", "year_end"] = "never"
    """When they end: `life_count` days on, or with the month or year `life_count` later than the present one."""
    life_count: Annotated[int, Field(strict=True, ge=0, le=3660)] = 0
    restored_days: Annotated[int, Field(strict=True, ge=0, le=3660)] | None = None
    """How long points live that a refund gives back after their own end; null is for ever."""


class Settings(Part):
    """The shop's settings that a price depends on."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    exponent: Annotated[int, Field(strict=True, ge=0, le=3)]
    price_step: Annotated[int, Field(strict=True, ge=1, le=MAX_AMOUNT)]
    cash_step: Annotated[int, Field(strict=True, ge=1, le=MAX_AMOUNT)]
    cash_rounding: Literal["nearest", "down", "up"]
    prices_include_tax: bool
    grace_minutes: Annotated[int, Field(strict=True, ge=0, le=1440)]
    cap_percent: BasisPoints | None
    cap_amount: Count | None
    points: PointsSettings | None = None


class Coupon(Part):
    """A coupon that was shown: its code and the batch it is of."""

    code: Code
    batch: Code


class RuleUse(Part):
    """Of a rule's limits: how many times, how much money, how many pieces (thousandths). Negative in a refund."""

    rule: Code
    times: Amount
    sum: Amount
    pieces: Amount


class RuleLeft(Part):
    """What a rule's limits left for this receipt, as the till knew it; null is not limited."""

    rule: Code
    times: Count | None
    sum: Count | None
    pieces: Count | None


class Stock(Part):
    """What the till believed to be there of a gift."""

    product: Number
    quantity: Amount


class Flag(Part):
    """Something about the receipt that a person should look at: a limit passed, known or not known at the till."""

    code: Code
    rule: Code | None = None
    detail: Text = ""


class Inputs(Part):
    """Everything that a price was computed from, beside the lines themselves."""

    cursor: Annotated[str, Field(max_length=64)]
    """Where the till stood in the change feed."""
    rule_set: Count
    engine: Code
    settings: Settings
    first_scan: LocalTime
    payment: LocalTime
    terms: Terms | None
    claimed: list[Code]
    coupons: list[Coupon]
    spend: Count = 0
    """Points that the customer wanted to spend."""
    left: list[RuleLeft] = []
    stock: list[Stock] = []
    reservation: Id | None = None
    """What was held for this checkout on the server."""


class Tender(Part):
    """`received` is what was handed over, `applied` what went towards the sale, `change` what went back."""

    kind: Literal["cash", "card", "gift_card", "on_account"]
    received: Amount
    applied: Amount
    change: Amount
    reference: Annotated[str, Field(max_length=100)] | None
    """The terminal's own reference, never a card number; the id of a gift card."""


class Totals(Part):
    """`total` is what the tenders add up to: net, with tax where prices are without, and cash rounding."""

    gross: Amount
    discount: Amount
    net: Amount
    tax: Amount
    cash_rounding: Amount
    total: Amount


class Points(Part):
    earned: Amount
    spent: Amount


class Receipt(Envelope):
    """What a sale and a refund share."""

    number: Number
    """Counts the register's sales and refunds within the epoch from 1, without gaps."""
    receipt: Code
    """The printed number: prefix-epoch-number."""
    checkout: Id
    basket: Id
    seller: Number
    business_date: LocalDate
    inputs: Inputs
    lines: Annotated[list[Line], Field(min_length=1, max_length=2000)]
    totals: Totals
    tenders: Annotated[list[Tender], Field(max_length=20)]
    points: Points
    training: bool
    personal: Digest | None
    """SHA-256 of salt and personal part, which travel beside the bytes."""
    uses: list[RuleUse] = []
    flags: list[Flag] = []


class AgeConfirmed(Part):
    """The buyer is at least so old: `staff` saw a proof, or could not be mistaken."""

    age: Years
    staff: Id


class Sale(Receipt):
    kind: Literal["sale"]
    age_confirmed: AgeConfirmed | None = None
    """Asked where goods of the basket may not be sold to everyone."""


class Refund(Receipt):
    kind: Literal["refund"]
    reason: Text
    approver: Id | None
