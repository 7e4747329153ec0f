"""What the till prints is what the agent's printer driver reads, in each language; names print and never command."""

import json
from typing import Any

import pytest

from devices.receipt.content import Barcode, Pair, Text, receipt_from
from tests.till.modules import Modules
from web.i18n.export import FOLDER, LANGUAGES, formats

SHOP = {
    "header": ["Corner shop", "Main street 1"],
    "footer": ["Thank you"],
    "staff": "Anna",
    "outlet": {"name": "Corner shop", "address": ""},
    "register": "Till 1",
}
SALE = {
    "kind": "sale",
    "receipt": "A1-1-7",
    "made_at": 0,
    "training": False,
    "inputs": {"settings": {"prices_include_tax": True}},
    "lines": [
        {
            "name": "Milk\x1b@ 1 l",
            "quantity": 2_000,
            "unit": "piece",
            "price": 50_000,
            "gross": 100_000,
            "net": 90_000,
            "discounts": [{"rule": "gold10", "source": "card", "kind": "percent", "amount": 10_000}],
            "tax_code": "vat20",
            "tax_rate": 2_000,
            "tax_amount": 15_000,
        }
    ],
    "totals": {"gross": 100_000, "discount": 10_000, "net": 90_000, "tax": 15_000, "cash_rounding": 0, "total": 90_000},
    "tenders": [{"kind": "cash", "received": 100_000, "applied": 90_000, "change": 10_000, "reference": None}],
}


@pytest.fixture(scope="module")
def modules() -> Modules:
    return Modules("report.js", "formats.js")


def printed(modules: Modules, builder: str, document: dict[str, Any], language: str, *more: Any) -> Any:
    texts = json.loads((FOLDER / f"till.receipt.{language}.json").read_text())
    words = f"""(() => {{
        const texts = {json.dumps(texts)}, data = {json.dumps(formats(language))}, f = modules['formats.js'];
        return {{
            t: (code, fields = {{}}) => {{
                if (texts[code] === undefined) throw new Error(`no text for ${{code}}`);
                return (texts[code].other ?? texts[code]).replace(/{{(\\w+)}}/g, (all, name) => fields[name]);
            }},
            amount: (minor) => f.number(data, minor, 2, 0), money: (minor) => f.money(data, minor, 'AMD', 2, 0),
            quantity: (thousandths) => f.quantity(data, thousandths), percent: (points) => `${{points / 100}} %`,
            date: () => '22.11.2026',
        }};
    }})()"""
    maps = "rules: new Map([['gold10', 'Gold 10 %']]), taxes: new Map([['vat20', 'VAT']])"
    shop = f"{{ ...{json.dumps({**SHOP, 'language': language})}, {maps} }}"
    arguments = ", ".join([json.dumps(document), shop, words, *map(json.dumps, more)])
    module = "receipt.js" if builder == "receiptContent" else "report.js"
    return receipt_from(modules.run(f"modules['{module}'].{builder}({arguments})"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_receipt_names_each_discount_and_what_was_saved(modules: Modules, language: str) -> None:
    receipt = printed(modules, "receiptContent", SALE, language, True)
    pairs = {line.left.strip(): line.right for line in receipt.lines if isinstance(line, Pair)}
    texts = json.loads((FOLDER / f"till.receipt.{language}.json").read_text())

    assert receipt.drawer is True
    assert pairs["Gold 10 %"] == "-100"
    assert pairs[texts["receipt.saved"]] == "100"
    assert pairs[texts["receipt.change"]] == "100"
    assert [line.data for line in receipt.lines if isinstance(line, Barcode)] == ["A1-1-7"]


def test_lines_discounts_and_net_add_up_on_paper(modules: Modules) -> None:
    receipt = printed(modules, "receiptContent", SALE, "en", False)
    at = next(at for at, line in enumerate(receipt.lines) if isinstance(line, Text) and line.text.startswith("Milk"))
    listed, discount, net = (int(line.right.replace(",", "")) for line in receipt.lines[at + 1 : at + 4])

    assert listed + discount == net == 900


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["x_report", "shift_closing"])
def test_x_and_z_print_every_total(modules: Modules, language: str, kind: str) -> None:
    names = ("gross", "discount", "net", "tax", "cash", "card", "cash_in", "cash_out", "expected")
    totals = {"sales": 3, "refunds": 1, **{name: (at + 1) * 100 for at, name in enumerate(names)}}
    closing = {"counted": 500, "difference": -400, "reason": "short", "unsent": 2, "z_number": 1}
    counts = [{"value": 100, "count": 5}]
    document = {"kind": kind, "made_at": 0, "totals": totals, "counts": counts, **closing}

    receipt = printed(modules, "shiftContent", document, language)

    figures = [line.right for line in receipt.lines if isinstance(line, Pair)]
    assert [str(at + 1) for at in range(9)] == figures[figures.index("3") + 2 :][:9]


@pytest.mark.parametrize("kind", ["cash_in", "cash_out"])
def test_cash_put_in_or_taken_out_prints_its_reason(modules: Modules, kind: str) -> None:
    receipt = printed(modules, "cashContent", {"kind": kind, "made_at": 0, "reason": "coins", "amount": 5_000}, "ru")

    assert Pair("coins", "50\N{NO-BREAK SPACE}֏", bold=True) in receipt.lines


def test_the_three_languages_have_the_same_texts() -> None:
    keys = [set(json.loads((FOLDER / f"till.receipt.{language}.json").read_text())) for language in LANGUAGES]

    assert keys[0] == keys[1] == keys[2]
