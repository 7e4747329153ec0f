"""A receipt as Armenian registers take it: what they cannot be told is refused, with the field, before a byte is sent.

Source: integration manual of the State Revenue Committee, version 0.7.3 (lengths, forms, `eMarks`, discounts); names of
the fields of either register stand with it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from devices.fiscal.content import THOUSANDTHS, Line, Method, Operation, Payment, Receipt, Subject, Tender
from devices.fiscal.errors import MalformedContent

LONGEST = 50
TAX_NUMBER = re.compile(r"\d{8}", re.ASCII)
MARK = re.compile(r"[!-~\x1d]{29,110}")
OFF_THE_SUM = 4
"""`discountType`: (price × quantity) - discount."""
PRODUCTS, PREPAYMENT = 2, 3
"""`mode` of a receipt."""
SALE, RETURN, ADVANCE = 0, 2, 3
"""What a kept receipt is: an HDM's `saleType`, an e-HDM's `receiptType`."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a line does not say: the department of each tax, or one for all; the ADG code; the unit."""

    department: int | None = None
    departments: Mapping[str, int] = field(default_factory=dict[str, int])
    classifier: str | None = None
    unit: str = "հատ"


@dataclass(frozen=True, slots=True)
class Good:
    """One row. `price` × `quantity` less `discount` is `sum`, to the last luma."""

    department: int
    code: str
    name: str
    unit: str
    classifier: str | None
    price: int
    quantity: int
    discount: int
    sum: int


@dataclass(frozen=True, slots=True)
class Basket:
    """`goods` are empty in an advance. `cash` is what was handed over, change included."""

    mode: int
    goods: tuple[Good, ...]
    marks: tuple[str, ...]
    cash: int
    card: int
    prepaid: int
    partner: str | None


def unrounded(receipt: Receipt) -> Receipt:
    """The same, without the cash rounding that these registers know nothing of: what the lines come to, and as much more or
    less cash. Raises `MalformedContent` where no cash is there to take it.
    """
    if not receipt.rounding:
        return receipt
    total, cash = receipt.total - receipt.rounding, receipt.paid(Tender.CASH) - receipt.rounding
    if cash < 0 or not receipt.paid(Tender.CASH):
        raise MalformedContent(field="rounding", why="less than is paid in cash: the register knows no rounding")
    others = tuple(payment for payment in receipt.tenders if payment.kind is not Tender.CASH)
    return replace(receipt, total=total, rounding=0, tenders=(Payment(Tender.CASH, cash), *others))


def basket_of(receipt: Receipt, rules: Rules) -> Basket:
    """Of a receipt that is `unrounded`. Raises `MalformedContent` for what an Armenian register cannot be told."""
    if receipt.operation not in (Operation.SALE, Operation.RETURN):
        raise MalformedContent(field="operation", why="sale or return")
    if receipt.paid(Tender.CREDIT):
        raise MalformedContent(field="tenders", why="cash, card or prepaid: how credit is told is in no source")
    advances = [_is_advance(line, f"lines[{at}].") for at, line in enumerate(receipt.lines)]
    if any(advances) and not all(advances):
        raise MalformedContent(field="lines", why="an advance alone, or none")
    goods = () if all(advances) else tuple(_good(line, rules, f"lines[{at}].") for at, line in enumerate(receipt.lines))
    return Basket(
        PREPAYMENT if all(advances) else PRODUCTS,
        goods,
        tuple(_mark(line.marking, at) for at, line in enumerate(receipt.lines) if line.marking),
        receipt.paid(Tender.CASH),
        receipt.paid(Tender.CARD),
        receipt.paid(Tender.PREPAID),
        _partner(receipt),
    )


def _is_advance(line: Line, at: str) -> bool:
    if not line.tax_included:
        raise MalformedContent(field=at + "tax_included", why="true: the register knows no tax on top")
    if line.subject is Subject.ADVANCE or line.method is Method.ADVANCE:
        return True
    if line.method is not Method.FULL:
        raise MalformedContent(field=at + "method", why="full or advance")
    return False


def code_of(line: Line) -> str:
    """A register takes no row without a code: the name stands in for one."""
    return (line.code or line.name)[:LONGEST].strip()


def _good(line: Line, rules: Rules, at: str) -> Good:
    department = line.department or rules.departments.get(line.tax) or rules.department
    if department is None:
        raise MalformedContent(field=at + "tax", why="a tax with a department in the set-up: " + line.tax)
    price, discount = line.price, 0
    gross = line.sum + line.discount
    if line.discount and gross * THOUSANDTHS % line.quantity == 0:
        price, discount = gross * THOUSANDTHS // line.quantity, line.discount
    return Good(
        department,
        code_of(line),
        line.name[:LONGEST].strip(),
        (line.unit or rules.unit)[:LONGEST].strip(),
        line.classifier or rules.classifier,
        price,
        line.quantity,
        discount,
        line.sum,
    )


def _mark(marking: str, at: int) -> str:
    if not MARK.fullmatch(marking):
        raise MalformedContent(field=f"lines[{at}].marking", why="29 to 110 printable ASCII characters and GS")
    return marking


def _partner(receipt: Receipt) -> str | None:
    tax_id = receipt.customer.tax_id if receipt.customer else None
    if tax_id and not TAX_NUMBER.fullmatch(tax_id):
        raise MalformedContent(field="customer.tax_id", why="8 digits")
    return tax_id
