"""The tax service made of software: real HTTP, receipts that stay, numbers of requests without a gap."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from devices.fiscal.armenia.goods import ADVANCE, PREPAYMENT, PRODUCTS, RETURN, SALE
from devices.fiscal.armenia.values import BadAnswer, money, object_of, quantity, text, whole
from devices.fiscal.content import THOUSANDTHS, rounded
from devices.fiscal.ehdm.client import STRANGER, WRONG_SEQ, YES
from devices.fiscal.numbers import Fixed
from devices.fiscal.web_simulator import WebSimulator

CRN, OPERATOR, FIRST_NUMBER = "52031720", 1, 365
WRONG, UNKNOWN_RECEIPT, LESS = 400, 174, 152
"""Codes of refusals: whether the real service says the same is in no source."""


class No(Exception):
    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


@dataclass(slots=True)
class KeptRow:
    code: str
    quantity: int
    total: int
    returned: int = 0


@dataclass(slots=True)
class Kept:
    number: int
    kind: int
    total: int
    cash: int
    card: int
    prepaid: int
    rows: list[KeptRow] = field(default_factory=list[KeptRow])
    of: int | None = None


class EhdmSimulator(WebSimulator):
    """`lose_answer_to`: a method that is carried out and whose answer never leaves; `lose`: one that is not carried
    out. `strict`: a number must be the last one taken plus one, after the first."""

    def __init__(
        self,
        *,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(sleep=sleep)
        self.now = now
        self.receipts: list[Kept] = []
        self.seq: int | None = None
        self.strict = True
        self.lose_answer_to = self.lose = ""
        self.refuse_with: dict[str, int] = {}
        self.bodies: list[tuple[str, str]] = []

    def verbs(self) -> Mapping[str, Callable[..., object]]:
        return {}

    def asked(self, method: str, path: str, body: bytes) -> None:
        name = path.rsplit("/", 1)[-1]
        self.bodies.append((name, body.decode(errors="replace")))
        if name == self.lose:
            self.lose = ""
            return self.disconnect()
        try:
            result: Any = self._result(name, object_of(body))
        except No as no:
            return self.reply(200, {"code": no.code, "message": no.text, "errorMessage": no.text})
        except BadAnswer:
            return self.reply(200, {"code": WRONG, "message": "BAD_REQUEST", "errorMessage": "no JSON"})
        if name == self.lose_answer_to:
            self.lose_answer_to = ""
            return self.disconnect()
        return self.reply(200, {"code": YES, "message": "OK", "errorMessage": None, "result": result})

    def _result(self, name: str, body: Mapping[str, Any]) -> Any:
        if body.get("crn") != CRN:
            raise No(STRANGER, "UNAUTHORIZED_CONNECTION")
        if name in self.refuse_with:
            raise No(self.refuse_with[name], "as told")
        if name == "checkConnection":
            return "OK"
        seq = whole(body.get("seq"))
        if seq is None or (self.strict and self.seq is not None and seq != self.seq + 1):
            raise No(WRONG_SEQ, "INVALID_SEQ")
        result = self._done(name, body)
        self.seq = seq
        return result

    def _done(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        match name:
            case "print":
                return self._print(body)
            case "printCopy":
                return self._proof(self._kept(body))
            case "getReturnedReceiptInfo":
                return self._told(self._kept(body))
            case "printReturnReceipt":
                return self._return(body)
            case _:
                raise No(404, "no such method")

    def _kept(self, body: Mapping[str, Any]) -> Kept:
        number = whole(body.get("receiptId"))
        found = next((kept for kept in self.receipts if kept.number == number), None)
        if found is None:
            raise No(UNKNOWN_RECEIPT, "no such receipt")
        return found

    def _print(self, body: Mapping[str, Any]) -> dict[str, Any]:
        mode = whole(body.get("mode"))
        rows = [_row(item) for item in cast(list[Mapping[str, Any]], body.get("items") or [])]
        cash, card, prepaid = (_sum(body, name) for name in ("cashAmount", "cardAmount", "prePaymentAmount"))
        total = cash + card if mode == PREPAYMENT else sum(row.total for row in rows)
        if mode not in (PRODUCTS, PREPAYMENT) or bool(rows) is (mode == PREPAYMENT):
            raise No(WRONG, "mode")
        if cash + card + prepaid != total:
            raise No(LESS, "sums")
        return self._keep(Kept(0, ADVANCE if mode == PREPAYMENT else SALE, total, cash, card, prepaid, rows))

    def _keep(self, kept: Kept) -> dict[str, Any]:
        kept.number = FIRST_NUMBER + len(self.receipts)
        self.receipts.append(kept)
        return self._proof(kept)

    def _return(self, body: Mapping[str, Any]) -> dict[str, Any]:
        sold = self._kept(body)
        names = ("cashAmountForReturn", "cardAmountForReturn", "prePaymentAmountForReturn")
        cash, card, prepaid = (_sum(body, name) for name in names)
        rows: list[KeptRow] = []
        for asked in cast(list[Mapping[str, Any]], body.get("returnItemList") or []):
            at, count = whole(asked.get("receiptProductId")), quantity(asked.get("quantity")) or 0
            row = sold.rows[at - 1] if at is not None and 0 < at <= len(sold.rows) else None
            if row is None or not 0 < count <= row.quantity - row.returned:
                raise No(181, "quantity")
            row.returned += count
            rows.append(KeptRow(row.code, count, rounded(row.total * count, row.quantity)))
        if rows and cash + card + prepaid != sum(row.total for row in rows):
            raise No(178, "sums")
        return self._keep(Kept(0, RETURN, cash + card + prepaid, cash, card, prepaid, rows, sold.number))

    def _proof(self, kept: Kept) -> dict[str, Any]:
        return {
            "receiptId": str(kept.number),
            "crn": CRN,
            "sn": "V52031720",
            "tin": "00000019",
            "taxpayer": "«ԼՈՒՍԱՐԹ» ՍՊԸ",
            "address": "ԵՐԵՎԱՆ",
            "time": int(self.now() * 1_000),
            "fiscal": f"{92_543_000 + kept.number}",
            "total": Fixed(kept.total),
            "change": Fixed(0),
            "qr": f"TIN:00000019, CRN:{CRN}, Receipt_ID: {kept.number}",
        }

    def _told(self, kept: Kept) -> dict[str, Any]:
        rows = [
            {
                "receiptProductId": at + 1,
                "quantity": Fixed(row.quantity, 3),
                "goodCode": row.code,
                "totalWithTaxes": Fixed(row.total),
            }
            for at, row in enumerate(kept.rows)
        ]
        return {
            "cashierId": OPERATOR,
            "cashAmount": Fixed(kept.cash),
            "cardAmount": Fixed(kept.card),
            "prePayment": Fixed(kept.prepaid),
            "partialAmount": Fixed(0),
            "receiptType": kept.kind,
            "totalAmount": Fixed(kept.total),
            "time": int(self.now() * 1_000),
            "items": rows or None,
        }


def _sum(body: Mapping[str, Any], name: str) -> int:
    found = money(body.get(name))
    if found is None or found < 0:
        raise No(188, name)
    return found


def _row(item: Mapping[str, Any]) -> KeptRow:
    count, price = quantity(item.get("quantity")), money(item.get("price"))
    if not count or not price or not text(item.get("goodCode")) or not text(item.get("goodName")):
        raise No(159, "row")
    total = rounded(price * count, THOUSANDTHS) - (money(item.get("discount")) or 0)
    return KeptRow(text(item.get("goodCode")), count, total)
