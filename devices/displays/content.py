"""What a customer display says, fitted to its two lines: a pure function from the till's figures to two texts.

    {"name": "Молоко 1 л", "quantity": "2", "price": "129.90", "total": "259.80"}      a line was added
    {"total": "259.80", "saved": "12.00"}                                              to pay
    {"total": "259.80", "change": "40.20"}                                             paid
    {"lines": ["Добро", "пожаловать"]}                                                 anything else

Figures are the texts that a person is to read. A figure is never cut; a name is, to what is left of its line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from devices.device import DeviceError
from devices.receipt.text_gate import clean

COLUMNS = 20
LONGEST = 80
WORDS = {
    "en": {"total": "TOTAL", "change": "CHANGE", "saved": "SAVED"},
    "ru": {"total": "ИТОГО", "change": "СДАЧА", "saved": "СКИДКА"},
    "hy": {"total": "ԸՆԴԱՄԵՆԸ", "change": "ՄԱՆՐ", "saved": "ԶԵՂՉ"},
}
FIGURES = ("quantity", "price", "total", "change", "saved")


@dataclass(frozen=True, slots=True)
class Figures:
    """The till's figures as texts; empty where there is none."""

    name: str = ""
    quantity: str = ""
    price: str = ""
    total: str = ""
    change: str = ""
    saved: str = ""


def lines_from(content: Mapping[str, Any]) -> tuple[str, str]:
    """The two lines for the content of "show". Raises `DeviceError` message.malformed."""
    lines = content.get("lines")
    if lines is not None:
        if not isinstance(lines, list) or len(cast("list[object]", lines)) > 2:
            raise DeviceError("message.malformed", field="lines")
        texts = [_text(line, "lines") for line in cast("list[object]", lines)]
        upper, lower, *_ = [*texts, "", ""]
        return upper[:COLUMNS], lower[:COLUMNS]
    language = content.get("language", "en")
    named = {name: _text(content.get(name, ""), name) for name in ("name", *FIGURES)}
    return fitted(Figures(**named), language if isinstance(language, str) else "en")


def fitted(figures: Figures, language: str) -> tuple[str, str]:
    """The two lines: goods with their price above and the total below; or the total above and what follows from it below."""
    words = WORDS.get(language, WORDS["en"])
    total = _apart(words["total"], figures.total) if figures.total else ""
    if figures.change:
        return total, _apart(words["change"], figures.change)
    if figures.name:
        many = f"{figures.quantity} x " if figures.quantity not in ("", "1") else ""
        return _apart(figures.name, f"{many}{figures.price}"), total
    return total, _apart(words["saved"], figures.saved) if figures.saved else ""


def _apart(left: str, right: str) -> str:
    """`right` whole at the end; before it as much of `left` as there is room for."""
    room = COLUMNS - len(right) - bool(right)
    if room <= 0:
        return right[-COLUMNS:]
    return f"{left[:room].rstrip():<{room}}{' ' if right else ''}{right}"


def _text(value: object, field: str) -> str:
    if not isinstance(value, str) or len(value) > LONGEST:
        raise DeviceError("message.malformed", field=field)
    return clean(value)
