"""What a fiscal job says, read strictly: every field checked and every sum agreed before a byte is sent.

Money in minor units of the register's currency, quantities in thousandths, rates in basis points.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from devices.fiscal.fields import MOST, Fields

MOST_LINES = 500
MOST_TENDERS = 10
THOUSANDTHS = 1_000


class Operation(StrEnum):
    SALE = "sale"
    RETURN = "return"
    BUY = "buy"
    BUY_RETURN = "buy_return"


class Subject(StrEnum):
    """What is paid for."""

    GOODS = "goods"
    SERVICE = "service"
    ADVANCE = "advance"
    """Money only, for what is not chosen yet."""


class Method(StrEnum):
    """How it is paid for."""

    FULL = "full"
    ADVANCE = "advance"
    PREPAYMENT = "prepayment"
    """In full, before it is handed over."""
    CREDIT = "credit"
    """Handed over, to be paid later."""
    SETTLEMENT = "settlement"
    """Payment of what was handed over on credit."""


class Tender(StrEnum):
    CASH = "cash"
    CARD = "card"
    PREPAID = "prepaid"
    """A deposit, an advance or a gift card set off."""
    CREDIT = "credit"


class Basis(StrEnum):
    """Why a correction is made."""

    SELF = "self"
    INSTRUCTION = "instruction"


@dataclass(frozen=True, slots=True)
class Cashier:
    name: str
    tax_id: str | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    """Whoever the receipt is sent or made out to; at least one of them is there."""

    phone: str | None = None
    email: str | None = None
    tax_id: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """The receipt that a return goes back to: its fiscal number, and the register and time if known."""

    document: int
    device: str | None = None
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    kind: Tender
    sum: int


@dataclass(frozen=True, slots=True)
class Line:
    """`price` is what one unit costs after all discounts and `sum` is `price` × `quantity`, rounded once, halves away
    from zero; `discount` only tells what came off the line before. `tax` names the rate as the register knows it.
    """

    name: str
    price: int
    quantity: int
    sum: int
    tax: str
    tax_rate: int
    code: str | None = None
    discount: int = 0
    tax_included: bool = True
    subject: Subject = Subject.GOODS
    method: Method = Method.FULL
    unit: str | None = None
    department: int | None = None
    classifier: str | None = None
    marking: str | None = None

    @property
    def tax_sum(self) -> int:
        """The tax inside the sum, or on top of it where it is not included."""
        base = 10_000 + self.tax_rate if self.tax_included else 10_000
        return rounded(self.sum * self.tax_rate, base)


@dataclass(frozen=True, slots=True)
class Receipt:
    """`total` is what is due: the lines, the tax on top of those that do not include theirs, and `rounding` (signed).
    The tenders cover it; only cash may be more, the rest is change.
    """

    operation: Operation
    document: str
    lines: tuple[Line, ...]
    tenders: tuple[Payment, ...]
    total: int
    cashier: Cashier
    rounding: int = 0
    customer: Customer | None = None
    origin: Origin | None = None
    language: str = "en"

    def paid(self, kind: Tender) -> int:
        return paid(self.tenders, kind)

    @property
    def change(self) -> int:
        return sum(payment.sum for payment in self.tenders) - self.total


@dataclass(frozen=True, slots=True)
class Correction:
    operation: Operation
    sum: int
    tax: str
    reason: str
    basis: Basis
    at: date
    number: str | None
    tenders: tuple[Payment, ...]
    cashier: Cashier

    def paid(self, kind: Tender) -> int:
        return paid(self.tenders, kind)


@dataclass(frozen=True, slots=True)
class CashMove:
    """Cash put into the drawer or taken out of it."""

    amount: int
    cashier: Cashier


@dataclass(frozen=True, slots=True)
class Sought:
    """What a question after a lost answer knows of the document."""

    document: str
    operation: Operation
    total: int
    made_at: datetime


def paid(tenders: tuple[Payment, ...], kind: Tender) -> int:
    return sum(payment.sum for payment in tenders if payment.kind is kind)


def rounded(size: int, unit: int) -> int:
    """`size` / `unit`, halves away from zero; neither is negative."""
    return (2 * size + unit) // (2 * unit)


def receipt_from(content: Mapping[str, Any]) -> Receipt:
    """Read a `fiscal.receipt`. Raises `MalformedContent`."""
    fields = Fields(content)
    lines = tuple(_line(line) for line in fields.objects("lines", 1, MOST_LINES))
    total, rounding = fields.number("total"), fields.number("rounding", -MOST, MOST, 0)
    on_top = sum(line.tax_sum for line in lines if not line.tax_included)
    if sum(line.sum for line in lines) + on_top + rounding != total:
        raise fields.wrong("total", "the sum of the lines with their rounding")
    operation = Operation(fields.one_of("operation", tuple(Operation)))
    return Receipt(
        operation=operation,
        document=fields.uuid("document"),
        lines=lines,
        tenders=_tenders(fields, total, change=operation is Operation.SALE),
        total=total,
        cashier=cashier_from(content),
        rounding=rounding,
        customer=_customer(fields),
        origin=_origin(fields.object("origin")) if fields.has("origin") else None,
        language=fields.optional("language", most=8) or "en",
    )


def correction_from(content: Mapping[str, Any]) -> Correction:
    """Read a `fiscal.correction`. Raises `MalformedContent`."""
    fields = Fields(content)
    basis, total = fields.object("basis"), fields.number("sum", 1)
    return Correction(
        operation=Operation(fields.one_of("operation", tuple(Operation))),
        sum=total,
        tax=fields.text("tax", most=16),
        reason=fields.text("reason", most=255),
        basis=Basis(basis.one_of("kind", tuple(Basis))),
        at=basis.date("at"),
        number=basis.optional("number", most=32),
        tenders=_tenders(fields, total, change=False),
        cashier=cashier_from(content),
    )


def cash_move_from(content: Mapping[str, Any]) -> CashMove:
    """Read a `fiscal.cash_in` or `fiscal.cash_out`. Raises `MalformedContent`."""
    return CashMove(Fields(content).number("amount", 1), cashier_from(content))


def cashier_from(content: Mapping[str, Any]) -> Cashier:
    """Who does it: all that `fiscal.open_shift`, `fiscal.x_report` and `fiscal.z_report` say. Raises
    `MalformedContent`."""
    fields = Fields(content).object("cashier")
    return Cashier(fields.text("name", most=64), fields.optional("tax_id", most=12))


def sought_from(content: Mapping[str, Any]) -> Sought:
    """Read the question `find`. Raises `MalformedContent`."""
    fields = Fields(content)
    return Sought(
        document=fields.uuid("document"),
        operation=Operation(fields.one_of("operation", tuple(Operation))),
        total=fields.number("total"),
        made_at=fields.moment("made_at"),
    )


def _line(fields: Fields) -> Line:
    line = Line(
        name=fields.text("name"),
        price=fields.number("price"),
        quantity=fields.number("quantity", 1),
        sum=fields.number("sum"),
        tax=fields.text("tax", most=16),
        tax_rate=fields.number("tax_rate", 0, 10_000),
        code=fields.optional("code", most=64),
        discount=fields.number("discount", default=0),
        tax_included=fields.flag("tax_included", default=True),
        subject=Subject(fields.one_of("subject", tuple(Subject))),
        method=Method(fields.one_of("method", tuple(Method))),
        unit=fields.optional("unit", most=16),
        department=fields.number("department", 1, 16) if fields.has("department") else None,
        classifier=fields.optional("classifier", most=32),
        marking=fields.code("marking", most=255) if fields.has("marking") else None,
    )
    if line.sum != rounded(line.price * line.quantity, THOUSANDTHS):
        raise fields.wrong("sum", "price × quantity, rounded once")
    return line


def _tenders(fields: Fields, total: int, *, change: bool) -> tuple[Payment, ...]:
    tenders = tuple(
        Payment(Tender(tender.one_of("kind", tuple(Tender))), tender.number("sum"))
        for tender in fields.objects("tenders", 1, MOST_TENDERS)
    )
    given = sum(payment.sum for payment in tenders)
    if given < total or (given > total and not change):
        raise fields.wrong("tenders", f"together {total}")
    if given - paid(tenders, Tender.CASH) > total:
        raise fields.wrong("tenders", "only cash may be more than is due")
    return tenders


def _customer(fields: Fields) -> Customer | None:
    if not fields.has("customer"):
        return None
    given = fields.object("customer")
    customer = Customer(
        given.optional("phone", most=32), given.optional("email", most=128), given.optional("tax_id", most=12)
    )
    if customer == Customer():
        raise given.wrong("phone", "one of phone, email, tax_id")
    return customer


def _origin(fields: Fields) -> Origin:
    return Origin(fields.number("document", 1), fields.optional("device", most=64), fields.optional("at", most=32))
