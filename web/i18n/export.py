"""Writes `formats.{en,ru,hy}.json` beside this file: what CLDR, as Babel carries it, says of numbers, money and dates.

The till formats with these, because browsers lack Armenian. Run `python -m web.i18n.export` after Babel was renewed;
a test compares the files with what this would write, and the till's formatter with Babel itself.
"""

import json
from pathlib import Path
from typing import Any

from babel import Locale

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "ru", "hy")
SYMBOLS = {"AMD": "֏", "RUB": "₽", "EUR": "€", "USD": "$"}
"""CLDR's narrow symbols, which Babel does not carry: a shop has one currency, there is nothing to tell apart."""


def formats(language: str) -> dict[str, Any]:
    """The formats of one language as plain values."""
    locale = Locale.parse(language)
    symbols = locale.number_symbols["latn"]
    pattern = locale.currency_formats["standard"]
    months = locale.months["format"]
    periods = (
        locale.day_periods["format"]["abbreviated"]
        if "am" in locale.day_periods["format"]["abbreviated"]
        else locale.day_periods["format"]["wide"]
    )
    date, time = locale.date_formats["medium"].pattern, locale.time_formats["short"].pattern
    return {
        "decimal": symbols["decimal"],
        "group": symbols["group"],
        "minus": symbols["minusSign"],
        "grouping": pattern.grouping[0],
        "money": {
            "before": pattern.prefix[0],
            "after": pattern.suffix[0],
            "minus_before": pattern.prefix[1].replace("-", symbols["minusSign"]),
            "minus_after": pattern.suffix[1],
        },
        "symbols": SYMBOLS,
        "months": [months["wide"][number] for number in range(1, 13)],
        "months_short": [months["abbreviated"][number] for number in range(1, 13)],
        "am": periods["am"],
        "pm": periods["pm"],
        "patterns": {
            "date": date,
            "long_date": locale.date_formats["long"].pattern,
            "time": time,
            "both": str(locale.datetime_formats["medium"]).replace("{1}", date).replace("{0}", time),
        },
    }


def text_of(language: str) -> str:
    return json.dumps(formats(language), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> None:
    for language in LANGUAGES:
        (FOLDER / f"formats.{language}.json").write_text(text_of(language), encoding="utf-8")


if __name__ == "__main__":
    main()
