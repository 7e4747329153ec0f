"""What a terminal's status information (04 0F) says, as values.

Source of the tags: see `fields`. Texts are code page 437, the protocol's default (Portalum.Zvt). The card number is
masked here again whatever the terminal sent: only the last four digits leave this file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from devices.payment.zvt import fields as f
from devices.payment.zvt.slips import plain

GOOD: Final = 0x00


@dataclass(frozen=True, slots=True)
class Transaction:
    """One status information. What the terminal did not say is None; `result` 0 is "no error"."""

    result: int | None
    amount: int | None = None
    currency: int | None = None
    receipt: int | None = None
    trace: int | None = None
    original_trace: int | None = None
    terminal: str = ""
    code: str = ""
    card: str = ""
    card_name: str = ""
    text: str = ""
    at: str = ""

    @property
    def approved(self) -> bool:
        return self.result == GOOD

    def result_fields(self) -> dict[str, Any]:
        """As the job's `result` names them; what is not known is left out."""
        named = {
            "amount": self.amount,
            "terminal": self.terminal or None,
            "receipt_no": self.receipt,
            "trace": self.trace,
            "original_trace": self.original_trace,
            "auth_code": self.code or None,
            "card": self.card or None,
            "card_name": self.card_name or None,
            "text": self.text or None,
            "terminal_time": self.at or None,
        }
        return {name: value for name, value in named.items() if value is not None}


def transaction(data: bytes) -> Transaction:
    """What a status information says."""
    found = f.fields(data)
    result = found.get(f.RESULT)
    return Transaction(
        result=result[0] if result else None,
        amount=f.number(found.get(f.AMOUNT)),
        currency=f.number(found.get(f.CURRENCY)),
        receipt=f.number(found.get(f.RECEIPT)),
        trace=f.number(found.get(f.TRACE)),
        original_trace=f.number(found.get(f.ORIGINAL_TRACE)),
        terminal=_digits(found.get(f.TERMINAL, b"")),
        code=text_of(found.get(f.AUTHORISATION_CODE, b"")),
        card=masked(found.get(f.CARD, b"")),
        card_name=text_of(found.get(f.CARD_NAME, b"")),
        text=text_of(found.get(f.TEXT, b"")),
        at=_time(found),
    )


def masked(pan: bytes) -> str:
    """A card number as `************4771`: whatever is not among the last four digits becomes a star."""
    digits = pan.hex().rstrip("f").replace("e", "*")
    if not digits or not all(char.isdigit() or char == "*" for char in digits):
        return ""
    return "*" * (len(digits) - 4) + digits[-4:]


def text_of(data: bytes) -> str:
    """Text without control characters and the blanks around it."""
    return plain(data).strip()


def _digits(data: bytes) -> str:
    text = data.hex()
    return text if text.isdecimal() else ""


def _time(found: Mapping[int, bytes]) -> str:
    """ "10-06 22:39:53" by the terminal's clock; it says no year."""
    date, time = _digits(found.get(f.DATE, b"")), _digits(found.get(f.TIME, b""))
    if not date or not time:
        return ""
    return f"{date[:2]}-{date[2:]} {time[:2]}:{time[2:4]}:{time[4:]}"
