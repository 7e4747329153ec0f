"""Numbers, money and dates on screens and receipts: as CLDR has them, in Armenian too."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal

from tests.till.modules import Modules
from web.i18n.export import FOLDER, LANGUAGES, SYMBOLS, formats, text_of

AMOUNTS = [0, 1, 99, 100, 1_234_50, -1_234_50, 999_999_99, 1_000_000_00, -123_456_789_01, 9_007_199_254_740_991]
MOMENTS = [(2026, 1, 1, 0, 0), (2026, 5, 31, 9, 5), (2026, 11, 22, 12, 0), (2026, 12, 31, 23, 59)]


@pytest.fixture(scope="module")
def modules() -> Modules:
    return Modules("formats.js")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_exported_formats_are_what_babel_says_today(language: str) -> None:
    assert (FOLDER / f"formats.{language}.json").read_text() == text_of(language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("minor", AMOUNTS)
def test_an_amount_reads_as_babel_writes_it(modules: Modules, language: str, minor: int) -> None:
    wanted = format_decimal(Decimal(minor) / 100, "#,##0.00", locale=language)

    assert modules.call("formats.js", "number", formats(language), minor, 2) == wanted


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("currency", ["AMD", "RUB", "EUR", "USD"])
@pytest.mark.parametrize("minor", AMOUNTS)
def test_money_reads_as_babel_writes_it(modules: Modules, language: str, currency: str, minor: int) -> None:
    wide = Locale.parse(language).currency_symbols.get(currency, currency)
    wanted = format_currency(Decimal(minor) / 100, currency, locale=language).replace(wide, SYMBOLS[currency])

    assert modules.call("formats.js", "money", formats(language), minor, currency, 2) == wanted


def test_a_currency_known_by_its_letters_keeps_a_distance(modules: Modules) -> None:
    assert modules.call("formats.js", "money", formats("en"), 1_000_00, "GEL", 2, 0) == "GEL\N{NO-BREAK SPACE}1,000"


@pytest.mark.parametrize(
    ("thousandths", "wanted"), [(1_000, "1"), (575, "0,575"), (1_250, "1,25"), (0, "0"), (-2_500, "-2,5")]
)
def test_a_quantity_has_no_useless_zeros(modules: Modules, thousandths: int, wanted: str) -> None:
    assert modules.call("formats.js", "quantity", formats("hy"), thousandths) == wanted


@pytest.mark.parametrize(
    ("minor", "step", "decimals"), [(1_234_00, 100, 0), (1_234_50, 100, 2), (1_234_00, 1, 2), (500, 1_000, 0)]
)
def test_whole_drams_are_shown_without_decimals(modules: Modules, minor: int, step: int, decimals: int) -> None:
    assert modules.call("formats.js", "decimals", minor, {"exponent": 2, "price_step": step}) == decimals


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("when", MOMENTS)
def test_a_moment_reads_as_babel_writes_it(modules: Modules, language: str, when: tuple[int, ...]) -> None:
    moment = dict(zip(("year", "month", "day", "hour", "minute"), when, strict=True))
    at = datetime(*when, tzinfo=UTC)  # type: ignore[arg-type]  # five whole numbers

    def shown(style: str) -> Any:
        return modules.call("formats.js", "moment", formats(language), moment, style)

    assert shown("date") == format_date(at, "medium", locale=language)
    assert shown("long_date") == format_date(at, "long", locale=language)
    assert shown("time") == format_time(at, "short", locale=language)
