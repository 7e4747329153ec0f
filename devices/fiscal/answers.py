"""What a register answers in the words that all registers share: a document's proof, its state, what was found."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Shift(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    EXPIRED = "expired"
    """Open for more than 24 hours: it takes nothing but its closing."""


@dataclass(frozen=True, slots=True)
class Counter:
    """How many documents, and their sum in minor units."""

    count: int
    sum: int


@dataclass(frozen=True, slots=True)
class Counters:
    """What the register itself has counted in the shift, for comparison at Z."""

    sales: Counter
    returns: Counter
    cash_in: int
    cash_out: int
    cash: int

    def as_answer(self) -> dict[str, Any]:
        return {
            "sales": {"count": self.sales.count, "sum": self.sales.sum},
            "returns": {"count": self.returns.count, "sum": self.returns.sum},
            "cash_in": self.cash_in,
            "cash_out": self.cash_out,
            "cash": self.cash,
        }


@dataclass(frozen=True, slots=True)
class Registered:
    """The proof that a document was registered. `at` is the register's own local time ("2026-11-22T09:30:00")."""

    number: int
    shift: int
    at: str
    device: str
    sign: str
    storage: str | None = None
    qr: str | None = None
    url: str | None = None
    counters: Counters | None = None

    def as_result(self) -> dict[str, Any]:
        """`Ending.result`; what the register does not have is left out."""
        result: dict[str, Any] = {
            "number": self.number,
            "shift": self.shift,
            "at": self.at,
            "device": self.device,
            "sign": self.sign,
        }
        optional = {"storage": self.storage, "qr": self.qr, "url": self.url}
        result |= {name: value for name, value in optional.items() if value is not None}
        return result | ({"counters": self.counters.as_answer()} if self.counters else {})


@dataclass(frozen=True, slots=True)
class RegisterState:
    """The answer to the question `state`. `unsent`: documents that the operator of fiscal data has not taken yet, the
    first of them made at `unsent_since`."""

    shift: Shift
    shift_number: int
    last_document: int
    unsent: int
    unsent_since: str | None
    counters: Counters

    def as_answer(self) -> dict[str, Any]:
        return {
            "shift": self.shift.value,
            "shift_number": self.shift_number,
            "last_document": self.last_document,
            "unsent": self.unsent,
            "unsent_since": self.unsent_since,
            "counters": self.counters.as_answer(),
        }


class Found(StrEnum):
    REGISTERED = "registered"
    ABSENT = "absent"
    UNKNOWN = "unknown"
