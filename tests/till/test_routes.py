"""What a code is: by the shop's own table, with check digits where a label carries a price."""

import json

import pytest

from tests.till.modules import Modules
from tests.till.shop import GOLD_CARD, MILK_CODE, ROUTES


@pytest.fixture(scope="module")
def modules() -> Modules:
    return Modules("routes.js", "scanner.js", "catalogue.js")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (MILK_CODE, "product"),
        (GOLD_CARD, "card"),
        ("2200003005752", "weight_label"),
        ("2200003005753", "product"),
        ("2300003123453", "price_label"),
        ("29", "product"),
        ("]E0" + GOLD_CARD, "card"),
        (GOLD_CARD + "\r", "card"),
    ],
    ids=["goods", "card", "weight", "weight misread", "price", "too short", "with scanner prefix", "with line end"],
)
def test_a_code_goes_where_the_table_says(modules: Modules, code: str, kind: str) -> None:
    assert modules.call("routes.js", "route", code, ROUTES)["kind"] == kind


def test_a_weight_label_names_the_product_and_the_grams(modules: Modules) -> None:
    routed = modules.call("routes.js", "route", "2200003005752", ROUTES)

    assert (routed["item"], routed["value"]) == ("00003", 575)


def test_the_longest_prefix_wins(modules: Modules) -> None:
    staff = {**ROUTES[0], "id": "badge", "kind": "badge", "prefix": "2999"}

    assert modules.call("routes.js", "route", "2999000000005", [*ROUTES, staff])["kind"] == "badge"
    assert modules.call("routes.js", "route", "2999000000005", [staff, *ROUTES])["kind"] == "badge"


@pytest.mark.parametrize(
    ("code", "holds"),
    [("4006381333931", True), ("4006381333932", False), ("96385074", True), ("036000291452", True), ("12345", False)],
)
def test_check_digits(modules: Modules, code: str, holds: bool) -> None:
    assert modules.call("routes.js", "checkDigitHolds", code) is holds


@pytest.mark.parametrize(
    ("typed", "times", "code"), [("6*4850", 6, "4850"), ("12х485", 12, "485"), ("4850", 1, "4850"), ("0*1", 1, "0*1")]
)
def test_so_many_of_the_next(modules: Modules, typed: str, times: int, code: str) -> None:
    assert modules.call("routes.js", "multiplied", typed) == {"times": times, "code": code}


def typed(modules: Modules, keys: list[tuple[str, str]], gap: int) -> str | None:
    found = modules.run(
        f"(() => {{ const burst = new modules['scanner.js'].Burst(); let scan = null; "
        f"{[list(key) for key in keys]}.forEach(([key, code], at) => "
        f"{{ scan = burst.key({{ key, code, shiftKey: false }}, at * {gap}) ?? scan; }}); return scan; }})()"
    )
    return found and found["text"]


DIGITS = [(digit, f"Digit{digit}") for digit in MILK_CODE]
ENTER = ("Enter", "Enter")


def test_a_fast_burst_ended_by_enter_is_a_scan(modules: Modules) -> None:
    assert typed(modules, [*DIGITS, ENTER], 8) == MILK_CODE


def test_what_a_person_types_is_not_a_scan(modules: Modules) -> None:
    assert typed(modules, [*DIGITS, ENTER], 130) is None


def test_three_characters_are_not_a_scan(modules: Modules) -> None:
    assert typed(modules, [*DIGITS[:3], ENTER], 8) is None


@pytest.mark.parametrize(
    ("letters", "codes"),
    [
        ("ФИ-12", ("KeyA", "KeyB", "Minus", "Digit1", "Digit2")),
        ("աբ-12", ("KeyA", "KeyB", "Minus", "Digit1", "Digit2")),
    ],
    ids=["Russian", "Armenian"],
)
def test_a_scanner_under_another_layout_is_read_by_its_keys(
    modules: Modules, letters: str, codes: tuple[str, ...]
) -> None:
    assert typed(modules, [*zip(letters, codes, strict=True), ENTER], 5) == "ab-12"


@pytest.mark.parametrize(
    ("text", "seqs"), [("milk", [1]), ("по-русски bre", [2]), ("ԿԱԹ", [3]), ("елка", [4]), ("4850", [1]), ("zzz", [])]
)
def test_goods_are_found_in_every_language_and_by_code(modules: Modules, text: str, seqs: list[int]) -> None:
    names = [("Milk", "Молоко"), ("Bread", "Хлеб по-русски"), ("Կաթ", ""), ("Ёлка", "")]
    rows = [
        {"seq": at, "names": {"en": en, "ru": ru}, "barcodes": [["4850", 1000]] if at == 1 else [], "archived": False}
        for at, (en, ru) in enumerate(names, 1)
    ]
    fill = "const goods = new modules['catalogue.js'].Catalogue(); goods.fill(["
    script = f"(() => {{ {fill}{json.dumps(rows)}]); return goods.search({text!r}).map((row) => row.seq); }})()"

    assert modules.run(script) == seqs


@pytest.mark.parametrize(("at", "price"), [(0, 500), (99, 500), (100, 450), (200, None)])
def test_a_price_that_begins_later_begins_by_itself(modules: Modules, at: int, price: int | None) -> None:
    assert modules.call("catalogue.js", "priceAt", {"price": 500, "upcoming": [[100, 450], [200, None]]}, at) == price
