"""Limits of rules that more than one receipt shares, and what they leave. Pure.

`sum` is minor units, `pieces` thousandths; nothing (`None`) is not limited.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Amounts:
    """How many times, how much money, how many pieces."""

    times: int = 0
    sum: int = 0
    pieces: int = 0


@dataclass(frozen=True, slots=True)
class Left:
    """What limits leave; never below zero."""

    times: int | None = None
    sum: int | None = None
    pieces: int | None = None


@dataclass(frozen=True, slots=True)
class SharedLimits:
    """What a rule gives to one account within `account_days` local days (None: ever), to all, and out of which budget.

    `short` says what happens where less of the budget is left than a receipt needs.
    """

    account_times: int | None = None
    account_days: int | None = None
    all_times: int | None = None
    budget_sum: int | None = None
    budget_pieces: int | None = None
    short: Literal["refuse", "rest"] = "rest"

    def since(self, today: date) -> date:
        """The first day whose uses count against the account."""
        return date.min if self.account_days is None else today - timedelta(days=self.account_days - 1)


def shared_limits(body: Mapping[str, Any]) -> dict[str, SharedLimits]:
    """The rules of a rule set (its JSON) with limits that receipts share, by rule id."""
    found: dict[str, SharedLimits] = {}
    for rule in body.get("rules", ()):
        limits: Mapping[str, Any] = rule.get("limits") or {}
        account: Mapping[str, Any] = limits.get("account") or {}
        everyone: Mapping[str, Any] = limits.get("all") or {}
        budget: Mapping[str, Any] = limits.get("budget") or {}
        if account or everyone or budget:
            found[rule["id"]] = SharedLimits(
                account_times=account.get("times"),
                account_days=account.get("days"),
                all_times=everyone.get("times"),
                budget_sum=budget.get("sum"),
                budget_pieces=budget.get("pieces"),
                short=budget.get("short", "rest"),
            )
    return found


def left_of(limits: SharedLimits, used: Amounts, of_account: int | None) -> Left:
    """What is left after `used` by all (promised to others included), and `of_account` times by the account asking."""
    times = [limits.all_times - used.times] if limits.all_times is not None else []
    if limits.account_times is not None and of_account is not None:
        times.append(limits.account_times - of_account)
    return Left(
        max(0, min(times)) if times else None,
        None if limits.budget_sum is None else max(0, limits.budget_sum - used.sum),
        None if limits.budget_pieces is None else max(0, limits.budget_pieces - used.pieces),
    )


def granted(asked: Amounts, left: Left, short: Literal["refuse", "rest"]) -> Amounts:
    """What of `asked` is promised: as much as is left, or nothing where the budget is short and refuses."""
    given = Amounts(_least(asked.times, left.times), _least(asked.sum, left.sum), _least(asked.pieces, left.pieces))
    if short == "refuse" and (given.sum < asked.sum or given.pieces < asked.pieces):
        return Amounts()
    return given


def _least(asked: int, left: int | None) -> int:
    return asked if left is None else min(asked, left)
