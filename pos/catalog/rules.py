"""What a scanned code says: check digits, labels of weighing scales, which route reads which code. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pos.catalog.errors import BadBarcode, BadScanRoute, NoName, WrongCheckDigit

ItemUnit: TypeAlias = Literal["piece", "kg"]
ScanKind: TypeAlias = Literal[
    "product", "weight_label", "price_label", "card", "receipt", "badge", "coupon", "gift_card"
]
ValueUnit: TypeAlias = Literal["g", "10g", "piece", "minor", "major"]
"""What the value digits of a label count: grams, tens of grams, pieces; smallest coins, whole units of the currency."""

LANGUAGES = ("en", "ru", "hy")
MAX_NAME = 200
EAN_LENGTHS = frozenset({8, 12, 13, 14})
LABEL_UNITS: dict[str, tuple[ValueUnit, ...]] = {
    "weight_label": ("g", "10g", "piece"),
    "price_label": ("minor", "major"),
}


def ean_check_digit(digits: str) -> str:
    """The last digit of the EAN, UPC or GTIN whose other digits are `digits` (GS1 General Specifications, 7.9)."""
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-weighted % 10)


def is_ean(code: str) -> bool:
    """Whether `code` is 8, 12, 13 or 14 digits ending in the right check digit."""
    return len(code) in EAN_LENGTHS and code.isascii() and code.isdigit() and ean_check_digit(code[:-1]) == code[-1]


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the scan-routing table. Places count characters from 0, half-open; `id` 0 is not saved yet."""

    id: int
    kind: ScanKind
    prefix: str
    length: int | None = None
    pattern: str | None = None
    item: tuple[int, int] | None = None
    value: tuple[int, int] | None = None
    unit: ValueUnit | None = None

    def reads(self, code: str) -> bool:
        """Whether this route would take `code`, its prefix, length and pattern considered."""
        return (
            code.startswith(self.prefix)
            and self.length in (None, len(code))
            and (self.pattern is None or re.fullmatch(self.pattern, code) is not None)
        )


def unit_size(unit: ValueUnit, exponent: int) -> int:
    """Grams, pieces or smallest coins in one `unit`; `exponent`: decimals of the shop's currency."""
    match unit:
        case "10g":
            return 10
        case "major":
            return 10**exponent
        case _:
            return 1


@dataclass(frozen=True, slots=True)
class Label:
    """What a scale printed: the item's own code, and so many of the unit."""

    item: str
    value: int
    unit: ValueUnit


def checked_route(route: Route) -> Route:
    """`route` itself, when it can work. Raises `BadScanRoute` with the reason."""
    if route.length is not None and route.length < max(1, len(route.prefix)):
        raise BadScanRoute(why="length")
    if route.pattern is not None:
        try:
            re.compile(route.pattern)
        except re.error as error:
            raise BadScanRoute(why="pattern") from error
    if route.kind in LABEL_UNITS:
        _check_label(route)
    elif route.item or route.value or route.unit:
        raise BadScanRoute(why="fields")
    return route


def _check_label(route: Route) -> None:
    if route.length is None or route.item is None or route.value is None:
        raise BadScanRoute(why="fields")
    for start, end in (route.item, route.value):
        if not 0 <= start < end <= route.length:
            raise BadScanRoute(why="fields")
    if route.item[0] < route.value[1] and route.value[0] < route.item[1]:
        raise BadScanRoute(why="fields")
    if route.unit not in LABEL_UNITS[route.kind]:
        raise BadScanRoute(why="unit")


def overlapping(route: Route, others: Iterable[Route]) -> Route | None:
    """The first of `others` that could read a code which `route` reads too, neither prefix being the longer; or None.

    A longer prefix wins over a shorter one, so only equal prefixes clash, and only where their lengths may be equal.
    """
    for other in others:
        if other.id == route.id and route.id:
            continue
        same_length = route.length is None or other.length is None or route.length == other.length
        if route.prefix == other.prefix and same_length:
            return other
    return None


def route_for(code: str, routes: Iterable[Route]) -> Route | None:
    """The route with the longest prefix that reads `code`, or None."""
    return max((route for route in routes if route.reads(code)), key=lambda route: len(route.prefix), default=None)


def read_label(code: str, route: Route) -> Label:
    """What a scale's label says. Raises `WrongCheckDigit` for a damaged code, `BadScanRoute` for another kind."""
    if route.item is None or route.value is None or route.unit is None:
        raise BadScanRoute(why="kind")
    if not is_ean(code):
        raise WrongCheckDigit(barcode=code)
    return Label(code[slice(*route.item)], int(code[slice(*route.value)]), route.unit)


def checked_names(names: Mapping[str, str]) -> dict[str, str]:
    """Names by language, trimmed, empty ones left out. Raises `NoName` where none is left or a language is not ours."""
    kept = {language: " ".join(name.split()) for language, name in names.items()}
    kept = {language: name[:MAX_NAME] for language, name in kept.items() if name}
    if not kept or not kept.keys() <= set(LANGUAGES):
        raise NoName()
    return kept


def checked_barcode(code: str) -> str:
    """`code` itself: 1 to 200 printable ASCII characters.

    Raises `BadBarcode`, and `WrongCheckDigit` where it is as long as an EAN, all digits, and its last digit is wrong.
    """
    if not re.fullmatch(r"[\x21-\x7e]{1,200}", code):
        raise BadBarcode()
    if len(code) in EAN_LENGTHS and code.isdigit() and not is_ean(code):
        raise WrongCheckDigit(barcode=code)
    return code
