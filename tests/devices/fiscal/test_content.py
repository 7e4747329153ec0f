"""What a fiscal job says is checked to the last coin before a register hears of it."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.fiscal.content import (
    Basis,
    Method,
    Operation,
    Tender,
    cash_move_from,
    cashier_from,
    correction_from,
    receipt_from,
    sought_from,
)
from devices.fiscal.errors import MalformedContent
from tests.devices.fiscal.builders import DOCUMENT, a_correction, a_line, a_receipt


def test_a_sale_is_read_with_its_lines_and_change():
    receipt = receipt_from(
        a_receipt(a_line(), a_line("Cheese", 100_000, 357), tenders=[{"kind": "cash", "sum": 50_000}])
    )

    assert receipt.operation is Operation.SALE
    assert [line.sum for line in receipt.lines] == [8_950, 35_700]
    assert (receipt.total, receipt.change, receipt.paid(Tender.CASH)) == (44_650, 5_350, 50_000)
    assert receipt.lines[0].tax_sum == 814


def test_a_deposit_and_its_set_off_are_receipts():
    advance = a_line("Deposit", 50_000, subject="advance", method="advance")
    deposit = receipt_from(a_receipt(advance))
    set_off = receipt_from(
        a_receipt(
            a_line("Cake", 120_000),
            tenders=[{"kind": "prepaid", "sum": 50_000}, {"kind": "card", "sum": 70_000}],
        )
    )

    assert deposit.lines[0].method is Method.ADVANCE
    assert set_off.paid(Tender.PREPAID) == 50_000
    assert set_off.change == 0


def test_a_tax_on_top_is_part_of_what_is_due():
    line = a_line(price=10_000, tax="vat20", tax_rate=2_000, tax_included=False)

    receipt = receipt_from(a_receipt(line, total=12_000, tenders=[{"kind": "card", "sum": 12_000}]))

    assert receipt.lines[0].tax_sum == 2_000


def test_a_correction_a_cash_move_and_a_question_are_read():
    correction = correction_from(a_correction(basis={"kind": "instruction", "at": "2026-11-20", "number": "7"}))
    question = {"document": DOCUMENT, "operation": "sale", "total": 5, "made_at": "2026-11-22T09:30:00Z"}

    assert (correction.basis, correction.number) == (Basis.INSTRUCTION, "7")
    assert cash_move_from({"amount": 5_000, "cashier": {"name": "Anna"}}).amount == 5_000
    assert sought_from(question).total == 5


WRONG = [
    ("document", "abc", "document"),
    ("operation", "gift", "operation"),
    ("lines", [], "lines"),
    ("lines", [3], "lines[0]"),
    ("total", 8_951, "total"),
    ("total", 89.5, "total"),
    ("total", True, "total"),
    ("rounding", 1, "total"),
    ("tenders", [{"kind": "cash", "sum": 8_949}], "tenders"),
    ("tenders", [{"kind": "card", "sum": 8_951}], "tenders"),
    ("tenders", [{"kind": "shells", "sum": 8_950}], "tenders[0].kind"),
    ("cashier", {}, "cashier.name"),
    ("cashier", None, "cashier"),
    ("customer", {}, "customer.phone"),
    ("origin", {"document": 0}, "origin.document"),
]


@pytest.mark.parametrize(("name", "value", "field"), WRONG, ids=[f"{name}={value}" for name, value, _ in WRONG])
def test_what_is_wrong_with_a_receipt_is_named(name, value, field):
    with pytest.raises(MalformedContent) as caught:
        receipt_from(a_receipt() | {name: value})

    assert caught.value.code == "fiscal.malformed"
    assert caught.value.fields["field"] == field


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sum", 8_951),
        ("price", -1),
        ("quantity", 0),
        ("quantity", 1.0),
        ("name", "  "),
        ("name", "\ud800\x1b"),
        ("marking", "\x1b@"),
        ("tax_rate", 10_001),
        ("subject", "air"),
        ("method", "barter"),
        ("department", 17),
        ("tax_included", 1),
    ],
)
def test_what_is_wrong_with_a_line_is_named_with_its_number(name, value):
    with pytest.raises(MalformedContent) as caught:
        receipt_from(a_receipt(a_line(), a_line() | {name: value}, total=17_900))

    assert caught.value.fields["field"] == f"lines[1].{name}"


def test_a_name_with_control_characters_is_cleaned_and_a_marking_code_keeps_its_gs():
    receipt = receipt_from(a_receipt(a_line("Milk\n\x1b@1 l", marking="0104600000000000\x1d91ab")))

    assert receipt.lines[0].name == "Milk @1 l"
    assert receipt.lines[0].marking == "0104600000000000\x1d91ab"


def test_change_is_given_on_a_sale_only():
    content = a_receipt(operation="return", tenders=[{"kind": "cash", "sum": 10_000}])

    with pytest.raises(MalformedContent):
        receipt_from(content)


@pytest.mark.parametrize("at", ["2026-02-30", "20261120", "", None, 5])
def test_a_correction_names_a_real_day(at):
    with pytest.raises(MalformedContent) as caught:
        correction_from(a_correction(basis={"kind": "self", "at": at}))

    assert caught.value.fields["field"] == "basis.at"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(place=st.sampled_from(sorted(a_receipt())), value=JSON)
def test_whatever_a_field_holds_the_reader_refuses_or_reads_it(place, value):
    content = copy.deepcopy(a_receipt()) | {place: value}

    for read in (receipt_from, correction_from, cash_move_from, cashier_from, sought_from):
        try:
            read(content)
        except MalformedContent:
            continue
