"""Documents that are no receipts: shifts, money and hands at the drawer, baskets, cards, prices set by hand."""

from typing import Annotated, Literal

from pydantic import Field

from pos.core.money import MAX_AMOUNT
from pos.documents.envelope import Amount, BasisPoints, Code, Count, Envelope, Id, LocalDate, Number, Part, Text, Years
from pos.documents.receipts import Manual, Tender


class Denomination(Part):
    value: Amount
    count: Count


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
    gift_card: Amount = 0
    """Paid with gift cards, less what came back to them."""
    on_account: Amount = 0
    """Bought on account, less what came back so; payments of debts are cash or card."""
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
    age_refused: Years | None = None
    """The age that the buyer had to have for these goods, and has not or could not prove."""


class CardChanged(Envelope):
    kind: Literal["card_attached", "card_detached"]
    basket: Id
    account: Id
    after_pay: bool
    """The card came when the total had already been shown for payment."""


class CategoryClaimed(Envelope):
    """One tap with the proof seen, or its taking back."""

    kind: Literal["category_claimed", "category_unclaimed"]
    basket: Id
    category: Code


class BasketSetAside(Envelope):
    kind: Literal["basket_parked", "basket_recalled", "basket_voided"]
    basket: Id
    lines: Count
    gross: Amount
    reason: Text


class LimitPassed(Envelope):
    """A limit against misuse of a card was passed with a manager's PIN."""

    kind: Literal["limit_passed"]
    basket: Id
    account: Id
    limit: Code
    approver: Id | None


class DebtPayment(Envelope):
    """An account pays what it owes."""

    kind: Literal["debt_payment"]
    account: Id
    amount: Annotated[int, Field(strict=True, ge=1, le=MAX_AMOUNT)]
    tenders: Annotated[list[Tender], Field(min_length=1, max_length=20)]


class FiscalCorrection(Envelope):
    """Takings of `day` that no fiscal receipt was given for, told to the fiscal register afterwards. No sale of the shop's own
    books: those stand in documents of their own. `basis_number` is that of the tax authority's instruction."""

    kind: Literal["fiscal_correction"]
    amount: Annotated[int, Field(strict=True, ge=1, le=MAX_AMOUNT)]
    tax_code: Code
    tax_rate: BasisPoints
    tender: Literal["cash", "card"]
    day: LocalDate
    basis: Literal["self", "instruction"]
    basis_number: Annotated[str, Field(min_length=1, max_length=32)] | None
    reason: Annotated[str, Field(min_length=1, max_length=255)]
    approver: Id | None


class Override(Envelope):
    """A price or discount set by hand, or its taking back."""

    kind: Literal["override", "override_withdrawn"]
    basket: Id
    product: Number
    manual: Manual
    before: Amount
    after: Amount


class Reprint(Envelope):
    kind: Literal["reprint"]
    document: Id
    copy_number: Annotated[Number, Field(alias="copy")]
