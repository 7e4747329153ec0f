"""What must hold inside one document: its sums. A document that breaks them is kept and shown, never refused."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pos.core.money import rounded
from pos.documents.envelope import ID
from pos.documents.events import DebtPayment, ShiftClosing, ShiftOpening
from pos.documents.receipts import Line, Refund, Sale, Tender
from pos.documents.schema import Document

LATEST = 253_402_300_799_999
"""The last millisecond of the year 9999: what dates can hold."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a document is quarantined: a stable code, and the place in the document."""

    code: str
    detail: str


def flaw_in(document: Document) -> Flaw | None:
    """The first thing that does not hold in `document`, or nothing."""
    if document.made_at > LATEST:
        return Flaw("document.no_such_time", "made_at")
    if isinstance(document, Sale | Refund):
        return flaw_in_receipt(document)
    if isinstance(document, DebtPayment):
        return flaw_in_tenders(document.tenders, document.amount)
    if isinstance(document, ShiftOpening | ShiftClosing) and not is_date(document.business_date):
        return Flaw("document.no_such_time", "business_date")
    return None


def flaw_in_receipt(receipt: Sale | Refund) -> Flaw | None:
    """Lines, then totals, then tenders: each must add up to the next."""
    if not is_date(receipt.business_date):
        return Flaw("document.no_such_time", "business_date")
    sign = 1 if receipt.kind == "sale" else -1
    places: set[int] = set()
    gross = net = tax = 0
    for line in receipt.lines:
        flaw = flaw_in_line(line, sign)
        if flaw:
            return flaw
        places.add(line.line)
        gross += line.gross
        net += line.net
        tax += line.tax_amount
    if len(places) != len(receipt.lines):
        return Flaw("document.line_repeated", "lines")
    return flaw_in_totals(receipt, gross, net, tax)


def flaw_in_line(line: Line, sign: int) -> Flaw | None:
    """Gross less discounts is net; parts multiply to net and count the quantity; a refund's is negative."""
    if line.quantity * sign < 0:
        return Flaw("document.wrong_sign", f"lines[{line.line}].quantity")
    if line.gross - sum([discount.amount for discount in line.discounts]) != line.net:
        return Flaw("document.discounts_do_not_add_up", f"lines[{line.line}].discounts")
    quantity = net = 0
    for part in line.parts:
        quantity += part.quantity
        net += rounded(part.quantity * part.price, 1_000)
    if quantity != line.quantity or net != line.net:
        return Flaw("document.parts_do_not_multiply", f"lines[{line.line}].parts")
    return None


def flaw_in_totals(receipt: Sale | Refund, gross: int, net: int, tax: int) -> Flaw | None:
    """`gross`, `net` and `tax` are the sums of the lines."""
    totals = receipt.totals
    if totals.gross != gross or totals.net != net or totals.tax != tax or totals.discount != gross - net:
        return Flaw("document.lines_do_not_add_up", "totals")
    charged = net if receipt.inputs.settings.prices_include_tax else net + tax
    if totals.total != charged + totals.cash_rounding:
        return Flaw("document.lines_do_not_add_up", "totals.total")
    if sum([line.points for line in receipt.lines]) != receipt.points.earned:
        return Flaw("document.points_do_not_add_up", "points.earned")
    return flaw_in_advances(receipt) or flaw_in_tenders(receipt.tenders, totals.total)


def flaw_in_advances(receipt: Sale | Refund) -> Flaw | None:
    """A gift card that is sold or pays is named by its id; whoever buys on account is known."""
    for line in receipt.lines:
        if line.item == "gift_card" and not is_id(line.code):
            return Flaw("document.gift_card_not_named", f"lines[{line.line}].code")
    for place, tender in enumerate(receipt.tenders, 1):
        if tender.kind == "gift_card" and not is_id(tender.reference):
            return Flaw("document.gift_card_not_named", f"tenders[{place}].reference")
        if tender.kind == "on_account" and receipt.inputs.terms is None:
            return Flaw("document.debtor_not_named", f"tenders[{place}]")
    return None


def flaw_in_tenders(tenders: Sequence[Tender], total: int) -> Flaw | None:
    """What was applied is `total`; what was received less the change is what was applied."""
    if sum([tender.applied for tender in tenders]) != total:
        return Flaw("document.tenders_do_not_add_up", "tenders")
    for place, tender in enumerate(tenders, 1):
        if tender.received - tender.change != tender.applied:
            return Flaw("document.tenders_do_not_add_up", f"tenders[{place}]")
    return None


def is_id(text: str | None) -> bool:
    """Whether `text` is an id in its one accepted spelling."""
    return text is not None and re.fullmatch(ID, text) is not None


def is_date(text: str) -> bool:
    """Whether `text`, of the form YYYY-MM-DD, names a day that exists."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
