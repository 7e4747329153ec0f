"""What stands behind the simulated HDM: its receipts, and what it answers to each operation."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from devices.fiscal.armenia.goods import ADVANCE, PREPAYMENT, PRODUCTS, RETURN, SALE
from devices.fiscal.armenia.values import money, quantity, text, whole
from devices.fiscal.content import THOUSANDTHS, rounded
from devices.fiscal.hdm.codes import Operation
from devices.fiscal.hdm.requests import X, Z
from devices.fiscal.numbers import Fixed

OPERATOR, PIN, PASSWORD, CRN, SERIAL = 3, "3233", "1234ABCD", "51815332", "Q80414503833"
DEPARTMENTS = {1: 1, 2: 2, 3: 3}
FIRST_NUMBER = 179


@dataclass(slots=True)
class KeptRow:
    code: str
    name: str
    quantity: int
    total: int
    department: int
    classifier: str
    returned: int = 0


@dataclass(slots=True)
class Kept:
    """A registered document. `cash` without the change; `of`: what it returns."""

    number: int
    kind: int
    total: int
    cash: int
    card: int
    prepaid: int
    rows: list[KeptRow]
    marks: list[str] = field(default_factory=list[str])
    of: int | None = None
    returned: int = 0


class No(Exception):
    """The register answers with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


@dataclass(slots=True)
class Machine:
    """`unsent`: so many looks at a receipt are answered 185 before it may be seen. `paper`: without it a document is
    registered and answered 145 if `registers_first`, else only answered."""

    now: Callable[[], float] = time.time
    receipts: list[Kept] = field(default_factory=list[Kept])
    first: int = FIRST_NUMBER
    paper: bool = True
    registers_first: bool = False
    unsent: int = 0
    cash: int = 0
    reports: list[int] = field(default_factory=list[int])
    synchronised: int = 0
    qr: bool = True

    def receipt(self, number: int | None) -> Kept | None:
        return next((found for found in self.receipts if found.number == number), None)

    def operators(self) -> dict[str, Any]:
        listed = [{"id": number, "name": "Մրգեր", "type": kind} for number, kind in DEPARTMENTS.items()]
        return {"c": [{"id": OPERATOR, "name": "Գայանե", "deps": list(DEPARTMENTS)}], "d": listed}

    def obey(self, operation: int, body: Mapping[str, Any]) -> dict[str, Any]:
        """Raises `No`."""
        match operation:
            case Operation.PRINT:
                return self._print(body)
            case Operation.PRINT_RETURN:
                return self._return(body)
            case Operation.RECEIPT:
                return self._tell(body)
            case Operation.REPORT:
                return self._report(body)
            case Operation.CASH:
                return self._move(body)
            case Operation.SYNCHRONISE:
                self.synchronised += 1
                return {}
            case Operation.TIME:
                return {"dt": "2026-11-22 12:00:00"}
            case _:
                raise No(404)

    def _print(self, body: Mapping[str, Any]) -> dict[str, Any]:
        rows = [_row(item) for item in cast(list[Mapping[str, Any]], body.get("items") or [])]
        cash, card, prepaid = (_sum(body, name) for name in ("paidAmount", "paidAmountCard", "prePaymentAmount"))
        mode = whole(body.get("mode"))
        if mode == PREPAYMENT:
            if rows:
                raise No(187)
            total = cash + card
        elif mode == PRODUCTS and rows:
            total = sum(row.total for row in rows)
        else:
            raise No(172)
        if card + prepaid > total:
            raise No(167)
        if cash + card + prepaid < total:
            raise No(152)
        change = cash + card + prepaid - total
        marks = [str(mark) for mark in cast(list[object], body.get("eMarks") or [])]
        kind = ADVANCE if mode == PREPAYMENT else SALE
        return self.keep(Kept(0, kind, total, cash - change, card, prepaid, rows, marks), change)

    def keep(self, kept: Kept, change: int = 0) -> dict[str, Any]:
        if not self.paper and not self.registers_first:
            raise No(145)
        kept.number = self.first + len(self.receipts)
        self.receipts.append(kept)
        self.cash += -kept.cash if kept.kind == RETURN else kept.cash
        if not self.paper:
            raise No(145)
        proof: dict[str, Any] = {
            "rseq": kept.number,
            "crn": CRN,
            "sn": SERIAL,
            "tin": "00000019",
            "taxpayer": "«ԼՈՒՍԱՐԹ» ՍՊԸ",
            "address": "ԵՐԵՎԱՆ ՄԱՄԻԿՈՆՅԱՆՑ 2",
            "time": Fixed(int(self.now() * 1_000) * 10, 1),
            "fiscal": f"{68_287_000 + kept.number}",
            "total": Fixed(kept.total),
            "change": Fixed(change),
        }
        if kept.kind == RETURN:
            proof["rtime"] = proof["time"]
        return proof | ({"qr": f"TIN:00000019, CRN:{CRN}, FISCAL:{68_287_000 + kept.number}"} if self.qr else {})

    def _original(self, number: object, body: Mapping[str, Any]) -> Kept:
        found = self.receipt(whole(number))
        if found is None:
            raise No(174)
        if body.get("crn") != CRN:
            raise No(175)
        return found

    def _return(self, body: Mapping[str, Any]) -> dict[str, Any]:
        sold = self._original(body.get("returnTicketId"), body)
        if sold.kind == RETURN:
            raise No(182)
        if sold.returned >= sold.total:
            raise No(158)
        if "cashAmountForReturn" not in body:
            back = Kept(0, RETURN, sold.total, sold.cash, sold.card, sold.prepaid, [*sold.rows], of=sold.number)
            if sold.returned:
                raise No(180)
        else:
            back = self._part(sold, body)
        sold.returned += back.total
        return self.keep(back)

    def _part(self, sold: Kept, body: Mapping[str, Any]) -> Kept:
        names = ("cashAmountForReturn", "cardAmountForReturn", "prePaymentAmountForReturn")
        cash, card, prepaid = (_sum(body, name) for name in names)
        rows: list[KeptRow] = []
        for asked in cast(list[Mapping[str, Any]], body.get("returnItemList") or []):
            at, count = whole(asked.get("rpid")), quantity(asked.get("quantity")) or 0
            if at is None or not 0 <= at < len(sold.rows):
                raise No(181)
            row = sold.rows[at]
            if not 0 < count <= row.quantity - row.returned:
                raise No(181)
            row.returned += count
            paid = rounded(row.total * count, row.quantity)
            rows.append(KeptRow(row.code, row.name, count, paid, row.department, row.classifier))
        total = cash + card + prepaid
        if total > sold.total - sold.returned or (rows and total != sum(row.total for row in rows)):
            raise No(178)
        return Kept(0, RETURN, total, cash, card, prepaid, rows, of=sold.number)

    def _tell(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Numbers as texts, as a Newland N950 was seen to write them."""
        kept = self._original(body.get("receiptId"), body)
        if self.unsent:
            self.unsent -= 1
            raise No(185)
        rows = [
            {
                "gc": row.code,
                "gn": row.name,
                "qty": str(Fixed(row.quantity, 3)),
                "p": str(Fixed(rounded(row.total * THOUSANDTHS, row.quantity))),
                "mu": "հատ",
                "adg": row.classifier,
                "rpid": str(at),
                "did": str(row.department),
                "dtm": "3",
                "tt": str(Fixed(row.total)),
            }
            for at, row in enumerate(kept.rows)
        ]
        return {
            "rseq": kept.number,
            "cid": str(OPERATOR),
            "saleType": str(kept.kind),
            "subType": "2",
            "ta": str(Fixed(kept.total)),
            "cash": str(Fixed(kept.cash)),
            "card": str(Fixed(kept.card)),
            "ppa": "0.00",
            "ppu": str(Fixed(kept.prepaid)),
            "ref": str(kept.of or kept.number),
            "refcrn": CRN,
            "eMarks": kept.marks,
            "totals": rows or None,
        }

    def _report(self, body: Mapping[str, Any]) -> dict[str, Any]:
        kind = whole(body.get("reportType"))
        if kind not in (X, Z):
            raise No(400)
        if not self.paper:
            raise No(145)
        self.reports.append(kind)
        return {}

    def _move(self, body: Mapping[str, Any]) -> dict[str, Any]:
        amount = _sum(body, "amount")
        if not amount:
            raise No(191)
        self.cash += amount if body.get("isCashIn") is True else -amount
        return {}


def _sum(body: Mapping[str, Any], name: str) -> int:
    found = money(body.get(name))
    if found is None or found < 0:
        raise No(188)
    return found


def _row(item: Mapping[str, Any]) -> KeptRow:
    count, price, department = quantity(item.get("qty")), money(item.get("price")), whole(item.get("dep"))
    if not count or not price:
        raise No(159)
    if department not in DEPARTMENTS:
        raise No(151)
    if not item.get("adgCode"):
        raise No(192)
    discount = money(item.get("discount")) or 0
    total = rounded(price * count, THOUSANDTHS) - discount
    names = (text(item.get("productCode")), text(item.get("productName")))
    if not all(names):
        raise No(161)
    return KeptRow(*names, count, total, department, text(item.get("adgCode")))
