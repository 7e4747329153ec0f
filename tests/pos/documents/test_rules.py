"""The sums inside a document: what must hold, and which flaw is named where it does not."""

import json

import pytest

from pos.core.ids import new_id
from pos.documents.rules import Flaw, flaw_in
from pos.documents.schema import documents
from tests.documents import Till


def flaw_after(change, *, lines: int = 2) -> Flaw | None:
    return flaw_in(documents.validate_json(Till().sell(lines, account=new_id(), change=change).body))


def set_at(path: str, value: object):
    """A change that puts `value` at a path such as `lines.0.net`."""

    def change(data):
        *steps, last = path.split(".")
        for step in steps:
            data = data[int(step) if step.isdigit() else step]
        data[last] = value

    return change


def test_what_the_builder_writes_is_sound():
    till = Till()
    sale = till.sell(5, account=new_id())
    made = [sale, till.refund(sale), till.open_shift(), till.close_shift(), *till.events()]

    assert [flaw_in(documents.validate_json(one.body)) for one in made] == [None] * len(made)


@pytest.mark.parametrize(
    ("path", "value", "code", "detail"),
    [
        ("made_at", 253_402_300_800_000, "no_such_time", "made_at"),
        ("business_date", "2026-02-29", "no_such_time", "business_date"),
        ("lines.0.quantity", -2_000, "wrong_sign", "lines[1].quantity"),
        ("lines.1.discounts", [], "discounts_do_not_add_up", "lines[2].discounts"),
        ("lines.1.parts", [], "parts_do_not_multiply", "lines[2].parts"),
        ("lines.1.line", 1, "line_repeated", "lines"),
        ("lines.0.tax_amount", 0, "lines_do_not_add_up", "totals"),
        ("totals.discount", 0, "lines_do_not_add_up", "totals"),
        ("totals.cash_rounding", 1, "lines_do_not_add_up", "totals.total"),
        ("tenders", [], "tenders_do_not_add_up", "tenders"),
        ("tenders.0.change", 0, "tenders_do_not_add_up", "tenders[1]"),
    ],
)
def test_a_sum_that_does_not_hold_is_named(path, value, code, detail):
    assert flaw_after(set_at(path, value)) == Flaw(f"document.{code}", detail)


def test_where_prices_are_without_tax_the_total_has_it_on_top():
    def without(data):
        data["inputs"]["settings"]["prices_include_tax"] = False
        owed = data["totals"]["net"] + data["totals"]["tax"]
        data["totals"]["total"] = owed
        data["tenders"] = [{"kind": "card", "received": owed, "applied": owed, "change": 0, "reference": None}]

    assert flaw_after(without) is None


def test_two_parts_that_multiply_to_the_net_are_one_finished_line():
    def split(data):
        line = data["lines"][0]
        price = line["parts"][0]["price"]
        line["parts"] = [{"quantity": 1_000, "price": price + 50}, {"quantity": 1_000, "price": price - 50}]

    assert flaw_after(split) is None


def test_a_document_without_sums_has_none_to_break():
    reprint = Till().events()[-1]

    assert json.loads(reprint.body)["kind"] == "reprint"
    assert flaw_in(documents.validate_json(reprint.body)) is None
