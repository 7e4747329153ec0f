"""Sentences by key and language, for pages and errors; money and dates as people of that language write them.

Catalogues are `web/i18n/office.<language>.json` and `rules.<language>.json`: key to text with `{fields}`, or to an object
of CLDR plural forms that `n` chooses from. A missing key falls back to English, then shows itself.
"""

import json
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

if TYPE_CHECKING:  # commands of the terminal say sentences without a web framework
    from litestar import Request

LANGUAGES = ("en", "ru", "hy")
FOLDER = Path(__file__).parent / "i18n"
LANGUAGE_COOKIE = "tillcard_language"
WITHOUT_COINS = {"AMD"}
"""Currencies whose coins exist in data but not in purses."""


@cache
def catalogue(language: str) -> dict[str, Any]:
    """All texts of one language: the back office's own, those of the rules' pages, and the till's behind them."""
    files = (json.loads((FOLDER / f"{of}.{language}.json").read_text("utf-8")) for of in ("till", "rules", "office"))
    return {key: entry for file in files for key, entry in file.items()}


def text(language: str, key: str, **fields: object) -> str:
    """The sentence behind `key`; `n` among the fields chooses the plural form."""
    entry = catalogue(language).get(key)
    if entry is None:
        entry = catalogue("en").get(key, key)
    if isinstance(entry, dict):
        form = Locale(language).plural_form(int(str(fields.get("n", 0))))
        entry = entry.get(form, entry["other"])
    for name, value in fields.items():
        entry = entry.replace("{" + name + "}", str(value))
    return entry


def language_of(request: "Request[Any, Any, Any]") -> str:
    """The asker's language: what was chosen in this browser, else the signed-in person's, else what the browser prefers."""
    spoken = getattr(request.scope.get("user"), "language", None)
    for language in (request.cookies.get(LANGUAGE_COOKIE), spoken):
        if language in LANGUAGES:
            return language
    wanted = [part.split(";")[0].strip()[:2].lower() for part in request.headers.get("accept-language", "").split(",")]
    return next((language for language in wanted if language in LANGUAGES), "en")


@cache
def formats(language: str) -> dict[str, Any]:
    """CLDR's forms of numbers and money, the file that tills read too."""
    return json.loads((FOLDER / f"formats.{language}.json").read_text("utf-8"))


def money(minor: int, currency: str, exponent: int, language: str) -> str:
    """An amount with its currency's narrow sign, as tills show it; whole drams show no coins."""
    form = formats(language)
    size = 10**exponent
    whole, coins = divmod(abs(minor), size)
    grouped = f"{whole:,}".replace(",", form["group"])
    shows_coins = exponent > 0 and (coins or currency not in WITHOUT_COINS)
    number = f"{grouped}{form['decimal']}{coins:0{exponent}d}" if shows_coins else grouped
    side = "minus_" if minor < 0 else ""
    before, after = form["money"][f"{side}before"], form["money"][f"{side}after"]
    return f"{before}{number}{after}".replace("¤", form["symbols"].get(currency, currency))


def count(value: int, language: str) -> str:
    """A whole number with its grouping."""
    return format_decimal(value, locale=language)


def percent(basis_points: int, language: str) -> str:
    """A share with at most one decimal: 1 234 basis points are 12.3 %."""
    return format_percent(
        Decimal(basis_points).scaleb(-4), "#,##0.#\xa0%" if language != "en" else "#,##0.#%", language
    )


def day(value: date, language: str) -> str:
    return format_date(value, "medium", locale=language)


def moment(value: datetime, zone: str, language: str) -> str:
    """A point in time on the outlet's own clock."""
    return format_datetime(value, "dd.MM.yyyy HH:mm", tzinfo=ZoneInfo(zone), locale=language)
