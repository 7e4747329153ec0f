"""One row of a file as what would be written: a draft, or every reason why not. Pure; the shop's names are handed in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from loyalty.accounts.rules import Purpose, luhn_digit
from loyalty.imports.layouts import Field
from loyalty.imports.phones import Country, e164, several
from loyalty.imports.values import (
    Cell,
    Decimals,
    Order,
    ProblemCode,
    Unfit,
    amount,
    day,
    digits_cell,
    is_blank,
    is_one_number,
    number,
    percent,
    plain,
    points,
    shown,
    yes,
)
from loyalty.imports.words import TOTALS, folded

T = TypeVar("T")
LONGEST_NAME, LONGEST_NOTE, LONGEST_TAG = 100, 500, 64
SHORTEST_CARD, LONGEST_CARD = 4, 40
PURPOSES: tuple[tuple[Field, Purpose], ...] = (
    ("consent_data", "data"),
    ("consent_sms", "sms"),
    ("consent_email", "email"),
)
_LANGUAGES = {
    "hy": "hy am arm armenian армянский հայերեն",
    "ru": "ru rus russian русский ռուսերեն",
    "en": "en eng english английский անգլերեն",
}
LANGUAGES = {folded(word): code for code, words in _LANGUAGES.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class Layout:
    """How one file is to be read: what each column (from 0) holds, and what is meant where the file does not say.

    `header_line` is the line of the headings, 0 for none. `card_digits`: numbers with fewer get their leading zeros back.
    `share`: 0.07 in the percent column is seven percent. `shared_phones`: a phone that another account has is no reason
    to refuse a row. `language` is that of persons whose own is not told.
    """

    header_line: int = 0
    columns: Mapping[int, Field] = field(default_factory=dict[int, Field])
    country: Country = "AM"
    decimals: Decimals = "auto"
    order: Order = "dmy"
    share: bool = False
    card_digits: int | None = None
    shared_phones: bool = False
    language: str = "hy"
    tier_until: date | None = None
    points_until: date | None = None
    consent_text: str = "import"


@dataclass(frozen=True, slots=True)
class Shop:
    """What a draft depends on beside its row: `exponent` of the currency, the card scheme, codes by folded name."""

    exponent: int
    card_prefix: str
    card_length: int
    tiers: Mapping[str, str]
    categories: Mapping[str, str]
    today: date


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason: `column` from 0, or None where it is about the whole row; `fields` are what the sentence names."""

    code: ProblemCode
    column: int | None = None
    value: str = ""
    fields: Mapping[str, str | int] = field(default_factory=dict[str, str | int])


@dataclass(frozen=True, slots=True)
class Draft:
    """What a row asks for. Amounts in minor units, `personal` in basis points, `phones` in E.164; None is "not told"."""

    cards: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    given: str = ""
    family: str = ""
    born_on: date | None = None
    language: str = "hy"
    personal: int = 0
    tier: str | None = None
    tier_until: date | None = None
    turnover: int = 0
    points: int = 0
    points_until: date | None = None
    debt: int = 0
    categories: tuple[str, ...] = ()
    category_from: date | None = None
    category_until: date | None = None
    tags: tuple[str, ...] = ()
    consents: tuple[Purpose, ...] = ()
    opened_on: date | None = None
    note: str = ""

    @property
    def has_person(self) -> bool:
        return bool(self.given or self.family or self.phones or self.born_on)


class _Row:
    """The cells of one row by field, and what was found wrong with them."""

    def __init__(self, cells: Sequence[Cell], layout: Layout) -> None:
        self.cells, self.layout = cells, layout
        self.problems: list[Problem] = []
        self.places: dict[Field, list[int]] = {}
        for column, name in sorted(layout.columns.items()):
            if column < len(cells) and not is_blank(cells[column]):
                self.places.setdefault(name, []).append(column)

    def read(self, name: Field, reader: Callable[[Cell], T], default: T) -> T:
        """The field by `reader`; `default` where the cell is empty or cannot be taken."""
        for column in self.places.get(name, []):
            try:
                return reader(self.cells[column])
            except Unfit as unfit:
                self.refuse(unfit, column)
        return default

    def read_several(self, name: Field, reader: Callable[[Cell], T]) -> tuple[T, ...]:
        """All values of the field's columns and of the parts of each cell, once each."""
        found: dict[T, None] = {}
        for column in self.places.get(name, []):
            cell = self.cells[column]
            try:
                for part in several(cell) if isinstance(cell, str) and not is_one_number(cell) else [cell]:
                    found[reader(part)] = None
            except Unfit as unfit:
                self.refuse(unfit, column)
        return tuple(found)

    def refuse(self, unfit: Unfit, column: int | None) -> None:
        value = "" if column is None else shown(self.cells[column])
        self.problems.append(Problem(unfit.code, column, value, unfit.fields))


def drafted(cells: Sequence[Cell], layout: Layout, shop: Shop) -> tuple[Draft, list[Problem]]:
    """What the row asks for and everything that is wrong with it; a row with problems is not to be written."""
    row = _Row(cells, layout)
    given, family = _names(row)
    draft = Draft(
        cards=row.read_several("card", lambda cell: card(cell, layout, shop)),
        phones=row.read_several("phone", lambda cell: e164(digits_cell(cell), layout.country)),
        given=given,
        family=family,
        born_on=row.read("born_on", lambda cell: _birthday(cell, layout.order, shop.today), None),
        language=row.read(
            "language", lambda cell: LANGUAGES.get(folded(plain(cell)), layout.language), layout.language
        ),
        personal=row.read("personal", lambda cell: percent(cell, layout.decimals, share=layout.share), 0),
        tier=row.read("tier", lambda cell: _coded(cell, shop.tiers, "tier_unknown"), None),
        tier_until=row.read("tier_until", lambda cell: _end(cell, layout.order, shop.today), layout.tier_until),
        turnover=row.read("turnover", lambda cell: amount(cell, shop.exponent, layout.decimals), 0),
        points=row.read("points", lambda cell: points(cell, layout.decimals), 0),
        points_until=row.read("points_until", lambda cell: _end(cell, layout.order, shop.today), layout.points_until),
        debt=row.read("debt", lambda cell: amount(cell, shop.exponent, layout.decimals), 0),
        categories=row.read_several("category", lambda cell: _coded(cell, shop.categories, "category_unknown")),
        category_from=row.read("category_from", lambda cell: _past(cell, layout.order, shop.today), None),
        category_until=row.read("category_until", lambda cell: _end(cell, layout.order, shop.today), None),
        tags=row.read_several("tags", lambda cell: _short(plain(cell), LONGEST_TAG)),
        consents=tuple(purpose for name, purpose in PURPOSES if row.read(name, yes, False)),
        opened_on=row.read("opened_on", lambda cell: _past(cell, layout.order, shop.today), None),
        note=row.read("note", lambda cell: _short(plain(cell), LONGEST_NOTE), ""),
    )
    if not row.problems:
        _check_whole(row, draft)
    return draft, row.problems


def card(cell: Cell, layout: Layout, shop: Shop) -> str:
    """The number on a card with all its digits, old systems' check digits as they are.

    Leading zeros come back where that is certain: to the length that the layout names, or to the shop's own scheme where
    prefix and check digit then fit. Raises `Unfit`.
    """
    digits = digits_cell(cell).replace(" ", "").replace("-", "")
    if not (digits.isascii() and digits.isdigit()):
        raise Unfit("digits_wanted")
    if layout.card_digits and len(digits) < layout.card_digits:
        digits = digits.zfill(layout.card_digits)
    if len(digits) < shop.card_length:
        whole = digits.zfill(shop.card_length)
        if whole.startswith(shop.card_prefix) and luhn_digit(whole[:-1]) == whole[-1]:
            digits = whole
    if not SHORTEST_CARD <= len(digits) <= LONGEST_CARD:
        raise Unfit("card_length", least=SHORTEST_CARD, most=LONGEST_CARD)
    return digits


def _names(row: _Row) -> tuple[str, str]:
    """Given and family name; a patronymic stands behind the given one."""
    given, family = (row.read(name, _name, "") for name in ("given", "family"))
    middle = row.read("middle", _name, "")
    if "family_given" in row.places:
        family, given = _parted(row.read("family_given", _whole_name, ""))
    elif "given_family" in row.places:
        words = row.read("given_family", _whole_name, "").rsplit(" ", 1)
        given, family = words[0], words[1] if len(words) == 2 else ""
    return _fitting(row, f"{given} {middle}".strip()), _fitting(row, family)


def _parted(whole: str) -> tuple[str, str]:
    """A name that begins with the family's; one word alone is the given name."""
    first, _, rest = whole.partition(" ")
    return (first, rest) if rest else ("", first)


def _fitting(row: _Row, name: str) -> str:
    if len(name) > LONGEST_NAME:
        row.problems.append(Problem("text_too_long", None, name[:80], {"most": LONGEST_NAME}))
    return name[:LONGEST_NAME]


def _name(cell: Cell) -> str:
    return _short(plain(cell), LONGEST_NAME)


def _whole_name(cell: Cell) -> str:
    return _short(plain(cell), 2 * LONGEST_NAME)


def _short(text: str, most: int) -> str:
    if len(text) > most:
        raise Unfit("text_too_long", most=most)
    return text


def _coded(cell: Cell, codes: Mapping[str, str], unknown: ProblemCode) -> str:
    code = codes.get(folded(plain(cell)))
    if code is None:
        raise Unfit(unknown)
    return code


def _birthday(cell: Cell, order: Order, today: date) -> date | None:
    return _past(cell, order, today)


def _past(cell: Cell, order: Order, today: date) -> date | None:
    found = day(cell, order)
    if found > today:
        raise Unfit("date_outside")
    return found


def _end(cell: Cell, order: Order, today: date) -> date | None:
    """The day on which something ends: not over yet."""
    found = day(cell, order)
    if found <= today:
        raise Unfit("period_over")
    return found


def _check_whole(row: _Row, draft: Draft) -> None:
    """What only the row as a whole can say."""
    if not draft.cards and not draft.has_person:
        row.refuse(Unfit("nobody"), None)
    elif not draft.cards and not draft.phones and folded(f"{draft.family} {draft.given}".split()[0]) in TOTALS:
        row.refuse(Unfit("totals_row"), None)
    elif draft.consents and not draft.has_person:
        row.refuse(Unfit("needs_person"), None)


def suggested(layout: Layout, rows: Sequence[Sequence[Cell]]) -> Layout:
    """The layout with what its first rows make certain: a percent column of shares (Excel keeps 7 % as 0.07)."""
    column = next((place for place, name in layout.columns.items() if name == "personal"), None)
    if column is None:
        return layout
    told = [row[column] for row in rows if column < len(row) and not is_blank(row[column])]
    numbers = [cell for cell in told if isinstance(cell, float | int) and not isinstance(cell, bool)]
    parts = [number(cell, "auto") for cell in numbers]
    if told and len(numbers) == len(told) and any(parts) and all(0 <= part < 1 for part in parts):
        return replace(layout, share=True)
    return layout
