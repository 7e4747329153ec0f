"""Which label templates fit a scale's label that was scanned, by what is printed beside its bars. Pure.

A label is an EAN-13 of the shop's own range: `prefix item [filler or check] value check`. Several divisions of the digits fit
most labels; a second label, chosen by what `deciding` says, leaves one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from pos.catalog.errors import LabelNotReadable
from pos.catalog.rules import LABEL_UNITS, Route, ValueUnit, is_ean, unit_size

LENGTH = 13
PREFIX_DIGITS, ITEM_DIGITS, VALUE_DIGITS, INNER_DIGITS = (1, 2, 3, 4), (3, 4, 5, 6), (4, 5, 6), (0, 1)
USUAL_PREFIX, USUAL_ITEM = 2, 5
MOST_SHOWN = 6
Deciding = Literal["other_goods", "larger"]


@dataclass(frozen=True, slots=True)
class SeenLabel:
    """A label as scanned, what is printed on it (at least one of the three), and the numbers its goods may have.

    `grams`, `price` in minor units, `pieces`; `numbers` is empty where the goods were not named.
    """

    code: str
    grams: int | None = None
    price: int | None = None
    pieces: int | None = None
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Template:
    """One way to divide the digits, and what speaks for it.

    `knows_goods`: every label's item digits are a number that its goods have. `inner`: a digit stands between item and
    value; `inner_checks`: it is GS1's check digit of the value on every label.
    """

    prefix: str
    item_digits: int
    inner: bool
    value_digits: int
    unit: ValueUnit
    items: tuple[str, ...]
    knows_goods: bool
    inner_checks: bool

    def route(self) -> Route:
        """The row of the scan-routing table, not saved yet."""
        return label_route(self.prefix, self.item_digits, self.value_digits, self.unit)

    @property
    def unlikeliness(self) -> tuple[bool, bool, int, int, bool]:
        """What is smaller is shown first."""
        return (
            not self.knows_goods,
            self.inner and not self.inner_checks,
            abs(len(self.prefix) - USUAL_PREFIX),
            abs(self.item_digits - USUAL_ITEM),
            self.inner,
        )


@dataclass(frozen=True, slots=True)
class NextLabel:
    """Which further label would tell the two likeliest templates apart: one of other goods, or one with more on it than the
    narrower of them can hold, `at_least` grams, minor units or pieces by its `unit`."""

    what: Deciding
    at_least: int = 0
    unit: ValueUnit = "g"


def label_route(prefix: str, item_digits: int, value_digits: int, unit: ValueUnit) -> Route:
    """The route that reads such labels: the item behind the prefix, the value before the check digit."""
    start = len(prefix)
    kind = "price_label" if unit in LABEL_UNITS["price_label"] else "weight_label"
    value = (LENGTH - 1 - value_digits, LENGTH - 1)
    return Route(0, kind, prefix, LENGTH, None, (start, start + item_digits), value, unit)


def templates(labels: Sequence[SeenLabel], exponent: int) -> list[Template]:
    """Those that fit every label, the likeliest first. `exponent`: decimals of the shop's currency.

    Raises `LabelNotReadable` with `why`: "code" for no EAN-13 that begins with 2 or 02, "check" for a wrong check
    digit, "printed" where nothing printed was told, or it is not above zero.
    """
    for label in labels:
        _check(label)
    fitting = (_template(labels, *shape, exponent) for shape in _shapes())
    return sorted((each for each in fitting if each is not None), key=lambda each: each.unlikeliness)


def deciding(found: Sequence[Template], exponent: int) -> NextLabel | None:
    """The label that would tell the first two apart, or None where one template is left."""
    if len(found) < 2:
        return None
    first, second = found[:2]
    if first.value_digits == second.value_digits and first.inner == second.inner:
        return NextLabel("other_goods")
    narrow = min((first, second), key=lambda each: each.value_digits)
    return NextLabel("larger", 10**narrow.value_digits * unit_size(narrow.unit, exponent), narrow.unit)


def price_check_digit(value: str) -> str:
    """GS1's check digit of a value of four or five digits (General Specifications 7.9.2 to 7.9.4)."""
    weighted = [_WEIGHTS[name][int(digit)] for name, digit in zip(_PLACES[len(value)], value, strict=True)]
    if len(value) == 4:
        return str(sum(weighted) * 3 % 10)
    return str(_FIVE_MINUS.index(-sum(weighted) % 10))


_FIVE_MINUS = (0, 5, 9, 4, 8, 3, 7, 2, 6, 1)
_WEIGHTS = {
    "2-": (0, 2, 4, 6, 8, 9, 1, 3, 5, 7),
    "3": (0, 3, 6, 9, 2, 5, 8, 1, 4, 7),
    "5+": (0, 5, 1, 6, 2, 7, 3, 8, 4, 9),
    "5-": _FIVE_MINUS,
}
_PLACES = {4: ("2-", "2-", "3", "5-"), 5: ("5+", "2-", "5-", "5+", "2-")}


def _shapes() -> Iterable[tuple[int, int, int, int, ValueUnit]]:
    """Digits of prefix, item, inner and value that fill twelve, with every unit."""
    units: list[ValueUnit] = [unit for each in LABEL_UNITS.values() for unit in each]
    for prefix in PREFIX_DIGITS:
        for inner in INNER_DIGITS:
            for value in VALUE_DIGITS:
                item = LENGTH - 1 - prefix - inner - value
                if item in ITEM_DIGITS:
                    for unit in units:
                        yield prefix, item, inner, value, unit


def _template(
    labels: Sequence[SeenLabel], prefix: int, item: int, inner: int, value: int, unit: ValueUnit, exponent: int
) -> Template | None:
    if unit == "major" and exponent == 0:  # the same as minor
        return None
    values = [label.code[LENGTH - 1 - value : LENGTH - 1] for label in labels]
    if len({label.code[:prefix] for label in labels}) != 1:
        return None
    for label, digits in zip(labels, values, strict=True):
        if int(digits) * unit_size(unit, exponent) != _printed(label, unit):
            return None
    items = tuple(label.code[prefix : prefix + item] for label in labels)
    checks = [
        value <= 5 and label.code[prefix + item] == price_check_digit(digits)
        for label, digits in zip(labels, values, strict=True)
    ]
    return Template(
        prefix=labels[0].code[:prefix],
        item_digits=item,
        inner=bool(inner),
        value_digits=value,
        unit=unit,
        items=items,
        knows_goods=all(_known(digits, label) for digits, label in zip(items, labels, strict=True)),
        inner_checks=bool(inner) and all(checks),
    )


def _printed(label: SeenLabel, unit: ValueUnit) -> int | None:
    match unit:
        case "g" | "10g":
            return label.grams
        case "minor" | "major":
            return label.price
        case "piece":
            return label.pieces


def _known(item: str, label: SeenLabel) -> bool:
    """As the till finds the goods of a label: by a barcode, else by the product's own number."""
    return item in label.numbers or item.lstrip("0") in label.numbers


def _check(label: SeenLabel) -> None:
    if len(label.code) != LENGTH or not label.code.isascii() or not label.code.isdigit():
        raise LabelNotReadable(why="code")
    if not label.code.startswith(("2", "02")):
        raise LabelNotReadable(why="code")
    if not is_ean(label.code):
        raise LabelNotReadable(why="check")
    printed = [label.grams, label.price, label.pieces]
    if all(each is None for each in printed) or any(each is not None and each <= 0 for each in printed):
        raise LabelNotReadable(why="printed")
