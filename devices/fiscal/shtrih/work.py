"""A job as the commands that carry it out, all made before the first of them is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from devices.fiscal.content import (
    Correction,
    Operation,
    Receipt,
    cash_move_from,
    cashier_from,
    correction_from,
    receipt_from,
)
from devices.fiscal.errors import MalformedContent
from devices.fiscal.russia import SETTLED_AS, Mark, mark_of
from devices.fiscal.shtrih import commands as c
from devices.fiscal.shtrih import marks
from devices.fiscal.shtrih.answers import Stored
from devices.fiscal.shtrih.codes import SUBJECTS, Kind
from devices.fiscal.shtrih.config import ShtrihConfig

PERCENTS = {1: 20, 2: 10, 4: 0, 8: 0, 16: 20, 32: 10}
X_REPORTS, CASH_INS, CASH_OUTS = 158, 155, 156
"""Registers that count them. Source: shtrih-m/javapos_shtrih."""


class Needs(StrEnum):
    """What the shift must be."""

    OPEN = "open"
    """It is opened first if it is closed."""
    CLOSED = "closed"
    NOT_EXPIRED = "not expired"
    ANY = "any"
    TO_CLOSE = "to close"
    """Open, expired too."""


@dataclass(frozen=True, slots=True)
class Work:
    """`orders`: code and data, the last one registers. `kind`, `settled_as`, `total`: how its document is known again
    in the storage; a work without a document is known by `counter`, a register that grows by one. `checks`: the marking
    codes with the data of their check, in the order in which they are bound.
    """

    orders: tuple[tuple[int, bytes], ...]
    needs: Needs
    kind: Kind | None = None
    settled_as: int | None = None
    total: int | None = None
    counter: int | None = None
    checks: tuple[tuple[Mark, bytes], ...] = ()

    def codes_first(self) -> tuple[tuple[int, bytes], ...]:
        """The orders, each marking code before its line."""
        swapped = list(self.orders)
        for at, (code, _) in enumerate(self.orders):
            if code == c.BIND_MARK:
                swapped[at - 1], swapped[at] = swapped[at], swapped[at - 1]
        return tuple(swapped)

    def is_in(self, document: Stored) -> bool:
        return (document.kind, document.operation, document.total) == (self.kind, self.settled_as, self.total)


def work_of(kind: str, content: Mapping[str, Any], config: ShtrihConfig) -> Work | None:
    """The commands of a job, None for a kind of job that is not a register's. Raises `FiscalError`."""
    match kind:
        case "fiscal.receipt":
            return _receipt(receipt_from(content), config)
        case "fiscal.correction":
            return _correction(correction_from(content), config)
        case "fiscal.cash_in":
            amount = c.money(cash_move_from(content).amount, "amount")
            return Work(((c.CASH_IN, amount),), Needs.NOT_EXPIRED, counter=CASH_INS)
        case "fiscal.cash_out":
            amount = c.money(cash_move_from(content).amount, "amount")
            return Work(((c.CASH_OUT, amount),), Needs.NOT_EXPIRED, counter=CASH_OUTS)
        case "fiscal.open_shift" | "fiscal.x_report" | "fiscal.z_report":
            cashier_from(content)
            return SHIFTS[kind]
        case _:
            return None


SHIFTS = {
    "fiscal.open_shift": Work(((c.OPEN_SHIFT, b""),), Needs.CLOSED, kind=Kind.SHIFT_OPENING),
    "fiscal.x_report": Work(((c.X_REPORT, b""),), Needs.ANY, counter=X_REPORTS),
    "fiscal.z_report": Work(((c.Z_REPORT, b""),), Needs.TO_CLOSE, kind=Kind.SHIFT_CLOSING),
}


def _receipt(receipt: Receipt, config: ShtrihConfig) -> Work:
    found = [
        mark_of(line, receipt.operation, f"lines[{at}].", marks.MOST_CODE) for at, line in enumerate(receipt.lines)
    ]
    orders = [(c.OPEN_RECEIPT, c.open_receipt(receipt.operation)), *_people(receipt)]
    for at, mark in enumerate(found):
        orders.append((c.OPERATION, _line(receipt, at, mark, config)))
        if mark:
            orders.append((c.BIND_MARK, marks.bind(mark)))
    orders.append((c.CLOSE, c.close(receipt, config.tax_system)))
    return Work(
        tuple(orders),
        Needs.OPEN,
        Kind.RECEIPT,
        SETTLED_AS[receipt.operation],
        receipt.total,
        checks=tuple((mark, marks.check(mark, receipt.operation)) for mark in found if mark),
    )


def _people(receipt: Receipt) -> list[tuple[int, bytes]]:
    found: list[tuple[int, bytes]] = []
    customer = receipt.customer
    if customer and (contact := customer.email or customer.phone):
        found.append((c.TLV, c.contact(contact)))
    if receipt.cashier.tax_id:
        found.append((c.TLV, c.cashier_tax_id(receipt.cashier.tax_id)))
    return found


def _line(receipt: Receipt, number: int, mark: Mark | None, config: ShtrihConfig) -> bytes:
    line, at = receipt.lines[number], f"lines[{number}]."
    if not line.tax_included:
        raise MalformedContent(field=at + "tax_included", why="true: the register knows no tax on top")
    tax = _tax(line.tax, at + "tax", config)
    subject = mark.subject if mark else SUBJECTS[line.subject]
    return c.operation(line, receipt.operation, tax, line.department or config.department, subject, at)


def _tax(name: str, field: str, config: ShtrihConfig) -> int:
    tax = config.taxes.get(name)
    if tax is None:
        raise MalformedContent(field=field, why="one of " + ", ".join(config.taxes))
    return tax


def _correction(correction: Correction, config: ShtrihConfig) -> Work:
    tax = _tax(correction.tax, "tax", config)
    orders = (
        (c.BEGIN_CORRECTION, b""),
        (c.TLV, c.correction_basis(correction)),
        (c.CORRECTION, c.correction(correction, tax, PERCENTS.get(tax, 0), config.tax_system)),
    )
    settled_as = SETTLED_AS[Operation(correction.operation)]
    return Work(orders, Needs.OPEN, Kind.CORRECTION, settled_as, correction.sum)
