"""One cell as a value: amounts, percents, days, yes and no, numbers on cards. Nothing is guessed: exact or refused.

A cell comes as its program kept it: a text, or from Excel a number, a day or a truth. Text is never executed, whatever it
begins with.
"""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Literal, TypeAlias

from loyalty.imports.words import CURRENCY_MARKS, MONTHS, NO, YES
from pos.core.money import MAX_AMOUNT

Cell: TypeAlias = str | int | float | bool | date | datetime | time | timedelta | None
"""None is a cell that its own program could not compute (#N/A)."""
Decimals: TypeAlias = Literal["auto", ",", "."]
Order: TypeAlias = Literal["dmy", "mdy"]

ProblemCode: TypeAlias = Literal[
    "cell_error",
    "not_a_number",
    "number_unclear",
    "number_too_fine",
    "number_too_large",
    "number_negative",
    "percent_range",
    "percent_small",
    "points_whole",
    "date_unclear",
    "date_without_year",
    "date_outside",
    "period_over",
    "yes_or_no",
    "digits_lost",
    "digits_wanted",
    "card_length",
    "phone_unclear",
    "phone_length",
    "text_too_long",
    "tier_unknown",
    "category_unknown",
    "nobody",
    "totals_row",
    "needs_person",
    "card_twice",
    "phone_twice",
    "card_taken",
    "phone_taken",
]
"""Why a cell or row is not imported; each has a sentence `imports.problem.<code>`."""

EXACT_DIGITS = 15
"""Excel keeps 15 digits of a number; what was longer is lost."""
EXPONENT = re.compile(r"([0-9])(?:[.,]([0-9]+))?[eEеЕ]\+?([0-9]{1,3})")
DECIMALS_OF_ZERO = re.compile(r"^([0-9]{4,})[.,]0{1,2}$")
KEPT_AS_TEXT = re.compile(r'="([^"]*)"')
SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f']")
WRITTEN_NUMBER = re.compile(r"-?[0-9]+(?:[.,][0-9]+)*")
EARLIEST = date(1900, 1, 1)
ERRORS = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|Н/Д|ССЫЛКА!|ЗНАЧ!|ИМЯ\?|ДЕЛ/0!|ЧИСЛО!|ПУСТО!)", re.I)


class Unfit(Exception):
    """A cell that cannot be taken; `fields` are what its sentence names."""

    def __init__(self, code: ProblemCode, **fields: str | int) -> None:
        self.code: ProblemCode = code
        self.fields = fields
        super().__init__(code)


def plain(cell: Cell) -> str:
    """The cell as a text, spaces made single: a whole number without its point, a day as 2026-03-05.

    Raises `Unfit` for what the file's own program could not compute.
    """
    match cell:
        case None:
            raise Unfit("cell_error")
        case bool():
            return "1" if cell else "0"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 10**EXACT_DIGITS else repr(cell)
        case str():
            text = " ".join(cell.split())
            if ERRORS.fullmatch(text):
                raise Unfit("cell_error")
            return text
        case _:
            return str(cell)


def shown(cell: Cell) -> str:
    """The cell as a list of problems shows it, at most 80 characters."""
    if cell is None:
        return "#"
    text = " ".join(cell.split()) if isinstance(cell, str) else plain(cell)
    return text if len(text) <= 80 else text[:79] + "…"


def is_blank(cell: Cell) -> bool:
    """Whether there is nothing in the cell."""
    return isinstance(cell, str) and not cell.strip()


def digits_cell(cell: Cell) -> str:
    """A cell that holds a number on a card or of a phone, as text with every digit it had.

    From a number only where its own program kept all digits; from "2.9E+12" only where all digits are written out.
    Raises `Unfit`.
    """
    match cell:
        case bool() | date() | time() | timedelta():
            raise Unfit("digits_wanted")
        case int() | float():
            if not 0 <= cell < 10**EXACT_DIGITS or cell != int(cell):
                raise Unfit("digits_lost")
            return str(int(cell))
        case _:
            return _written_digits(plain(cell))


def is_one_number(text: str) -> bool:
    """Whether a comma in the cell separates decimals ("2,9E+12", "2900000000018,00"), not one number from the next."""
    text = text.strip()
    return bool(EXPONENT.fullmatch(text) or DECIMALS_OF_ZERO.fullmatch(text))


def _written_digits(text: str) -> str:
    kept = KEPT_AS_TEXT.fullmatch(text)
    text = (kept[1] if kept else text).removeprefix("'").strip()
    raised = EXPONENT.fullmatch(text)
    if raised:
        digits = raised[1] + (raised[2] or "")
        if len(digits) != int(raised[3]) + 1:
            raise Unfit("digits_lost")
        return digits
    return DECIMALS_OF_ZERO.sub(r"\1", text)


def number(cell: Cell, decimals: Decimals) -> Decimal:
    """The exact number in a cell; spaces, marks of currency and percent are taken off.

    "1 234,50", "1,234.50" and "1.234,50" are clear by themselves; "1,234" is not, unless `decimals` says which mark
    separates decimals. Raises `Unfit`.
    """
    match cell:
        case bool() | date() | time() | timedelta():
            raise Unfit("not_a_number")
        case int():
            return Decimal(cell)
        case float():
            return Decimal(format(cell, ".15g"))
        case _:
            return _written_number(plain(cell), decimals)


def _written_number(text: str, decimals: Decimals) -> Decimal:
    bare = SPACES.sub("", CURRENCY_MARKS.sub("", text.casefold())).replace("−", "-").replace("–", "-").rstrip("%")
    bare = re.sub(r"^\((.+)\)$", r"-\1", bare).removeprefix("+")
    if not WRITTEN_NUMBER.fullmatch(bare) or not bare.isascii():
        raise Unfit("not_a_number")
    mark = _decimal_mark(bare, decimals)
    if mark:
        whole, _, rest = bare.rpartition(mark)
        bare = f"{re.sub('[.,]', '', whole)}.{rest}"
    else:
        bare = re.sub("[.,]", "", bare)
    try:
        return Decimal(bare)
    except InvalidOperation as error:
        raise Unfit("not_a_number") from error


def _decimal_mark(bare: str, decimals: Decimals) -> str:
    """Which mark of `bare` separates decimals, "" for none; thousands must stand in threes."""
    marks = re.findall("[.,]", bare)
    if not marks:
        return ""
    last = marks[-1]
    if len(set(marks)) == 2:  # both: the last one separates decimals, and stands once
        mark = last if marks.count(last) == 1 and decimals in ("auto", last) else None
    elif len(marks) > 1:  # one mark again and again separates thousands
        mark = "" if decimals in ("auto", "," if last == "." else ".") else None
    elif decimals != "auto":
        mark = last if last == decimals else ""
    elif re.fullmatch(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}", bare):
        raise Unfit("number_unclear")
    else:
        mark = last
    if mark is None:
        raise Unfit("not_a_number")
    thousands = bare.rpartition(mark)[0] if mark else bare
    if re.search("[.,]", thousands) and not re.fullmatch(r"-?[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*", thousands):
        raise Unfit("not_a_number")
    return mark


def amount(cell: Cell, exponent: int, decimals: Decimals) -> int:
    """Minor units, none negative. Raises `Unfit`, also where the cell has more decimals than the currency."""
    return _whole(number(cell, decimals), exponent, "number_too_fine")


def points(cell: Cell, decimals: Decimals) -> int:
    """Whole points, none negative. Raises `Unfit`."""
    return _whole(number(cell, decimals), 0, "points_whole")


def _whole(value: Decimal, exponent: int, too_fine: ProblemCode) -> int:
    scaled = value.scaleb(exponent)
    if scaled != scaled.to_integral_value():
        raise Unfit(too_fine, decimals=exponent)
    if scaled < 0:
        raise Unfit("number_negative")
    if scaled > MAX_AMOUNT:
        raise Unfit("number_too_large")
    return int(scaled)


def percent(cell: Cell, decimals: Decimals, *, share: bool) -> int:
    """Basis points from 0 to 10000. `share`: 0.07 is seven percent, as Excel keeps its own percent cells.

    Raises `Unfit`; a number under 0.5 that is not said to be a share is likely one, and refused.
    """
    value = number(cell, decimals)
    marked = isinstance(cell, str) and "%" in cell
    if share and not marked:
        value *= 100
    elif 0 < value < Decimal("0.5") and not marked:
        raise Unfit("percent_small")
    points_ = value * 100
    if points_ != points_.to_integral_value():
        raise Unfit("number_too_fine", decimals=2)
    if not 0 <= points_ <= 10_000:
        raise Unfit("percent_range")
    return int(points_)


def day(cell: Cell, order: Order) -> date:
    """A day in one of the usual spellings: 05.03.1980, 5/3/80, 1980-03-05, 5 марта 1980, a day of Excel.

    `order` says what 03/04/2020 means, and 03.04.2020 too. Two digits of a year beyond 30 are of the last century.
    Raises `Unfit`.
    """
    match cell:
        case datetime():
            found = cell.date()
        case date():
            found = cell
        case str():
            found = _written_day(plain(cell).casefold(), order)
        case None:
            raise Unfit("cell_error")
        case _:
            raise Unfit("date_unclear")
    if not EARLIEST <= found <= date(2199, 12, 31):
        raise Unfit("date_outside")
    return found


def _written_day(text: str, order: Order) -> date:
    text = re.sub(r"[ t][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:z|[+-][0-9:]{2,5})?$", "", text)
    text = re.sub(r"(?<=[0-9])\s*(?:г\.?|год[а]?|թ\.?|թվական|y\.)$", "", text).strip(" ,.")
    if found := re.fullmatch(r"([0-9]{4})[-./]([0-9]{1,2})[-./]([0-9]{1,2})", text):
        return _made(int(found[1]), int(found[2]), int(found[3]))
    if found := re.fullmatch(r"([0-9]{4})([0-9]{2})([0-9]{2})", text):
        return _made(int(found[1]), int(found[2]), int(found[3]))
    if found := re.fullmatch(r"([0-9]{1,2})([-./])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})", text):
        first, second = int(found[1]), int(found[3])
        of_day, of_month = (first, second) if order == "dmy" else (second, first)
        return _made(_year(found[4]), of_month, of_day)
    if re.fullmatch(r"[0-9]{1,2}[-./][0-9]{1,2}", text):
        raise Unfit("date_without_year")
    return _day_in_words(text)


def _day_in_words(text: str) -> date:
    words = re.findall(r"[^\W\d_]+|[0-9]+", text)
    months = [MONTHS[word] for word in words if word in MONTHS]
    numbers = [word for word in words if word.isascii() and word.isdigit()]
    if len(months) == 1 and len(numbers) == 1 and len(numbers[0]) <= 2:
        raise Unfit("date_without_year")
    years = [word for word in numbers if len(word) == 4]
    days = [word for word in numbers if len(word) <= 2]
    if len(months) != 1 or len(years) != 1 or len(days) != 1 or len(numbers) != 2:
        raise Unfit("date_unclear")
    return _made(int(years[0]), months[0], int(days[0]))


def _year(written: str) -> int:
    year = int(written)
    return year if len(written) == 4 else year + (2000 if year <= 30 else 1900)


def _made(year: int, month: int, of_month: int) -> date:
    try:
        return date(year, month, of_month)
    except ValueError as error:
        raise Unfit("date_unclear") from error


def yes(cell: Cell) -> bool:
    """Yes or no in any of the three languages; an empty cell is no. Raises `Unfit`."""
    word = plain(cell).casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise Unfit("yes_or_no")
