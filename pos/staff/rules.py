"""Who may be what, what a PIN and a password must be, and how long a guesser has to wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

FREE_FAILURES = 4
"""Wrong tries before the first wait: with `WAIT` at most ten an hour."""
WAIT = timedelta(minutes=10)
FORGET_AFTER = timedelta(hours=24)
SHORTEST_PASSWORD = 8
PIN_LENGTHS = range(4, 9)


class Role(StrEnum):
    CASHIER = "cashier"
    MANAGER = "manager"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong tries so far and until when no further one is taken."""

    failures: int = 0
    locked_until: datetime | None = None
    last_at: datetime | None = None


def after_try(tries: Tries, at: datetime) -> Tries:
    """`tries` with one more counted, as if it were wrong; a try that proves right clears them afterwards.

    The fifth and each further one opens a wait of ten minutes; a day without a try forgets all.
    """
    fresh = tries.last_at is None or at - tries.last_at >= FORGET_AFTER
    failures = 1 if fresh else tries.failures + 1
    return Tries(failures, at + WAIT if failures > FREE_FAILURES else None, at)


def may_try(tries: Tries, at: datetime) -> bool:
    """Whether a try at `at` is taken at all."""
    return tries.locked_until is None or at >= tries.locked_until


def pin_is_fit(pin: str) -> bool:
    """4 to 8 digits, not all the same and not a run such as 1234 or 8765."""
    if len(pin) not in PIN_LENGTHS or not (pin.isascii() and pin.isdigit()):
        return False
    steps = {int(b) - int(a) for a, b in pairwise(pin)}
    return steps not in ({0}, {1}, {-1})
