"""Bodies of requests to the service and what its answers say. Amounts are exact decimals.

Source: the clients named in `devices.fiscal.ehdm.client`. `print` of goods: all of them; advances, returns,
`getReturnedReceiptInfo`, `printCopy`: two; `prePaymentAmountForReturn`, `sourceCrn`, `emarks`, the values of `receiptType`:
the Python package alone.
"""

from collections.abc import Mapping
from typing import Any, cast

from devices.fiscal.armenia.book import Attempt
from devices.fiscal.armenia.goods import ADVANCE, OFF_THE_SUM, PREPAYMENT, RETURN, SALE, Basket, Good
from devices.fiscal.armenia.rows import Original, Row, Taken
from devices.fiscal.armenia.values import BadAnswer, local_time, money, must, quantity, text, whole
from devices.fiscal.content import Operation, Origin, Receipt, Tender
from devices.fiscal.numbers import Fixed


def printed(basket: Basket, operator: int, change: int) -> dict[str, Any]:
    """Cash is what stays: no source says that the service gives change."""
    body: dict[str, Any] = {
        "mode": basket.mode,
        "cashierId": operator,
        "cashAmount": Fixed(basket.cash - change),
        "cardAmount": Fixed(basket.card),
        "partialAmount": Fixed(0),
        "prePaymentAmount": Fixed(basket.prepaid),
        "partnerTin": basket.partner,
        "items": [_item(good) for good in basket.goods] or None,
    }
    return body | ({"emarks": list(basket.marks)} if basket.marks else {})


def _item(good: Good) -> dict[str, Any]:
    item: dict[str, Any] = {
        "dep": good.department,
        "goodCode": good.code,
        "goodName": good.name,
        "quantity": Fixed(good.quantity, 3),
        "unit": good.unit,
        "price": Fixed(good.price),
    }
    if good.classifier:
        item["adgCode"] = good.classifier
    if good.discount:
        item |= {"discount": Fixed(good.discount), "discountType": OFF_THE_SUM}
    return item


def asked_receipt(number: int, source: str) -> dict[str, Any]:
    return {"receiptId": str(number), "sourceCrn": source}


def returned(receipt: Receipt, basket: Basket, origin: Origin, crn: str, taken: Taken) -> dict[str, Any]:
    """All rows are named, also where everything goes back."""
    body: dict[str, Any] = asked_receipt(origin.document, origin.device or crn) | {
        "cashAmountForReturn": Fixed(receipt.paid(Tender.CASH)),
        "cardAmountForReturn": Fixed(receipt.paid(Tender.CARD)),
        "prePaymentAmountForReturn": Fixed(receipt.paid(Tender.PREPAID)),
        "returnItemList": [{"receiptProductId": row, "quantity": Fixed(count, 3)} for row, count in taken.rows],
    }
    return body | ({"emarks": list(basket.marks)} if basket.marks else {})


def attempt_of(receipt: Receipt, basket: Basket, seq: int) -> Attempt:
    rows = tuple(sorted((good.code, good.quantity) for good in basket.goods))
    back = receipt.operation is Operation.RETURN
    cash = basket.cash - receipt.change
    document, total = receipt.document, receipt.total
    kind = RETURN if back else ADVANCE if basket.mode == PREPAYMENT else SALE
    return Attempt(document, back, kind, total, cash, basket.card, basket.prepaid, rows, seq=seq)


def proof(answer: Mapping[str, Any], crn: str, shift: int) -> tuple[int, dict[str, Any]]:
    """The document's number and `Ending.result`. Raises `BadAnswer`."""
    number = must(whole(answer.get("receiptId")), "receiptId")
    found = {
        "number": number,
        "shift": shift,
        "at": local_time(answer.get("time")),
        "device": text(answer.get("crn"))[:64] or crn,
        "sign": text(answer.get("fiscal"))[:64],
        "qr": text(answer.get("qr")) or None,
    }
    return number, {name: value for name, value in found.items() if value is not None}


def original(answer: Mapping[str, Any]) -> Original:
    """What the service has under a number. Raises `BadAnswer`."""
    rows: object = answer.get("items") or []
    if not isinstance(rows, list):
        raise BadAnswer("items")
    return Original(
        must(whole(answer.get("receiptType")), "receiptType"),
        must(money(answer.get("totalAmount")), "totalAmount"),
        money(answer.get("cashAmount")) or 0,
        money(answer.get("cardAmount")) or 0,
        money(answer.get("prePayment")) or 0,
        tuple(_row(row) for row in cast(list[object], rows)),
    )


def _row(row: object) -> Row:
    if not isinstance(row, Mapping):
        raise BadAnswer("items")
    fields = cast(Mapping[str, Any], row)
    id, count = (
        must(whole(fields.get("receiptProductId")), "receiptProductId"),
        must(quantity(fields.get("quantity")), "quantity"),
    )
    if count <= 0:
        raise BadAnswer("quantity")
    return Row(id, text(fields.get("goodCode")), count, must(money(fields.get("totalWithTaxes")), "totalWithTaxes"))


def is_it(found: Original, attempt: Attempt) -> bool:
    """Whether the service's receipt is the one that was tried: kind, sums and rows."""
    rows = tuple(sorted((row.code, row.quantity) for row in found.rows))
    told = (found.kind, found.total, found.cash, found.card, found.prepaid)
    return told == (attempt.kind, attempt.total, attempt.cash, attempt.card, attempt.prepaid) and rows == attempt.rows
