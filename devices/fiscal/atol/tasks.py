"""A job as the JSON task that carries it out.

Source: sir-go/atol-client (types, names of values), the vendor's own task scripts in public repositories (corrections,
results, marking codes), calls of AddIn.Fptr10 in open 1C and PHP clients. Whether every firmware takes every field is
unconfirmed.

Marked goods: the code's bytes in Base64 are `imcParams` of the position, and `validateMarkingCodes` lets the server check
each code and take it before it opens the receipt, all in the one task. The script that says so is the maker's for
corrections; that sales have the same field say Bitrix (CashboxBitrixV3) and open clients in TypeScript and C#.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from devices.fiscal.atol.config import AtolConfig
from devices.fiscal.content import (
    Cashier,
    Correction,
    Line,
    Method,
    Operation,
    Payment,
    Receipt,
    Subject,
    Tender,
    cash_move_from,
    cashier_from,
    correction_from,
    receipt_from,
    rounded,
)
from devices.fiscal.errors import MalformedContent
from devices.fiscal.numbers import Fixed
from devices.fiscal.russia import EXCISE_MARKED, GOODS_MARKED, SETTLED_AS, Mark, mark_of

TYPES = {
    Operation.SALE: "sell",
    Operation.RETURN: "sellReturn",
    Operation.BUY: "buy",
    Operation.BUY_RETURN: "buyReturn",
}
CORRECTIONS = {Operation.SALE: "sellCorrection", Operation.BUY: "buyCorrection"}
PAID = {Tender.CASH: "cash", Tender.CARD: "electronically", Tender.PREPAID: "prepaid", Tender.CREDIT: "credit"}
METHODS = {
    Method.FULL: "fullPayment",
    Method.ADVANCE: "advance",
    Method.PREPAYMENT: "fullPrepayment",
    Method.CREDIT: "credit",
    Method.SETTLEMENT: "creditPayment",
}
SUBJECTS = {Subject.GOODS: "commodity", Subject.SERVICE: "service", Subject.ADVANCE: "payment"}
SUBJECTS_MARKED = {GOODS_MARKED: "commodityWithMarking", EXCISE_MARKED: "exciseWithMarking"}
STATUSES = {Operation.SALE: "itemPieceSold", Operation.RETURN: "itemPieceReturn"}
PIECE = "piece"
MOST_CODE = 255
RATES = {
    "none": 0,
    "vat0": 0,
    "vat5": 5,
    "vat7": 7,
    "vat10": 10,
    "vat20": 20,
    "vat22": 22,
    "vat105": 5,
    "vat107": 7,
    "vat110": 10,
    "vat120": 20,
    "vat122": 22,
}
"""In percent; vat120 is 20/120 and so on. vat22 and vat122 are unconfirmed."""


@dataclass(frozen=True, slots=True)
class Task:
    """`request` is what is posted, `base` what its UUIDs are made of. `shift`: whether an expired shift forbids it.
    `settled_as` and `total`: of the QR code; whatever has them leaves a fiscal document. `marked`: names of the lines
    with marking codes."""

    request: dict[str, Any]
    base: str
    shift: bool = True
    settled_as: int | None = None
    total: int | None = None
    marked: tuple[str, ...] = ()


def task_of(kind: str, content: Mapping[str, Any], job: str, config: AtolConfig) -> Task | None:
    """The task of a job, None for a kind of job that is not a register's. Raises `FiscalError`."""
    match kind:
        case "fiscal.receipt":
            return _receipt(receipt_from(content), config)
        case "fiscal.correction":
            return _correction(correction_from(content), job, config)
        case "fiscal.cash_in" | "fiscal.cash_out":
            move = cash_move_from(content)
            name = "cashIn" if kind == "fiscal.cash_in" else "cashOut"
            return Task({"type": name, "cashSum": Fixed(move.amount)} | _operator(move.cashier), job)
        case "fiscal.open_shift":
            return Task({"type": "openShift"} | _operator(cashier_from(content)), job, shift=False)
        case "fiscal.x_report":
            return Task({"type": "reportX"} | _operator(cashier_from(content)), job, shift=False)
        case "fiscal.z_report":
            return Task({"type": "closeShift"} | _operator(cashier_from(content)), job, shift=False)
        case _:
            return None


def _operator(cashier: Cashier) -> dict[str, Any]:
    return {"operator": {"name": cashier.name} | ({"vatin": cashier.tax_id} if cashier.tax_id else {})}


def _receipt(receipt: Receipt, config: AtolConfig) -> Task:
    request: dict[str, Any] = {"type": TYPES[receipt.operation]} | _system(config) | _operator(receipt.cashier)
    customer = receipt.customer
    if customer and (contact := customer.email or customer.phone):
        request["clientInfo"] = {"emailOrPhone": contact}
    if customer and customer.tax_id:
        request["clientInfo"] = request.get("clientInfo", {}) | {"vatin": customer.tax_id}
    marks = [mark_of(line, receipt.operation, f"lines[{at}].", MOST_CODE) for at, line in enumerate(receipt.lines)]
    request["items"] = [
        _position(line, f"lines[{at}].") | (_marked(mark, receipt.operation) if mark else {})
        for at, (line, mark) in enumerate(zip(receipt.lines, marks, strict=True))
    ]
    request["payments"] = _payments(receipt.tenders)
    request["total"] = Fixed(receipt.total)
    marked = tuple(mark.name for mark in marks if mark)
    if marked:
        request["validateMarkingCodes"] = True
    return Task(request, receipt.document, True, SETTLED_AS[receipt.operation], receipt.total, marked)


def _system(config: AtolConfig) -> dict[str, Any]:
    return {"taxationType": config.tax_system} if config.tax_system else {}


def _payments(tenders: tuple[Payment, ...]) -> list[dict[str, Any]]:
    return [{"type": PAID[payment.kind], "sum": Fixed(payment.sum)} for payment in tenders]


def _position(line: Line, at: str) -> dict[str, Any]:
    if not line.tax_included:
        raise MalformedContent(field=at + "tax_included", why="true: the register knows no tax on top")
    _rate(line.tax, at + "tax")
    position: dict[str, Any] = {
        "type": "position",
        "name": line.name[:128],
        "price": Fixed(line.price),
        "quantity": Fixed(line.quantity, 3),
        "amount": Fixed(line.sum),
        "paymentMethod": METHODS[line.method],
        "paymentObject": SUBJECTS[line.subject],
        "tax": {"type": line.tax},
    }
    if line.discount:
        position["infoDiscountAmount"] = Fixed(line.discount)
    return position | ({"department": line.department} if line.department else {})


def _marked(mark: Mark, operation: Operation) -> dict[str, Any]:
    """The kind is found by the server, the mode of processing is always 0."""
    return {
        "paymentObject": SUBJECTS_MARKED[mark.subject],
        "measurementUnit": PIECE,
        "imcParams": {
            "imcType": "auto",
            "imc": base64.b64encode(mark.code).decode(),
            "itemEstimatedStatus": STATUSES[operation],
            "imcModeProcessing": 0,
        },
    }


def _rate(tax: str, field: str) -> int:
    if tax not in RATES:
        raise MalformedContent(field=field, why="one of " + ", ".join(RATES))
    return RATES[tax]


def _correction(correction: Correction, job: str, config: AtolConfig) -> Task:
    if correction.operation not in CORRECTIONS:
        raise MalformedContent(field="operation", why="sale or buy")
    rate = _rate(correction.tax, "tax")
    tax = rounded(correction.sum * rate, 100 + rate) if rate else correction.sum
    request: dict[str, Any] = {"type": CORRECTIONS[correction.operation]}
    request |= _system(config) | _operator(correction.cashier)
    request |= {
        "correctionType": correction.basis.value,
        "correctionBaseDate": f"{correction.at:%Y.%m.%d}",
        "correctionBaseNumber": correction.number or "0",
        "correctionBaseName": correction.reason,
        "payments": _payments(correction.tenders),
        "taxes": [{"type": correction.tax, "sum": Fixed(tax)}],
    }
    return Task(request, job, True, SETTLED_AS[correction.operation], correction.sum)
