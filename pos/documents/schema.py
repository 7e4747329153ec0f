"""Documents, version 1: what a register writes, one JSON object of integers and strings for each thing it did.

The bytes are the document; these models only read them. They refuse what is not exactly of the form: floats, numbers as
text, unknown fields, amounts beyond +-(2^53 - 1). Amounts are minor units, quantities thousandths of the unit, rates
basis points; `..._at` are milliseconds since 1970 in UTC. In a refund quantities and amounts are negative, so that a
sale and its refunds add up to zero. A new kind of document is an addition to version 1; a changed one is version 2.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from pos.core.money import MAX_AMOUNT

Amount = Annotated[int, Field(strict=True, ge=-MAX_AMOUNT, le=MAX_AMOUNT)]
Count = Annotated[int, Field(strict=True, ge=0, le=MAX_AMOUNT)]
Number = Annotated[int, Field(strict=True, ge=1, le=2_147_483_647)]
"""A product's number, a line's place, an epoch: whole and positive, within four bytes."""
BasisPoints = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", max_length=64)]
Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:-]+$")]
Text = Annotated[str, Field(max_length=500)]
Id = Annotated[
    str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", min_length=36, max_length=36)
]
"""A UUID in its one accepted spelling: lower-case hex with hyphens. Kept as text, which drivers take as it is."""
LocalDate = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", max_length=10)]
GENESIS = "0" * 64
"""`prev` of the first document of an epoch."""


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class LocalTime(Part):
    """The shop's own wall clock: what rules are judged by."""

    date: LocalDate
    minute: Annotated[int, Field(strict=True, ge=0, le=1439)]
    weekday: Annotated[int, Field(strict=True, ge=1, le=7)]


class Envelope(Part):
    """What every document carries. `seq` counts the register's documents within the epoch from 1, without gaps."""

    schema_version: Annotated[int, Field(alias="schema", strict=True, ge=1, le=1)]
    id: Id
    register_id: Annotated[Id, Field(alias="register")]
    epoch: Number
    seq: Number
    prev: Digest
    made_at: Count
    """Corrected by the offset last learnt from the server."""
    device_at: Count
    """What the device's own clock said."""
    app: Code
    """Version of the till program."""
    staff: Id
    shift: Id | None


class Denomination(Part):
    value: Amount
    count: Count


class Discount(Part):
    """One rule's share in one line. `amount` is what it took off (negative in a refund)."""

    rule: Code
    source: Literal["card", "promotion", "claimed", "personal", "manual", "regulation"]
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
    item: Literal["goods", "open"]
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


class Terms(Part):
    """What the till knew of the account when it priced the basket."""

    account: Id
    version: Count
    tier: Code | None
    categories: list[Code]
    personal: BasisPoints
    points: Amount


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
    coupons: list[Code]


class Tender(Part):
    """`received` is what was handed over, `applied` what went towards the sale, `change` what went back."""

    kind: Literal["cash", "card"]
    received: Amount
    applied: Amount
    change: Amount
    reference: Annotated[str, Field(max_length=100)] | None
    """The terminal's own reference; never a card number."""


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


class Sale(Receipt):
    kind: Literal["sale"]


class Refund(Receipt):
    kind: Literal["refund"]
    reason: Text
    approver: Id | None


class ShiftOpening(Envelope):
    kind: Literal["shift_opening"]
    business_date: LocalDate
    float_amount: Annotated[Amount, Field(alias="float")]
    counts: list[Denomination]


class ShiftTotals(Part):
    """Sums over the shift, as the register knows them."""

    sales: Count
    refunds: Count
    gross: Amount
    discount: Amount
    net: Amount
    tax: Amount
    cash: Amount
    card: Amount
    cash_in: Amount
    cash_out: Amount
    expected: Amount
    """Cash that should lie in the drawer."""


class ShiftClosing(Envelope):
    kind: Literal["shift_closing"]
    z_number: Number
    business_date: LocalDate
    totals: ShiftTotals
    counted: Amount
    counts: list[Denomination]
    difference: Amount
    reason: Text
    unsent: Count
    """Documents that the server did not have yet."""


class XReport(Envelope):
    kind: Literal["x_report"]
    totals: ShiftTotals


class Turn(Envelope):
    """A cashier signed in at the register; `previous` is who stood there before."""

    kind: Literal["turn"]
    previous: Id | None


class SignInLocked(Envelope):
    """Too many wrong PINs; `staff` is whose PIN was tried."""

    kind: Literal["sign_in_locked"]
    attempts: Number


class CashMovement(Envelope):
    kind: Literal["cash_in", "cash_out"]
    amount: Annotated[int, Field(strict=True, ge=1, le=MAX_AMOUNT)]
    reason: Text


class DrawerOpened(Envelope):
    """Opened without a sale."""

    kind: Literal["drawer_opened"]
    reason: Text
    approver: Id | None


class LineChanged(Envelope):
    """A line removed or reduced after it was scanned: the theft that leaves no receipt leaves a trace."""

    kind: Literal["line_removed", "line_reduced"]
    basket: Id
    product: Number
    name: Text
    code: Annotated[str, Field(max_length=200)] | None
    price: Amount
    before: Amount
    after: Amount


class CardChanged(Envelope):
    kind: Literal["card_attached", "card_detached"]
    basket: Id
    account: Id
    after_pay: bool
    """The card came when the total had already been shown for payment."""


class CategoryClaimed(Envelope):
    kind: Literal["category_claimed"]
    basket: Id
    category: Code


class BasketSetAside(Envelope):
    kind: Literal["basket_parked", "basket_recalled", "basket_voided"]
    basket: Id
    lines: Count
    gross: Amount
    reason: Text


class Override(Envelope):
    kind: Literal["override"]
    basket: Id
    product: Number
    manual: Manual
    before: Amount
    after: Amount


class Reprint(Envelope):
    kind: Literal["reprint"]
    document: Id
    copy_number: Annotated[Number, Field(alias="copy")]


Document = Annotated[
    Sale
    | Refund
    | ShiftOpening
    | ShiftClosing
    | XReport
    | Turn
    | SignInLocked
    | CashMovement
    | DrawerOpened
    | LineChanged
    | CardChanged
    | CategoryClaimed
    | BasketSetAside
    | Override
    | Reprint,
    Field(discriminator="kind"),
]
documents: TypeAdapter[Document] = TypeAdapter(Document)
