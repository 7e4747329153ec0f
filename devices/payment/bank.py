"""The bank behind a simulated terminal: what was really booked, whoever heard of it. Tests of "never twice" read it."""

from dataclasses import dataclass, field, replace
from typing import Literal

Kind = Literal["payment", "refund", "reversal"]


@dataclass(frozen=True, slots=True)
class Booking:
    """One transaction as the bank knows it; `result` 0 is approved. A reversal names the `original` trace."""

    kind: Kind
    amount: int
    currency: int
    receipt: int
    trace: int
    result: int = 0
    original: int | None = None
    reversed: bool = False


@dataclass(slots=True)
class Bank:
    """Says no to sums over `limit`, to the next payments as `answers` lists, and otherwise yes."""

    limit: int = 1_000_000_00
    answers: list[int] = field(default_factory=list[int])
    """Result codes of the next payments, taken from the front."""
    bookings: list[Booking] = field(default_factory=list[Booking])

    @property
    def charged(self) -> list[Booking]:
        """Payments that stand: approved and not taken back."""
        return [each for each in self.bookings if each.kind == "payment" and not each.result and not each.reversed]

    @property
    def last(self) -> Booking | None:
        return self.bookings[-1] if self.bookings else None

    def book(self, kind: Kind, amount: int, currency: int) -> Booking:
        """A payment or a refund; refused ones are booked too, with their result."""
        result = self.answers.pop(0) if self.answers else 0x05 if amount > self.limit else 0
        return self._add(Booking(kind, amount, currency, self._number, self._number, result))

    def reverse(self, receipt: int) -> Booking | int:
        """Take back the payment with that receipt number; else the code why not (B4 already, B5 there is none)."""
        for at, each in enumerate(self.bookings):
            if each.receipt == receipt and each.kind == "payment" and not each.result:
                if each.reversed:
                    return 0xB4
                self.bookings[at] = replace(each, reversed=True)
                number = self._number
                return self._add(Booking("reversal", each.amount, each.currency, number, number, original=each.trace))
        return 0xB5

    @property
    def _number(self) -> int:
        return len(self.bookings) + 1

    def _add(self, booking: Booking) -> Booking:
        self.bookings.append(booking)
        return booking
