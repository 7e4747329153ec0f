"""What a terminal's last transaction says about a payment whose answer was lost. Pure.

The one before it is known, because the terminal was asked before the payment was begun (or told it itself on the same
connection). Only the difference proves anything: two customers in a row may well pay the same sum.
"""

from dataclasses import dataclass
from enum import StrEnum

from devices.payment.content import Charge, Reversal
from devices.payment.zvt.transaction import Transaction


class Found(StrEnum):
    APPROVED = "approved"
    """It is there: the money was taken (or given back)."""
    DECLINED = "declined"
    """It is there, and the answer was no."""
    REVERSED = "reversed"
    """It was taken and given back at once by the terminal itself."""
    ABSENT = "absent"
    """The last one is still the one before it."""
    UNKNOWN = "unknown"
    """Nothing certain can be said: a person decides."""


@dataclass(frozen=True, slots=True)
class Mark:
    """By what a transaction is told from its neighbours."""

    receipt: int | None
    trace: int | None
    amount: int | None

    @property
    def tells(self) -> bool:
        return self.receipt is not None or self.trace is not None


def mark(transaction: Transaction | None) -> Mark | None:
    """None where nothing tells it from another."""
    if transaction is None:
        return None
    found = Mark(transaction.receipt, transaction.trace, transaction.amount)
    return found if found.tells else None


def recall(before: Mark | None, after: Transaction | None, charge: Charge) -> Found:
    """What became of a charge begun when `before` was the last transaction, now that `after` is."""
    now = mark(after)
    if before is None or after is None or now is None:
        return Found.UNKNOWN
    if now == before:
        return Found.ABSENT
    if after.amount != charge.amount or after.currency not in (None, charge.currency):
        return Found.UNKNOWN
    if after.original_trace is None:
        return Found.APPROVED if after.approved else Found.DECLINED if after.result is not None else Found.UNKNOWN
    return Found.REVERSED if after.approved and after.original_trace != before.trace else Found.UNKNOWN


def recall_reversal(before: Mark | None, after: Transaction | None, reversal: Reversal) -> Found:
    """The same for a payment that was being taken back."""
    now = mark(after)
    if after is None or now is None:
        return Found.UNKNOWN
    if reversal.trace is not None and after.original_trace == reversal.trace and after.approved:
        return Found.APPROVED
    return Found.ABSENT if now == before else Found.UNKNOWN
