"""What the till tells a fiscal register: read strictly by the drivers' own reader, every sum the document's own."""

import random
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from devices.fiscal.content import Basis, Method, Subject, Tender, cash_move_from, correction_from, receipt_from
from tests.till.modules import Modules

AROUND = {"cashier": "Anna", "language": "ru", "debt": "Payment of a debt"}
PAID = {"cash": "cash", "card": "card", "gift_card": "prepaid", "on_account": "credit"}


@pytest.fixture(scope="module")
def modules() -> Modules:
    return Modules("../devices/fiscal-content.js")


def half_up(size: int, unit: int) -> int:
    return (2 * size + unit) // (2 * unit)


def a_line(
    place: int, parts: list[tuple[int, int]], *, rate: int = 2_000, price: int | None = None, **more: Any
) -> Any:
    """A sold line of `parts` (quantity, net price), whatever it cost before."""
    net = sum(half_up(quantity * each, 1_000) for quantity, each in parts)
    quantity = sum(quantity for quantity, _ in parts)
    return {
        "line": place,
        "name": f"Product {place}",
        "item": "goods",
        "code": "4850001234567",
        "unit": "piece",
        "quantity": quantity,
        "price": price or max(each for _, each in parts),
        "parts": [{"quantity": quantity, "price": each} for quantity, each in parts],
        "net": net,
        "tax_code": f"vat{rate // 100}" if rate else "none",
        "tax_rate": rate,
        "tax_amount": half_up(net * rate, 10_000 + rate),
        "units": [],
        **more,
    }


def a_sale(lines: list[Any], tenders: list[tuple[str, int, int]], *, rounding: int = 0, included: bool = True) -> Any:
    """`tenders` as (kind, received, applied)."""
    return {
        "kind": "sale",
        "id": str(uuid4()),
        "inputs": {"settings": {"prices_include_tax": included}},
        "lines": lines,
        "totals": {
            "net": sum(line["net"] for line in lines),
            "tax": sum(line["tax_amount"] for line in lines),
            "cash_rounding": rounding,
            "total": sum(applied for *_, applied in tenders),
        },
        "tenders": [{"kind": kind, "received": got, "applied": applied} for kind, got, applied in tenders],
    }


def given_back(sale: Any) -> Any:
    """All of the sale, as a refund document has it: everything negative."""

    def negative(row: Any, *names: str) -> Any:
        return row | {name: -row[name] for name in names}

    lines = [
        negative(line, "quantity", "net", "tax_amount")
        | {"parts": [negative(part, "quantity") for part in line["parts"]]}
        for line in sale["lines"]
    ]
    tenders = [negative(tender | {"received": tender["applied"]}, "received", "applied") for tender in sale["tenders"]]
    totals = negative(sale["totals"], "net", "tax", "cash_rounding", "total")
    return sale | {"kind": "refund", "lines": lines, "tenders": tenders, "totals": totals}


def told(modules: Modules, document: Any, **around: Any) -> Any:
    return modules.call("fiscal-content.js", "contentOf", document, AROUND | around)


@pytest.mark.parametrize(
    ("rate", "code", "name"),
    [
        (2_000, "vat20", "vat20"),
        (1_000, "reduced", "vat10"),
        (0, "none", "none"),
        (0, "vat0", "vat0"),
        (725, "odd", "vat7.25"),
        (750, "odd", "vat7.5"),
    ],
)
def test_a_tax_is_named_by_its_rate(modules: Modules, rate: int, code: str, name: str) -> None:
    assert modules.call("fiscal-content.js", "taxOf", rate, code) == name


def test_a_line_of_two_prices_becomes_two_lines_that_multiply(modules: Modules) -> None:
    sale = a_sale([a_line(1, [(2_000, 333), (1_000, 334)], price=400)], [("cash", 2_000, 1_000)])

    receipt = receipt_from(told(modules, sale))

    assert [(line.quantity, line.price, line.sum, line.discount) for line in receipt.lines] == [
        (2_000, 333, 666, 134),
        (1_000, 334, 334, 66),
    ]
    assert (receipt.total, receipt.change) == (1_000, 1_000)


def test_each_tender_is_what_fiscal_registers_call_it(modules: Modules) -> None:
    tenders = [("gift_card", 300, 300), ("gift_card", 200, 200), ("on_account", 100, 100), ("card", 150, 150)]
    sale = a_sale([a_line(1, [(1_000, 1_000)])], [*tenders, ("cash", 500, 250)])

    receipt = receipt_from(told(modules, sale))

    assert {kind: receipt.paid(kind) for kind in Tender} == {
        Tender.PREPAID: 500,
        Tender.CREDIT: 100,
        Tender.CARD: 150,
        Tender.CASH: 500,
    }
    assert {line.method for line in receipt.lines} == {Method.CREDIT}


def test_a_gift_card_sold_is_an_advance_without_tax(modules: Modules) -> None:
    card = a_line(1, [(1_000, 5_000)], rate=0, item="gift_card", code="0191c5de-0000-7000-8000-000000000009")

    (line,) = receipt_from(told(modules, a_sale([card], [("card", 5_000, 5_000)]))).lines

    assert (line.subject, line.method, line.tax, line.code) == (Subject.ADVANCE, Method.ADVANCE, "none", None)


@pytest.mark.parametrize(("rounding", "told_as"), [(-3, -3), (-99, -99), (-400, 0), (7, 0)])
def test_cash_rounding_down_is_said_any_other_is_not_and_the_sums_agree(
    modules: Modules, rounding: int, told_as: int
) -> None:
    net = 1_003
    sale = a_sale([a_line(1, [(1_000, net)])], [("cash", 1_100, net + rounding)], rounding=rounding)

    sold, back = receipt_from(told(modules, sale)), receipt_from(told(modules, given_back(sale)))

    assert (sold.rounding, sold.total, sold.change) == (told_as, net + told_as, 1_100 - net - rounding)
    assert (back.rounding, back.total, back.change) == (told_as, net + told_as, 0)


def test_a_return_names_the_receipt_it_goes_back_to(modules: Modules) -> None:
    refund = given_back(a_sale([a_line(1, [(1_000, 500)])], [("card", 500, 500)]))

    receipt = receipt_from(
        told(modules, refund, origin={"number": 41, "device": "0012345", "at": "2026-01-05T16:00:00"})
    )

    assert receipt.operation == "return"
    assert receipt.origin is not None
    assert (receipt.origin.document, receipt.origin.device) == (41, "0012345")
    assert receipt_from(told(modules, refund, origin=None)).origin is None


def test_paying_a_debt_settles_a_credit(modules: Modules) -> None:
    tenders = [{"kind": "cash", "received": 700, "applied": 700}]
    receipt = receipt_from(
        told(modules, {"kind": "debt_payment", "id": str(uuid4()), "amount": 700, "tenders": tenders})
    )

    assert (receipt.lines[0].method, receipt.lines[0].sum, receipt.total) == (Method.SETTLEMENT, 700, 700)


def test_cash_moves_say_their_amount(modules: Modules) -> None:
    assert cash_move_from(told(modules, {"kind": "cash_out", "amount": 5_000})).amount == 5_000


@pytest.mark.parametrize(("basis", "number"), [("self", None), ("instruction", "77-3")])
def test_a_correction_says_day_basis_tax_and_who_paid_how(modules: Modules, basis: str, number: str | None) -> None:
    document = {
        "kind": "fiscal_correction",
        "amount": 120_000,
        "tax_code": "usual",
        "tax_rate": 2_000,
        "tender": "card",
    }
    document |= {"day": "2026-01-03", "basis": basis, "basis_number": number, "reason": "the register was broken"}

    correction = correction_from(told(modules, document))

    assert (correction.operation, correction.sum, correction.tax) == ("sale", 120_000, "vat20")
    assert (correction.basis, correction.at, correction.number) == (Basis(basis), date(2026, 1, 3), number)
    assert (correction.reason, correction.paid(Tender.CARD)) == ("the register was broken", 120_000)


def test_a_name_of_blanks_and_a_long_one_are_printable(modules: Modules) -> None:
    lines = [a_line(1, [(1_000, 100)], name="  "), a_line(2, [(1_000, 100)], name="Ж" * 500)]

    receipt = receipt_from(told(modules, a_sale(lines, [("card", 200, 200)]), cashier=""))

    assert [len(line.name) for line in receipt.lines] == [1, 128]


@pytest.mark.parametrize(("quantity", "total"), [(3_000, 1_000), (250, 333), (1_537, 100), (1_000, 0), (2_999_000, 7)])
def test_a_sum_is_said_as_prices_that_multiply(modules: Modules, quantity: int, total: int) -> None:
    parts = modules.call("fiscal-content.js", "priced", quantity, total)

    assert sum(half_up(part["quantity"] * part["price"], 1_000) for part in parts) == total


@pytest.mark.parametrize("included", [True, False], ids=["tax inside", "tax on top"])
def test_random_sales_and_their_returns_are_told_to_the_last_coin(modules: Modules, included: bool) -> None:
    chance = random.Random(4)
    for _ in range(120):
        lines = [random_line(chance, place, included) for place in range(1, chance.randint(2, 6))]
        due = sum(line["net"] + (0 if included else line["tax_amount"]) for line in lines)
        by_card, rest = (due // 3, due - due // 3) if chance.random() < 0.5 else (0, due)
        step = -(rest % 10) if chance.random() < 0.5 else 0
        tenders = [("cash", rest + step + 500, rest + step)] + ([("card", by_card, by_card)] if by_card else [])
        sale = a_sale(lines, tenders, rounding=step, included=included)

        sold, back = receipt_from(told(modules, sale)), receipt_from(told(modules, given_back(sale)))

        assert sold.total == back.total == due + step
        assert (sold.change, back.change) == (500, 0)
        if included:
            assert sum(line.sum for line in sold.lines) == due


def random_line(chance: random.Random, place: int, included: bool) -> Any:
    rate = chance.choice([2_000, 1_000, 0])
    if chance.random() < 0.4:
        line = a_line(place, [(chance.randint(1, 9_999), chance.randint(1, 90_000))], rate=rate, unit="kg")
    else:
        price = chance.randint(1, 90_000)
        line = a_line(place, [(1_000 * chance.randint(1, 5), price), (1_000, price + 1)], rate=rate)
    if not included:
        line["tax_amount"] = half_up(line["net"] * rate, 10_000)
    return line


def test_what_a_shift_registered_adds_up_and_differs_by_name(modules: Modules) -> None:
    facts = [
        {"job": "receipt", "operation": "sale", "total": 500},
        {"job": "receipt", "operation": "sale", "total": 300},
        {"job": "receipt", "operation": "return", "total": 100},
        {"job": "cash_in", "operation": None, "total": 50},
        {"job": "open_shift", "operation": None, "total": 0},
    ]
    asked = {"sales": {"count": 3, "sum": 900}, "returns": {"count": 1, "sum": 100}, "cash_in": 50, "cash_out": 0}

    till = modules.call("fiscal-content.js", "countersOf", facts)
    device = modules.call("fiscal-content.js", "countersTold", asked | {"cash": 0})

    assert till == {"sales": 2, "sales_sum": 800, "returns": 1, "returns_sum": 100, "cash_in": 50, "cash_out": 0}
    assert modules.call("fiscal-content.js", "differences", device, till) == {"sales": 1, "sales_sum": 100}
    assert modules.call("fiscal-content.js", "differences", till, till) == {}
