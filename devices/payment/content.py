"""The jobs of a payment terminal, read strictly: money that is not certain is not moved.

| job | content |
| --- | --- |
| `payment.authorise`, `payment.refund` | `{"amount": minor units, "currency": "EUR", "reference": uuid}` |
| `payment.reverse` | `{"reference": uuid, "receipt_no": number, "amount", "currency", "trace"?}` of the payment to take back |
| `payment.end_of_day` | `{}` |
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from devices.payment.errors import MalformedPayment

CURRENCIES: Final = {
    "AMD": 51, "BYN": 933, "CHF": 756, "CZK": 203, "DKK": 208, "EUR": 978, "GBP": 826, "GEL": 981,
    "HUF": 348, "KZT": 398, "NOK": 578, "PLN": 985, "RUB": 643, "SEK": 752, "TRY": 949, "USD": 840,
}  # fmt: skip
"""ISO 4217 numbers by letters."""
LARGEST_AMOUNT: Final = 999_999_999_999
UUID_TEXT: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Charge:
    """Money to take or to give back, in minor units of `currency` (its ISO 4217 number)."""

    amount: int
    currency: int
    reference: str


@dataclass(frozen=True, slots=True)
class Reversal:
    """The payment to take back, as its own result named it. `trace` lets a lost answer be found."""

    receipt: int
    charge: Charge
    trace: int | None = None


def charge_from(content: Mapping[str, object]) -> Charge:
    """Raises `MalformedPayment`."""
    reference = content.get("reference")
    if not isinstance(reference, str) or not UUID_TEXT.fullmatch(reference):
        raise MalformedPayment(at="reference", why="a UUID in lower-case letters")
    return Charge(number_of(content, "amount", 1, LARGEST_AMOUNT), currency_of(content), reference)


def reversal_from(content: Mapping[str, object]) -> Reversal:
    """Raises `MalformedPayment`."""
    trace = number_of(content, "trace", 0, 999_999) if content.get("trace") is not None else None
    return Reversal(number_of(content, "receipt_no", 0, 9_999), charge_from(content), trace)


def currency_of(content: Mapping[str, object]) -> int:
    currency = content.get("currency")
    if not isinstance(currency, str) or currency not in CURRENCIES:
        raise MalformedPayment(at="currency", why="one of " + ", ".join(CURRENCIES))
    return CURRENCIES[currency]


def number_of(content: Mapping[str, object], name: str, least: int, most: int) -> int:
    value = content.get(name)
    if type(value) is not int or not least <= value <= most:
        raise MalformedPayment(at=name, why=f"a whole number from {least} to {most}")
    return value
