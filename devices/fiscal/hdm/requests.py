"""Bodies of an HDM's requests and what its answers say. Amounts are exact decimals.

Source: manual 0.7.3, section 4.5, and lobotomoe/hdm-am, which made a sale, cash moves, X, Z and a whole return by `rseq`
on a real register. Partial returns, advances and set-offs stand in the manual alone.
"""

from collections.abc import Mapping
from typing import Any, cast

from devices.fiscal.armenia.book import Attempt
from devices.fiscal.armenia.goods import ADVANCE, OFF_THE_SUM, PREPAYMENT, RETURN, SALE, Basket, Good
from devices.fiscal.armenia.rows import Original, Row, Taken
from devices.fiscal.armenia.values import BadAnswer, local_time, money, must, quantity, text, whole
from devices.fiscal.content import Operation, Origin, Receipt, Tender
from devices.fiscal.numbers import Fixed

X, Z = 1, 2


def printed(basket: Basket) -> dict[str, Any]:
    """A sale or an advance. `useExtPOS`: the money was taken already, the register must not ask a card terminal."""
    body: dict[str, Any] = {
        "mode": basket.mode,
        "paidAmount": Fixed(basket.cash),
        "paidAmountCard": Fixed(basket.card),
        "partialAmount": Fixed(0),
        "prePaymentAmount": Fixed(basket.prepaid),
        "useExtPOS": True,
        "partnerTin": basket.partner,
        "items": [_item(good) for good in basket.goods],
    }
    return body | ({"eMarks": list(basket.marks)} if basket.marks else {})


def _item(good: Good) -> dict[str, Any]:
    item: dict[str, Any] = {
        "dep": good.department,
        "qty": Fixed(good.quantity, 3),
        "price": Fixed(good.price),
        "productCode": good.code,
        "productName": good.name,
        "unit": good.unit,
    }
    if good.classifier:
        item["adgCode"] = good.classifier
    if good.discount:
        item |= {"discount": Fixed(good.discount), "discountType": OFF_THE_SUM}
    return item


def asked_receipt(number: int, crn: str) -> dict[str, Any]:
    return {"receiptId": str(number), "crn": crn}


def returned(receipt: Receipt, basket: Basket, origin: Origin, crn: str, taken: Taken) -> dict[str, Any]:
    """A whole return names the receipt alone; a partial one its rows and what is given back."""
    body: dict[str, Any] = {"crn": origin.device or crn, "returnTicketId": origin.document}
    if basket.marks:
        body["eMarks"] = list(basket.marks)
    if taken.whole:
        return body
    body |= {
        "cashAmountForReturn": Fixed(receipt.paid(Tender.CASH)),
        "cardAmountForReturn": Fixed(receipt.paid(Tender.CARD)),
        "prePaymentAmountForReturn": Fixed(receipt.paid(Tender.PREPAID)),
    }
    if taken.rows:
        body["returnItemList"] = [{"rpid": row, "quantity": Fixed(count, 3)} for row, count in taken.rows]
    return body


def moved(amount: int, *, put_in: bool, operator: int) -> dict[str, Any]:
    return {"amount": Fixed(amount), "isCashIn": put_in, "cashierId": operator, "description": ""}


def report(kind: int, since: int, until: int) -> dict[str, Any]:
    """`since` and `until` in milliseconds since 1970: so does the manual's sample client; the manual names no unit."""
    return {"reportType": kind, "startDate": since, "endDate": until}


# answers


def attempt_of(receipt: Receipt, basket: Basket) -> Attempt:
    back = receipt.operation is Operation.RETURN
    advance = basket.mode == PREPAYMENT
    return Attempt(
        receipt.document,
        back,
        RETURN if back else ADVANCE if advance else SALE,
        receipt.total,
        basket.cash - receipt.change,
        basket.card,
        basket.prepaid,
        tuple(sorted((good.code, good.quantity) for good in basket.goods)),
    )


def proof(answer: Mapping[str, Any], crn: str, shift: int) -> tuple[int, dict[str, Any]]:
    """The document's number and `Ending.result`. Raises `BadAnswer`."""
    number = must(whole(answer.get("rseq")), "rseq")
    found = {
        "number": number,
        "shift": shift,
        "at": local_time(answer.get("rtime") or answer.get("time")),
        "device": text(answer.get("crn"))[:64] or crn,
        "sign": text(answer.get("fiscal"))[:64],
        "qr": text(answer.get("qr")) or None,
    }
    return number, {name: value for name, value in found.items() if value is not None}


def original(answer: Mapping[str, Any]) -> Original:
    """What the register has under a number. Raises `BadAnswer`."""
    rows: object = answer.get("totals") or []
    if not isinstance(rows, list):
        raise BadAnswer("totals")
    kind = answer.get("saleType", answer.get("type"))
    return Original(
        must(whole(kind), "saleType"),
        must(money(answer.get("ta")), "ta"),
        money(answer.get("cash")) or 0,
        money(answer.get("card")) or 0,
        money(answer.get("ppu")) or 0,
        tuple(_row(row) for row in cast(list[object], rows)),
    )


def _row(row: object) -> Row:
    if not isinstance(row, Mapping):
        raise BadAnswer("totals")
    fields = cast(Mapping[str, Any], row)
    count = must(quantity(fields.get("qty")), "qty")
    if count <= 0:
        raise BadAnswer("qty")
    return Row(
        must(whole(fields.get("rpid")), "rpid"), text(fields.get("gc")), count, must(money(fields.get("tt")), "tt")
    )


def is_it(found: Original, attempt: Attempt) -> bool:
    """Whether the register's receipt is the one that was tried: kind, sums, and the rows where it tells them."""
    rows = tuple(sorted((row.code, row.quantity) for row in found.rows))
    told = (found.kind, found.total, found.card, found.prepaid)
    return told == (attempt.kind, attempt.total, attempt.card, attempt.prepaid) and rows == attempt.rows
